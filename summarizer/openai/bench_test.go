package openai

import (
	"fmt"
	"testing"
	"time"

	"foreday/summarizer"
)

// BenchmarkJudge checks an answer about ten events.
func BenchmarkJudge(b *testing.B) {
	brief := summarizer.Brief{Day: summarizer.Day{Date: summarizer.Date{Year: 2026, Month: 11, Day: 23}, Zone: time.UTC}, Total: 14}
	answer := `{"headline":{"text":"Ten unusual things, among them “Talk 1”, “Talk 2” and 8 more.","events":["e1","e2"]},"sentences":[`
	for i := range 10 {
		start := time.Date(2026, 11, 23, 8+i, 30, 0, 0, time.UTC)
		brief.Novel = append(brief.Novel, summarizer.Verdict{Novel: true, Reason: "first time in a year", Event: summarizer.Event{
			Title: fmt.Sprint("Talk ", i+1), Calendar: "Personal", Start: start, End: start.Add(time.Hour)}})
		answer += fmt.Sprintf(`{"text":"“Talk %d” is in your calendar “Personal” (%02d:30–%02d:30): first time in a year.","events":["e%d"]},`, i+1, 8+i, 9+i, i+1)
	}
	answer += `{"text":"The other 4 events are routine.","events":[]}]}`
	b.ReportAllocs()
	for b.Loop() {
		if _, refused := judge(newPrompt(brief), answer); refused != nil {
			b.Fatal(refused.advice)
		}
	}
}
