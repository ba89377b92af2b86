package recur

import (
	"strings"
	"time"
)

// InstanceID returns the ID that Google gives to the occurrence that a series
// puts at original; that of an all-day series is at midnight UTC.
func InstanceID(series string, original time.Time, allDay bool) string {
	return series + "_" + format(original, allDay)
}

// FollowingID returns the ID that Google gives to the series that goes on from
// an occurrence, when that and all that follow are changed.
func FollowingID(series string, original time.Time, allDay bool) string {
	return series + "_R" + strings.TrimSuffix(format(original, allDay), "Z")
}

// SplitInstanceID takes the ID of an occurrence apart.
func SplitInstanceID(id string) (series string, original time.Time, ok bool) {
	i := strings.LastIndexByte(id, '_')
	if i < 0 {
		return "", time.Time{}, false
	}
	v, err := ParseValue(id[i+1:])
	if err != nil || !v.Date && !v.UTC {
		return "", time.Time{}, false
	}
	return id[:i], v.Wall, true
}
