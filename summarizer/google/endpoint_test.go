package google_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"foreday/summarizer/google"
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
