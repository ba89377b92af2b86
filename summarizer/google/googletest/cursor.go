package googletest

import (
	"encoding/base64"
	"encoding/json"
	"hash/fnv"
	"net/url"
	"slices"
	"time"
)

// pageToken says where the next page of a listing starts. It only goes with the
// parameters that it was made for.
type pageToken struct {
	Query uint64  `json:"q"`
	Key   pageKey `json:"k"`
}

// syncToken says up to which change a client knows a calendar, and which
// listing it was made for.
type syncToken struct {
	Calendar string    `json:"c"`
	Change   int64     `json:"n"`
	Epoch    int       `json:"e"`
	At       time.Time `json:"t"`
	Min      time.Time `json:"min,omitzero"`
	Max      time.Time `json:"max,omitzero"`
}

func writeToken(token any) string {
	b, err := json.Marshal(token)
	if err != nil {
		panic(err) // numbers, strings and times always marshal
	}
	return base64.URLEncoding.EncodeToString(b)
}

func readToken(s string, token any) bool {
	b, err := base64.URLEncoding.DecodeString(s)
	return err == nil && json.Unmarshal(b, token) == nil
}

// hashQuery identifies the parameters of a listing but for its page.
func hashQuery(query url.Values) uint64 {
	rest := url.Values{}
	for name, values := range query {
		if !slices.Contains([]string{"pageToken", "maxResults", "fields", "alt", "prettyPrint", "key", "quotaUser"}, name) {
			rest[name] = values
		}
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(rest.Encode())) // never fails
	return h.Sum64()
}

// notWithSyncToken are the parameters that a sync token does not go with.
var notWithSyncToken = []string{"iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty", "timeMin", "timeMax",
	"updatedMin"}

// maySync reports whether the listing is one that can be continued with a sync
// token. The time bounds of the first listing are remembered by the token.
func (q *listQuery) maySync() bool {
	return q.orderBy == "" && len(q.words) == 0 && q.uid == "" && len(q.private) == 0 && len(q.shared) == 0 && q.updatedMin.IsZero()
}

func (q *listQuery) syncToken(b *book, v view, now time.Time) string {
	return writeToken(syncToken{Calendar: b.id, Change: v.change, Epoch: v.epoch, At: now, Min: q.min, Max: q.max})
}

// applySyncToken makes q a listing of what changed since the token was given
// out.
func (s *Server) applySyncToken(q *listQuery, text string, b *book, v view, c *call) error {
	for _, name := range notWithSyncToken {
		if c.query.Has(name) {
			return errInvalid(name, "Sync token cannot be used with other query restrictions.")
		}
	}
	if c.query.Get("showDeleted") == "false" {
		return errInvalid("showDeleted", "Sync token cannot be used with showDeleted set to false.")
	}
	var token syncToken
	if !readToken(text, &token) || token.Calendar != b.id || token.Change > v.change ||
		c.now.Sub(token.At) >= s.config.SyncTokenLifetime || token.Epoch != v.epoch {
		return errFullSync()
	}
	q.since, q.min, q.max = token.Change, token.Min, token.Max
	return nil
}

// ExpireSyncTokens makes the sync tokens given out so far for a calendar
// invalid, as Google does at times: the next use of one gets 410.
func (s *Server) ExpireSyncTokens(calendarID string) {
	b := s.book(calendarID)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.epoch++
	b.settled.Store(nil)
}
