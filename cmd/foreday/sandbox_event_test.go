package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"foreday/cache/redistest"
	"foreday/summarizer"
	"foreday/summarizer/sandbox"
)

// upSandbox starts everything in one process, and returns where the API is.
func upSandbox(t *testing.T, e env, args ...string) (p *process, url string) {
	t.Helper()
	p = start(t, append(env{"PORT=0"}, e...), append([]string{"up", "--sandbox"}, args...)...)
	p.says(t, "Redis, for clients")
	return p, strings.TrimSuffix(addressIn(t, p.says(t, `"serving"`), "api"), "/v1")
}

// summaryAt reads a user's summary of today over HTTP.
func summaryAt(t *testing.T, url, user string) summarizer.Summary {
	t.Helper()
	got := get(t, url+"/v1/users/"+user+"/summaries/today")
	var s summarizer.Summary
	if err := json.Unmarshal([]byte(got.body), &s); err != nil || got.StatusCode != 200 {
		t.Fatalf("%s: %v: %s", got.Status, err, got.body)
	}
	return s
}

func novel(s summarizer.Summary, title string) bool {
	return slices.ContainsFunc(s.Events, func(e summarizer.SummaryEvent) bool { return e.Title == title })
}

func TestOneCommandAndOneEventShowSomethingNovelOverHTTP(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "sandbox.env")
	p, url := upSandbox(t, nil, "--users", "2000", "--env-file", file)
	for _, user := range []string{"u1", "u1000", "u2000"} {
		if s := summaryAt(t, url, user); s.NovelEvents == 0 || s.Writer != "openai:"+sandbox.ModelName {
			t.Errorf("%s has %d novel events today, written by %s", user, s.NovelEvents, s.Writer)
		}
	}
	r := mustDo(t, nil, "sandbox", "event", "u7", "Passport, photos", "--start", "today 15:00", "--publish", "--json", "--at", url+"/sandbox")
	var e sandboxEvent
	if err := json.Unmarshal([]byte(r.stdout), &e); err != nil || e.ID == "" || e.Published == "" {
		t.Fatalf("%v: %s", err, r.stdout)
	}
	if s := summaryAt(t, url, "u7"); !novel(s, "Passport, photos") {
		t.Errorf("the event of one's own is not there, or not novel: %+v", s)
	}
	if out := mustDo(t, environmentIn(t, file), "explain", "--user", "u7").stdout; !strings.Contains(out, "Passport, photos") {
		t.Errorf("other commands do not see the event:\n%s", out)
	}
	if out := mustDo(t, environmentIn(t, file), "get", "u7").stdout; !strings.Contains(out, "fresh for ") {
		t.Errorf("other commands do not read the summary:\n%s", out)
	}
	p.stop(t)
	if _, err := os.Stat(file); err == nil {
		t.Error("the settings of a sandbox that has ended are still there")
	}
}

// The Redis in the process is for those who have none.
func TestASandboxThatIsUpUsesTheRedisThatIsSet(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	p, url := upSandbox(t, env{"REDIS_URL=" + server.URL()}, "--users", "1")
	if s := summaryAt(t, url, "u1"); s.NovelEvents == 0 {
		t.Errorf("nothing is novel: %+v", s)
	}
	if n := len(server.Client(t).Keys(t.Context(), "foreday:{u1}:summary:*").Val()); n == 0 {
		t.Error("the Redis that is set holds no summary")
	}
	if said := p.says(t, "Redis, for clients"); !strings.Contains(said, server.Addr()) {
		t.Errorf("it names another Redis: %s", said)
	}
	p.stop(t)
}

// environmentIn reads the settings that a sandbox wrote.
func environmentIn(t *testing.T, file string) (e env) {
	t.Helper()
	held, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(held)) {
		if setting, ok := strings.CutPrefix(strings.TrimSpace(line), "export "); ok {
			e = append(e, strings.ReplaceAll(setting, "'", ""))
		}
	}
	return e
}

