package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/cache/redistest"
	"foreday/summarizer"
	"foreday/summarizer/google/vault"
)

// summaryOf reads a user's summary of today.
func summaryOf(t *testing.T, api, user string) (s summarizer.Summary) {
	t.Helper()
	got := get(t, api+"/users/"+user+"/summaries/today")
	if err := json.Unmarshal([]byte(got.body), &s); err != nil || got.StatusCode != http.StatusOK {
		t.Fatalf("%s, %v: %s", got.Status, err, got.body)
	}
	return s
}

// Must-show 4: whoever reads all of Redis learns nothing, and who writes to it cannot show
// one user what is another's.
func TestWhatIsKeptOfUsersIsSealedAndStaysTheirs(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client, heard := server.Client(t), overhear(t, server)
	sandbox := startSandbox(t, "--users", "2")
	e := sandbox.env.with(noBroker, "REDIS_URL="+server.URL(), "FOREDAY_KEY="+key, "FOREDAY_COOLDOWN=0s", "PORT=0")
	up := start(t, e, "up")
	api := addressIn(t, up.says(t, `"api":`), "api")
	connectUser(t, e, "u1")
	first := summaryOf(t, api, "u1")
	const settings = "/users/u1/settings"
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, api+settings, strings.NewReader(`{"threshold":0.125}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request) // which asks for the summary anew
	if err != nil || answer.StatusCode >= 300 {
		t.Fatalf("%+v, %v", answer, err)
	}
	answer.Body.Close()
	of := func(user, what string) string { return "foreday:{" + user + "}:" + what }
	day := first.Date.String()
	eventually(t, func() string {
		if n := client.Exists(t.Context(), of("u1", "summary:"+day), of("u1", "stale:"+day), of("u1", "settings"),
			of("u1", "routine"), of("u1", "token")).Val(); n != 5 {
			return fmt.Sprintf("only %d of u1's keys are there", n)
		}
		return ""
	})
	seal, err := cache.NewSeal(key)
	if err != nil {
		t.Fatal(err)
	}
	store := freshness.NewStore(client, freshness.Config{Seal: seal})
	tokens, err := vault.InRedis(client, seal)
	if err != nil {
		t.Fatal(err)
	}
	secret, _, err := tokens.Load(t.Context(), "u1")
	var grant map[string]any
	if err != nil || json.Unmarshal(secret, &grant) != nil || len(first.Events) == 0 {
		t.Fatalf("%s, %v, %+v", secret, err, first)
	}
	private := []string{first.Headline, "0.125"}
	for _, value := range grant {
		if text, ok := value.(string); ok && len(text) > 8 {
			private = append(private, text)
		}
	}
	for _, event := range first.Events {
		private = append(private, event.Title)
		if at, err := time.Parse(time.RFC3339, event.Start); err == nil {
			private = append(private, event.Start[10:], fmt.Sprint(at.Unix()))
		}
	}
	if len(private) < 6 {
		t.Fatalf("only %q is looked for", private)
	}
	wantNone(t, "what Redis holds", held(t, client), private...)

	peek := func(user string, date summarizer.Date) (fresh, stale bool) {
		f, s, _ := store.Peek(t.Context(), user, date)
		return f != nil, s != nil
	}
	learnt := func(user string) bool {
		_, ok, err := store.Routines().Load(t.Context(), user)
		return ok && err == nil
	}
	today, tomorrow := first.Date, first.Date.AddDays(1)
	for _, move := range []struct {
		from, to string
		opens    func() bool
	}{
		{of("u1", "summary:"+day), of("u2", "summary:"+day), func() bool { f, _ := peek("u2", today); return f }},
		{of("u1", "stale:"+day), of("u2", "stale:"+day), func() bool { _, s := peek("u2", today); return s }},
		{of("u1", "summary:"+day), of("u1", "summary:"+tomorrow.String()), func() bool { f, _ := peek("u1", tomorrow); return f }},
		{of("u1", "stale:"+day), of("u1", "summary:"+day), func() bool { f, _ := peek("u1", today); return f }},
		{of("u1", "summary:"+day), of("u1", "stale:"+day), func() bool { _, s := peek("u1", today); return s }},
		{of("u1", "settings"), of("u2", "settings"), func() bool { p, _ := store.Preferences(t.Context(), "u2"); return p.Threshold != nil }},
		{of("u1", "routine"), of("u2", "routine"), func() bool { return learnt("u2") }},
		{of("u1", "settings"), of("u1", "routine"), func() bool { return learnt("u1") }},
		{of("u1", "token"), of("u2", "token"), func() bool { s, _, _ := tokens.Load(t.Context(), "u2"); return len(s) > 0 }},
	} {
		kept, was := client.Dump(t.Context(), move.to).Val(), client.Dump(t.Context(), move.from).Val()
		if err := client.RestoreReplace(t.Context(), move.to, 0, was).Err(); err != nil {
			t.Fatal(err)
		}
		if move.opens() {
			t.Errorf("%s opens as %s", move.from, move.to)
		}
		client.Del(t.Context(), move.to)
		if kept == "" {
			continue
		}
		if err := client.RestoreReplace(t.Context(), move.to, 0, kept).Err(); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(move.to, ":routine") && !move.opens() {
			t.Errorf("%s does not open in its own place", move.to)
		}
	}
	up.stop(t)
	wantNone(t, "what Redis was told", heard(), private...)
}

// fleet are processes of which readers use whichever is up.
type fleet struct {
	sync.RWMutex
	up     []string // addresses of APIs
	wrong  []string
	served int
}

// read asks every process for what it is to have cached, again and again until done.
func (f *fleet) read(t *testing.T, done <-chan struct{}) {
	for turn := 0; ; turn++ {
		select {
		case <-done:
			return
		case <-time.After(5 * time.Millisecond):
		}
		f.RLock() // whoever is taken out finishes first
		res, err := http.Get(f.up[turn%len(f.up)] + fmt.Sprintf("/users/u%d/summaries/today", 1+turn/2%3))
		var s summarizer.Summary
		said := ""
		switch {
		case err != nil:
			said = err.Error()
		case res.StatusCode != http.StatusOK:
			said = res.Status
		case json.NewDecoder(res.Body).Decode(&s) != nil, s.Degraded, s.Writer == summarizer.PlainWriter:
			said = fmt.Sprintf("planned by %q", s.Writer)
		case !strings.HasPrefix(res.Header.Get("Cache-Status"), "foreday; hit"):
			said = res.Header.Get("Cache-Status")
		}
		if err == nil {
			res.Body.Close()
		}
		f.RUnlock()
		f.Lock()
		f.served++
		if said != "" && t.Context().Err() == nil {
			f.wrong = append(f.wrong, said)
		}
		f.Unlock()
	}
}

func (f *fleet) change(do func()) { f.Lock(); defer f.Unlock(); do() }

// Must-show 4: one key takes another's place, and no reader notices.
func TestKeysAreRotatedWithoutDowntime(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	sandbox := startSandbox(t, "--users", "4")
	e := sandbox.env.with("REDIS_URL="+server.URL(), "FOREDAY_COOLDOWN=0s", "PORT=0")
	old, next := cache.NewKey(), cache.NewKey()
	begin := func(key string) (*process, string) {
		p := start(t, e.with("FOREDAY_KEY="+key), "up")
		return p, addressIn(t, p.says(t, `"api":`), "api")
	}
	var f fleet
	a, first := begin(old)
	b, second := begin(old)
	f.up = []string{first, second}
	for _, user := range []string{"u1", "u2", "u3", "u4"} {
		summaryOf(t, first, user)
	}
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() { f.read(t, done) })
	}
	for _, ring := range []string{old + "," + next, next + "," + old} {
		for i, p := range []**process{&a, &b} {
			f.change(func() { f.up = []string{[]string{first, second}[1-i]} })
			(*p).stop(t)
			*p, *[]*string{&first, &second}[i] = begin(ring)
			f.change(func() { f.up = []string{first, second} })
			// What is made now is sealed with the first of the ring, and read by both.
			was := summaryOf(t, first, "u4")
			publishToday(t, server, "u4")
			eventually(t, func() string {
				one, other := summaryOf(t, first, "u4"), summaryOf(t, second, "u4")
				if one.Generation <= was.Generation || other.Generation != one.Generation || one.Degraded || other.Degraded {
					return "u4's summary is not made anew for both"
				}
				return ""
			})
		}
	}
	close(done)
	readers.Wait()
	if len(f.wrong) > 0 || f.served < 50 {
		t.Errorf("of %d reads, %d were not answered from the cache: %.10q", f.served, len(f.wrong), f.wrong)
	}
	t.Logf("%d reads, all answered from the cache", f.served)

	// From here on the new one is enough for what was made since.
	seal, err := cache.NewSeal(next)
	if err != nil {
		t.Fatal(err)
	}
	fresh, _, err := freshness.NewStore(server.Client(t), freshness.Config{Seal: seal}).Peek(t.Context(), "u4",
		summarizer.DateOf(time.Now().UTC()))
	if err != nil || fresh == nil {
		t.Errorf("with the new key alone: %+v, %v", fresh, err)
	}
}
