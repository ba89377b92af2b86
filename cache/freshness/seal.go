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
)

// Seal encrypts what is kept of users with AES-256-GCM. Each value is bound to
// its user and purpose, and a summary to the whole key that it is kept under:
// neither can one user's or day's be passed off as another's, nor a stale copy as
// a fresh one. A nil *Seal leaves them in clear.
//
// A Seal is a ring of keys: the first seals, and all of them open, so that one key can
// take another's place while processes run.
type Seal struct{ keys []sealKey }

// sealKey is one key of a Seal, and what is derived from it.
type sealKey struct {
	aead   cipher.AEAD
	secret []byte // what learnt routines are hashed under
	print  string // tells the key from others, and nothing else of it
}

// maxKeys is how many keys a Seal may hold: what none of them opens costs a try of each.
const maxKeys = 4

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
	block, err := aes.NewCipher(raw)
	if err != nil {
		return k, err
	}
	if k.aead, err = cipher.NewGCMWithRandomNonce(block); err != nil {
		return k, err
	}
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

// close seals a value, bound to what it is for.
func (s *Seal) close(b []byte, bound string) string {
	if s == nil {
		return string(b)
	}
	return string(s.keys[0].aead.Seal(nil, nil, b, []byte(bound)))
}

// open returns the value that was closed, for the same purpose.
func (s *Seal) open(value, bound string) ([]byte, error) {
	if s == nil {
		return []byte(value), nil
	}
	for _, k := range s.keys {
		if b, err := k.aead.Open(nil, nil, []byte(value), []byte(bound)); err == nil {
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
	return s.close(b, fresh), s.close(b, stale), nil
}

// decode reads the user's summary of the date that is kept under the key. It also
// returns the JSON that it was read from.
func (s *Seal) decode(user string, date summarizer.Date, key, value string) (sum summarizer.Summary, opened string, err error) {
	b, err := s.open(value, key)
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
	return []byte(s.close(secret, user+" "+purpose))
}

// Open returns what Close sealed for the same user and purpose with the same key.
func (s *Seal) Open(sealed []byte, user, purpose string) (secret []byte, ok bool) {
	secret, err := s.open(string(sealed), user+" "+purpose)
	return secret, err == nil
}