func TestAnEventIsCreatedInASandboxAsAnAppWould(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	file := filepath.Join(t.TempDir(), "sandbox.env")
	sandbox := start(t, nil, "sandbox", "--timezone", "Europe/Berlin", "--env-file", file)
	sandbox.says(t, "Ctrl-C")
	e := environmentIn(t, file).with("REDIS_URL=" + server.URL())
	worker := start(t, e, "worker")
	worker.says(t, "worker started")
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	today := summarizer.DateOf(time.Now().In(berlin))
	for name, c := range map[string]struct{ start, end, wantStart, wantEnd string }{
		"an hour":      {"2026-06-16 15:00", "", "2026-06-16T15:00:00+02:00", "2026-06-16T16:00:00+02:00"},
		"until":        {"2026-06-16T15:00", "16:30", "2026-06-16T15:00:00+02:00", "2026-06-16T16:30:00+02:00"},
		"another zone": {"2026-06-16T15:00:00Z", "2026-06-16T15:30:00Z", "2026-06-16T17:00:00+02:00", "2026-06-16T17:30:00+02:00"},
		"a day":        {"today", "", today.String(), today.AddDays(1).String()},
		"days":         {"today", "2199-01-01", today.String(), "2199-01-01"},
		"tomorrow":     {"tomorrow 23:00", "tomorrow 23:30", today.AddDays(1).String() + "T23:00:00", today.AddDays(1).String() + "T23:30:00"},
	} {
		t.Run(name, func(t *testing.T) {
			args := []string{"sandbox", "event", "u2", "Visit", "--json", "--start", c.start}
			if c.end != "" {
				args = append(args, "--end", c.end)
			}
			var got sandboxEvent
			if err := json.Unmarshal([]byte(mustDo(t, e, args...).stdout), &got); err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(got.Start, c.wantStart) || !strings.HasPrefix(got.End, c.wantEnd) {
				t.Errorf("from %s to %s, want %s to %s", got.Start, got.End, c.wantStart, c.wantEnd)
			}
		})
	}
	mustDo(t, e, "sandbox", "event", "u3", "Visit of the minister", "--start", "today", "--publish")
	if out := mustDo(t, e, "get", "u3").stdout; !strings.Contains(out, "Visit of the minister") {
		t.Errorf("what was published is not told of:\n%s", out)
	}
	sandbox.stop(t)
	if _, err := os.Stat(file); err == nil {
		t.Error("the settings of a sandbox that has ended are still there")
	}
}

func TestASandboxLeavesFilesOfOthersAlone(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "mine")
	if err := os.WriteFile(file, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	foreday(t, nil, "sandbox", "--env-file", file).wantOneLine(t, exitUsage, "--env-file", file, "another name")
	if held, _ := os.ReadFile(file); string(held) != "precious" {
		t.Errorf("it holds %q now", held)
	}
}

func TestWhatIsWrongWithAnEventOfTheSandboxIsSaid(t *testing.T) {
	t.Parallel()
	s := startSandbox(t)
	e := s.env
	for name, c := range map[string]struct {
		args   string
		status int
		want   []string
	}{
		"no such user":     {"u99 Visit --start today", exitUsage, []string{`"u99"`, "u1"}},
		"no start":         {"u1 Visit", exitUsage, []string{"--start"}},
		"time":             {"u1 Visit --start noon", exitUsage, []string{"--start", `"noon"`, "today 15:00"}},
		"end before start": {"u1 Visit --start 2026-06-16T15:00 --end 14:00", exitUsage, []string{"--end", `14:00"`, "before"}},
		"half all-day":     {"u1 Visit --start today --end 16:00", exitUsage, []string{"--end"}},
		"no stream":        {"u1 Visit --start today --publish", exitUsage, []string{"--publish", "REDIS_URL"}},
		"no calendar":      {"u1 Visit --start today --calendar none", exitFail, []string{`"none"`}},
		"no sandbox":       {"u1 Visit --start today --at http://" + nowhere, exitFail, []string{nowhere, "up --sandbox"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			foreday(t, e, append([]string{"sandbox", "event"}, strings.Fields(c.args)...)...).wantOneLine(t, c.status, c.want...)
		})
	}
	for _, title := range []string{"", " "} {
		foreday(t, e, "sandbox", "event", "u1", title, "--start", "today").wantOneLine(t, exitUsage, "title", "what the event is called")
	}
}
