package noveltytest

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"foreday/summarizer"
)

// Label is what an event is by the rule.
type Label int

// The labels.
const (
	Between Label = iota // seen before, but not often: not counted
	Novel                // neither its title nor its series occurred in the 365 days before
	Routine              // they did, at least four times
)

// Labels labels the events of one calendar, as the rule has it: by how often
// their normalised title or their series occurred in the 365 days before. The
// result is in the order of the events.
func Labels(events []summarizer.Event, zone *time.Location) []Label {
	titles, series := map[string][]int{}, map[string][]int{}
	days := make([]int, len(events))
	for i, e := range events {
		start, _ := e.Span(zone)
		days[i] = summarizer.Epoch.DaysUntil(summarizer.DateOf(start.In(zone)))
		titles[NormalTitle(e.Title)] = append(titles[NormalTitle(e.Title)], i)
		if e.SeriesID != "" {
			series[e.SeriesID] = append(series[e.SeriesID], i)
		}
	}
	labels := make([]Label, len(events))
	for i, e := range events {
		seen := map[int]bool{}
		for _, k := range slices.Concat(titles[NormalTitle(e.Title)], series[e.SeriesID]) {
			if days[k] < days[i] && days[k] >= days[i]-365 {
				seen[k] = true
			}
		}
		switch {
		case len(seen) == 0:
			labels[i] = Novel
		case len(seen) >= 4:
			labels[i] = Routine
		}
	}
	return labels
}

// NormalTitle is the form in which the rule compares titles: their words in
// small letters, without accents, digits and punctuation, in the order of the
// alphabet.
func NormalTitle(title string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(title)) {
		switch {
		case unicode.IsLetter(r):
			b.WriteRune(r)
		case unicode.IsMark(r) || r == '\'' || r == '’':
		default:
			b.WriteByte(' ')
		}
	}
	words := strings.Fields(b.String())
	if len(words) == 0 {
		return strings.TrimSpace(title)
	}
	slices.Sort(words)
	return strings.Join(slices.Compact(words), " ")
}
