package google_test

import (
	"net/http"
	"sync"
	"testing"

	"foreday/summarizer/google"
	"foreday/summarizer/google/googletest"
)

// urls notes the addresses that requests go to.
type urls struct {
	mu   sync.Mutex
	seen []*http.Request
}

func (u *urls) RoundTrip(r *http.Request) (*http.Response, error) {
	u.mu.Lock()
	u.seen = append(u.seen, r)
	u.mu.Unlock()
	return http.DefaultTransport.RoundTrip(r)
}

// impersonated is a stand-in with two users, for whom a service account acts.
func impersonated(t *testing.T) (*googletest.Server, string, google.Access) {
	server := googletest.New(googletest.Config{})
	server.AddUser("ada", berlin)
	server.AddUser("bob", berlin)
	address := serve(t, server.ServeHTTP).URL
	access, err := google.ServiceAccount(server.ServiceAccount(address), "", nil, patience, nil)
	if err != nil {
		t.Fatal(err)
	}
	return server, address, access
}

func TestAServiceAccountsLimitOfAUserHoldsForEachUser(t *testing.T) {
	t.Parallel()
	const limit = 600
	requests := &urls{}
	server, address, access := impersonated(t)
	source, err := google.New(google.Config{Endpoint: address, Access: access, Transport: requests, Timeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	server.Quota(10*limit, limit)
	read := func(user string) error {
		_, err := source.Day(t.Context(), user, today, all)
		return err
	}
	for range limit - 100 { // and some for the list of calendars
		for _, user := range []string{"ada", "bob"} {
			if err := read(user); err != nil {
				t.Fatalf("%s, after %d requests of all: %v", user, len(requests.seen), err)
			}
		}
	}
	for err == nil && len(requests.seen) < 4*limit {
		err = read("ada")
	}
	if kindOf(err) != google.OverQuota {
		t.Errorf("ada goes on beyond the limit: %v", err)
	}
	if err := read("bob"); err != nil {
		t.Errorf("bob is refused for what ada did: %v", err)
	}
	names := map[string]bool{}
	for _, r := range requests.seen {
		names[r.URL.Query().Get("quotaUser")] = true
	}
	for name := range names {
		if len(names) != 2 || len(name) < 20 || len(name) > 40 {
			t.Errorf("two users' requests are told apart by %v", names)
			break
		}
	}
}

func TestAServiceAccountThatSaysNothingIsOneUser(t *testing.T) {
	t.Parallel()
	server, address, access := impersonated(t)
	server.Quota(0, 1)
	for _, user := range []string{"ada", "bob"} {
		token, err := access.Token(t.Context(), user)
		if err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/calendar/v3/users/me/settings/timezone", nil)
		if err != nil {
			t.Fatal(err)
		}
		token.SetAuthHeader(req)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
	}
	if got := server.Requests().Refused; got != 1 {
		t.Errorf("%d of two requests of two users were refused, want 1", got)
	}
}
