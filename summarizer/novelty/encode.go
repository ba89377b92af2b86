package novelty

import (
	"bytes"
	"cmp"
	"compress/flate"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"foreday/summarizer"
)

// ErrUnusable is wrapped by Decode's error: the data is damaged, or was encoded
// by another version or under another key. What to do is to learn anew.
var ErrUnusable = errors.New("the learnt routine cannot be used")

// encodingVersion begins all that Encode returns. It changes with the encoding,
// and with whatever titles are hashed by.
const encodingVersion = "foreday snapshot 2\n"

// maxEncoded bounds what Decode looks at, before and after it is inflated.
const maxEncoded = 32 << 20

// sealSize is how many bytes of its HMAC-SHA-256 end what is encoded.
const sealSize = 16

// encoded is what a Model is made from, as JSON: lists one after the other, each
// compressed by itself.
type encoded struct {
	head head
	// Of each occurrence of each pattern: how many days it is after the one before; how
	// many minutes later than the first; the index of its line.
	times  [3][][]int32
	hashes hashes
}

type head struct {
	AsOf               int64
	Calendars          mark
	Zone               string
	From, Until, Whole summarizer.Date
	Cut                bool
	Ends               []int16 // of the last endsKept days: minutes after the last start
}

// hashes are what can hardly be compressed, of all lines and all patterns.
type hashes struct {
	Roots, Branches, Words, Letters, Kinds []byte
	Parts                                  [][]byte // of each pattern, each with its length before it
}

// lists are the parts of what is encoded, in their order.
func (e *encoded) lists() []any {
	return []any{&e.head, &e.times[0], &e.times[1], &e.times[2], &e.hashes}
}

// Encode returns the Model as bytes: compressed JSON, about one for each occurrence
// and eight for each title. They hold no title and not the key, and are sealed with it
// against change; when things took place can be read from them.
func (m *Model) Encode() []byte {
	var b bytes.Buffer
	b.WriteString(encodingVersion)
	deflate, _ := flate.NewWriter(&b, flate.BestCompression) // the level exists
	to := json.NewEncoder(deflate)
	var err error
	for _, list := range m.encoded().lists() {
		err = errors.Join(err, to.Encode(list), deflate.Flush())
	}
	if err = errors.Join(err, deflate.Close()); err != nil {
		panic(err) // it is numbers, and goes into memory
	}
	return append(b.Bytes(), seal(m.key, b.Bytes())...)
}

func (m *Model) encoded() *encoded {
	e := encoded{head: head{m.asOf.Unix(), m.calendars, m.zone.String(), m.from, m.until, m.whole, m.cut, nil}}
	starts := m.lastStarts()
	for day := m.endsFrom(); day < dayNumber(m.until); day++ {
		e.head.Ends = append(e.head.Ends, m.ends[day]-starts[day])
	}
	known, lines := map[line]int32{{}: 0}, []line{}
	on := dayNumber(m.from)
	for _, p := range m.patterns {
		var times [3][]int32
		minute := int16(0)
		for _, o := range p.Held {
			if _, ok := known[o.Line]; !ok {
				known[o.Line], lines = int32(len(known)), append(lines, o.Line)
			}
			for i, n := range []int32{o.On - on, int32(o.Minute - minute), known[o.Line]} {
				times[i] = append(times[i], n)
			}
			on, minute = o.On, p.Held[0].Minute
		}
		on = p.Held[0].On
		for i := range times {
			e.times[i] = append(e.times[i], times[i])
		}
		var parts []byte
		for _, w := range p.Parts {
			parts = append(append(parts, byte(len(w))), w...)
		}
		e.hashes.Parts = append(e.hashes.Parts, parts)
		e.hashes.Words = append(e.hashes.Words, p.Words[:]...)
		e.hashes.Letters, e.hashes.Kinds = appendUnless(e.hashes.Letters, p.Letters, p.Words), appendUnless(e.hashes.Kinds, p.Kind, p.Words)
	}
	for _, l := range lines {
		e.hashes.Roots, e.hashes.Branches = append(e.hashes.Roots, l.Root[:]...), appendUnless(e.hashes.Branches, l.Branch, l.Root)
	}
	return &e
}

// appendUnless appends the mark, or zero if it is as the other.
func appendUnless(b []byte, m, other mark) []byte {
	if m == other {
		m = mark{}
	}
	return append(b, m[:]...)
}

// markAt returns the i-th mark, or if that is zero, the other.
func markAt(b []byte, i int, other mark) mark { return cmp.Or(mark(b[3*i:]), other) }

