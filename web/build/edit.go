package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// removal says what of one package the browser build leaves out.
type removal struct {
	// Package is the import path.
	Package string
	// Why says why a browser never gets there.
	Why string
	// Importers, if any, are the only packages that may import this one. They
	// guard removals that another importer could miss.
	Importers []string
	// Unused are names of the package that no importer may use, for the same
	// reason.
	Unused []string
	// Shake reduces the package to what its importers use, with empty functions
	// (see shaker). It stands alone.
	Shake bool
	// Funcs are functions ("New") and methods ("(*Conn).Read", "Conn.Read")
	// whose bodies become a panic.
	Funcs []string
	// Zero are functions that do nothing and return zero values instead, for
	// what runs while the program starts. A name that stands for several
	// functions ("init") takes all of them.
	Zero []string
	// Bodies are functions that get another body.
	Bodies map[string]string
	// Drop are imports that are dropped where nothing is left that uses them.
	// Other unused imports stay as blank ones, so that their packages are
	// still initialised.
	Drop []string
}

// names returns everything that must be found in the package.
func (r removal) names() []string {
	names := slices.Concat(r.Funcs, r.Zero, r.Drop)
	for name := range r.Bodies {
		names = append(names, name)
	}
	return names
}

// body returns what becomes of a function's body, and whether its results are to
// be named so that a bare return compiles; ok is false if it stays.
func (r removal) body(id string) (text string, bare, ok bool) {
	if text, ok := r.Bodies[id]; ok {
		return text, false, true
	}
	switch {
	case slices.Contains(r.Zero, id):
		return "{ return }", true, true
	case slices.Contains(r.Funcs, id):
		return "{ panic(" + strconv.Quote(panicText(id)) + ") }", false, true
	}
	return "", false, false
}

// edit replaces the bytes [start, end) of a source file.
type edit struct {
	start, end int
	text       string
}

// editPackage returns the files of a package that change, edited. sources are
// its files, names the names of the packages it imports, by path.
func editPackage(sources map[string][]byte, r removal, names map[string]string) (map[string][]byte, error) {
	missing := map[string]bool{}
	for _, name := range r.names() {
		missing[name] = true
	}
	edited := map[string][]byte{}
	for name, source := range sources {
		out, found, err := editFile(name, source, r, names)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.Package, err)
		}
		for _, f := range found {
			delete(missing, f)
		}
		if out != nil {
			edited[name] = out
		}
	}
	if len(missing) > 0 {
		list := slices.Sorted(maps.Keys(missing))
		return nil, fmt.Errorf("%s has no %s to remove any more (web/build/removals.go): look what became of it in this version", r.Package, strings.Join(list, ", "))
	}
	return edited, nil
}

// editFile edits one file; out is nil when nothing in it changes. found are the
// names of the removal that were found in it.
func editFile(name string, source []byte, r removal, names map[string]string) (out []byte, found []string, err error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, source, parser.ParseComments)
	if err != nil {
		return nil, nil, err
	}
	offset := func(p token.Pos) int { return fset.Position(p).Offset }

	var edits []edit
	for _, decl := range file.Decls {
		d, ok := decl.(*ast.FuncDecl)
		if !ok || d.Body == nil {
			continue
		}
		id := funcName(d)
		body, bare, ok := r.body(id)
		if !ok {
			continue
		}
		found = append(found, id)
		edits = append(edits, edit{offset(d.Body.Lbrace), offset(d.Body.Rbrace) + 1, body})
		if bare {
			edits = append(edits, nameResults(d, offset)...)
		}
		d.Body = &ast.BlockStmt{}
	}
	if len(edits) == 0 {
		return nil, nil, nil
	}
	more, dropped, err := editImports(file, r, names, offset)
	if err != nil {
		return nil, nil, err
	}
	return applyEdits(source, append(edits, more...)), append(found, dropped...), nil
}

// funcName returns a function's name as a removal writes it: "New",
// "(*Conn).Read", "Conn.Read".
func funcName(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return d.Name.Name
	}
	t := d.Recv.List[0].Type
	star, pointer := t.(*ast.StarExpr)
	if pointer {
		t = star.X
	}
	switch generic := t.(type) {
	case *ast.IndexExpr:
		t = generic.X
	case *ast.IndexListExpr:
		t = generic.X
	}
	id, ok := t.(*ast.Ident)
	if !ok {
		return d.Name.Name
	}
	if pointer {
		return "(*" + id.Name + ")." + d.Name.Name
	}
	return id.Name + "." + d.Name.Name
}

// nameResults names the results of a function, so that a bare return returns
// their zero values.
func nameResults(d *ast.FuncDecl, offset func(token.Pos) int) []edit {
	results := d.Type.Results
	if results == nil || len(results.List) == 0 || len(results.List[0].Names) > 0 {
		return nil
	}
	var edits []edit
	for i, field := range results.List {
		at := offset(field.Type.Pos())
		text := "_ "
		if i == 0 && !results.Opening.IsValid() {
			text = "(_ "
		}
		edits = append(edits, edit{at, at, text})
		if !results.Opening.IsValid() {
			end := offset(field.Type.End())
			edits = append(edits, edit{end, end, ")"})
		}
	}
	return edits
}

// editImports makes blank the imports that nothing in the edited file uses, and
// drops those that may be dropped.
func editImports(file *ast.File, r removal, names map[string]string, offset func(token.Pos) int) (edits []edit, dropped []string, err error) {
	used := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			// An identifier that the parser resolved is a variable of the
			// file, not a package.
			if x, ok := sel.X.(*ast.Ident); ok && x.Obj == nil {
				used[x.Name] = true
			}
		}
		return true
	})
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, nil, err
		}
		name := names[path]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		if name == "" {
			return nil, nil, fmt.Errorf("import %q: the name of the package is not known", path)
		}
		if used[name] || name == "_" || name == "." {
			continue
		}
		if slices.Contains(r.Drop, path) {
			dropped = append(dropped, path)
			edits = append(edits, dropImport(file, spec, offset))
			continue
		}
		edits = append(edits, edit{offset(spec.Pos()), offset(spec.End()), "_ " + spec.Path.Value})
	}
	return edits, dropped, nil
}

// dropImport takes out an import, with its keyword where it stands alone.
func dropImport(file *ast.File, spec *ast.ImportSpec, offset func(token.Pos) int) edit {
	for _, decl := range file.Decls {
		d, ok := decl.(*ast.GenDecl)
		if ok && !d.Lparen.IsValid() && len(d.Specs) == 1 && d.Specs[0] == spec {
			return edit{offset(d.Pos()), offset(d.End()), ""}
		}
	}
	return edit{offset(spec.Pos()), offset(spec.End()), ""}
}

// applyEdits returns the source with the edits made. Edits do not overlap.
func applyEdits(source []byte, edits []edit) []byte {
	sort.SliceStable(edits, func(i, j int) bool { return edits[i].start < edits[j].start })
	var out []byte
	last := 0
	for _, e := range edits {
		out = append(out, source[last:e.start]...)
		out = append(out, e.text...)
		last = e.end
	}
	return append(out, source[last:]...)
}
