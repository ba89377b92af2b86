package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func explanationOf(t *testing.T, e env, args ...string) explanation {
	t.Helper()
	r := mustDo(t, e, append([]string{"explain", "--json"}, args...)...)
	var x explanation
	if err := json.Unmarshal([]byte(r.stdout), &x); err != nil {
		t.Fatalf("%v:\n%s", err, r.stdout)
	}
	return x
}

func TestExplainTellsRoutineFromNewsOfAnyFile(t *testing.T) {
	t.Parallel()
	for _, series := range []string{"", "--ignore-series"} {
		t.Run("series"+series, func(t *testing.T) {
			t.Parallel()
			args := slices.DeleteFunc([]string{"--ics", "testdata/community.ics", "--date", "2026-06-16", series},
				func(s string) bool { return s == "" })
			x := explanationOf(t, nil, args...)
			if x.Date.String() != "2026-06-16" || x.Timezone != "Europe/Berlin" || len(x.Events) != 5 {
				t.Fatalf("%d events on %s in %s", len(x.Events), x.Date, x.Timezone)
			}
			for _, e := range x.Events {
				if novel := e.Title == "Summer festival"; e.Novel != novel || (e.Novelty > .5) != novel || e.Reason == "" {
					t.Errorf("%s: novel %v, %.2f, %q", e.Title, e.Novel, e.Novelty, e.Reason)
				}
				if series := e.Title != "Summer festival" && !strings.Contains(strings.Join(args, " "), "ignore"); e.Recurring != series {
					t.Errorf("%s: recurring %v", e.Title, e.Recurring)
				}
			}
			festival := x.Events[slices.IndexFunc(x.Events, func(e explainedEvent) bool { return e.Novel })]
			if !festival.AllDay || festival.Start != "2026-06-16" || festival.End != "2026-06-19" || festival.Calendar != "Community hall" {
				t.Errorf("the festival is %+v", festival)
			}
		})
	}
}

func TestWhatIsStillGoingOnIsThereOnItsLastDay(t *testing.T) {
	t.Parallel()
	x := explanationOf(t, nil, "--ics", "testdata/community.ics", "--date", "2026-06-18")
	if len(x.Events) != 1 || x.Events[0].Title != "Summer festival" || !x.Events[0].Novel {
		t.Errorf("%+v", x.Events)
	}
}

func TestExplainsTableFitsTheTerminal(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ args, want string }{
		"routine and news": {"--ics testdata/community.ics --date 2026-06-16", "* 1.00"},
		"wide characters":  {"--ics testdata/wide.ics --date 2026-06-16", "打ち合わせ"},
		"clocks change":    {"--ics testdata/clocks.ics --date 2026-03-29", "until 07:00"},
		"one event":        {"--ics testdata/latin1.ics --date 2026-06-16", "1 event\n"},
		"no events":        {"--ics testdata/latin1.ics --date 2026-06-17", "0 events\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table := mustDo(t, nil, append([]string{"explain"}, strings.Fields(c.args)...)...).stdout
			wantNarrow(t, table)
			if !strings.Contains(table, c.want) {
				t.Errorf("%q is missing:\n%s", c.want, table)
			}
		})
	}
}

func TestExplainReadsAUsersCalendarToo(t *testing.T) {
	t.Parallel()
	s := startSandbox(t, "--ics", "testdata/community.ics", "--users", "1")
	x := explanationOf(t, s.env, "--user", "u1", "--date", "2026-06-16")
	if len(x.Events) != 5 || x.Timezone != "Europe/Berlin" {
		t.Errorf("%d events in %s", len(x.Events), x.Timezone)
	}
	foreday(t, s.env, "explain", "--user", "stranger").wantOneLine(t, exitFail, "access")
}
