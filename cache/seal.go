package cache

import "foreday/cache/freshness"

// Seal encrypts what is kept of users; see [freshness.Seal].
type Seal = freshness.Seal

// NewSeal takes a key of 32 bytes, base64-encoded.
func NewSeal(key string) (*Seal, error) { return freshness.NewSeal(key) }

// NewKey returns a random key for NewSeal.
func NewKey() string { return freshness.NewKey() }