// lastStarts returns the minute at which the last timed event of a day starts, by days.
func (m *Model) lastStarts() map[int32]int16 {
	starts := map[int32]int16{}
	for _, p := range m.patterns {
		for _, o := range p.Held {
			starts[o.On] = max(starts[o.On], o.Minute)
		}
	}
	return starts
}

// Decode returns the Model that was encoded, under the same key.
func Decode(key Key, data []byte) (*Model, error) {
	m, err := decode(key, data)
	if err != nil {
		return nil, fmt.Errorf("decode a routine of %d bytes: %w: %w", len(data), ErrUnusable, err)
	}
	return m, nil
}

func decode(key Key, data []byte) (*Model, error) {
	body := len(data) - sealSize
	switch {
	case len(data) > maxEncoded:
		return nil, errors.New("too long")
	case body < len(encodingVersion) || string(data[:len(encodingVersion)]) != encodingVersion:
		return nil, errors.New("not of this version")
	case !hmac.Equal(data[body:], seal(key, data[:body])):
		return nil, errors.New("damaged, or under another key")
	}
	from := json.NewDecoder(io.LimitReader(flate.NewReader(bytes.NewReader(data[len(encodingVersion):body])), maxEncoded))
	var e encoded
	for _, list := range e.lists() {
		if err := from.Decode(list); err != nil {
			return nil, err
		}
	}
	zone, err := time.LoadLocation(e.head.Zone)
	if err != nil {
		return nil, err
	}
	m := &Model{
		key: key, zone: zone, from: e.head.From, until: e.head.Until, whole: e.head.Whole, cut: e.head.Cut,
		asOf: time.Unix(e.head.AsOf, 0), calendars: e.head.Calendars, ends: map[int32]int16{},
	}
	if !m.fill(e) {
		return nil, errors.New("it does not add up")
	}
	m.index()
	return m, nil
}

// fill adds what the Model holds, and reports whether nothing of it is out of the bounds
// that judgements rely on.
func (m *Model) fill(e encoded) bool {
	n, hashed := len(e.times[0]), e.hashes
	if len(e.times[1]) != n || len(e.times[2]) != n || len(hashed.Parts) != n || len(e.head.Ends) > endsKept ||
		len(hashed.Words) != 3*n || len(hashed.Letters) != 3*n || len(hashed.Kinds) != 3*n || len(hashed.Branches) != len(hashed.Roots) {
		return false
	}
	lines := []line{{}}
	for i := range len(hashed.Roots) / 3 {
		root := markAt(hashed.Roots, i, mark{})
		lines = append(lines, line{root, markAt(hashed.Branches, i, root)})
	}
	on := dayNumber(m.from)
	for i := range n {
		words := markAt(hashed.Words, i, mark{})
		parts, ok := partsOf(hashed.Parts[i])
		p := &pattern{
			fingerprint{words, markAt(hashed.Letters, i, words), markAt(hashed.Kinds, i, words), parts},
			heldOf(on, e.times[0][i], e.times[1][i], e.times[2][i], lines),
		}
		if !ok || len(p.Held) == 0 {
			return false
		}
		m.patterns, on = append(m.patterns, p), p.Held[0].On
	}
	starts := m.lastStarts()
	for i, after := range e.head.Ends {
		day := m.endsFrom() + int32(i)
		if end := starts[day] + after; end < 0 || end > 24*60 {
			return false
		} else if end > 0 {
			m.ends[day] = end
		}
	}
	return true
}

func partsOf(b []byte) (parts []part, ok bool) {
	for len(b) > 0 {
		end := 1 + int(b[0])
		if end > len(b) || len(parts) == maxParts {
			return nil, false
		}
		parts, b = append(parts, part(b[1:end])), b[end:]
	}
	return parts, true
}

// heldOf returns the occurrences, the first so many days after on; nil if one of them
// cannot be.
func heldOf(on int32, days, minutes, lines []int32, known []line) []occurred {
	if len(minutes) != len(days) || len(lines) != len(days) {
		return nil
	}
	var held []occurred
	minute := int32(0)
	for i := range days {
		minute += minutes[i]
		if minute < allDay || minute >= 24*60 || lines[i] < 0 || int(lines[i]) >= len(known) {
			return nil
		}
		on += days[i]
		held = append(held, occurred{on, int16(minute), known[lines[i]]})
		minute = minutes[0]
	}
	return held
}

// seal is HMAC-SHA-256 over what is encoded, under the key, cut short.
func seal(key Key, b []byte) []byte {
	mac := hmac.New(sha256.New, key[:])
	mac.Write(b)
	return mac.Sum(nil)[:sealSize]
}
