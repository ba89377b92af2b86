package googletest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"
	"google.golang.org/api/calendar/v3"
	"google.golang.org/api/option"

	"foreday/summarizer"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/google/googletest/sample"
)

// crowd is a server with 2,000 people who are made up as they are asked for.
func crowd(t *testing.T) (server *googletest.Server, list func(user string) string) {
	t.Helper()
	today := summarizer.DateOf(time.Now().UTC())
	server = googletest.New(googletest.Config{People: func(user string) *googletest.Person {
		var n uint64
		if _, err := fmt.Sscanf(user, "u%d", &n); err != nil || n < 1 || n > 2000 {
			return nil
		}
		return &googletest.Person{Zone: time.UTC, Calendar: sample.Year(n, today, time.UTC)}
	}})
	front := httptest.NewServer(server)
	t.Cleanup(front.Close)
	return server, func(user string) string {
		api, err := calendar.NewService(t.Context(), option.WithEndpoint(front.URL+"/calendar/v3/"),
			option.WithTokenSource(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: tokenOf(t, front.URL, user)})))
		if err != nil {
			t.Fatal(err)
		}
		events, err := api.Events.List("primary").ShowDeleted(true).MaxResults(2500).Do()
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, e := range events.Items {
			fmt.Fprintln(&b, e.Id, e.Summary, e.Etag, e.Start.DateTime, e.Created)
		}
		return b.String()
	}
}

func TestThousandsOfMadeUpPeopleTakeLittleMemory(t *testing.T) {
	server, list := crowd(t)
	first := list("u1")
	if _, err := server.Insert("u2", "primary", dentist()); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for n := 3; n <= 1000; n++ {
		if !server.HasUser(sample.User(n)) {
			t.Fatalf("there is no user %d", n)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) >> 20; grown > 50 {
		t.Errorf("1,000 people take %d MB", grown)
	}
	if again := list("u1"); again != first || !strings.Contains(first, "Standup") {
		t.Errorf("one who was forgotten is another person now:\n%s\nwas\n%s", again, first)
	}
	if !strings.Contains(list("u2"), "Dentist") {
		t.Error("what was written was forgotten")
	}
	if server.HasUser("u2001") || server.HasUser("nobody") {
		t.Error("there are people who do not exist")
	}
	runtime.KeepAlive(server)
}

func TestWhatIsWrittenWhilePeopleComeAndGoStays(t *testing.T) {
	t.Parallel()
	server, list := crowd(t)
	var writers sync.WaitGroup
	for w := range 8 {
		writers.Go(func() {
			for n := w; n < 100; n += 8 {
				if _, err := server.Insert(sample.User(n+1), "primary", dentist()); err != nil {
					t.Error(err)
				}
				server.HasUser(sample.User(1000 + n))
			}
		})
	}
	writers.Wait()
	for n := 1; n <= 100; n++ {
		if !strings.Contains(list(sample.User(n)), "Dentist") {
			t.Errorf("what was written for user %d is gone", n)
		}
	}
}

func dentist() *calendar.Event {
	at := func(hour int) *calendar.EventDateTime {
		today := time.Now().UTC().Truncate(24 * time.Hour)
		return &calendar.EventDateTime{DateTime: today.Add(time.Duration(hour) * time.Hour).Format(time.RFC3339)}
	}
	return &calendar.Event{Summary: "Dentist", Start: at(15), End: at(16)}
}

// tokenOf asks the broker for a token of the user's.
func tokenOf(t *testing.T, url, user string) string {
	t.Helper()
	response, err := http.Get(url + googletest.BrokerPath + user)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var token struct {
		Access string `json:"access_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&token); err != nil || token.Access == "" {
		t.Fatalf("the broker gave no token for %s: %s, %v", user, response.Status, err)
	}
	return token.Access
}
