package api

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"foreday/cache"
	"foreday/cache/freshness"
)

// cacheName is what this cache goes by in Cache-Status.
const cacheName = "foreday"

// describe sets the headers that say where a summary came from, how old it is,
// and what the reader may do with it.
//
// Cache-Control allows no age: a summary ends when an event arrives, not after a
// time, and a copy that a client went on using for the rest of its TTL would be
// stale given as fresh. So clients may keep it and must ask each time, which an
// ETag makes cheap. As each use is asked for with the credentials of the moment,
// no Vary is needed; private keeps it out of caches that people share.
func describe(h http.Header, answer cache.Answer, etag string, now time.Time) {
	age := max(0, now.Sub(answer.Summary.FetchedAt))
	h.Set("ETag", etag)
	h.Set("Age", seconds(age))
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Cache-Status", cacheStatus(answer))
}

// cacheStatus is the Cache-Status of RFC 9211.
func cacheStatus(answer cache.Answer) string {
	if answer.Status == cache.Hit {
		return cacheName + "; hit; ttl=" + seconds(answer.TTL)
	}
	status := cacheName + "; fwd=" + string(answer.Status)
	if why := cmp.Or(kindOf[answer.Fault], answer.Detail); why != "" {
		status += "; detail=" + why
	}
	return status
}

// kindOf is what a fault is called, in Cache-Status and as the kind of a problem.
var kindOf = map[freshness.Fault]string{
	freshness.FaultAccess:   "no-calendar-access",
	freshness.FaultCalendar: "calendar-unavailable",
	freshness.FaultQuota:    "over-quota",
	freshness.FaultKey:      "unreadable-summary",
}

func seconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }

// etagOf returns the ETag of what a summary says, whose JSON it is given. It is a weak
// one: the same for a refresh that changed nothing but when the summary was made, which
// stands from fetched_at to before fingerprint. (In a text, quotes are escaped.)
func etagOf(body []byte) string {
	h := sha256.New()
	content, rest, _ := bytes.Cut(body, []byte(`,"fetched_at":`))
	_, after, _ := bytes.Cut(rest, []byte(`,"fingerprint":`))
	h.Write(content)
	h.Write(after)
	return `W/"` + base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:16]) + `"`
}

// directives are what a request's Cache-Control wants (RFC 9111, section 5.2.1). An
// age that is no number is none.
func directives(values []string) []cache.Option {
	var options []cache.Option
	for _, value := range values {
		for directive := range strings.SplitSeq(value, ",") {
			name, argument, given := strings.Cut(strings.TrimSpace(directive), "=")
			name = strings.ToLower(name)
			n, _ := strconv.ParseUint(strings.Trim(argument, `"`), 10, 31)
			span := time.Duration(n) * time.Second
			switch {
			case name == "no-cache":
				options = append(options, cache.Fresh())
			case name == "max-age" && given:
				options = append(options, cache.MaxAge(span))
			case name == "max-stale" && given: // without a number, any will do
				options = append(options, cache.MaxStale(span))
			case name == "only-if-cached":
				options = append(options, cache.OnlyCached())
			}
		}
	}
	return options
}

// matches reports whether an If-None-Match names the ETag, by the weak
// comparison that RFC 9110 wants there. Our ETags hold no comma, so that none is
// cut in two.
func matches(ifNoneMatch []string, etag string) bool {
	for _, list := range ifNoneMatch {
		for candidate := range strings.SplitSeq(list, ",") {
			candidate = strings.TrimSpace(candidate)
			if candidate == "*" || strings.TrimPrefix(candidate, "W/") == strings.TrimPrefix(etag, "W/") {
				return true
			}
		}
	}
	return false
}
