package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"foreday/summarizer"
)

// storyWidth keeps the story readable on the narrowest of terminals.
const storyWidth = 78

// tell prints the story of the demo.
func (d *demo) tell(w io.Writer, c *demoCmd, realModel bool) {
	r := d.Result
	say := func(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
	source := "a sample calendar with a year of history"
	if len(c.ICS) > 0 {
		source = strings.Join(c.ICS, ", ")
	}
	model := "a local stand-in that speaks OpenAI's protocol"
	if realModel {
		model = c.Model
	}
	redis := "an in-process Redis (set REDIS_URL to use yours)"
	if c.RedisURL != "" {
		redis = "Redis " + r.Redis + " at " + withoutPassword(c.RedisURL)
	}
	say("foreday demo: %s, %s (%s)", r.Date.Weekday(), r.Date, r.Timezone)
	say("  calendar  %s", clip(source, storyWidth-12))
	say("            %d entries, served by a local stand-in for Google Calendar", r.CalendarEvents)
	say("  model     %s", model)
	say("  cache     %s", redis)
	say("")
	say("1. The summary before, %d of %d events novel:", r.Before.NovelEvents, r.Before.TotalEvents)
	tellSummary(w, r.Before)
	say("2. An app creates an event: %s, %s", r.Created.Title, clock(r.Created.Start, r.Created.End))
	say("   and publishes to %s: event.created, no title, IDs only.", "the stream")
	say("   The old summary can no longer be read as fresh.")
	say("")
	say("3. The fresh summary, %.0f ms after the message:", r.FreshnessMS)
	tellSummary(w, r.After)
	say("A reader's hit takes %.0f µs; making the summary anew takes %.1f ms here, where", r.HitUS, r.RegenerateMS)
	say("the stand-ins answer at once. Asked so far: Google %s, model %s.", times(r.Upstream.Google), times(r.Upstream.OpenAI))
	say("")
	say("Next, with go run ./cmd/foreday in front:")
	say("  demo --ics FILE [--date D]      the same with your own exported calendar")
	say("  explain --ics FILE [--date D]   why each event is novel, or is not")
	say("  demo --serve                    stay up, with API and dashboard")
	say("and README.md says how to plug in an app and run it for real.")
}

func tellSummary(w io.Writer, s summarizer.Summary) {
	fmt.Fprintln(w, indent(s.Headline, "     "))
	for line := range strings.Lines(s.Text) {
		if line = strings.TrimSpace(line); line != "" {
			fmt.Fprintln(w, indent(line, "     "))
		}
	}
	fmt.Fprintf(w, "     (%s; fresh for an hour, or until the next change)\n\n", byline(s))
}

// indent breaks text between words to fit the story's width.
func indent(text, margin string) string {
	var b strings.Builder
	width := 0
	for i, word := range strings.Fields(text) {
		word = clip(word, storyWidth-len(margin))
		n := len([]rune(word))
		switch {
		case i == 0:
			b.WriteString(margin)
		case width+1+n > storyWidth:
			b.WriteString("\n" + margin)
			width = 0
		default:
			b.WriteByte(' ')
			width++
		}
		if width == 0 {
			width = len(margin)
		}
		b.WriteString(word)
		width += n
	}
	return b.String()
}

// clip shortens text to n characters.
func clip(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n-1]) + "…"
}

// clock shows the time of day of two instants as they were given.
func clock(start, end string) string {
	from, errFrom := time.Parse(time.RFC3339, start)
	to, errTo := time.Parse(time.RFC3339, end)
	if errFrom != nil || errTo != nil {
		return start + " to " + end
	}
	return from.Format("15:04") + " to " + to.Format("15:04")
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
