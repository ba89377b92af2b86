package novelty

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"slices"
	"unicode/utf8"
)

// Key is the secret under which a Model keeps what it has learnt. Whoever lacks
// it cannot tell whether somebody's calendar holds a title they guess.
type Key [sha256.Size]byte

// NewKey returns the user's own key, made from the deployment's secret. So equal
// titles of two users look nothing alike.
func NewKey(secret []byte, user string) Key {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("foreday routine of " + user))
	return Key(mac.Sum(nil))
}

// Bounds on what is kept of a title to compare its spelling by.
const (
	maxParts = 12
	maxPairs = 20
	// shortWord is the number of letters under which a word is the same only if
	// it is equal.
	shortWord = 5
)

// fingerprint is what a Model keeps of a title: hashes under its key.
type fingerprint struct {
	Words   uint64 // of the set of words and numbers
	Letters uint64 // of the letters and numbers as they stand: Stand-up, Standup
	Kind    uint64 // of the set of words: Sprint 12, Sprint 13
	Parts   []part // of the words one by one, ordered by whole; at most maxParts
}

// part is what is kept of one word.
type part struct {
	Whole uint32
	Pairs []uint16 // of its pairs of letters, ascending, at most maxPairs; none if it is short
}

// sameTitle reports whether p and o are one title.
func (p fingerprint) sameTitle(o fingerprint) bool {
	return p.Words == o.Words || p.Letters == o.Letters
}

// hasher makes fingerprints. It remembers the words it has met, which most titles
// share, and is not safe for concurrent use.
type hasher struct {
	mac   hash.Hash
	sum   []byte
	parts map[string]part
}

func newHasher(key Key) *hasher {
	return &hasher{mac: hmac.New(sha256.New, key[:]), parts: map[string]part{}}
}

func (p *hasher) fingerprint(s string) fingerprint {
	t := parseTitle(s)
	out := fingerprint{
		Words:   p.hash("words", append(slices.Clone(t.words), t.numbers...)...),
		Letters: p.hash("letters", t.letters),
		Kind:    p.hash("kind", t.words...),
	}
	for _, w := range t.words[:min(len(t.words), maxParts)] {
		out.Parts = append(out.Parts, p.part(w))
	}
	slices.SortFunc(out.Parts, func(a, b part) int { return cmp.Compare(a.Whole, b.Whole) })
	return out
}

// series returns what is kept of a series' ID.
func (p *hasher) series(id string) uint64 { return p.hash("series", id) }

// part returns what is kept of a word. Its pairs of letters include those with
// its beginning and end.
func (p *hasher) part(word string) part {
	if known, ok := p.parts[word]; ok {
		return known
	}
	out := part{Whole: p.whole(word)}
	if utf8.RuneCountInString(word) >= shortWord {
		last := ' '
		for _, r := range word + " " {
			out.Pairs = append(out.Pairs, uint16(p.hash("pair", string([]rune{last, r}))))
			last = r
		}
		slices.Sort(out.Pairs)
		out.Pairs = slices.Compact(out.Pairs)
		out.Pairs = out.Pairs[:min(len(out.Pairs), maxPairs)]
	}
	p.parts[word] = out
	return out
}

// neutral returns what is kept of the words that say nothing more of an event.
func (p *hasher) neutral() map[uint32]bool {
	all := make(map[uint32]bool, len(neutralWords))
	for w := range neutralWords {
		all[p.whole(w)] = true
	}
	return all
}

// whole is what is kept of a word to compare it by.
func (p *hasher) whole(word string) uint32 { return uint32(p.hash("word", word)) }

// hash is HMAC-SHA-256 of texts of a kind, cut to 64 bits. No texts collide by
// being joined.
func (p *hasher) hash(kind string, texts ...string) uint64 {
	p.mac.Reset()
	p.mac.Write([]byte(kind))
	for _, text := range texts {
		p.mac.Write([]byte{0})
		p.mac.Write([]byte(text))
	}
	p.sum = p.mac.Sum(p.sum[:0])
	return binary.LittleEndian.Uint64(p.sum)
}

// alike reports whether the titles differ at most in numbers and in the spelling
// of a word or two: the words that one has and the other lacks pair up, and each
// pair shares most pairs of letters.
func (p fingerprint) alike(o fingerprint) bool {
	if p.sameTitle(o) || p.Kind == o.Kind {
		return true
	}
	if len(p.Parts) != len(o.Parts) {
		return false
	}
	var mine, theirs [maxRespelt]part
	n, ok := missingFrom(o.Parts, p.Parts, &mine)
	if _, alsoOK := missingFrom(p.Parts, o.Parts, &theirs); !ok || !alsoOK {
		return false
	}
	left := theirs[:n]
	for _, m := range mine[:n] {
		i := slices.IndexFunc(left, m.alike)
		if i < 0 {
			return false
		}
		left = slices.Delete(left, i, i+1)
	}
	return true
}

// paddedTo reports whether the titles differ in neutral words alone, and have
// others in common: Team Sync, Team Sync Meeting.
func (p fingerprint) paddedTo(o fingerprint, neutral map[uint32]bool) bool {
	common, i, k := 0, 0, 0
	for i < len(p.Parts) || k < len(o.Parts) {
		switch {
		case k == len(o.Parts) || i < len(p.Parts) && p.Parts[i].Whole < o.Parts[k].Whole:
			if !neutral[p.Parts[i].Whole] {
				return false
			}
			i++
		case i == len(p.Parts) || o.Parts[k].Whole < p.Parts[i].Whole:
			if !neutral[o.Parts[k].Whole] {
				return false
			}
			k++
		default:
			common, i, k = common+1, i+1, k+1
		}
	}
	return common > 0
}

// maxRespelt is how many words of a title may be spelt otherwise.
const maxRespelt = 2

// missingFrom finds the parts of b that a lacks, and returns their number unless
// there are too many. Both are ordered by whole.
func missingFrom(a, b []part, missing *[maxRespelt]part) (n int, ok bool) {
	i := 0
	for _, x := range b {
		for i < len(a) && a[i].Whole < x.Whole {
			i++
		}
		if i < len(a) && a[i].Whole == x.Whole {
			continue
		}
		if n == maxRespelt {
			return n, false
		}
		missing[n] = x
		n++
	}
	return n, true
}

// alike reports whether two words have the same spelling but for a letter or
// so: their pairs of letters have a Dice coefficient of 0.7 or more.
func (p part) alike(o part) bool {
	if len(p.Pairs) == 0 || len(o.Pairs) == 0 {
		return false
	}
	shared := 0
	for i, j := 0, 0; i < len(p.Pairs) && j < len(o.Pairs); {
		switch {
		case p.Pairs[i] == o.Pairs[j]:
			shared, i, j = shared+1, i+1, j+1
		case p.Pairs[i] < o.Pairs[j]:
			i++
		default:
			j++
		}
	}
	return 20*shared >= 7*(len(p.Pairs)+len(o.Pairs))
}
