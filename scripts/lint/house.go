package main

import (
	"bytes"
	"go/ast"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/tools/go/analysis"
)

const (
	maxColumns = 140 // two files side by side on a large screen, or one with its review
	maxLines   = 60  // what is read without scrolling
)

// house holds what this project asks for and staticcheck does not.
var house = []*analysis.Analyzer{
	{Name: "columns", Doc: "reports lines of more than 140 columns, unless a raw string makes them long", Run: columns},
	{Name: "length", Doc: "reports functions of more than 60 lines, but for tests", Run: length},
	{Name: "documented", Doc: "reports exported names without a comment, but for tests", Run: documented},
}

func columns(pass *analysis.Pass) (any, error) {
	for _, f := range pass.Files {
		file := pass.Fset.File(f.Pos())
		if ast.IsGenerated(f) {
			continue
		}
		text, err := os.ReadFile(file.Name())
		if err != nil {
			return nil, err
		}
		for i, line := range bytes.Split(text, []byte("\n")) {
			if n := utf8.RuneCount(line); n > maxColumns && !bytes.ContainsRune(line, '`') {
				pass.Reportf(file.LineStart(i+1), "the line has %d columns, and %d is the most", n, maxColumns)
			}
		}
	}
	return nil, nil
}

func length(pass *analysis.Pass) (any, error) {
	for _, f := range written(pass) {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := pass.Fset.Position(fn.End()).Line - pass.Fset.Position(fn.Pos()).Line + 1; n > maxLines {
				pass.Reportf(fn.Pos(), "%s has %d lines, and %d is the most", fn.Name.Name, n, maxLines)
			}
		}
	}
	return nil, nil
}

func documented(pass *analysis.Pass) (any, error) {
	lacks := func(name *ast.Ident, comments ...*ast.CommentGroup) {
		for _, c := range comments {
			if c != nil {
				return
			}
		}
		if name.IsExported() {
			pass.Reportf(name.Pos(), "%s has no comment that says what it is", name.Name)
		}
	}
	for _, f := range written(pass) {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if receiver(d).IsExported() {
					lacks(d.Name, d.Doc)
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					switch s := s.(type) {
					case *ast.TypeSpec:
						lacks(s.Name, d.Doc, s.Doc)
					case *ast.ValueSpec:
						for _, name := range s.Names {
							lacks(name, d.Doc, s.Doc, s.Comment)
						}
					}
				}
			}
		}
	}
	return nil, nil
}

// receiver is the type of a method, or the name of a function.
func receiver(fn *ast.FuncDecl) *ast.Ident {
	if fn.Recv == nil {
		return fn.Name
	}
	found := fn.Name
	ast.Inspect(fn.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			found = id
			return false
		}
		return true
	})
	return found
}

// written returns the files that are neither tests, nor samples for them, nor generated.
func written(pass *analysis.Pass) []*ast.File {
	var files []*ast.File
	if strings.HasSuffix(pass.Pkg.Name(), "test") {
		return nil
	}
	for _, f := range pass.Files {
		name := pass.Fset.Position(f.Pos()).Filename
		if !strings.HasSuffix(name, "_test.go") && !ast.IsGenerated(f) {
			files = append(files, f)
		}
	}
	return files
}
