package ical

import (
	"bytes"
	"iter"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// line is an unfolded line with the number of the first physical one, from 1. Its
// text is good until the next line.
type line struct {
	number int
	name   string // of the property, in capitals
	text   []byte // all of it
}

// plain turns UTF-16 into UTF-8, ends lines with LF, and drops a byte order mark and NULs.
func plain(b []byte) []byte {
	b = bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF"))
	for mark, order := range map[string]unicode.Endianness{
		"\xFF\xFE": unicode.LittleEndian, "B\x00E\x00G\x00": unicode.LittleEndian,
		"\xFE\xFF": unicode.BigEndian, "\x00B\x00E\x00G": unicode.BigEndian,
	} {
		if bytes.HasPrefix(b, []byte(mark)) {
			b, _ = unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(b) // what is wrong in it becomes U+FFFD
			break
		}
	}
	b = bytes.ReplaceAll(b, []byte{0}, nil)
	b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(b, []byte("\r"), []byte("\n"))
}

// unfold splits a plain file into lines, and joins what is
// folded. A line in the midst of a text that was broken without being folded
// joins the text; other lines that are no property are dropped.
func unfold(b []byte) iter.Seq[line] {
	return func(yield func(line) bool) {
		var l line
		number := 0
		for physical := range bytes.SplitSeq(b, []byte("\n")) {
			number++
			name := nameOf(physical)
			switch {
			case len(physical) == 0:
			case l.number > 0 && isSoftBroken(l.text):
				l.text = append(l.text[:len(l.text)-1], bytes.TrimLeft(physical, " \t")...)
			case l.number > 0 && (physical[0] == ' ' || physical[0] == '\t'):
				l.text = append(l.text, physical[1:]...)
			case name != "":
				if l.number > 0 && !yield(l) {
					return
				}
				l = line{number: number, name: name, text: append(l.text[:0], physical...)}
			case textNames[l.name]:
				l.text = append(append(l.text, `\n`...), physical...)
			}
		}
		if l.number > 0 {
			yield(l)
		}
	}
}

// textNames are the properties with texts that people write.
var textNames = map[string]bool{"DESCRIPTION": true, "SUMMARY": true, "LOCATION": true, "COMMENT": true}

// isSoftBroken reports whether a line of vCalendar 1.0 goes on in the next one.
func isSoftBroken(text []byte) bool {
	if text[len(text)-1] != '=' {
		return false
	}
	head, _, _ := bytes.Cut(text, []byte(":"))
	return bytes.Contains(bytes.ToUpper(head), []byte("QUOTED-PRINTABLE"))
}

// beginning is that of a property, written NAME:value or NAME;parameters:value. Real
// names have characters that the standard does not allow.
var beginning = regexp.MustCompile(`^([\w./-]+)[ \t]*(;|:(?://)?)`)

// nameOf returns the name of a property, "" of what is none, such as https://example.org.
func nameOf(b []byte) string {
	m := beginning.FindSubmatch(b)
	if m == nil || len(m[2]) > 1 {
		return ""
	}
	return strings.ToUpper(string(m[1]))
}

// clean makes b valid UTF-8 without control characters. Each byte that is not UTF-8
// is taken for Windows-1252, which is what old programs write.
func clean(b []byte) string {
	var s strings.Builder
	s.Grow(len(b))
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if r == utf8.RuneError && size == 1 {
			r = charmap.Windows1252.DecodeByte(b[0])
		}
		b = b[size:]
		if isControl := r < ' ' && r != '\t' && r != '\n' || r >= 0x7f && r < 0xa0; !isControl && r != utf8.RuneError {
			s.WriteRune(r)
		}
	}
	return s.String()
}
