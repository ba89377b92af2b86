package main

import (
	"os"
	"path/filepath"
	"strings"
)

// programName is what to type to run this program again.
func programName() string {
	name := os.Args[0]
	if strings.HasPrefix(name, filepath.Clean(os.TempDir())+string(filepath.Separator)+"go-build") {
		return "go run ./cmd/foreday" // it is the toolchain's, and about to be deleted
	}
	return name
}
