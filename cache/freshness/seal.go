package freshness

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"foreday/summarizer"
)

// Seal encrypts what is kept of users with AES-256-GCM. Each value is bound to
// its user and purpose, and a summary to the whole key that it is kept under:
// neither can one user's or day's be passed off as another's, nor a stale copy as
// a fresh one. A nil *Seal leaves them in clear.
type Seal struct {
	aead   cipher.AEAD
	secret []byte // what learnt routines are hashed under
}

const howToMakeKey = ": want 32 bytes in base64, such as `head -c 32 /dev/urandom | base64` prints"

// NewSeal takes a key of 32 bytes, base64-encoded.
func NewSeal(key string) (*Seal, error) {
	raw, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		return nil, errors.New("not base64" + howToMakeKey)
	}
	if len(raw) != 32 {
		return nil, fmt.Errorf("%d bytes long, not 32%s", len(raw), howToMakeKey)
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	secret, err := hkdf.Key(sha256.New, raw, nil, "foreday: learnt routines", sha256.Size)
	if err != nil {
		return nil, err
	}
	return &Seal{aead: aead, secret: secret}, nil
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
	return string(s.aead.Seal(nil, nil, b, []byte(bound)))
}

// open returns the value that was closed, for the same purpose.
func (s *Seal) open(value, bound string) ([]byte, error) {
	if s == nil {
		return []byte(value), nil
	}
	b, err := s.aead.Open(nil, nil, []byte(value), []byte(bound))
	if err != nil {
		return nil, fmt.Errorf("%w: sealed with another key, or not sealed", ErrUnreadable)
	}
	return b, nil
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
