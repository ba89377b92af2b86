package vault_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache"
	"foreday/cache/redistest"
	"foreday/summarizer/google/vault"
)

// keeper is what all vaults do.
type keeper interface {
	Load(ctx context.Context, user string) (secret []byte, version string, err error)
	Store(ctx context.Context, user string, secret []byte) error
	Swap(ctx context.Context, user, version string, secret []byte) (next string, err error)
	Delete(ctx context.Context, user string) (there bool, err error)
	Lease(ctx context.Context, user string, life time.Duration) (release func(), err error)
}

func newSeal(t *testing.T) *cache.Seal {
	t.Helper()
	seal, err := cache.NewSeal(cache.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	return seal
}

// eachKind runs the test on every kind of vault. Each call of open is another
// process's way to the same one.
func eachKind(t *testing.T, test func(t *testing.T, open func() keeper)) {
	t.Helper()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		seal := newSeal(t)
		test(t, func() keeper { return inRedis(t, client, seal) })
	})
	for name, seal := range map[string]*cache.Seal{"files": nil, "sealed files": newSeal(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir() + "/tokens"
			test(t, func() keeper { return inFiles(t, dir, seal) })
		})
	}
}

func inRedis(t *testing.T, client redis.UniversalClient, seal *cache.Seal) keeper {
	t.Helper()
	v, err := vault.InRedis(client, seal)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func inFiles(t *testing.T, dir string, seal *cache.Seal) keeper {
	t.Helper()
	v, err := vault.InFiles(dir, seal)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func wantSecret(t *testing.T, v keeper, user, want string) (version string) {
	t.Helper()
	secret, version, err := v.Load(t.Context(), user)
	if err != nil || string(secret) != want || (version == "") != (want == "") {
		t.Fatalf("the secret of %q is %q, version %q, %v; want %q", user, secret, version, err, want)
	}
	return version
}

func store(t *testing.T, v keeper, user, secret string) {
	t.Helper()
	if err := v.Store(t.Context(), user, []byte(secret)); err != nil {
		t.Fatal(err)
	}
}

func swap(t *testing.T, v keeper, user, version, secret string) (next string) {
	t.Helper()
	next, err := v.Swap(t.Context(), user, version, []byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return next
}

func TestASecretIsKeptForItsUserAndAllProcesses(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, open func() keeper) {
		v := open()
		wantSecret(t, v, "ada", "")
		for i, user := range []string{"ada", "ADA", "a/../da", "..", "ada@example.org", strings.Repeat("ü", 64)} {
			store(t, v, user, fmt.Sprintf("first %d", i))
			store(t, v, user, fmt.Sprintf("second %d", i))
		}
		for i, user := range []string{"ada", "ADA", "a/../da", "..", "ada@example.org", strings.Repeat("ü", 64)} {
			wantSecret(t, open(), user, fmt.Sprintf("second %d", i))
		}
	})
}

func TestASwapReplacesOnlyTheVersionItKnows(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, open func() keeper) {
		fast, slow := open(), open()
		store(t, fast, "ada", "old")
		known := wantSecret(t, slow, "ada", "old")

		next := swap(t, fast, "ada", known, "new")
		if next == "" || next != wantSecret(t, fast, "ada", "new") {
			t.Errorf("the next version is %q", next)
		}
		if got := swap(t, slow, "ada", known, "late"); got != "" {
			t.Errorf("a swap of a version that is gone gives %q", got)
		}
		wantSecret(t, slow, "ada", "new")
		store(t, fast, "ada", "connected again")
		if got := swap(t, fast, "ada", next, "late"); got != "" {
			t.Errorf("a swap after a store gives %q", got)
		}
		if got := swap(t, slow, "bob", known, "late"); got != "" {
			t.Errorf("a swap where nothing is gives %q", got)
		}
		wantSecret(t, slow, "bob", "")
	})
}

