package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"foreday/cache/redistest"
	"foreday/summarizer"
)

// demoOf runs demo --json and checks what holds of every demo.
func demoOf(t *testing.T, e env, args ...string) demoResult {
	t.Helper()
	r := mustDo(t, e, append([]string{"demo", "--json"}, args...)...)
	var d demoResult
	if err := json.Unmarshal([]byte(r.stdout), &d); err != nil {
		t.Fatalf("%v:\n%s", err, r.stdout)
	}
	created := func(s summarizer.Summary) bool {
		return slices.ContainsFunc(s.Events, func(e summarizer.SummaryEvent) bool { return e.Title == d.Created.Title })
	}
	if created(d.Before) || !created(d.After) {
		t.Errorf("%q is novel before: %v, after: %v", d.Created.Title, created(d.Before), created(d.After))
	}
	if d.After.Generation <= d.Before.Generation {
		t.Errorf("the generation went from %d to %d", d.Before.Generation, d.After.Generation)
	}
	if d.After.TotalEvents != d.Before.TotalEvents+1 {
		t.Errorf("%d events before, %d after", d.Before.TotalEvents, d.After.TotalEvents)
	}
	if d.Before.Date != d.Date || d.After.Date != d.Date || d.After.Timezone != d.Timezone {
		t.Errorf("the summaries are of %s and %s %s, the demo of %s %s", d.Before.Date, d.After.Date, d.After.Timezone, d.Date, d.Timezone)
	}
	if d.FreshnessMS <= 0 || d.HitUS <= 0 || d.RegenerateMS <= 0 || d.Upstream.Google == 0 || d.CalendarEvents == 0 {
		t.Errorf("a figure is missing: %s", r.stdout)
	}
	return d
}

// Not parallel: it is about how long the program takes.
func TestTheDemoShowsTheWholeOfItInSeconds(t *testing.T) {
	r := mustDo(t, env{"LOG_LEVEL=warn"}, "demo", "--json")
	for try := 1; try < 3 && r.took > 10*time.Second; try++ { // the machine may have been busy
		r = mustDo(t, env{"LOG_LEVEL=warn"}, "demo", "--json")
	}
	if r.took > 10*time.Second {
		t.Errorf("it took %v", r.took)
	}
	if r.stderr != "" {
		t.Errorf("stderr: %s", r.stderr)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(r.stdout), &got); err != nil {
		t.Fatal(err)
	}
	wantKeys(t, got, "date timezone calendar_events before created after freshness_ms hit_us regenerate_ms upstream_requests redis")
	wantKeys(t, got["created"], "title start end")
	wantKeys(t, got["upstream_requests"], "google openai")
	const summary = "user date timezone language headline text events total_events novel_events writer degraded " +
		"fetched_at generated_at generation fingerprint"
	wantKeys(t, got["before"], summary)
	wantKeys(t, got["after"], summary)
	wantKeys(t, got["after"].(map[string]any)["events"].([]any)[0], "title start end all_day calendar novelty reason")
	if got["redis"] != "in-process" {
		t.Errorf("redis is %v", got["redis"])
	}
}

// wantKeys checks that an object has these keys and no others.
func wantKeys(t *testing.T, object any, keys string) {
	t.Helper()
	m, _ := object.(map[string]any)
	want := strings.Fields(keys)
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(m)); !slices.Equal(got, want) {
		t.Errorf("keys %q, want %q", got, want)
	}
}

func TestTheDemosStoryIsShortAndNarrow(t *testing.T) {
	t.Parallel()
	for name, args := range map[string]string{
		"the sample":      "",
		"wide characters": "--ics testdata/wide.ics --date 2026-06-16",
		"a crowded day":   "--ics testdata/crowded.ics --date 2026-06-16",
		"several files":   "--ics testdata/community.ics --ics testdata/latin1.ics --ics testdata/wide.ics --date 2026-06-17",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story := mustDo(t, nil, append([]string{"demo"}, strings.Fields(args)...)...).stdout
			if n := strings.Count(story, "\n"); n > 40 {
				t.Errorf("%d lines:\n%s", n, story)
			}
			wantNarrow(t, story)
			for _, part := range []string{"1. The summary before", "2. An app creates an event", "3. The fresh summary", "fresh for 1h",
				"Google", "explain --ics"} {
				if !strings.Contains(story, part) {
					t.Errorf("the story lacks %q:\n%s", part, story)
				}
			}
		})
	}
}

