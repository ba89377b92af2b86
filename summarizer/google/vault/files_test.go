package vault_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"foreday/summarizer/google/vault"
)

// theFile is the only user's file in the directory.
func theFile(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%q in the directory, %v; want one user's", files, err)
	}
	return files[0]
}

func wantMode(t *testing.T, path string, want os.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != want {
		t.Errorf("the mode of %s is %v, %v; want %v", path, info.Mode().Perm(), err, want)
	}
}

func TestFilesAreTheirOwnersAlone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "foreday", "tokens")
	v := inFiles(t, dir, nil)
	store(t, v, "ada@example.org", "hunter2")
	file := theFile(t, dir)
	wantMode(t, dir, 0o700)
	wantMode(t, filepath.Dir(dir), 0o700)
	wantMode(t, file, 0o600)
	if strings.Contains(file, "ada") {
		t.Errorf("the file's name tells whose it is: %s", file)
	}

	for _, mode := range []os.FileMode{0o640, 0o604, 0o620, 0o666} {
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
		version := "any"
		_, _, err := v.Load(t.Context(), "ada@example.org")
		if err == nil || !strings.Contains(err.Error(), "chmod 600 "+file) || strings.Contains(err.Error(), "@") {
			t.Errorf("with mode %v: %v, want what to do", mode, err)
		}
		if _, err := v.Swap(t.Context(), "ada@example.org", version, []byte("new")); err == nil {
			t.Errorf("with mode %v it was swapped", mode)
		}
	}
	// Who connects again need not know what was wrong.
	store(t, v, "ada@example.org", "new")
	wantMode(t, file, 0o600)
	wantSecret(t, v, "ada@example.org", "new")
}

func TestADirectoryThatOthersMayLookIntoIsNotUsed(t *testing.T) {
	t.Parallel()
	for _, mode := range []os.FileMode{0o755, 0o710, 0o777} {
		dir := t.TempDir()
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := vault.InFiles(dir, nil); err == nil || !strings.Contains(err.Error(), "chmod 700 "+dir) {
			t.Errorf("with mode %v: %v, want what to do", mode, err)
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.InFiles(file, nil); err == nil {
		t.Error("a file is taken for a directory")
	}
}

func TestNothingIsLeftLyingBesideTheFiles(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "tokens")
	v := inFiles(t, dir, newSeal(t))
	store(t, v, "ada", "old")
	if swap(t, v, "ada", wantSecret(t, v, "ada", "old"), "new") == "" {
		t.Fatal("not swapped")
	}
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if name := f.Name(); name != "lock" && name != filepath.Base(theFile(t, dir)) {
			t.Errorf("%s is left", name)
		}
	}
}

func TestSealedFilesAreBoundToTheirUserAndKey(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "tokens")
	sealed := inFiles(t, dir, newSeal(t))
	store(t, sealed, "ada", "hunter2")
	content, err := os.ReadFile(theFile(t, dir))
	if err != nil || strings.Contains(string(content), "hunter2") || strings.Contains(string(content), "aHVudGVyMg") {
		t.Errorf("the file holds %s, %v", content, err)
	}
	for name, v := range map[string]keeper{"without a key": inFiles(t, dir, nil), "with another key": inFiles(t, dir, newSeal(t))} {
		if secret, _, err := v.Load(t.Context(), "ada"); err == nil || !strings.Contains(err.Error(), "FOREDAY_KEY") {
			t.Errorf("%s it is read as %q, %v", name, secret, err)
		}
	}
	forged := strings.Replace(string(content), `"ada"`, `"bob"`, 1)
	if err := os.WriteFile(theFile(t, dir), []byte(forged), 0o600); err != nil {
		t.Fatal(err)
	}
	if secret, _, err := sealed.Load(t.Context(), "ada"); err == nil {
		t.Errorf("a file of bob's is read as ada's: %q", secret)
	}
}

func TestAFileInClearIsSealedOnceThereIsAKey(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "tokens")
	store(t, inFiles(t, dir, nil), "ada", "hunter2")
	v := inFiles(t, dir, newSeal(t))
	if swap(t, v, "ada", wantSecret(t, v, "ada", "hunter2"), "hunter2") == "" {
		t.Fatal("not swapped")
	}
	content, err := os.ReadFile(theFile(t, dir))
	if err != nil || !strings.Contains(string(content), `"sealed":true`) {
		t.Errorf("the file holds %s, %v", content, err)
	}
}
