package main

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"foreday/summarizer"
)

// The README is run: every block of it, in its order, in a shell, against what it
// sets up itself; and what it says is printed is compared with what is. Nothing is
// left out in silence: a block that is not run says why in a comment before it.
//
//	<!-- not run: WHY -->       the block is for people only
//	<!-- with: FLAGS -->        the block's last command is run with these flags as well,
//	                            so that its output is the same on every day
//	<!-- stays up: TEXT -->     the block's command is left running once it prints the text
//	<!-- alone -->              what was left running is stopped before the block
//	<!-- in an app -->          the block is for the app that the blocks of Go make
//
// What differs from run to run (times, ports, IDs, dates) is not compared, and an
// ellipsis stands for anything. Three things are put in the place of others: the test's
// own binary of what `go build` would build, free ports of 8080 and 6379, and, where
// Python or Node lack their Redis package, one made of redis-cli.

// block is one fenced block.
type block struct {
	lang, note string
	text       string
	line       int
}

// readmeBlocks returns the blocks of the README.
func readmeBlocks(t *testing.T) []block {
	t.Helper()
	held, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var blocks []block
	var open *block
	note := ""
	for i, line := range strings.Split(string(held), "\n") {
		fence, isFence := strings.CutPrefix(line, "```")
		comment, isComment := strings.CutPrefix(line, "<!-- ")
		switch {
		case open != nil && isFence:
			blocks = append(blocks, *open)
			open, note = nil, ""
		case open != nil:
			open.text += line + "\n"
		case isFence:
			open = &block{lang: fence, note: note, line: i + 1}
		case isComment:
			note = strings.TrimSuffix(comment, " -->")
		case line != "":
			note = ""
		}
	}
	if open != nil {
		t.Fatalf("the block of line %d has no end", open.line)
	}
	return blocks
}

// is cuts a note of one kind.
func (b block) is(kind string) (rest string, ok bool) {
	if b.note == kind {
		return "", true
	}
	return strings.CutPrefix(b.note, kind+": ")
}

func TestEveryBlockOfTheREADMEIsRunAndPrintsWhatItSays(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs the whole of the README")
	}
	r := newReading(t)
	scripts := map[string]string{}
	for _, b := range readmeBlocks(t) {
		if why, ok := b.is("not run"); ok {
			t.Logf("line %d is not run: %s", b.line, why)
			continue
		}
		if _, ok := b.is("in an app"); ok {
			continue
		}
		if _, ok := b.is("alone"); ok {
			r.alone()
		}
		switch b.lang {
		case "console", "sh":
			r.run(b)
		case "python", "js":
			scripts[b.lang] += b.text
			if strings.Contains(scripts[b.lang], ".get(") { // it reads what it wrote
				r.script(b.lang, scripts[b.lang])
			}
		case "go": // an app of its own: see TestTheGoOfTheREADMEIsAnAppThatReadsAndPublishes
		case "json":
			var s summarizer.Summary
			decoder := json.NewDecoder(strings.NewReader(b.text))
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(&s); err != nil {
				t.Errorf("line %d: it is no summary: %v", b.line, err)
			}
		default:
			t.Errorf("line %d: nobody knows how to run a block of %q: name its language, or say why not", b.line, b.lang)
		}
	}
}

// masks take out of an output what differs from run to run.
var masks = []struct {
	what *regexp.Regexp
	by   string
}{
	{regexp.MustCompile(`\b[0-9a-v]{26}\b`), "ID"},
	{regexp.MustCompile(`\b\d{13}-\d+\b`), "MESSAGE"},
	{regexp.MustCompile(`(127\.0\.0\.1|localhost):\d+`), "HOST"},
	{regexp.MustCompile(`\d+(\.\d+)? (ms|µs)`), "TIME"},
	{regexp.MustCompile(`foreday; (hit; ttl=\d+|fwd=miss)`), "foreday; FRESH"},
	{regexp.MustCompile(`\b(once|twice|\d+ times)\b`), "N times"},
	{regexp.MustCompile(`\d{4}-\d{2}-\d{2}`), "DATE"},
}

// masked is an output as it is compared: without what varies, on one line, because
// figures of another length break lines elsewhere.
func masked(output string) string {
	output = strings.Join(strings.Fields(output), " ")
	for _, m := range masks {
		output = m.what.ReplaceAllString(output, m.by)
	}
	return output
}

// matches reports whether an output is what the README says.
func matches(want, got string) bool {
	parts := strings.Split(masked(want), "…")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(strings.TrimSpace(parts[i]))
	}
	return regexp.MustCompile(`^` + strings.Join(parts, `.*`) + `$`).MatchString(masked(got))
}

func TestAnOutputThatHasDriftedIsNoticed(t *testing.T) {
	t.Parallel()
	const said = "1. The summary, 9 ms after:\n…\nAsked: model once.\n"
	if !matches(said, "1. The summary, 12 ms\nafter:\nanything\nat all\nAsked: model twice.\n") {
		t.Error("what varies is compared")
	}
	for _, other := range []string{"1. A summary, 9 ms after:\nx\nAsked: model once.\n", "1. The summary, 9 ms after:\nx\n", said + "more"} {
		if matches(said, other) {
			t.Errorf("taken for the same: %q", other)
		}
	}
}

func TestCommandsInTheTextOfTheREADMEExist(t *testing.T) {
	t.Parallel()
	held, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	inText := regexp.MustCompile("(?s)\n```.*?\n```").ReplaceAllString(string(held), "")
	found := regexp.MustCompile("`(?:bin/)?foreday ([^`]+)`").FindAllStringSubmatch(inText, -1)
	if len(found) < 5 {
		t.Errorf("only %d commands were found", len(found))
	}
	for _, m := range found {
		args := strings.Fields(strings.NewReplacer("\n", " ", "NAME", "ingest").Replace(m[1]))
		if args[0] == "help" || slices.Contains(args, "--help") {
			mustDo(t, nil, args...)
			continue
		}
		parser, err := kong.New(commandLine(args), options(t.Context(), console{}, false)...)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.Parse(args); err != nil {
			t.Errorf("%q: %v", m[0], err)
		}
	}
}

// What is to be known, and no block shows.
func TestTheREADMESaysWhatCatchesPeople(t *testing.T) {
	t.Parallel()
	held, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(string(held)), " ")
	for _, want := range []string{"Google ends what they grant after 7 days: publish it", "There are no CORS headers"} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q", want)
		}
	}
}

func TestTheProcfileRunsABinaryThatGitLeavesAlone(t *testing.T) {
	t.Parallel()
	procfile, err := os.ReadFile("../../Procfile")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(procfile)) {
		name, command, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if command != "bin/foreday "+name {
			t.Errorf("%s runs %q: want the binary that the README builds, as signals and statuses must come through", name, command)
		}
	}
	ignored, err := os.ReadFile("../../.gitignore")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(ignored, []byte("/bin/\n")) {
		t.Error("git does not ignore bin/")
	}
}
