package novelty

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"foreday/summarizer"
)

// snapshot is what was learnt, with when.
type snapshot struct {
	*Model
	asOf time.Time // when the history was asked for
}

func (l *snapshot) age(now time.Time) time.Duration { return now.Sub(l.asOf) }

// size is about how many bytes the snapshot takes: tables and all.
func (l *snapshot) size() int {
	size := 4096
	for _, h := range l.patterns {
		size += 320 + 90*len(h.Held)
		for _, p := range h.Parts {
			size += 32 + 2*cap(p.Pairs)
		}
	}
	return size
}

// serves reports whether the snapshot knows all that the stretch takes in.
func (l *snapshot) serves(s stretch) bool {
	return l.leadsTo(s.first) && !l.until.Before(s.until())
}

// leadsTo reports whether the model knows the year before the week and reaches
// near it, and has been learnt as a whole not long ago.
func (m *Model) leadsTo(week summarizer.Date) bool {
	since := m.whole.DaysUntil(week.AddDays(7 + ahead))
	return !week.AddDays(-memory).Before(m.from) && -wholeFor <= since && since <= wholeFor
}

// supersedes reports whether l is the one to go on from.
func (l *snapshot) supersedes(o *snapshot) bool {
	if l.until != o.until {
		return o.until.Before(l.until)
	}
	return l.asOf.After(o.asOf)
}

// snapshotVersion begins all that encode returns.
const snapshotVersion = "foreday snapshot 1\n"

// encode returns the snapshot as bytes: the version, when it was learnt, a keyed
// hash of the calendars that counted, and the Model.
func (l *snapshot) encode(who person) []byte {
	b := []byte(snapshotVersion)
	b = binary.LittleEndian.AppendUint64(b, uint64(l.asOf.Unix()))
	b = binary.LittleEndian.AppendUint64(b, hashOfCalendars(l.key, who.calendars))
	return append(b, l.Encode()...)
}

// decodeSnapshot returns the snapshot that was encoded under the key; nil if it is
// about somebody else: who lives elsewhere, or whose other calendars count.
func decodeSnapshot(key Key, data []byte, who person, now time.Time) (*snapshot, error) {
	rest, ok := bytes.CutPrefix(data, []byte(snapshotVersion))
	if !ok || len(rest) < 16 {
		return nil, fmt.Errorf("decode a snapshot of %d bytes: %w: not of this version", len(data), ErrUnusable)
	}
	model, err := Decode(key, rest[16:])
	if err != nil {
		return nil, err
	}
	if model.zone.String() != who.zone || binary.LittleEndian.Uint64(rest[8:]) != hashOfCalendars(key, who.calendars) {
		return nil, nil
	}
	asOf := time.Unix(int64(binary.LittleEndian.Uint64(rest)), 0)
	if asOf.After(now) {
		asOf = now // by a clock that is ahead
	}
	return &snapshot{model, asOf}, nil
}

func hashOfCalendars(key Key, calendars string) uint64 {
	return newHasher(key).hash("calendars", calendars)
}
