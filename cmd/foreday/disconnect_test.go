package main

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"foreday/cache/redistest"
	"foreday/summarizer/google/googletest"
)

func TestDisconnectForgetsAUserAndTellsGoogle(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	client := server.Client(t)
	sandbox := startSandbox(t, "--users", "2")
	e := sandbox.env.with(noBroker, "REDIS_URL="+server.URL(), "FOREDAY_KEY="+key)
	connectUser(t, e, "u2")
	up := start(t, e.with("PORT=0"), "up")
	api := addressIn(t, up.says(t, `"api":`), "api")
	summary := func() got { return get(t, api+"/users/u2/summaries/today") }
	if got := summary(); got.StatusCode != http.StatusOK {
		t.Fatalf("before: %s: %s", got.Status, got.body)
	}
	sealed := client.Get(t.Context(), "foreday:{u2}:token").Val()

	said := strings.Join(strings.Fields(mustDo(t, e, "disconnect", "u2").stdout), " ")
	for _, want := range []string{"Disconnected: the token of u2 is removed from Redis", "revoked at Google", "summaries are deleted"} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q: %s", want, said)
		}
	}
	for _, key := range redistest.Keys(t, client, "foreday:{u2}:*") {
		switch kind := strings.Split(key, ":")[2]; kind {
		case "token", "summary", "stale", "routine", "reads":
			t.Errorf("%s is left", key)
		}
	}
	if got := summary(); got.StatusCode != http.StatusForbidden || !strings.Contains(got.body, "no-calendar-access") {
		t.Errorf("after it a reader gets %s: %s", got.Status, got.body)
	}
	// With the token put back, Google would not have it any more.
	if err := client.Set(t.Context(), "foreday:{u2}:token", sealed, 0).Err(); err != nil {
		t.Fatal(err)
	}
	if r := foreday(t, e, "get", "u2", "2026-01-05"); r.status != exitFail {
		t.Errorf("with the old token: status %d, %s", r.status, r.stdout)
	}
	if r := mustDo(t, e, "disconnect", "u2", "--json"); !json.Valid([]byte(r.stdout)) || !strings.Contains(r.stdout, `"revoked": true`) {
		t.Errorf("of a grant that was revoked before: %s", r.stdout)
	}
	foreday(t, e, "disconnect", "u2").wantOneLine(t, exitFail, "u2 has not connected")
	up.stop(t)
}

const otherKey = "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="

// Google may be away, and the key may be another: what is kept is forgotten all the same.
func TestDisconnectForgetsThoughGoogleCannotBeTold(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*googletest.Server) (more string){
		"Google fails": func(g *googletest.Server) string {
			g.Inject(googletest.Fault{Method: "revoke", Status: http.StatusServiceUnavailable})
			return ""
		},
		"another key": func(*googletest.Server) string { return "FOREDAY_KEY=" + key },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, e := standIn(t)
			connectUser(t, e.with("FOREDAY_KEY="+otherKey), "ada")
			more := spoil(g)
			if more == "" {
				more = "FOREDAY_KEY=" + otherKey
			}
			r := mustDo(t, e.with(more), "disconnect", "ada", "--json")
			if !strings.Contains(r.stdout, `"revoked": false`) || !strings.Contains(r.stderr, "myaccount.google.com") {
				t.Errorf("it says %s%s", r.stdout, r.stderr)
			}
			dir := strings.TrimPrefix(e[len(e)-1], "FOREDAY_TOKEN_DIR=")
			files, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				if strings.HasSuffix(f.Name(), ".json") {
					t.Errorf("%s is left", f.Name())
				}
			}
			foreday(t, e.with(more), "disconnect", "ada").wantOneLine(t, exitFail, "ada has not connected")
		})
	}
}
