package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"sort"
	"strconv"
	"strings"
)

// shaker reduces a package to the declarations its importers use, with empty
// functions: enough for the compiler, nothing to run. What it leaves out is left
// out of the importers' reach as well, so that a mistake does not compile.
//
// Kept are the names the importers use and, from there, what types, signatures,
// constants and the values of variables mention. Structs lose their unexported
// fields, types their unexported methods: after the bodies are gone nothing can
// refer to them.
type shaker struct {
	fset  *token.FileSet
	files map[string]*ast.File
	nodes map[string]*shakeNode // by name of the declaration
	types map[string][]string   // exported methods by receiver type
}

// shakeNode is one declaration and the names it mentions.
type shakeNode struct {
	mentions []string
	keep     bool
}

// shake returns the files of a package reduced to what is reachable from roots,
// the names its importers use.
func shake(sources map[string][]byte, roots []string) (map[string][]byte, error) {
	s := shaker{
		fset:  token.NewFileSet(),
		files: map[string]*ast.File{},
		nodes: map[string]*shakeNode{},
		types: map[string][]string{},
	}
	for name, source := range sources {
		file, err := parser.ParseFile(s.fset, name, source, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		s.files[name] = file
		for _, decl := range file.Decls {
			if err := s.strip(decl); err != nil {
				return nil, err
			}
			s.collect(decl)
		}
	}
	for _, root := range roots {
		s.keep(root)
	}
	out := make(map[string][]byte, len(sources))
	for name, file := range s.files {
		text, err := s.print(file)
		if err != nil {
			return nil, err
		}
		out[name] = text
	}
	return out, nil
}

// strip takes from a declaration what nothing will refer to: bodies and
// unexported fields.
func (s *shaker) strip(decl ast.Decl) error {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		d.Doc = nil
		d.Body = panicBody(funcName(d))
	case *ast.GenDecl:
		d.Doc = nil
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if st, ok := spec.Type.(*ast.StructType); ok {
					st.Fields.List = exportedFields(st.Fields.List)
				}
			case *ast.ValueSpec:
				if len(spec.Names) > 1 && len(spec.Values) == 1 {
					return fmt.Errorf("%s: several variables with one value", spec.Names[0])
				}
			}
		}
	}
	return nil
}

// exportedFields returns the fields that code outside a package may refer to.
func exportedFields(fields []*ast.Field) []*ast.Field {
	var kept []*ast.Field
	for _, f := range fields {
		f.Doc, f.Comment = nil, nil
		if len(f.Names) == 0 { // embedded: it lends its methods
			kept = append(kept, f)
			continue
		}
		var names []*ast.Ident
		for _, n := range f.Names {
			if n.IsExported() {
				names = append(names, n)
			}
		}
		if len(names) > 0 {
			f.Names = names
			kept = append(kept, f)
		}
	}
	return kept
}

// collect notes what a declaration declares and mentions.
func (s *shaker) collect(decl ast.Decl) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		id := funcName(d)
		if d.Recv != nil {
			if !d.Name.IsExported() {
				return
			}
			receiver := strings.Trim(strings.SplitN(id, ")", 2)[0], "(*")
			receiver, _, _ = strings.Cut(receiver, ".")
			s.types[receiver] = append(s.types[receiver], id)
		}
		s.nodes[id] = &shakeNode{mentions: append(mentioned(d.Type), mentioned(d.Recv)...)}
	case *ast.GenDecl:
		if d.Tok == token.CONST {
			// The values of a group depend on the whole group.
			group := &shakeNode{mentions: mentioned(d)}
			for _, spec := range d.Specs {
				for _, name := range spec.(*ast.ValueSpec).Names {
					s.nodes[name.Name] = group
				}
			}
			return
		}
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				s.nodes[spec.Name.Name] = &shakeNode{mentions: append(mentioned(spec.Type), mentioned(spec.TypeParams)...)}
			case *ast.ValueSpec:
				node := &shakeNode{mentions: mentioned(spec)}
				for _, name := range spec.Names {
					s.nodes[name.Name] = node
				}
			}
		}
	}
}

// mentioned returns the identifiers in a node that are not selected from
// something else.
func mentioned(n ast.Node) []string {
	if list, ok := n.(*ast.FieldList); ok && list == nil {
		return nil
	}
	var names []string
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			names = append(names, mentioned(n.X)...)
			return false
		case *ast.Ident:
			names = append(names, n.Name)
		}
		return true
	})
	return names
}

