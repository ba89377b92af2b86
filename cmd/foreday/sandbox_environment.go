package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"foreday/cmd/foreday/internal/wiring"
	"foreday/summarizer/sandbox"
)

// The settings that point other commands at a sandbox, and what becomes of them in a
// shell that outlives it.

// environmentHead begins the settings, so that a file of them is known again.
const environmentHead = "# The settings of a foreday sandbox, for `source`.\n"

// sandboxVariable says that a shell has sourced them: it holds the addresses in them.
const sandboxVariable = "FOREDAY_SANDBOX"

// sandboxAddresses are where a sandbox is.
type sandboxAddresses struct {
	url   string // of the stand-ins
	redis string // of the Redis in the same process; "" if there is none
}

// sandboxVariables are the settings of the sandbox at the addresses, as "NAME=value".
func sandboxVariables(a sandboxAddresses) []string {
	all := sandbox.Environment(a.url)
	if a.redis != "" {
		all = append(all, "REDIS_URL="+a.redis)
	}
	return all
}

// environment is the settings of the sandbox at the addresses, for a shell to read.
// redisURL is the Redis to use, whosever it is; "" leaves that to the shell.
func environment(a sandboxAddresses, redisURL string) string {
	var b strings.Builder
	b.WriteString(environmentHead)
	fmt.Fprintf(&b, "export %s='%s'\n", sandboxVariable, strings.TrimSpace(a.url+" "+a.redis))
	for _, setting := range sandboxVariables(a) {
		fmt.Fprintf(&b, "export %s\n", setting)
	}
	if a.redis == "" && redisURL != "" {
		fmt.Fprintf(&b, "export REDIS_URL='%s'\n", redisURL)
	}
	return b.String()
}

// newStandIns are embedded by the commands that bring stand-ins of their own. These
// must not be pointed at an earlier sandbox, which has ended by now or is not meant, by
// what the shell has sourced of it.
type newStandIns struct {
	leftAside []string `kong:"-"` // names of variables
}

// leaveSandboxAside has the settings of an earlier sandbox count as not set. What was
// set to something else since is kept.
func (n *newStandIns) leaveSandboxAside() {
	a := sandboxAddresses{}
	a.url, a.redis, _ = strings.Cut(os.Getenv(sandboxVariable), " ")
	if a.url == "" {
		return
	}
	for _, setting := range sandboxVariables(a) {
		if name, value, _ := strings.Cut(setting, "="); os.Getenv(name) == value {
			os.Unsetenv(name)
			n.leftAside = append(n.leftAside, name)
		}
	}
}

// sayLeftAside says so.
func (n *newStandIns) sayLeftAside(out console) {
	if len(n.leftAside) > 0 {
		fmt.Fprintf(out.stderr, "foreday: this shell has the settings of another sandbox, which are left aside here: %s\n",
			strings.Join(n.leftAside, ", "))
	}
}

// useModel has the stand-in at the address play the model, unless another one is named. A key
// for OpenAI alone, which many shells have, is not spent without a word on what was to be tried
// with stand-ins, and sends nobody's titles away.
func (n *newStandIns) useModel(m *wiring.ModelSettings, url string, out console) (own bool) {
	if m.BaseURL != "" {
		return true
	}
	if m.APIKey != "" {
		fmt.Fprintln(out.stderr, "foreday: OPENAI_API_KEY is left aside here, and a stand-in plays the model; "+
			"to have OpenAI's write, set OPENAI_BASE_URL=https://api.openai.com/v1 too")
	}
	m.UseSandbox(url)
	return false
}

// BeforeReset is called by the parser before it reads the environment.
func (c *demoCmd) BeforeReset() error {
	c.leaveSandboxAside()
	return nil
}

// BeforeReset is called by the parser before it reads the environment.
func (c *upCmd) BeforeReset(ctx *kong.Context) error {
	if slices.ContainsFunc(ctx.Path, func(p *kong.Path) bool { return p.Flag != nil && p.Flag.Name == "sandbox" }) {
		c.leaveSandboxAside()
	}
	return nil
}

// writeFile writes a file that only its owner can read, all at once: whoever opens it
// finds the whole of it.
func writeFile(name, content string) error {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(content)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
