package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"foreday/cache"
)

// everyFunction calls what the README's main does not.
const everyFunction = `package main

import (
	"context"
	"log"
	"os"
	"time"

	"foreday/cache"
)

func init() {
	if os.Getenv("READ_ONLY") != "" {
		return
	}
	ctx, start := context.Background(), time.Now()
	client, err := cache.Connect(os.Getenv("REDIS_URL"))
	if err == nil {
		err = publish(ctx, client, "u1", "4kq2v7", start, start.Add(time.Hour))
	}
	if err == nil {
		err = exclude(ctx, client, "u2", "primary")
	}
	if err != nil {
		log.Fatal(err)
	}
}
`

// The Go of the README is an app in a module of its own, whose files are the blocks.
func TestTheGoOfTheREADMEIsAnAppThatReadsAndPublishes(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it compiles an app")
	}
	app := newGoApp(t)
	file := filepath.Join(t.TempDir(), "sandbox.env")
	p, url := upSandbox(t, nil, "--env-file", file)
	sourced := environmentIn(t, file)

	want := summaryAt(t, url, "u1").Headline
	if got := app.run(t, sourced); !strings.Contains(got, want) {
		t.Errorf("the app reads %q, want %q", got, want)
	}
	eventually(t, func() string {
		const applied = `foreday_events_total{outcome="applied"} 2`
		if metrics := get(t, url+"/metrics").body; !strings.Contains(metrics, applied) {
			return "what the app publishes does not come: want " + applied
		}
		return ""
	})
	if got := mustDo(t, sourced, "users", "get", "u2").stdout; !strings.Contains(got, "primary") {
		t.Errorf("the app excluded no calendar of u2's:\n%s", got)
	}
	if got := app.run(t, sourced.with("REDIS_URL=redis://"+nowhere, "READ_ONLY=1")); !strings.HasPrefix(got, "bypass ") {
		t.Errorf("without Redis the app reads %q", got)
	}
	p.stop(t)

	// What is sealed, it reads with the same key.
	key := "FOREDAY_KEY=" + cache.NewKey()
	p, url = upSandbox(t, env{key}, "--env-file", file)
	want = "hit " + summaryAt(t, url, "u1").Headline
	eventually(t, func() string {
		if got := app.run(t, environmentIn(t, file).with(key, "READ_ONLY=1")); !strings.HasPrefix(got, want) {
			return fmt.Sprintf("of what is sealed the app reads %q, want %q", got, want)
		}
		return ""
	})
	p.stop(t)
}

// goApp is the program that the README's Go makes.
type goApp struct{ path string }

// newGoApp writes the blocks to files and does what the README says about modules.
func newGoApp(t *testing.T) goApp {
	t.Helper()
	dir := t.TempDir()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	writeUnder(t, dir, "every.go", everyFunction)
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	writeUnder(t, dir, "go.sum", string(sums)) // so that nobody has to be asked for them
	commands := "go mod init example.com/app\n"
	for i, b := range readmeBlocks(t) {
		if b.lang == "go" {
			writeUnder(t, dir, fmt.Sprintf("block%d.go", i), b.text)
		}
		if _, ok := b.is("in an app"); ok {
			commands += strings.ReplaceAll(b.text, "../foreday", root) // where it is compiled already
		}
	}
	cmd := exec.Command("bash", "-ec", commands+"go build -ldflags='-s -w' -o app .")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), goFlags("-mod=mod"), "GOSUMDB=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("the README's Go: %v\n%s", err, out)
	}
	return goApp{filepath.Join(dir, "app")}
}

func (a goApp) run(t *testing.T, e env) string {
	t.Helper()
	cmd := exec.Command(a.path)
	cmd.Env = e.with("PATH=" + os.Getenv("PATH")).with(asForeday...)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("the app: %v\n%s%s", err, stdout.String(), stderr.String())
	}
	return stdout.String()
}
