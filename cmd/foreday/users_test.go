package main

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"foreday/cache"
	"foreday/cache/redistest"
	"foreday/events"
)

func TestSettingsOfAUserAreSetShownAndSetBack(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	client := server.Client(t)
	e := env{"REDIS_URL=" + server.URL(), "FOREDAY_KEY=" + cache.NewKey()}
	users := func(args ...string) string {
		t.Helper()
		return mustDo(t, e, append([]string{"users"}, args...)...).stdout
	}
	if got, want := users("get", "u1"), "u1\ninclude    none\nexclude    none\nthreshold  0.5 (as usual)\n"+
		"language   as set in the calendar\nclock      as set in the calendar\n"; got != want {
		t.Errorf("at first:\n%s\nwant\n%s", got, want)
	}
	users("set", "u1", "--include", "a@group.calendar.google.com", "--include", "b,c", "--threshold", "0.4")
	got := users("set", "u1", "--exclude", "primary", "--language", "de", "--clock", "24")
	if want := "u1\ninclude    a@group.calendar.google.com\n           b,c\nexclude    primary\n" +
		"threshold  0.4\nlanguage   de\nclock      24\n"; got != want {
		t.Errorf("set in two steps:\n%s\nwant\n%s", got, want)
	}
	var shown map[string]any
	if err := json.Unmarshal([]byte(users("get", "u1", "--json")), &shown); err != nil {
		t.Fatal(err)
	}
	if want := map[string]any{"include": []any{"a@group.calendar.google.com", "b,c"}, "exclude": []any{"primary"}, "threshold": 0.4,
		"language": "de", "clock": "24"}; !reflect.DeepEqual(shown, want) {
		t.Errorf("as JSON: %v, want %v", shown, want)
	}
	if kept := client.Get(t.Context(), "foreday:{u1}:settings").Val(); kept == "" || strings.Contains(kept, "group") {
		t.Errorf("kept is %q, want it sealed", kept)
	}
	foreday(t, env{"REDIS_URL=" + server.URL()}, "users", "get", "u1").wantOneLine(t, exitFail, "FOREDAY_KEY", "--reset")
	foreday(t, e, "users", "set", "u1", "--include", "primary").wantOneLine(t, exitUsage, "--exclude", `"primary"`, "one of the two")

	users("set", "u1", "--reset")
	if n := client.Exists(t.Context(), "foreday:{u1}:settings").Val(); n > 0 {
		t.Error("nothing is set, and something is kept")
	}
	messages, err := client.XRange(t.Context(), events.DefaultStream, "-", "+").Result()
	if err != nil || len(messages) != 3 {
		t.Fatalf("%d messages, %v; want one for each change", len(messages), err)
	}
	for _, m := range messages {
		if m.Values["type"] != "calendar.changed" || m.Values["user"] != "u1" {
			t.Errorf("published %v", m.Values)
		}
	}
}

// A user's ID may hold what a terminal would not show; what prints it shows it for what it is.
func TestIDsArePrintedAndLoggedWithNothingHidden(t *testing.T) {
	t.Parallel()
	const user, shown = "u\u202eabc", `u\u202eabc`
	e := env{"REDIS_URL=" + redistest.New(t).URL(), "PORT=0", "GOOGLE_ACCESS_TOKEN=for-nothing"}
	if got := mustDo(t, e, "users", "get", user).stdout; !strings.HasPrefix(got, shown+"\n") {
		t.Errorf("users get prints %q", got)
	}
	w := start(t, e.with("LOG_FORMAT=json"), "worker")
	w.says(t, "worker started")
	mustDo(t, e, "publish", "--type", "calendar.changed", "--user", user)
	if line := w.says(t, "abc"); !strings.Contains(line, `"user":"`+shown+`"`) {
		t.Errorf("the log says %q", line)
	}
	w.stop(t)
}
