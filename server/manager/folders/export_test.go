package folders

// TargetOf is for the fuzz test.
func TargetOf(name, asked string) (string, error) {
	if !ValidName(name) {
		name = "data"
	}
	return targetOf(name, asked)
}