// keep marks a declaration, all it mentions and, for a type, its methods.
func (s *shaker) keep(name string) {
	node, ok := s.nodes[name]
	if ok && !node.keep {
		node.keep = true
		for _, m := range node.mentions {
			s.keep(m)
		}
	}
	if methods := s.types[name]; len(methods) > 0 {
		delete(s.types, name)
		for _, id := range methods {
			s.keep(id)
		}
	}
}

// kept reports whether the declaration of a name was marked.
func (s *shaker) kept(name string) bool {
	node, ok := s.nodes[name]
	return ok && node.keep
}

// print writes a file with the marked declarations and the imports they need.
func (s *shaker) print(file *ast.File) ([]byte, error) {
	var decls []ast.Decl
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if s.kept(funcName(d)) {
				decls = append(decls, d)
			}
		case *ast.GenDecl:
			if d.Tok == token.IMPORT {
				continue
			}
			var specs []ast.Spec
			for _, spec := range d.Specs {
				keep, err := s.keptSpec(d.Tok, spec)
				if err != nil {
					return nil, err
				}
				if keep {
					specs = append(specs, spec)
				}
			}
			if len(specs) > 0 {
				d.Specs = specs
				decls = append(decls, d)
			}
		}
	}

	used := map[string]bool{}
	for _, decl := range decls {
		for _, name := range mentioned(decl) {
			used[name] = true
		}
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "package %s\n\n", file.Name.Name)
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		name := path[strings.LastIndexByte(path, '/')+1:]
		alias := ""
		if spec.Name != nil {
			name, alias = spec.Name.Name, spec.Name.Name+" "
		}
		if used[name] {
			fmt.Fprintf(&out, "import %s%s\n", alias, spec.Path.Value)
		}
	}
	for _, decl := range decls {
		out.WriteByte('\n')
		if err := printer.Fprint(&out, s.fset, decl); err != nil {
			return nil, err
		}
		out.WriteByte('\n')
	}
	return out.Bytes(), nil
}

// keptSpec reports whether one type, variable or group of constants is kept. A
// variable whose value is computed by the package itself cannot be: its function
// is empty now.
func (s *shaker) keptSpec(tok token.Token, spec ast.Spec) (bool, error) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		spec.Doc, spec.Comment = nil, nil
		return s.kept(spec.Name.Name), nil
	case *ast.ValueSpec:
		spec.Doc, spec.Comment = nil, nil
		if tok == token.CONST {
			for _, name := range spec.Names {
				if s.kept(name.Name) {
					return true, nil
				}
			}
			return false, nil
		}
		if !s.kept(spec.Names[0].Name) {
			return false, nil
		}
		var err error
		ast.Inspect(spec, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if fn, ok := call.Fun.(*ast.Ident); ok && s.nodes[fn.Name] != nil {
					err = fmt.Errorf("the value of variable %s needs function %s", spec.Names[0], fn.Name)
				}
			}
			return true
		})
		return true, err
	}
	return false, nil
}

// panicBody is the body of a function that must not be reached.
func panicBody(id string) *ast.BlockStmt {
	return &ast.BlockStmt{List: []ast.Stmt{&ast.ExprStmt{X: &ast.CallExpr{
		Fun:  ast.NewIdent("panic"),
		Args: []ast.Expr{&ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(panicText(id))}},
	}}}}
}

// panicText is what a removed function says.
func panicText(id string) string { return "not in the browser: " + id }

// usedNames returns the exported names of a package that the given sources use,
// path being the import path as they write it and name the package's name.
func usedNames(sources map[string][]byte, path, name string) ([]string, error) {
	seen := map[string]bool{}
	for fileName, source := range sources {
		file, err := parser.ParseFile(token.NewFileSet(), fileName, source, 0)
		if err != nil {
			return nil, err
		}
		local := ""
		for _, spec := range file.Imports {
			if spec.Path.Value == strconv.Quote(path) {
				local = name
				if spec.Name != nil {
					local = spec.Name.Name
				}
			}
		}
		if local == "" {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && x.Obj == nil && x.Name == local {
					seen[sel.Sel.Name] = true
				}
			}
			return true
		})
	}
	var names []string
	for n := range seen {
		names = append(names, n)
	}
	sort.Strings(names)
	return names, nil
}
