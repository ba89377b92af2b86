package novelty

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"foreday/summarizer"
)

// ErrUnusable is wrapped by Decode's error: the data is damaged, or was encoded
// by another version or under another key. What to do is to learn anew.
var ErrUnusable = errors.New("the learnt routine cannot be used")

// encodingVersion begins all that Encode returns. It changes with the encoding,
// and with whatever titles are hashed by.
const encodingVersion = "foreday routine 2\n"

// maxEncoded bounds what Decode looks at.
const maxEncoded = 32 << 20

// Encode returns the Model as bytes, about a dozen for each occurrence and a
// hundred for each title. They hold no title and not the key, and are sealed
// with it against change; when things took place can be read from them.
func (m *Model) Encode() []byte {
	b := []byte(encodingVersion)
	b = appendString(b, m.zone.String())
	for _, d := range []summarizer.Date{m.from, m.until, m.whole} {
		b = binary.AppendVarint(b, int64(dayNumber(d)))
	}
	b = binary.AppendUvarint(b, uint64(len(m.lines)-1))
	for _, l := range m.lines[1:] {
		b = appendUint64s(b, l.root, l.branch)
	}
	b = binary.AppendUvarint(b, uint64(len(m.habits)))
	for _, h := range m.habits {
		b = h.append(b)
	}
	b = m.appendEnds(b)
	return append(b, seal(m.key, b)...)
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
	body := len(data) - sha256.Size
	switch {
	case len(data) > maxEncoded:
		return nil, errors.New("too long")
	case body < len(encodingVersion) || string(data[:len(encodingVersion)]) != encodingVersion:
		return nil, errors.New("not of this version")
	case !hmac.Equal(data[body:], seal(key, data[:body])):
		return nil, errors.New("damaged, or under another key")
	}
	r := reader{rest: data[len(encodingVersion):body]}
	zone, err := time.LoadLocation(r.string())
	if err != nil {
		return nil, err
	}
	m := &Model{key: key, zone: zone, lines: []line{{}}}
	m.from, m.until, m.whole = dateOf(int32(r.varint())), dateOf(int32(r.varint())), dateOf(int32(r.varint()))
	for range r.count(16) {
		m.lines = append(m.lines, line{r.uint64(), r.uint64()})
	}
	for range r.count(25) {
		m.habits = append(m.habits, r.habit(len(m.lines)))
	}
	m.ends = r.ends()
	if r.bad || len(r.rest) > 0 {
		return nil, errors.New("it does not add up")
	}
	m.index()
	return m, nil
}

// seal is HMAC-SHA-256 over what is encoded, under the key.
func seal(key Key, b []byte) []byte {
	mac := hmac.New(sha256.New, key[:])
	mac.Write(b)
	return mac.Sum(nil)
}

func (h *habit) append(b []byte) []byte {
	b = appendUint64s(b, h.words, h.letters, h.kind)
	b = append(b, byte(len(h.parts)))
	for _, p := range h.parts {
		b = binary.LittleEndian.AppendUint32(b, p.whole)
		b = append(b, byte(len(p.pairs)))
		for _, pair := range p.pairs {
			b = binary.LittleEndian.AppendUint16(b, pair)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(h.held)))
	last := int32(0)
	for _, o := range h.held {
		b = binary.AppendVarint(b, int64(o.on-last))
		b = binary.AppendVarint(b, int64(o.minute))
		b = binary.AppendUvarint(b, uint64(o.line))
		last = o.on
	}
	return b
}

func (m *Model) appendEnds(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(m.ends)))
	last := int32(0)
	for _, day := range slices.Sorted(maps.Keys(m.ends)) {
		b = binary.AppendVarint(b, int64(day-last))
		b = binary.AppendUvarint(b, uint64(m.ends[day]))
		last = day
	}
	return b
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendUint64s(b []byte, numbers ...uint64) []byte {
	for _, n := range numbers {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	return b
}

// reader takes apart what Encode put together. Once bad, it returns zeros.
type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) habit(lines int) *habit {
	h := &habit{imprint: imprint{words: r.uint64(), letters: r.uint64(), kind: r.uint64()}}
	for range min(r.byte(), maxParts) {
		p := part{whole: binary.LittleEndian.Uint32(r.take(4))}
		for range min(r.byte(), maxPairs) {
			p.pairs = append(p.pairs, binary.LittleEndian.Uint16(r.take(2)))
		}
		h.parts = append(h.parts, p)
	}
	last := int32(0)
	n := r.count(3)
	r.bad = r.bad || n == 0
	h.held = slices.Grow(h.held, n)
	for range n {
		o := occurred{on: last + int32(r.varint()), minute: int16(r.varint()), line: int32(r.uvarint())}
		if o.minute < allDay || o.minute >= 24*60 || o.line < 0 || int(o.line) >= lines {
			r.bad = true
			break
		}
		h.held = append(h.held, o)
		last = o.on
	}
	return h
}

func (r *reader) ends() map[int32]int16 {
	n := r.count(2)
	r.bad = r.bad || n > endsKept
	ends := map[int32]int16{}
	last := int32(0)
	for range n {
		last += int32(r.varint())
		end := r.uvarint()
		if _, again := ends[last]; r.bad || again || end > 24*60 {
			r.bad = true
			break
		}
		ends[last] = int16(end)
	}
	return ends
}

// take returns the next n bytes.
func (r *reader) take(n int) []byte {
	if r.bad || n > len(r.rest) {
		r.bad = true
		return make([]byte, min(n, 8))
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *reader) byte() int      { return int(r.take(1)[0]) }
func (r *reader) uint64() uint64 { return binary.LittleEndian.Uint64(r.take(8)) }

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.rest)
	r.bad = r.bad || n <= 0
	r.take(max(n, 0))
	return v
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.rest)
	r.bad = r.bad || n <= 0
	r.take(max(n, 0))
	return v
}

// count reads how many things of at least so many bytes follow.
func (r *reader) count(size int) int {
	n := r.uvarint()
	if n > uint64(len(r.rest)/size) {
		r.bad = true
		return 0
	}
	return int(n)
}

func (r *reader) string() string { return string(r.take(r.count(1))) }