func TestOfManySwapsOfOneVersionOneCounts(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, open func() keeper) {
		store(t, open(), "ada", "old")
		version := wantSecret(t, open(), "ada", "old")
		var swapped atomic.Int32
		var all sync.WaitGroup
		for i := range 10 {
			v := open()
			all.Go(func() {
				next, err := v.Swap(t.Context(), "ada", version, fmt.Appendf(nil, "new %d", i))
				if err != nil {
					t.Error(err)
				}
				if next != "" {
					swapped.Add(1)
				}
			})
		}
		all.Wait()
		if n := swapped.Load(); n != 1 {
			t.Errorf("%d swaps counted", n)
		}
	})
}

func lease(t *testing.T, v keeper, user string, life time.Duration) (release func()) {
	t.Helper()
	release, err := v.Lease(t.Context(), user, life)
	if err != nil {
		t.Fatal(err)
	}
	return release
}

func TestALeaseIsOnesAloneUntilItIsGivenBack(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, open func() keeper) {
		first, second := open(), open()
		release := lease(t, first, "ada", time.Hour)
		if release == nil {
			t.Fatal("nobody has it, and it is not given")
		}
		if lease(t, second, "ada", time.Hour) != nil || lease(t, first, "ada", time.Hour) != nil {
			t.Error("it was given twice")
		}
		if other := lease(t, second, "bob", time.Hour); other == nil {
			t.Error("another user's is not given")
		} else {
			other()
		}
		release()
		again := lease(t, second, "ada", time.Hour)
		if again == nil {
			t.Fatal("it was given back, and is not given")
		}
		again()
	})
}

func TestInRedisALeaseEndsWithItsLifeAndThenIsNotTheHoldersToGiveBack(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		v := inRedis(t, client, newSeal(t))
		dead := lease(t, v, "ada", 20*time.Millisecond)
		var second func()
		for second == nil {
			second = lease(t, v, "ada", time.Hour)
		}
		dead()
		if lease(t, v, "ada", time.Hour) != nil {
			t.Error("who held it before gave back what is another's")
		}
		second()
	})
}

func TestInRedisALeaseEndsThoughTheClockSteppedBack(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.WithClock(0))
	v := inRedis(t, server.Client(t), newSeal(t))
	const life = time.Second
	lease(t, v, "ada", life) // and its holder dies
	server.SetClock(t, -20*time.Minute)
	for began := time.Now(); lease(t, v, "ada", life) == nil; time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > 20*time.Second {
			t.Fatal("the lease of a dead holder does not end")
		}
	}
}

// What runs a script may lose the answer and run it again.
func TestASwapThatIsRunTwiceCountsOnce(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		twice := &repeating{UniversalClient: client}
		v := inRedis(t, twice, newSeal(t))
		store(t, v, "ada", "old")
		version := wantSecret(t, v, "ada", "old")
		if next := swap(t, v, "ada", version, "new"); next == "" || twice.repeated == 0 {
			t.Errorf("the next version is %q, after %d repetitions", next, twice.repeated)
		}
		wantSecret(t, v, "ada", "new")
	})
}

// repeating runs each script twice, and returns the second result.
type repeating struct {
	redis.UniversalClient
	repeated int
}

func (r *repeating) EvalSha(ctx context.Context, sha string, keys []string, args ...any) *redis.Cmd {
	if r.UniversalClient.EvalSha(ctx, sha, keys, args...).Err() == nil {
		r.repeated++
	}
	return r.UniversalClient.EvalSha(ctx, sha, keys, args...)
}

func (r *repeating) Eval(ctx context.Context, script string, keys []string, args ...any) *redis.Cmd {
	if r.UniversalClient.Eval(ctx, script, keys, args...).Err() == nil {
		r.repeated++
	}
	return r.UniversalClient.Eval(ctx, script, keys, args...)
}

