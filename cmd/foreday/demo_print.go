package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"foreday/cmd/foreday/internal/calendarfile"
	"foreday/cmd/foreday/internal/terminal"
	"foreday/cmd/foreday/internal/wiring"
	"foreday/summarizer"
)

// tell prints the story of the demo.
func (d *demo) tell(w io.Writer, c *demoCmd) {
	r, width := d.Result, min(terminal.Width(w), storyWidth)
	say := func(format string, args ...any) {
		for _, line := range rewrap(fmt.Sprintf(format, args...), width) {
			fmt.Fprintln(w, line)
		}
	}
	step := func(format string, args ...any) {
		for _, line := range rewrap(fmt.Sprintf(format, args...), width) {
			fmt.Fprintln(w, terminal.NewPainter(w).Bold(line))
		}
	}
	source := "a sample calendar with a year of history"
	if len(c.ICS) > 0 {
		var shown []string
		for _, file := range c.ICS {
			shown = append(shown, calendarfile.ShownName(file))
		}
		source = strings.Join(shown, ", ")
	}
	model := "a local stand-in that speaks OpenAI's protocol"
	if d.realModel {
		model = c.ModelSettings.Kind()
	}
	redis := "an in-process Redis (set REDIS_URL to use yours)"
	if c.RedisURL != "" {
		redis = strings.TrimSpace("Redis "+r.Redis) + " at " + wiring.WithoutPassword(c.RedisURL)
	}
	say("foreday demo: %s, %s (%s)", r.Date.Weekday(), r.Date, r.Timezone)
	say("  calendar  %s", terminal.Clip(source, width-12))
	say("            %s, served by a local stand-in for Google Calendar", counted(r.CalendarEvents, "event"))
	say("  model     %s", terminal.Clip(model, width-12))
	say("  cache     %s", terminal.Clip(redis, width-12))
	say("")
	step("1. The summary before, %d of %d events novel:", r.Before.NovelEvents, r.Before.TotalEvents)
	tellSummary(w, r.Before, d.beforeTTL, width)
	step("2. An app creates an event: %s, %s", r.Created.Title, clock(r.Created.Start, r.Created.End))
	say("   and publishes event.created to the stream: IDs and times, no title.")
	say("   The old summary can no longer be read as fresh.")
	say("")
	step("3. The fresh summary, %.0f ms after the message:", r.FreshnessMS)
	tellSummary(w, r.After, d.afterTTL, width)
	answering := "where the stand-ins answer at once"
	if d.realModel {
		answering = "most of it the model's"
	}
	say("A reader's hit takes %.0f µs; making the summary anew takes %.1f ms here, %s. Asked so far: Google %s, model %s.",
		r.HitUS, r.RegenerateMS, answering, times(r.Upstream.Google), times(r.Upstream.OpenAI))
	say("")
	say("Next, with %s in front:", programName())
	say("  demo --ics FILE [--date D]      the same with your own exported calendar")
	say("  explain --ics FILE [--date D]   why each event is novel, or is not")
	say("  up --sandbox                    all of it, to try an app on")
	say("and README.md says how to plug in an app and run it for real.")
}

// summaryLines keeps the story short, however much there is on the day.
const summaryLines = 8

func tellSummary(w io.Writer, s summarizer.Summary, ttl time.Duration, width int) {
	const margin = "     "
	lines := linesOf(s, width-len(margin))
	if shown := summaryLines - 1; len(lines) > summaryLines {
		more := len(lines) - shown
		lines = append(lines[:shown], fmt.Sprintf("… and %d more lines, which --json prints.", more))
	}
	last := fmt.Sprintf("(%s; fresh for %s, or until a change)", byline(s), terminal.Duration(ttl.Round(time.Minute)))
	lines = append(lines, terminal.Wrap(last, width-len(margin))...)
	for _, line := range lines {
		fmt.Fprintln(w, margin+line)
	}
	fmt.Fprintln(w)
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
