package freshness_test

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"foreday/cache/freshness"
	"foreday/cache/redistest"
	"foreday/summarizer"
)

// gcm is AES-256-GCM under the key, without any code of ours.
func gcm(t testing.TB, key []byte) cipher.AEAD {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		t.Fatal(err)
	}
	return aead
}

// keyOf is the user's key, derived from the one that is set.
func keyOf(t testing.TB, key, user string) []byte {
	t.Helper()
	derived, err := hkdf.Key(sha256.New, rawKey(t, key), nil, "foreday: key of user "+user, 32)
	if err != nil {
		t.Fatal(err)
	}
	return derived
}

func rawKey(t testing.TB, key string) []byte {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// Who comes by one user's key can read nothing of another.
func TestEachUserHasAKeyOfTheirOwn(t *testing.T) {
	t.Parallel()
	key := freshness.NewKey()
	seal := sealOf(t, key)
	for range 2 { // a key that is remembered is the same
		for _, user := range []string{"u1", "u2"} {
			sealed := seal.Close([]byte("secret of "+user), user, "token")
			bound := []byte(user + " token")
			if b, err := gcm(t, keyOf(t, key, user)).Open(nil, nil, sealed, bound); err != nil || string(b) != "secret of "+user {
				t.Errorf("under the key of %s: %q, %v", user, b, err)
			}
			for name, other := range map[string][]byte{"u3's key": keyOf(t, key, "u3"), "the key that is set": rawKey(t, key)} {
				if _, err := gcm(t, other).Open(nil, nil, sealed, bound); err == nil {
					t.Errorf("what is sealed of %s opens under %s", user, name)
				}
			}
		}
	}
}

// Before each user had a key, all values were sealed under the one that is set. Tokens and
// settings have no end, and are the only copies.
func TestWhatWasSealedBeforeUsersHadKeysStillOpens(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		day := summarizer.Date{Year: 2026, Month: 11, Day: 23}
		key := freshness.NewKey()
		before := func(text, bound string) string {
			return string(gcm(t, rawKey(t, key)).Seal(nil, nil, []byte(text), []byte(bound)))
		}
		const fresh = "foreday:{u1}:summary:2026-11-23"
		for name, value := range map[string]string{
			fresh:                   before(`{"user":"u1","date":"2026-11-23","headline":"Dentist"}`, fresh),
			"foreday:{u1}:settings": before(`{"threshold":0.25}`, "u1 settings"),
			"foreday:{u1}:routine":  before("learnt", "u1 routine"),
			"foreday:{u2}:settings": before(`{"threshold":0.25}`, "u1 settings"),
		} {
			if err := client.Set(t.Context(), name, value, 0).Err(); err != nil {
				t.Fatal(err)
			}
		}
		for name, seal := range map[string]*freshness.Seal{"alone": sealOf(t, key), "the older of two": sealOf(t, freshness.NewKey(), key)} {
			store := freshness.NewStore(client, freshness.Config{Seal: seal})
			if sum, _, err := store.Peek(t.Context(), "u1", day); err != nil || sum == nil || sum.Headline != "Dentist" {
				t.Errorf("%s: the summary is %+v, %v", name, sum, err)
			}
			if p, err := store.Preferences(t.Context(), "u1"); err != nil || p.Threshold == nil || *p.Threshold != 0.25 {
				t.Errorf("%s: the settings are %+v, %v", name, p, err)
			}
			if routine, ok, err := store.Routines().Load(t.Context(), "u1"); !ok || err != nil || string(routine) != "learnt" {
				t.Errorf("%s: the routine is %q, %v", name, routine, err)
			}
			if b, ok := seal.Open([]byte(before("grant", "u1 token")), "u1", "token"); !ok || string(b) != "grant" {
				t.Errorf("%s: the token is %q", name, b)
			}
			if p, err := store.Preferences(t.Context(), "u2"); err == nil {
				t.Errorf("%s: what was sealed of another user opens as %+v", name, p)
			}
		}
	})
}

// BenchmarkOpen opens a summary of 2 kB: under one key for all, as a yardstick; of a user
// whose key is remembered; and of ever new users.
func BenchmarkOpen(b *testing.B) {
	key, text := freshness.NewKey(), []byte(strings.Repeat("x", 2048))
	seal, err := freshness.NewSeal(key)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("one key", func(b *testing.B) {
		aead := gcm(b, rawKey(b, key))
		sealed := aead.Seal(nil, nil, text, []byte("u1 token"))
		for b.Loop() {
			if _, err := aead.Open(nil, nil, sealed, []byte("u1 token")); err != nil {
				b.Fatal(err)
			}
		}
	})
	for name, users := range map[string]int{"the same user": 1, "ever new users": 20_000} {
		b.Run(name, func(b *testing.B) {
			names, sealed := make([]string, users), make([][]byte, users)
			for i := range users {
				names[i] = "u" + strconv.Itoa(i)
				sealed[i] = seal.Close(text, names[i], "token")
			}
			i := 0
			for b.Loop() {
				if _, ok := seal.Open(sealed[i%users], names[i%users], "token"); !ok {
					b.Fatal("does not open")
				}
				i++
			}
		})
	}
}

// BenchmarkNewSeal is what a process pays at its start.
func BenchmarkNewSeal(b *testing.B) {
	key := freshness.NewKey()
	for b.Loop() {
		if _, err := freshness.NewSeal(key); err != nil {
			b.Fatal(err)
		}
	}
}
