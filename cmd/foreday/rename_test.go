package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Whoever hosts the module gives it the path of their host.
func TestARenamedModuleBuilds(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it compiles packages")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, part := range []string{"cache", "cmd", "events", "scripts", "summarizer", "worker", "go.mod", "go.sum", "README.md"} {
		if out, err := exec.CommandContext(t.Context(), "cp", "-R", filepath.Join(root, part), dir).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	const path = "git.example.com/acme/foreday"
	// To compile all would take the better part of a minute; that every import is found
	// is what could go wrong.
	for _, command := range []string{"scripts/rename-module acme; [ $? = 2 ]", "scripts/rename-module " + path,
		"go list -deps -test ./... >list", "! grep '^foreday/' list", "go build ./summarizer/plan"} {
		cmd := exec.CommandContext(t.Context(), "bash", "-c", command)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), goFlags("-buildvcs=false"))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", command, err, out)
		}
	}
	readme, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\t\"" + path + "/events\"", "go mod edit -require=" + path + "@v0.0.0 -replace=" + path + "=../foreday"} {
		if !strings.Contains(string(readme), want) {
			t.Errorf("its README does not say %s", want)
		}
	}
}
