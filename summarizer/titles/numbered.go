package titles

import (
	"strconv"
	"strings"
)

// Numbered is a title with its numbers apart: "Lap 3 of 20".
type Numbered struct {
	Title   string
	Pattern string   // "Lap # of #"; titles of one pattern differ in numbers only
	Numbers []string // "3", "20"
	after   []int    // where in Title each of Numbers ends
}

// Split takes a title apart. Digits are those of ASCII.
func Split(title string) Numbered {
	n := Numbered{Title: title}
	var pattern strings.Builder
	for i := 0; i < len(title); {
		if !isDigit(title[i]) {
			pattern.WriteByte(title[i])
			i++
			continue
		}
		end := i + 1
		for end < len(title) && isDigit(title[end]) {
			end++
		}
		n.Numbers, n.after = append(n.Numbers, title[i:end]), append(n.after, end)
		pattern.WriteByte('#')
		i = end
	}
	n.Pattern = pattern.String()
	return n
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

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

// Value is the number at index i, 0 if it is too large to be counted by.
func (n Numbered) Value(i int) int {
	const most = 9 // digits
	if len(n.Numbers[i]) > most {
		return 0
	}
	v, _ := strconv.Atoi(n.Numbers[i]) // it has nothing but digits
	return v
}

// Ends reports whether the title ends with the number at index i.
func (n Numbered) Ends(i int) bool { return n.after[i] == len(n.Title) }
