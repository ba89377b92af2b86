package ical

import (
	"crypto/sha256"
	"encoding/base32"
	"regexp"
	"strings"
)

var googleUID = regexp.MustCompile(`^([a-v0-9]{5,200}(?:_R[0-9T]{8,15})?)@google\.com$`)

// eventID makes an event's ID out of its UID: the one that Google had given it,
// or one that looks like it and is always the same.
func eventID(uid string) string {
	if m := googleUID.FindStringSubmatch(uid); m != nil {
		return m[1]
	}
	sum := sha256.Sum256([]byte(uid))
	return strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16]))
}