func TestTheDemoTellsOfTheDayItIsGiven(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args       string
		date, zone string
	}{
		"long ago":                   {"--date 2019-07-04 --timezone Asia/Kolkata", "2019-07-04", "Asia/Kolkata"},
		"in the future":              {"--date 2099-12-31", "2099-12-31", "UTC"},
		"leap day":                   {"--date 2028-02-29", "2028-02-29", "UTC"},
		"23 hours":                   {"--date 2026-03-29 --timezone Europe/Berlin", "2026-03-29", "Europe/Berlin"},
		"25 hours":                   {"--date 2026-10-25 --timezone Europe/Berlin", "2026-10-25", "Europe/Berlin"},
		"midnight skipped":           {"--date 2026-09-06 --timezone America/Santiago", "2026-09-06", "America/Santiago"},
		"half an hour":               {"--date 2026-04-05 --timezone Australia/Lord_Howe", "2026-04-05", "Australia/Lord_Howe"},
		"as far from UTC as it gets": {"--date 2026-06-16 --timezone Pacific/Kiritimati", "2026-06-16", "Pacific/Kiritimati"},
		"23 hours of one's own":      {"--ics testdata/clocks.ics --date 2026-03-29", "2026-03-29", "Europe/Berlin"},
		"25 hours of one's own":      {"--ics testdata/clocks.ics --date 2026-10-25", "2026-10-25", "Europe/Berlin"},
		"one's own, in another's zone": {
			"--ics testdata/community.ics --date 2026-06-17 --timezone America/New_York", "2026-06-17", "America/New_York",
		},
		"Latin-1":            {"--ics testdata/latin1.ics --date 2026-06-16", "2026-06-16", "Europe/Berlin"},
		"in part unreadable": {"--ics testdata/broken.ics --date 2026-06-16", "2026-06-16", "Europe/Berlin"},
		"nothing on the day": {"--ics testdata/latin1.ics --date 2030-01-01", "2030-01-01", "Europe/Berlin"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := demoOf(t, nil, strings.Fields(c.args)...)
			if d.Date.String() != c.date || d.Timezone != c.zone {
				t.Errorf("it is about %s in %s", d.Date, d.Timezone)
			}
			if start, err := time.Parse(time.RFC3339, d.Created.Start); err != nil || start.Format("15:04") != "15:00" {
				t.Errorf("the event starts at %s", d.Created.Start)
			}
		})
	}
}

func TestTheDemoNamesWhatItCannotReadAndGoesOn(t *testing.T) {
	t.Parallel()
	r := mustDo(t, nil, "demo", "--ics", "testdata/broken.ics", "--date", "2026-06-16")
	for _, want := range []string{"line 6: event skipped", "line 19: RRULE is left out"} {
		if !strings.Contains(r.stderr, want) {
			t.Errorf("it does not say %q:\n%s", want, r.stderr)
		}
	}
	if !strings.Contains(r.stdout, "Parents’ evening") {
		t.Errorf("the event that can be read is not told of:\n%s", r.stdout)
	}
}

func TestWithTheModelAwayTheDemoSaysSo(t *testing.T) {
	t.Parallel()
	e := env{"OPENAI_BASE_URL=http://" + nowhere + "/v1"}
	d := demoOf(t, e)
	if !d.After.Degraded || d.After.Writer != "plain" {
		t.Errorf("planned by %s, degraded: %v", d.After.Writer, d.After.Degraded)
	}
	story := mustDo(t, e, "demo").stdout
	if !strings.Contains(story, "planned without the model, which failed") || !strings.Contains(story, nowhere) {
		t.Errorf("the story does not say that the model failed, or which:\n%s", story)
	}
	wantNarrow(t, story)
}

func TestTheDemoLeavesNothingInARealRedis(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client := server.Client(t)
	if err := client.Set(t.Context(), "somebody:else", "kept", 0).Err(); err != nil {
		t.Fatal(err)
	}
	d := demoOf(t, env{"REDIS_URL=" + server.URL()})
	if info := client.InfoMap(t.Context(), "server").Item("Server", "redis_version"); d.Redis != info {
		t.Errorf("it says Redis %q of a Redis %q", d.Redis, info)
	}
	if keys := client.Keys(t.Context(), "*").Val(); !slices.Equal(keys, []string{"somebody:else"}) {
		t.Errorf("it left %q", keys)
	}
}

func TestTheDemoStaysUpIfAskedTo(t *testing.T) {
	t.Parallel()
	p := start(t, env{"PORT=0"}, "demo", "--serve")
	summary := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(p.says(t, "curl -i ")), "curl -i"))
	got := get(t, summary)
	if got.StatusCode != 200 || !strings.HasPrefix(got.Header.Get("Cache-Status"), "foreday; hit; ttl=") {
		t.Errorf("%s, Cache-Status %q", got.Status, got.Header.Get("Cache-Status"))
	}
	p.stop(t)
}
