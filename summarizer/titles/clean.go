package titles

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// marksPerLetter bounds the accents that may be piled upon one letter. No
// script in use needs more.
const marksPerLetter = 4

// longestCluster is more code points than any real emoji or letter is made of.
const longestCluster = 16

// brailleBlank is a character without dots, drawn as a space.
const brailleBlank = '\u2800'

// Clean returns one line of untrusted text, at most limit characters of it, that
// cannot disturb the text around it. Line breaks and control characters become
// spaces; characters that are invisible or change the direction of what follows
// are taken out; piles of accents are cut down; angle brackets, which a careless
// page would take for HTML, are replaced by ‹ and ›, and double quotation marks, in
// which titles are quoted, and what looks like them by an apostrophe, but within a
// Hebrew word by ״. Text that is too long ends in "…", and is cut between two
// characters as a reader sees them.
func Clean(s string, limit int) string {
	// Cleaning only ever shortens, so far more than enough is kept for that, and
	// a title of a megabyte costs no more than a long one.
	if most := (limit + 1) * 16 * utf8.UTFMax; len(s) > most {
		s = strings.ToValidUTF8(s[:most], "")
	}
	clean := make([]rune, 0, min(len(s), limit+1))
	marks := 0
	for i, r := range s {
		if (r == '"' || r == gershayim) && abbreviates(clean, s[i+utf8.RuneLen(r):]) {
			r = gershayim
		} else {
			r = visible(r)
		}
		switch {
		case r < 0, isLeftOut(clean, r):
			continue
		case unicode.IsMark(r):
			if marks++; marks > marksPerLetter || len(clean) == 0 {
				continue
			}
		case !isJoiner(r):
			marks = 0
		}
		clean = append(clean, r)
	}
	return strings.TrimRight(cut(clean, limit), " \u200c\u200d")
}

// IsAddress reports whether a name is that of somebody's mail, in letters of whatever
// width: it names nothing that a reader knows.
func IsAddress(name string) bool { return strings.ContainsRune(norm.NFKC.String(name), '@') }

// isLeftOut reports whether r is left out after what is there: of spaces, apostrophes,
// commas and angles only the first of several in a row is kept, as two apostrophes look
// like a quotation mark; and where one of those precedes, a joiner joins nothing but
// would keep them apart.
func isLeftOut(before []rune, r rune) bool {
	if len(before) == 0 {
		return r == ' ' || isJoiner(r)
	}
	last := single(before[len(before)-1])
	return last != 0 && (single(r) == last || isJoiner(r))
}

// single returns which of the characters that stand alone r is or looks like, 0 if none.
func single(r rune) rune {
	switch r {
	case ' ', '‹', '›':
		return r
	case '\'', '‘', '’', '‛', 'ʻ', 'ʼ', '′', '‵', '`', '´', '＇', '❛', '❜':
		return '\''
	case ',', '‚', '，', '❟':
		return ','
	}
	return 0
}

// gershayim is what Hebrew abbreviations have before their last letter. It looks like a
// quotation mark.
const gershayim = '״'

// abbreviates reports whether what stands between two pieces of text is gershayim, for
// which most people type a double quotation mark, as keyboards lack it.
func abbreviates(before []rune, after string) bool {
	next, _ := utf8.DecodeRuneInString(after)
	return len(before) > 0 && inHebrewWord(before[len(before)-1]) && inHebrewWord(next)
}

func inHebrewWord(r rune) bool {
	return unicode.Is(unicode.Hebrew, r) && (unicode.IsLetter(r) || unicode.IsMark(r))
}

// visible returns what stands for r in clean text, or -1 if nothing does.
func visible(r rune) rune {
	switch {
	case r >= ' ' && r <= '~' && r != '<' && r != '>' && r != '"':
		return r
	case r == utf8.RuneError:
		return -1
	case unicode.IsSpace(r), unicode.IsControl(r), r == '\u2028', r == '\u2029', r == brailleBlank:
		return ' '
	case isJoiner(r):
		return r
	case unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs, unicode.Other_Default_Ignorable_Code_Point):
		return -1
	}
	switch r {
	case '<':
		return '‹'
	case '>':
		return '›'
	case '"', '“', '”', '„', '‟', '«', '»', '＂', '❝', '❞', '❠', '⹂', '🙶', '🙷', '🙸', '〝', '〞', '〟', '″', '‶', 'ʺ', 'ˮ', '˝', gershayim,
		'｢', '｣', '「', '」', '『', '』', '﹁', '﹂', '﹃', '﹄', '≪', '≫', '《', '》', '⟪', '⟫':
		return '\''
	}
	return r
}

// cut returns the first limit characters; if that is not all, the last is "…".
func cut(s []rune, limit int) string {
	if len(s) <= limit {
		return string(s)
	}
	end := max(limit-1, 0)
	for back := 0; end > 0 && joined(s, end); back++ {
		if back == longestCluster { // made to be cut nowhere, so it is cut here
			end = limit - 1
			break
		}
		end--
	}
	return strings.TrimRight(string(s[:end]), " "+string(gershayim)) + "…"
}

// joined reports whether the characters on both sides of s[i] are drawn as one:
// an accented letter, an emoji made of several, the two halves of a flag. It is
// the part of Unicode's grapheme cluster rules (UAX #29) that people notice.
func joined(s []rune, i int) bool {
	before, after := s[i-1], s[i]
	switch {
	case unicode.IsMark(after), isJoiner(after), isJoiner(before):
		return true
	case after >= 0x1F3FB && after <= 0x1F3FF: // skin tones
		return true
	case isFlagHalf(before) && isFlagHalf(after):
		halves := 0
		for j := i - 1; j >= 0 && isFlagHalf(s[j]); j-- {
			halves++
		}
		return halves%2 == 1
	}
	return false
}

// isJoiner tells the two invisible characters that emoji and some scripts need.
func isJoiner(r rune) bool { return r == '\u200c' || r == '\u200d' }

func isFlagHalf(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }
