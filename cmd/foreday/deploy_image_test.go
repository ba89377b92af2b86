//go:build image

package main

import (
	"debug/elf"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// An image without anything else in it can only start a program that needs nothing else.
func TestTheImagesProgramNeedsNoSystem(t *testing.T) {
	t.Parallel()
	command, binary := buildOfImage(t)
	file := filepath.Join(t.TempDir(), "foreday")
	if out, err := build(t, "../..", strings.Replace(command, " -o "+binary+" ", " -o "+file+" ", 1)); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	program, err := elf.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer program.Close()
	libraries, err := program.ImportedLibraries()
	if err != nil || len(libraries) > 0 {
		t.Errorf("it is linked with %q, %v", libraries, err)
	}
	for _, p := range program.Progs {
		if p.Type == elf.PT_INTERP {
			t.Error("it wants a dynamic linker")
		}
	}
	out, err := exec.CommandContext(t.Context(), file, "version").CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "foreday ") {
		t.Errorf("version: %v\n%s", err, out)
	}
}
