package quota

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache/redistest"
)

// looked looks at the ledger, and checks that nothing in it has changed.
func looked(t *testing.T, client redis.UniversalClient, user string, jobs ...string) Use {
	t.Helper()
	dump := func() string {
		var held strings.Builder
		for _, key := range redistest.Keys(t, client, "foreday:*") {
			fmt.Fprintf(&held, "%s %q\n", key, redistest.Admin(t, client).Dump(t.Context(), key).Val())
		}
		return held.String()
	}
	before := dump()
	use, err := LookAtUse(t.Context(), client, OpenAI, user, jobs, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if after := dump(); after != before {
		t.Errorf("looking has changed\n%s\nto\n%s", before, after)
	}
	return use
}

func TestALookTellsWhichLimitIsFullAndWhoWaits(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		if use := looked(t, client, "ada"); use.Before != -1 || use.Requests.Limit != 0 {
			t.Errorf("of a ledger that nobody has used: %+v", use)
		}
		c := newLedgerClient(client, "gate", bounds{Requests: 3, UserRequests: 2})
		now := clock{time.Now().UnixMilli()}
		for i := range 2 {
			c.put(t, now.at(), ask{Ticket: fmt.Sprint("go", i), Name: "ada"})
		}
		use := looked(t, client, "ada")
		if use.UserRequests.Used != 2 || use.UserRequests.Limit != 2 || use.Requests.Used != 2 || use.Requests.Limit != 3 {
			t.Errorf("after two calls: %+v", use)
		}
		if what, left := use.Binding(); what != limitNames["user"] || left < 30*time.Second || left > 2*time.Minute {
			t.Errorf("it names %q for %v", what, left)
		}
		if what, _ := looked(t, client, "bob").Binding(); what != "" {
			t.Errorf("of another user it names %q", what)
		}
		c.put(t, now.at(), ask{Ticket: "go2", Name: "cid"})
		for _, user := range []string{"bob", "eve"} {
			if v := c.put(t, now.at(), ask{Ticket: ticketOf(user, "job", 1), Name: user}); v.What != deferred {
				t.Fatalf("%s got %+v", user, v)
			}
		}
		use = looked(t, client, "eve", "no job", "job")
		if use.Waiting != 2 || use.UserWaiting != 1 || use.Before != 1 || use.Turn <= 0 {
			t.Errorf("of who waits: %+v", use)
		}
		if what, left := use.Binding(); what != limitNames["requests"] || left <= 0 {
			t.Errorf("it names %q for %v", what, left)
		}
	})
}

func TestALookTellsWhatTheServiceHasAskedFor(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		for what, said := range map[string]feedback{
			"the service, which asked to be left alone":             {Refused: true, Hold: 40_000},
			"the service, which asked for fewer calls of this user": {Refused: true, Hold: 40_000, OnlyUser: true},
			insufficientQuota: {NoCredit: true},
		} {
			redistest.Clear(t, client)
			c := newLedgerClient(client, "gate", bounds{Requests: 100, Tokens: 1000})
			now := clock{time.Now().UnixMilli()}
			c.put(t, now.at(), ask{Ticket: "one", Call: "call", Name: "ada", Tokens: 300})
			if use := looked(t, client, "ada"); use.Tokens.Used != 300 || use.Tokens.Limit != 1000 || use.Tokens.Freed <= 0 {
				t.Errorf("before: %+v", use)
			}
			c.tell(t, now.at(), settlement{Call: "call", Name: "ada", feedback: said})
			if got, left := looked(t, client, "ada").Binding(); got != what || left < 30*time.Second {
				t.Errorf("it names %q for %v, want %q", got, left, what)
			}
		}
	})
}
