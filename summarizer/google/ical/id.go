package ical

import (
	"crypto/sha256"
	"encoding/base32"
	"regexp"
	"strings"
	"time"
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

// Layouts of the times in the IDs of occurrences, which are the series' ID, an
// underscore and where the series puts them.
const (
	instanceLayout     = "20060102T150405Z"
	instanceDateLayout = "20060102"
)

// InstanceID returns the ID that Google gives to the occurrence that a series
// puts at original; that of an all-day series is at midnight UTC.
func InstanceID(series string, original time.Time, allDay bool) string {
	layout := instanceLayout
	if allDay {
		layout = instanceDateLayout
	}
	return series + "_" + original.UTC().Format(layout)
}

// FollowingID returns the ID that Google gives to the series that goes on from
// an occurrence, when that and all that follow are changed.
func FollowingID(series string, original time.Time, allDay bool) string {
	layout := "_R20060102T150405"
	if allDay {
		layout = "_R20060102"
	}
	return series + original.UTC().Format(layout)
}

// SplitInstanceID takes the ID of an occurrence apart.
func SplitInstanceID(id string) (series string, original time.Time, ok bool) {
	i := strings.LastIndexByte(id, '_')
	if i < 0 {
		return "", time.Time{}, false
	}
	for _, layout := range [...]string{instanceLayout, instanceDateLayout} {
		if t, err := time.Parse(layout, id[i+1:]); err == nil {
			return id[:i], t, true
		}
	}
	return "", time.Time{}, false
}
