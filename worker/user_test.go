package worker_test

import (
	"strings"
	"testing"

	"foreday/events"
	"foreday/summarizer"
)

// The rule for user IDs stands in both packages, as neither may import the other. A
// user of whom messages tell can be asked for, and the other way round.
func TestMessagesAndReadersTakeTheSameUserIDs(t *testing.T) {
	t.Parallel()
	ids := []string{"", "a..b", "%2e%2e", "a/%2E./b", `a\..\b`, strings.Repeat("u", 128), strings.Repeat("u", 129),
		strings.Repeat("ü", 64), strings.Repeat("ü", 65)}
	for b := range 256 {
		ids = append(ids, "u"+string([]byte{byte(b)}))
	}
	for r := range rune(0x3100) { // all spaces and control characters are among them
		ids = append(ids, "u"+string(r))
	}
	ids = append(ids, texts("a./\\%2e{ ", 4)...)
	for _, id := range ids {
		told := events.Message{Type: events.CalendarChanged, User: id}.Validate()
		if asked := summarizer.UserProblem(id); (told == nil) != (asked == "") {
			t.Errorf("user %q: a message gets %v, a reader %q", id, told, asked)
		}
	}
}

// texts returns all texts of the letters, of so many at most.
func texts(letters string, most int) []string {
	if most == 0 {
		return []string{""}
	}
	var all []string
	for _, rest := range texts(letters, most-1) {
		all = append(all, rest)
		for _, l := range letters {
			all = append(all, string(l)+rest)
		}
	}
	return all
}
