package page

// Loop runs the work of a place: every function given to Dispatch runs on the
// page's one goroutine, Async runs beside it.
type Loop struct {
	Dispatch func(func())
	Async    func(func())
}
