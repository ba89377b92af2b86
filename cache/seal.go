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

// Seal encrypts summaries, and other secrets of users, at rest with AES-256-GCM.
// Each is bound to its user and date, or purpose, so that sealed values cannot be
// swapped. A nil *Seal leaves summaries in clear JSON.
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
	return string(s.Close(b, sum.User, sum.Date.String())), nil
}

func (s *Seal) decode(user string, date summarizer.Date, value string) (summarizer.Summary, error) {
	b := []byte(value)
	if s != nil {
		var ok bool
		if b, ok = s.Open(b, user, date.String()); !ok {
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

// Close seals a secret of the user's for the purpose, which is a word and no date.
func (s *Seal) Close(secret []byte, user, purpose string) []byte {
	return s.aead.Seal(nil, nil, secret, boundTo(user, purpose))
}

// Open returns what Close sealed for the same user and purpose with the same key.
func (s *Seal) Open(sealed []byte, user, purpose string) (secret []byte, ok bool) {
	secret, err := s.aead.Open(nil, nil, sealed, boundTo(user, purpose))
	return secret, err == nil
}

// boundTo cannot be the same for two pairs: no user's ID holds a space.
func boundTo(user, purpose string) []byte { return []byte(user + " " + purpose) }
