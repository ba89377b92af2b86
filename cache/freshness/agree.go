package freshness

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// unsealed is noted where nothing is sealed.
const unsealed = "nothing"

// OtherKeyError says that a process would seal with another key than the others, or
// that one side seals and the other does not: each would destroy the other's work.
type OtherKeyError struct {
	Own, Noted string // fingerprints of keys, which tell them apart and nothing else of them
}

// What says what is wrong.
func (e *OtherKeyError) What() string {
	switch {
	case e.Own == unsealed:
		return "what Redis holds is sealed, and FOREDAY_KEY is not set"
	case e.Noted == unsealed:
		return "what Redis holds is not sealed, and FOREDAY_KEY is set"
	}
	return fmt.Sprintf("what Redis holds is sealed with another key (%s) than FOREDAY_KEY's (%s)", e.Noted, e.Own)
}

// Cure says what to do about it.
func (e *OtherKeyError) Cure() string {
	switch {
	case e.Own == unsealed:
		return "set it to the key that the other processes have"
	case e.Noted == unsealed:
		return "unset it as for the other processes; or, to seal from now on, stop them all, forget that with `foreday redis DEL " +
			sealedWithKey + "`, and start them with the key"
	}
	return "set the key that the other processes have; to put a new one in its place, restart all with OLD,NEW, and then all with NEW,OLD"
}

// Error says both.
func (e *OtherKeyError) Error() string { return e.What() + ": " + e.Cure() }

// Fingerprint tells the key that s seals with from others, and nothing else of it.
func (s *Seal) Fingerprint() string {
	if s == nil {
		return unsealed
	}
	return s.keys[0].print
}

// opens reports whether s opens what was sealed with the key of the fingerprint.
func (s *Seal) opens(fingerprint string) bool {
	if s == nil {
		return fingerprint == unsealed
	}
	for _, k := range s.keys {
		if k.print == fingerprint {
			return true
		}
	}
	return false
}

// CheckKey returns an *OtherKeyError if processes on this Redis seal with a key that s
// does not hold. It writes nothing.
func CheckKey(ctx context.Context, client redis.UniversalClient, s *Seal) error {
	_, err := checkKey(ctx, client, s)
	return err
}

// checkKey is CheckKey, and reports whether any key is noted.
func checkKey(ctx context.Context, client redis.UniversalClient, s *Seal) (noted bool, _ error) {
	key, err := client.Get(ctx, sealedWithKey).Result()
	switch {
	case errors.Is(err, redis.Nil):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("look which key is in use: %w", err)
	case !s.opens(key):
		return true, &OtherKeyError{Own: s.Fingerprint(), Noted: key}
	}
	return true, nil
}

// AgreeOnKey is CheckKey for a process that stays up. The first notes its key for the
// others; one that holds the noted key beside its own notes its own, which is the new one.
func AgreeOnKey(ctx context.Context, client redis.UniversalClient, s *Seal) error {
	if err := CheckKey(ctx, client, s); err != nil {
		return err
	}
	if err := client.SetNX(ctx, sealedWithKey, s.Fingerprint(), 0).Err(); err != nil {
		return fmt.Errorf("note which key is in use: %w", err)
	}
	if err := CheckKey(ctx, client, s); err != nil { // others may have been quicker
		return err
	}
	if err := client.Set(ctx, sealedWithKey, s.Fingerprint(), 0).Err(); err != nil {
		return fmt.Errorf("note which key is in use: %w", err)
	}
	return nil
}

// KeepKey is CheckKey for a process that goes on. If Redis was emptied since it agreed, it does so
// again: else one with another key could be the first to.
func KeepKey(ctx context.Context, client redis.UniversalClient, s *Seal) error {
	if noted, err := checkKey(ctx, client, s); noted || err != nil {
		return err
	}
	return AgreeOnKey(ctx, client, s)
}