func TestRedisNeverHoldsASecretInClear(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		if _, err := vault.InRedis(client, nil); err == nil {
			t.Error("a vault in Redis without a seal is accepted")
		}
		v := inRedis(t, client, newSeal(t))
		store(t, v, "ada", "hunter2")
		store(t, v, "bob", "hunter2")
		ada, bob := client.Get(t.Context(), "foreday:{ada}:token").Val(), client.Get(t.Context(), "foreday:{bob}:token").Val()
		if ada == "" || strings.Contains(ada, "hunter2") || ada == bob {
			t.Errorf("in Redis lie %q and %q", ada, bob)
		}
		changed := ada[:len(ada)-1] + string([]byte{ada[len(ada)-1] ^ 1}) // what is sealed is binary
		// What is sealed for one is of no use as another's, nor changed, nor with
		// another key.
		for name, c := range map[string]struct {
			value string
			seal  *cache.Seal
		}{
			"another user's": {bob, nil}, "tampered with": {changed, nil}, "cut": {ada[:5], nil}, "in clear": {"hunter2", nil},
			"another key's": {ada, newSeal(t)},
		} {
			client.Set(t.Context(), "foreday:{ada}:token", c.value, 0)
			reader := v
			if c.seal != nil {
				reader = inRedis(t, client, c.seal)
			}
			secret, _, err := reader.Load(t.Context(), "ada")
			if err == nil {
				t.Errorf("%s is read as %q", name, secret)
			} else if !strings.Contains(err.Error(), "FOREDAY_KEY") || strings.Contains(err.Error(), "ada") {
				t.Errorf("%s: the error is %v", name, err)
			}
		}
	})
}

func TestASummaryCannotBePassedOffAsAToken(t *testing.T) {
	t.Parallel()
	seal := newSeal(t)
	sealed := seal.Close([]byte("secret"), "ada", "2026-11-23")
	if _, ok := seal.Open(sealed, "ada", "token"); ok {
		t.Error("what was sealed for one purpose opens for another")
	}
	if secret, ok := seal.Open(sealed, "ada", "2026-11-23"); !ok || string(secret) != "secret" {
		t.Errorf("it opens to %q, %v", secret, ok)
	}
}

func TestRefusalsAreRememberedForTheirLifeAndWhatTheyAreAbout(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		r, other := vault.NewRefusals(client), vault.NewRefusals(client)
		refused := func(user, about string) bool {
			t.Helper()
			is, err := other.Refused(t.Context(), user, about)
			if err != nil {
				t.Fatal(err)
			}
			return is
		}
		if refused("ada", "grant 1") {
			t.Error("refused before anything happened")
		}
		if err := r.Refuse(t.Context(), "ada", "grant 1", time.Hour); err != nil {
			t.Fatal(err)
		}
		if !refused("ada", "grant 1") || refused("ada", "grant 2") || refused("bob", "grant 1") {
			t.Error("a refusal is not remembered, or of what it is not about")
		}
		if err := r.Refuse(t.Context(), "ada", "grant 2", 30*time.Millisecond); err != nil {
			t.Fatal(err)
		}
		for refused("ada", "grant 2") {
			time.Sleep(time.Millisecond)
		}
	})
}

func TestWhatIsDeletedIsGoneAndASwapDoesNotBringItBack(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, open func() keeper) {
		v := open()
		store(t, v, "ada", "hunter2")
		store(t, v, "bob", "his")
		known := wantSecret(t, open(), "ada", "hunter2")
		for _, want := range []bool{true, false} {
			if there, err := v.Delete(t.Context(), "ada"); there != want || err != nil {
				t.Errorf("deleted: %v, %v, want %v", there, err, want)
			}
		}
		if got := swap(t, open(), "ada", known, "late"); got != "" {
			t.Errorf("a swap after it gives %q", got)
		}
		wantSecret(t, open(), "ada", "")
		wantSecret(t, open(), "bob", "his")
	})
}
