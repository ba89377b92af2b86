package freshness

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"foreday/summarizer"
	"foreday/summarizer/memo"
)

// Seal encrypts what is kept of users with AES-256-GCM, each user's under a key of their
// own, which HKDF-SHA256 derives from the one that is set. Each value is bound to
// its user and purpose, and a summary to the whole key that it is kept under:
// neither can one user's or day's be passed off as another's, nor a stale copy as
// a fresh one. A nil *Seal leaves them in clear.
//
// Nonces are random, which is good for some four billion values under one key (NIST SP
// 800-38D). All users together pass that; none does alone.
//
// A Seal is a ring of keys: the first seals, and all of them open, so that one key can
// take another's place while processes run.
type Seal struct{ keys []sealKey }

// sealKey is one key of a Seal, and what is derived from it.
type sealKey struct {
	root   []byte // what users' keys are derived from
	users  *memo.Cache[string, cipher.AEAD]
	all    cipher.AEAD // opens what was sealed before users had keys; nothing is sealed with it
	secret []byte      // what learnt routines are hashed under
	print  string      // tells the key from others, and nothing else of it
}

// maxKeys is how many keys a Seal may hold: what none of them opens costs a try of each.
const maxKeys = 4

// maxUserKeys is of how many users a process remembers the key, at about a kilobyte each:
// deriving one takes several times as long as opening a summary, and a refresh seals and
// opens about five values of its user.
const maxUserKeys = 4096

const howToMakeKey = ": want 32 bytes in base64, such as `head -c 32 /dev/urandom | base64` prints"

// NewSeal takes a key of 32 bytes, base64-encoded, or several separated by commas, the
// one to seal with first.
func NewSeal(keys string) (*Seal, error) {
	var s Seal
	for key := range strings.SplitSeq(keys, ",") {
		k, err := newSealKey(strings.TrimSpace(key))
		if err != nil {
			return nil, err
		}
		s.keys = append(s.keys, k)
	}
	if len(s.keys) > maxKeys {
		return nil, fmt.Errorf("%d keys: want at most %d, the one to seal with first", len(s.keys), maxKeys)
	}
	return &s, nil
}

func newSealKey(key string) (k sealKey, err error) {
	raw, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		return k, errors.New("not base64" + howToMakeKey)
	}
	if len(raw) != 32 {
		return k, fmt.Errorf("%d bytes long, not 32%s", len(raw), howToMakeKey)
	}
	if k.root, err = hkdf.Extract(sha256.New, raw, nil); err != nil {
		return k, err
	}
	k.all, k.users = newAEAD(raw), memo.New[string](memo.Config[cipher.AEAD]{Entries: maxUserKeys})
	if k.secret, err = hkdf.Key(sha256.New, raw, nil, "foreday: learnt routines", sha256.Size); err != nil {
		return k, err
	}
	print, err := hkdf.Key(sha256.New, raw, nil, "foreday: fingerprint of the key", 8)
	k.print = hex.EncodeToString(print)
	return k, err
}

// NewKey returns a random key for NewSeal.
func NewKey() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails
	return base64.StdEncoding.EncodeToString(b)
}

// ErrUnreadable is wrapped by errors about a kept value that is not what it should
// be, or was sealed with another key. Readers of summaries treat it as a miss.
var ErrUnreadable = errors.New("what is kept is unreadable")

// newAEAD is AES-256-GCM under the key of 32 bytes, for which nothing of it fails.
func newAEAD(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	return aead
}

// of is the user's own.
func (k sealKey) of(user string) cipher.AEAD {
	if aead, ok := k.users.Get(user); ok {
		return aead
	}
	key, err := hkdf.Expand(sha256.New, k.root, "foreday: key of user "+user, 32)
	if err != nil {
		panic(err) // it is of more than 255 hashes only
	}
	aead := newAEAD(key)
	k.users.Set(user, aead)
	return aead
}

// close seals a value of the user's, bound to what it is for.
func (s *Seal) close(b []byte, user, bound string) string {
	if s == nil {
		return string(b)
	}
	return string(s.keys[0].of(user).Seal(nil, nil, b, []byte(bound)))
}

// open returns the user's value that was closed, for the same purpose. What does not open
// under their key may have been sealed before they had one.
func (s *Seal) open(value, user, bound string) ([]byte, error) {
	if s == nil {
		return []byte(value), nil
	}
	for _, k := range s.keys {
		if b, err := k.of(user).Open(nil, nil, []byte(value), []byte(bound)); err == nil {
			return b, nil
		}
	}
	for _, k := range s.keys {
		if b, err := k.all.Open(nil, nil, []byte(value), []byte(bound)); err == nil {
			return b, nil
		}
	}
	return nil, fmt.Errorf("%w: sealed with another key, or not sealed", ErrUnreadable)
}

// encode returns the summary as it is kept under each of the keys.
func (s *Seal) encode(sum summarizer.Summary, fresh, stale string) (asFresh, asStale string, err error) {
	b, err := json.Marshal(sum)
	if err != nil {
		return "", "", fmt.Errorf("encode summary of user %s, %s: %w", sum.User, sum.Date, err)
	}
	return s.close(b, sum.User, fresh), s.close(b, sum.User, stale), nil
}

// decode reads the user's summary of the date that is kept under the key. It also
// returns the JSON that it was read from.
func (s *Seal) decode(user string, date summarizer.Date, key, value string) (sum summarizer.Summary, opened string, err error) {
	b, err := s.open(value, user, key)
	if err != nil {
		return sum, "", fmt.Errorf("summary of user %s, %s: %w", user, date, err)
	}
	if err := json.Unmarshal(b, &sum); err != nil {
		return sum, "", fmt.Errorf("%w: user %s, %s: %v", ErrUnreadable, user, date, err)
	}
	if sum.User != user || sum.Date != date {
		return sum, "", fmt.Errorf("%w: user %s, %s: it is another's", ErrUnreadable, user, date)
	}
	if s == nil {
		return sum, value, nil
	}
	return sum, string(b), nil
}

// Close seals a secret of the user's for the purpose, which is a word and no date.
// The Seal must not be nil.
func (s *Seal) Close(secret []byte, user, purpose string) []byte {
	return []byte(s.close(secret, user, user+" "+purpose))
}

// Open returns what Close sealed for the same user and purpose with the same key.
func (s *Seal) Open(sealed []byte, user, purpose string) (secret []byte, ok bool) {
	secret, err := s.open(string(sealed), user, user+" "+purpose)
	return secret, err == nil
}
