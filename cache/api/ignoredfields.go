package api

import (
	"slices"
	"strconv"
	"strings"
)

// ignoredHeader names fields that were ignored though they are nearly one that is
// read. Its value is a list of structured fields (RFC 9651):
//
//	"sart";meant="start"
const ignoredHeader = "Foreday-Ignored-Fields"

const (
	maxIgnored     = 8   // fields that are named
	maxIgnoredName = 32  // bytes of a name that can be nearly one of ours
	maxLookedAt    = 100 // different names of a request: to compare each of very many would take long
)

// nearMisses returns the value of ignoredHeader, "" if there is nothing to say.
func nearMisses(messages []map[string]any, known []string) string {
	meant := map[string]string{} // by a name that was looked at; "" for none
	for _, m := range messages {
		for name := range m {
			if len(name) > maxIgnoredName || slices.Contains(known, name) {
				continue
			}
			if _, looked := meant[name]; !looked && len(meant) < maxLookedAt {
				meant[name] = nearest(name, known)
			}
		}
	}
	var list []string
	for name, near := range meant {
		if near != "" {
			list = append(list, structured(name)+";meant="+structured(near))
		}
	}
	slices.Sort(list)
	return strings.Join(list[:min(len(list), maxIgnored)], ", ")
}

// structured writes a string as RFC 9651 has it, which knows ASCII only.
func structured(s string) string {
	ascii := strconv.QuoteToASCII(s)
	ascii = ascii[1 : len(ascii)-1]
	ascii = strings.ReplaceAll(ascii, `\"`, `"`)
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(ascii) + `"`
}

// nearest returns the known name that was probably meant, "" if none was.
func nearest(name string, known []string) string {
	plain := plainName(name)
	for _, k := range known {
		if plainName(k) == plain {
			return k
		}
		for _, suffix := range []string{"id", "time", "date", "at"} {
			if strings.TrimSuffix(plain, suffix) == plainName(k) {
				return k
			}
		}
	}
	for _, k := range known {
		if within := 1 + len(k)/6; edits([]rune(plain), []rune(plainName(k))) <= within {
			return k
		}
	}
	return ""
}

// plainName leaves out what differs between ways of writing names.
func plainName(name string) string {
	return strings.NewReplacer("_", "", "-", "", ".", "", " ", "").Replace(strings.ToLower(name))
}

// edits counts the letters to insert, remove, replace, or swap with their
// neighbour that make b of a (optimal string alignment).
func edits(a, b []rune) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		for j := range rows[i] {
			if i == 0 || j == 0 {
				rows[i][j] = i + j
				continue
			}
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
