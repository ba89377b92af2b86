package ical_test

import (
	"fmt"
	"math"
	"strings"
	"syscall"
	"testing"
	"time"

	"foreday/summarizer/google/ical"
)

// What a file can hold much of costs as much as there is of it: ten times as much
// takes about ten times as long, not a hundred times.
func TestLargeFilesCostWhatTheyHold(t *testing.T) {
	event := func(i int, lines string) string {
		return fmt.Sprintf("BEGIN:VEVENT\nUID:%d\n%sEND:VEVENT\n", i, lines)
	}
	for name, write := range map[string]func(n int) string{
		"zones that nobody knows": func(n int) string {
			return repeat(n, func(i int) string { return event(i, fmt.Sprintf("DTSTART;TZID=Nowhere/Zone %d:20260310T100000\n", i)) })
		},
		"VTIMEZONEs": func(n int) string {
			return repeat(n/5, func(i int) string { // each of which takes its time
				zone := fmt.Sprintf("Mine %d", i)
				return vtimezone(zone, "+0100", "+0200", "BYMONTH=3;BYDAY=-1SU", "BYMONTH=10;BYDAY=-1SU") +
					event(i, "DTSTART;TZID="+zone+":20260310T100000\n")
			})
		},
		"EXDATEs of a series": func(n int) string {
			start := time.Date(2026, 3, 10, 10, 0, 0, 0, time.UTC)
			return event(0, "DTSTART:20260310T100000Z\nRRULE:FREQ=DAILY\n"+repeat(10*n, func(i int) string {
				return "EXDATE:" + start.Add(time.Duration(i+1)*time.Hour).Format("20060102T150405Z") + "\n"
			}))
		},
		"a long line": func(n int) string {
			return event(0, "DTSTART:20260310T100000Z\nDESCRIPTION:"+strings.Repeat("x;:\"", 1000*n)+"\n")
		},
		"components in components": func(n int) string {
			return strings.Repeat("BEGIN:VALARM\n", 50*n) + strings.Repeat("END:VALARM\n", 50*n) + event(0, "DTSTART:20260310T100000Z\n")
		},
		"events of one UID": func(n int) string {
			return repeat(10*n, func(i int) string { return event(0, fmt.Sprintf("DTSTART:20260310T10%02d%02dZ\n", i/60%60, i%60)) })
		},
	} {
		few := costOf(t, write(100), 0)
		bound := 40*few + time.Second
		if many := costOf(t, write(1000), bound); many > bound {
			t.Errorf("%s: ten times as much takes %v instead of %v", name, many, few)
		}
	}
}

func repeat(n int, write func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(write(i))
	}
	return b.String()
}

// costOf returns how much of a CPU reading takes, at best of three tries if it takes more
// than enough: the garbage of others may be collected meanwhile.
func costOf(t *testing.T, events string, enough time.Duration) time.Duration {
	t.Helper()
	took := time.Duration(math.MaxInt64)
	for tries := 0; tries < 3 && took > enough; tries++ {
		start := used(t)
		cal, err := ical.Read(strings.NewReader("BEGIN:VCALENDAR\n"+events+"END:VCALENDAR\n"), ical.Options{})
		if err != nil || len(cal.Events) == 0 || len(cal.Skipped) > 0 {
			t.Fatalf("read %v, %v", cal, err)
		}
		took = min(took, used(t)-start)
	}
	return took
}

// used returns for how long this process has had a CPU. Unlike a clock, it does not go on
// while others have it.
func used(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
