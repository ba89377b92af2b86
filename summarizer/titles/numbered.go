package titles

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Numbered is a title with its numbers apart: "Lap 3 of 20".
type Numbered struct {
	Title   string
	Pattern string   // "Lap # of #"; titles of one pattern differ in numbers only
	Numbers []string // "3", "20"
}

// mostDigits is how long a number may be that can be counted by. Longer ones are the
// identifiers of something.
const mostDigits = 9

var digits = regexp.MustCompile("[0-9]+")

// Split takes a title apart. Digits are those of ASCII; more than nine in a row are no
// number.
func Split(title string) Numbered {
	n := Numbered{Title: title}
	n.Pattern = digits.ReplaceAllStringFunc(title, func(number string) string {
		if len(number) > mostDigits {
			return number
		}
		n.Numbers = append(n.Numbers, number)
		return "#"
	})
	return n
}

// Varying returns the index of the one number in which the titles differ, all of
// one pattern. It fails if they differ in none, or in more than one.
func Varying(titles []Numbered) (int, bool) {
	varying := -1
	for _, t := range titles[1:] {
		if t.Pattern != titles[0].Pattern || len(t.Numbers) != len(titles[0].Numbers) {
			return 0, false
		}
		for i, number := range t.Numbers {
			if number == titles[0].Numbers[i] {
				continue
			}
			if varying >= 0 && varying != i {
				return 0, false
			}
			varying = i
		}
	}
	return varying, varying >= 0
}

// Name takes a title that ends with a number apart: "Interview", "7". Of any other, the
// name is the title.
func Name(title string) (name, number string) {
	name = strings.TrimRight(title, "0123456789")
	if before, spaced := strings.CutSuffix(name, " "); spaced && before != "" {
		return before, title[len(name):]
	}
	return title, ""
}

// Sequence returns the titles with the lowest and the highest number of those that
// differ in one number only, and whether all numbers between are there.
func Sequence(titles []string) (first, last string, complete, ok bool) {
	split := make([]Numbered, len(titles))
	for i, t := range titles {
		split[i] = Split(t)
	}
	at, ok := Varying(split)
	if !ok {
		return "", "", false, false
	}
	slices.SortStableFunc(split, func(a, b Numbered) int { return a.value(at) - b.value(at) })
	first, last, complete = split[0].Title, split[len(split)-1].Title, true
	for i := range split[1:] {
		complete = complete && split[i].value(at)+1 == split[i+1].value(at)
	}
	return first, last, complete, true
}

// value is the number at index i.
func (n Numbered) value(i int) int {
	v, _ := strconv.Atoi(n.Numbers[i]) // it has nothing but digits, and few
	return v
}

// Beginning returns the words that all titles begin with, without the punctuation
// after them; "" if there are none, or fewer than four letters of them.
func Beginning(titles []string) string {
	const telling = 4 // letters
	common := strings.Fields(titles[0])
	for _, t := range titles[1:] {
		words := strings.Fields(t)
		same := 0
		for same < min(len(common), len(words)) && common[same] == words[same] {
			same++
		}
		common = common[:same]
	}
	beginning := strings.TrimRight(strings.Join(common, " "), " :,;-–—|/…")
	if utf8.RuneCountInString(beginning) < telling {
		return ""
	}
	return beginning
}
