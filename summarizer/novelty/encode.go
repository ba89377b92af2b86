package novelty

import (
	"bytes"
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
const encodingVersion = "foreday routine 3\n"

// maxEncoded bounds what Decode looks at, before and after it is inflated.
const maxEncoded = 32 << 20

// encoded is what a Model is made from, as JSON.
type encoded struct {
	Zone               string
	From, Until, Whole summarizer.Date
	Cut                bool
	Lines              []line // without the first
	Habits             []*pattern
	Ends               map[int32]int16
}

// Encode returns the Model as bytes: compressed JSON, a handful for each occurrence
// and about a hundred for each title. They hold no title and not the key, and are
// sealed with it against change; when things took place can be read from them.
func (m *Model) Encode() []byte {
	var b bytes.Buffer
	b.WriteString(encodingVersion)
	deflate, _ := flate.NewWriter(&b, flate.BestSpeed) // the level exists
	err := json.NewEncoder(deflate).Encode(encoded{m.zone.String(), m.from, m.until, m.whole, m.cut, m.lines[1:], m.patterns, m.ends})
	if err = errors.Join(err, deflate.Close()); err != nil {
		panic(err) // it is numbers, and goes into memory
	}
	return append(b.Bytes(), seal(m.key, b.Bytes())...)
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
	inflate := flate.NewReader(bytes.NewReader(data[len(encodingVersion):body]))
	var e encoded
	if err := json.NewDecoder(io.LimitReader(inflate, maxEncoded)).Decode(&e); err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(e.Zone)
	if err != nil {
		return nil, err
	}
	m := &Model{key: key, zone: zone, from: e.From, until: e.Until, whole: e.Whole, cut: e.Cut, patterns: e.Habits, ends: e.Ends}
	m.lines = append([]line{{}}, e.Lines...)
	if !m.addsUp() {
		return nil, errors.New("it does not add up")
	}
	m.index()
	return m, nil
}

// addsUp reports whether nothing of what was decoded is out of the bounds that
// judgements rely on.
func (m *Model) addsUp() bool {
	for _, h := range m.patterns {
		if h == nil || len(h.Held) == 0 || len(h.Parts) > maxParts {
			return false
		}
		for _, p := range h.Parts {
			if len(p.Pairs) > maxPairs {
				return false
			}
		}
		for _, o := range h.Held {
			if o.Minute < allDay || o.Minute >= 24*60 || o.Line < 0 || int(o.Line) >= len(m.lines) {
				return false
			}
		}
	}
	for _, end := range m.ends {
		if end < 0 || end > 24*60 {
			return false
		}
	}
	return len(m.ends) <= endsKept
}

// seal is HMAC-SHA-256 over what is encoded, under the key.
func seal(key Key, b []byte) []byte {
	mac := hmac.New(sha256.New, key[:])
	mac.Write(b)
	return mac.Sum(nil)
}
