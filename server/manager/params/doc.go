// Package params reads the parameters of a REST request as manager 24.09 does:
// from the JSON body, or from the query string where there is no body or the
// method is GET, HEAD; every key is checked and unknown keys are refused.
//
// A handler reads what it knows and asks for the verdict at the end, so that an
// answer names all faults at once:
//
//	p, err := params.Read(r, limit)
//	...
//	name := p.Text(params.Names("name", "session_name"), "")
//	size := p.Int(params.Names("cluster_size"), 1, 1, 1000)
//	if err := p.Err(); err != nil { return err }
package params
