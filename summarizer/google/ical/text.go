package ical

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxLine bounds an unfolded line; what is longer is cut. Attachments are, and
// nobody reads them here.
const maxLine = 256 << 10

// line is an unfolded line with the number of the first physical one, from 1.
type line struct {
	number int
	text   string
}

// plain turns UTF-16 with a byte order mark into UTF-8 and drops a mark of UTF-8
// and NULs.
func plain(b []byte) []byte { return bytes.ReplaceAll(decode(b), []byte{0}, nil) }

func decode(b []byte) []byte {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(b, []byte("\xEF\xBB\xBF")):
		return b[3:]
	case bytes.HasPrefix(b, []byte("\xFF\xFE")):
		order = binary.LittleEndian
	case bytes.HasPrefix(b, []byte("\xFE\xFF")):
		order = binary.BigEndian
	default:
		return b
	}
	units := make([]uint16, 0, len(b)/2)
	for b = b[2:]; len(b) >= 2; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	return []byte(string(utf16.Decode(units)))
}

// unfold splits a file into lines, whichever way they end, and joins what is
// folded. A line in the midst of a text that was broken without being folded
// joins the text; other lines that are no property are dropped.
func unfold(b []byte) []line {
	var lines []line
	var text []byte // of the last line so far; to join strings would copy it for each
	finish := func() {
		if last := len(lines) - 1; last >= 0 {
			lines[last].text = clean(string(text))
		}
	}
	for number := 1; len(b) > 0; number++ {
		physical := b
		if end := bytes.IndexAny(b, "\r\n"); end >= 0 {
			physical = b[:end]
			skip := end + 1
			if b[end] == '\r' && skip < len(b) && b[skip] == '\n' {
				skip++
			}
			b = b[skip:]
		} else {
			b = nil
		}
		switch {
		case len(physical) == 0:
		case len(lines) > 0 && (physical[0] == ' ' || physical[0] == '\t'):
			text = extend(text, physical[1:])
		case isProperty(physical):
			finish()
			lines = append(lines, line{number: number})
			text = extend(text[:0], physical)
		case len(lines) > 0 && isText(text):
			text = extend(extend(text, []byte(`\n`)), physical)
		}
	}
	finish()
	return lines
}

// extend appends to the text of a line as much as there is room for.
func extend(text, more []byte) []byte {
	return append(text, more[:min(len(more), maxLine-len(text))]...)
}

// isProperty reports whether b looks like NAME:value or NAME;parameters:value.
func isProperty(b []byte) bool {
	end := bytes.IndexAny(b, ":;")
	if end < 1 {
		return false
	}
	for _, c := range b[:end] {
		if c != '-' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}

// isText reports whether a property is a text that people write.
func isText(property []byte) bool {
	name := strings.ToUpper(string(property[:bytes.IndexAny(property, ":;")]))
	return name == "DESCRIPTION" || name == "SUMMARY" || name == "LOCATION" || name == "COMMENT"
}

// clean makes s valid UTF-8 without control characters. What is not UTF-8 is
// taken for Latin-1, which is what old programs write.
func clean(s string) string {
	if !utf8.ValidString(s) {
		runes := make([]rune, len(s))
		for i := range len(s) {
			runes[i] = rune(s[i])
		}
		s = string(runes)
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r >= 0x7f && r < 0xa0 {
			return -1
		}
		return r
	}, s)
}
