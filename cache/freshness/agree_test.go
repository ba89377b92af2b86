package freshness_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"foreday/cache/freshness"
	"foreday/cache/redistest"
)

// sealOf is the seal of a ring of keys; without any, nothing is sealed.
func sealOf(t *testing.T, keys ...string) *freshness.Seal {
	t.Helper()
	if len(keys) == 0 {
		return nil
	}
	seal, err := freshness.NewSeal(strings.Join(keys, ","))
	if err != nil {
		t.Fatal(err)
	}
	return seal
}

func TestProcessesAgreeOnOneKey(t *testing.T) {
	t.Parallel()
	one, two := freshness.NewKey(), freshness.NewKey()
	for name, c := range map[string]struct {
		first, second []string
		cure          string // of the refusal, "" if the second may start
	}{
		"the same":                       {[]string{one}, []string{one}, ""},
		"neither seals":                  {nil, nil, ""},
		"another":                        {[]string{one}, []string{two}, "NEW,OLD"},
		"only the first seals":           {[]string{one}, nil, "set it to the key"},
		"only the second seals":          {nil, []string{two}, "DEL foreday:sealed-with"},
		"the second can open":            {[]string{one}, []string{one, two}, ""},
		"the second brings the next key": {[]string{one}, []string{two, one}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
				if err := freshness.CheckKey(t.Context(), client, sealOf(t, c.second...)); err != nil {
					t.Fatalf("where nobody was before: %v", err)
				}
				if err := freshness.AgreeOnKey(t.Context(), client, sealOf(t, c.first...)); err != nil {
					t.Fatal(err)
				}
				for _, check := range []error{
					freshness.CheckKey(t.Context(), client, sealOf(t, c.second...)),
					freshness.AgreeOnKey(t.Context(), client, sealOf(t, c.second...)),
				} {
					var other *freshness.OtherKeyError
					if refused := errors.As(check, &other); refused != (c.cure != "") || refused && !strings.Contains(check.Error(), c.cure) {
						t.Errorf("%v, want %q", check, c.cure)
					}
				}
			})
		})
	}
}

// Each process is started anew with each of the rings, one after the other.
func TestAKeyIsRotatedWithoutDowntime(t *testing.T) {
	t.Parallel()
	client := redistest.Mini(t).Client(t)
	old, next := freshness.NewKey(), freshness.NewKey()
	starts := func(keys ...string) bool {
		t.Helper()
		return freshness.AgreeOnKey(t.Context(), client, sealOf(t, keys...)) == nil
	}
	for _, ring := range [][]string{{old}, {old, next}, {old, next}, {next, old}, {next, old}, {next}, {next}} {
		if !starts(ring...) {
			t.Fatalf("a process with a ring of %d keys may not start", len(ring))
		}
	}
	if starts(old) {
		t.Error("a process that knows the old key alone starts")
	}
	sealed := sealOf(t, old).Close([]byte("secret"), "u1", "token")
	if secret, ok := sealOf(t, next, old).Open(sealed, "u1", "token"); !ok || string(secret) != "secret" {
		t.Errorf("what the old key sealed is opened as %q, %v", secret, ok)
	}
	if _, ok := sealOf(t, old).Open(sealOf(t, next, old).Close([]byte("secret"), "u1", "token"), "u1", "token"); ok {
		t.Error("the old key is still sealed with")
	}
}

func TestARingHasFewKeysAndEachIsOne(t *testing.T) {
	t.Parallel()
	key := freshness.NewKey()
	for ring, want := range map[string]string{
		strings.Join([]string{key, key, key, key, key}, ","): "at most 4",
		key + ",":         "32 bytes",
		key + ",c2hvcnQ=": "32 bytes",
	} {
		if _, err := freshness.NewSeal(ring); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), key) {
			t.Errorf("a ring of %d bytes: %v", len(ring), err)
		}
	}
	if print := sealOf(t, key).Fingerprint(); strings.Contains(key, print) || print == sealOf(t, freshness.NewKey()).Fingerprint() {
		t.Errorf("the fingerprint is %s", print)
	}
}
