package cache

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"foreday/summarizer"
)

// Seal encrypts summaries at rest with AES-256-GCM. Each is bound to its user
// and date, so that sealed values cannot be swapped. A nil *Seal leaves them in
// clear JSON.
type Seal struct{ aead cipher.AEAD }

// NewSeal takes a key of 32 bytes, base64-encoded.
func NewSeal(key string) (*Seal, error) {
	raw, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		return nil, fmt.Errorf("not base64: %w", err)
	}
	if len(raw) != 32 {
		return nil, fmt.Errorf("%d bytes long, want 32: make one with `openssl rand -base64 32`", len(raw))
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &Seal{aead}, nil
}

// NewKey returns a random key for NewSeal.
func NewKey() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails
	return base64.StdEncoding.EncodeToString(b)
}

// ErrUnreadable is wrapped by errors about a cached value that is not a summary,
// or was sealed with another key. Readers treat it as a miss.
var ErrUnreadable = errors.New("cached summary is unreadable")

func (s *Seal) encode(sum summarizer.Summary) (string, error) {
	b, err := json.Marshal(sum)
	if err != nil {
		return "", fmt.Errorf("encode summary of user %s, %s: %w", sum.User, sum.Date, err)
	}
	if s == nil {
		return string(b), nil
	}
	return string(s.aead.Seal(nil, nil, b, boundTo(sum.User, sum.Date))), nil
}

func (s *Seal) decode(user string, date summarizer.Date, value string) (summarizer.Summary, error) {
	b := []byte(value)
	if s != nil {
		var err error
		if b, err = s.aead.Open(nil, nil, b, boundTo(user, date)); err != nil {
			return summarizer.Summary{}, fmt.Errorf("%w: user %s, %s: sealed with another key, or not sealed", ErrUnreadable, user, date)
		}
	}
	var sum summarizer.Summary
	if err := json.Unmarshal(b, &sum); err != nil {
		return summarizer.Summary{}, fmt.Errorf("%w: user %s, %s: %v", ErrUnreadable, user, date, err)
	}
	if sum.User != user || sum.Date != date {
		return summarizer.Summary{}, fmt.Errorf("%w: user %s, %s: it is another's", ErrUnreadable, user, date)
	}
	return sum, nil
}

func boundTo(user string, date summarizer.Date) []byte { return []byte(user + " " + date.String()) }
