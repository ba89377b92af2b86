package novelty

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"slices"
	"strings"
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

const (
	// maxParts is how many words of a title are kept to compare its spelling by.
	maxParts = 12
	// shortWord and longWord are the numbers of letters below and above which a word
	// is the same only if it is equal.
	shortWord, longWord = 5, 60
	// maxRespelt is how many words of a title may be spelt otherwise.
	maxRespelt = 2
)

// mark is a hash, cut short: of a thousand titles, two are taken for one in a year or so.
type mark [3]byte

// fingerprint is what a Model keeps of a title: hashes under its key.
type fingerprint struct {
	Words   mark   // of the set of words and numbers
	Letters mark   // of the letters and numbers as they stand: Stand-up, Standup
	Kind    mark   // of the set of words: Sprint 12, Sprint 13
	Parts   []part // of the words one by one, ascending; at most maxParts, and none of what is not routine
}

// part is what is kept of one word: ascending hashes of its pairs of letters, of a byte
// each, or, if it is short or long, a few bytes of its hash.
type part string

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
		Words:   p.hash("title", slices.Concat(t.words, t.numbers)...),
		Letters: p.hash("title", t.letters),
		Kind:    p.hash("title", t.words...),
	}
	for _, w := range t.words[:min(len(t.words), maxParts)] {
		out.Parts = append(out.Parts, p.part(w))
	}
	slices.Sort(out.Parts)
	return out
}

// part returns what is kept of a word. Its pairs of letters include those with
// its beginning and end.
func (p *hasher) part(word string) part {
	if known, ok := p.parts[word]; ok {
		return known
	}
	var bytes []byte
	if n := utf8.RuneCountInString(word); n < shortWord || n > longWord {
		bytes = slices.Clone(p.hashed("word", word)[:6])
	} else {
		last := ' '
		for _, r := range word + " " {
			bytes = append(bytes, p.hashed("pair", string([]rune{last, r}))[0])
			last = r
		}
	}
	slices.Sort(bytes)
	p.parts[word] = part(slices.Compact(bytes))
	return p.parts[word]
}

// neutral returns what is kept of the words that say nothing more of an event.
func (p *hasher) neutral() map[part]bool {
	all := make(map[part]bool, len(neutralWords))
	for w := range neutralWords {
		all[p.part(w)] = true
	}
	return all
}

// hash is HMAC-SHA-256 of texts of a kind, cut short.
func (p *hasher) hash(kind string, texts ...string) mark { return mark(p.hashed(kind, texts...)) }

// hashed is HMAC-SHA-256 of texts of a kind, until it is called again. No texts
// collide by being joined.
func (p *hasher) hashed(kind string, texts ...string) []byte {
	p.mac.Reset()
	p.mac.Write([]byte(kind + "\x00" + strings.Join(texts, "\x00")))
	p.sum = p.mac.Sum(p.sum[:0])
	return p.sum
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
	mine, theirs := without(p.Parts, o.Parts), without(o.Parts, p.Parts)
	if len(mine) == 0 || len(mine) > maxRespelt {
		return false
	}
	for _, m := range mine {
		i := slices.IndexFunc(theirs, m.alike)
		if i < 0 {
			return false
		}
		theirs = slices.Delete(theirs, i, i+1)
	}
	return true
}

// without returns the parts of a that b lacks.
func without(a, b []part) []part {
	return slices.DeleteFunc(slices.Clone(a), func(w part) bool { return slices.Contains(b, w) })
}

// paddedTo reports whether the titles differ in neutral words alone, and have
// others in common: Team Sync, Team Sync Meeting.
func (p fingerprint) paddedTo(o fingerprint, neutral map[part]bool) bool {
	common := false
	for _, w := range p.Parts {
		if slices.Contains(o.Parts, w) {
			common = true
		} else if !neutral[w] {
			return false
		}
	}
	return common && !slices.ContainsFunc(o.Parts, func(w part) bool { return !neutral[w] && !slices.Contains(p.Parts, w) })
}

// alike reports whether two words have the same spelling but for a letter or
// so: their pairs of letters have a Dice coefficient of 0.7 or more.
func (p part) alike(o part) bool {
	shared := 0
	for i := range len(p) {
		if strings.IndexByte(string(o), p[i]) >= 0 {
			shared++
		}
	}
	return 20*shared >= 7*(len(p)+len(o))
}
