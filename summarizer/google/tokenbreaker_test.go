package google_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"foreday/summarizer/google"
	"foreday/summarizer/google/vault"
)

func TestABrokerThatFailsForAFewGoesOnForTheOthers(t *testing.T) {
	t.Parallel()
	var failed atomic.Int32
	broker := func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/tokens/broken") {
			failed.Add(1)
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		fmt.Fprint(w, `{"access_token":"t","expires_in":3600}`)
	}
	access := brokerOf(t, &hands{}, broker)
	for n := range 40 {
		if _, err := tokenOf(t.Context(), access, fmt.Sprintf("broken%d", n%2)); kindOf(err) != google.Temporary {
			t.Fatalf("got %v", err)
		}
	}
	wantToken(t, access, "ada", "t")

	// All fail: it is asked no more for a while.
	access = brokerOf(t, &hands{}, broker)
	before := failed.Load()
	for n := range 40 {
		if _, err := tokenOf(t.Context(), access, fmt.Sprintf("broken-too%d", n)); kindOf(err) != google.Temporary {
			t.Fatalf("got %v", err)
		}
	}
	if n := failed.Load() - before; n > 10 {
		t.Errorf("a broker that fails for everybody was asked %d times", n)
	}
}

// Whoever comes when so many are asked for waits until one of them is there.
func TestOnlySoManyTokensAreAskedForAtATime(t *testing.T) {
	t.Parallel()
	const most = 64
	asked, answer := make(chan struct{}, 2*most), make(chan struct{})
	access := brokerOf(t, &hands{}, func(w http.ResponseWriter, _ *http.Request) {
		asked <- struct{}{}
		<-answer
		fmt.Fprint(w, `{"access_token":"t","expires_in":3600}`)
	})
	var all sync.WaitGroup
	for n := range most {
		all.Go(func() { wantToken(t, access, fmt.Sprint("u", n), "t") })
	}
	for range most {
		<-asked
	}
	brief, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := tokenOf(brief, access, "one-more"); !errors.Is(err, context.DeadlineExceeded) || len(asked) > 0 {
		t.Errorf("beside %d others a token was asked for: %v", most, err)
	}
	close(answer)
	all.Wait()
	wantToken(t, access, "one-more", "t")
}

// A token endpoint that fails for everybody is asked no more for a while.
func TestATokenEndpointThatFailsForAllIsLeftAlone(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	down := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	app := google.OAuth{ClientID: "app", AuthURL: down.URL, TokenURL: down.URL}
	files, err := vault.InFiles(filepath.Join(t.TempDir(), "tokens"), nil)
	if err != nil {
		t.Fatal(err)
	}
	connected, err := google.Connected(app, files, nil)
	if err != nil {
		t.Fatal(err)
	}
	account, err := google.ServiceAccount(accountKey(t, down.URL), "", nil, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, access := range map[string]google.Access{"of connected users": connected, "of a service account": account} {
		asked.Store(0)
		began := time.Now()
		for n := range 40 {
			user := fmt.Sprint("u", n)
			if err := (google.Grant{ID: user, Client: app.ClientID, Refresh: "r"}).Store(t.Context(), files, user); err != nil {
				t.Fatal(err)
			}
			if _, err := tokenOf(t.Context(), access, user); kindOf(err) != google.Temporary {
				t.Fatalf("%s: got %v", name, err)
			}
		}
		// Now and then somebody new tries whether it is well again.
		tries := 10 + int32(time.Since(began)/(200*time.Millisecond))
		if n := asked.Load(); n == 0 || n > tries {
			t.Errorf("%s: it was asked %d times, want %d at most", name, n, tries)
		}
	}
}
