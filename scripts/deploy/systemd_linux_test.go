package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// units are those that are in use, the workers' as one of many.
var units = map[string]string{
	"foreday-worker@.service": "foreday-worker@9101.service", "foreday-api.service": "foreday-api.service",
	"foreday-dashboard.service": "foreday-dashboard.service",
}

// machine is a file tree with the units, and what they want of a system. If wrong is
// given, it is in the place of what it replaces in each of them.
func machine(t *testing.T, is, wrong string) (root string) {
	t.Helper()
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Fatalf("systemd-analyze, which reads the units, is missing: %v", err)
	}
	root = t.TempDir()
	write := func(name, text string, mode os.FileMode) {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	write("usr/local/bin/foreday", "#!/bin/sh\n", 0o700)
	for _, target := range []string{"sysinit", "basic", "shutdown", "network-online", "multi-user"} {
		write("etc/systemd/system/"+target+".target", "[Unit]\nDescription="+target+"\n", 0o600)
	}
	for file := range units {
		text, err := os.ReadFile("systemd/" + file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), is) {
			t.Fatalf("%s does not hold %q", file, is)
		}
		write("etc/systemd/system/"+file, strings.Replace(string(text), is, wrong, 1), 0o600)
	}
	return root
}

// verify returns what systemd says of a unit. It says what is wrong, and ends with 0.
func verify(t *testing.T, root, unit string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "systemd-analyze", "verify", "--root="+root, "--man=no", unit).CombinedOutput()
	if err != nil {
		return err.Error() + ": " + string(out)
	}
	return string(out)
}

func TestUnitsAreSuchThatSystemdReadsThem(t *testing.T) {
	t.Parallel()
	root := machine(t, "", "")
	for _, unit := range units {
		if said := verify(t, root, unit); said != "" {
			t.Errorf("%s: %s", unit, said)
		}
		// Of 100, by what a unit may do: 12 here, 96 for one that is not hardened.
		out, err := exec.CommandContext(t.Context(), "systemd-analyze", "security", "--offline=true", "--threshold=20",
			"--root="+root, unit).CombinedOutput()
		if err != nil {
			t.Errorf("%s may do too much: %v\n%s", unit, err, out)
		}
	}
}

func TestAWrongUnitIsNoticed(t *testing.T) {
	t.Parallel()
	for is, wrong := range map[string]string{
		"RestartSec=": "RestratSec=", "Restart=always": "Restart=ever", "TimeoutStopSec=20": "TimeoutStopSec=soon",
		"/usr/local/bin/foreday ": "/usr/local/bin/forday ",
	} {
		if said := verify(t, machine(t, is, wrong), "foreday-api.service"); said == "" {
			t.Errorf("with %q nothing is wrong", wrong)
		}
	}
}
