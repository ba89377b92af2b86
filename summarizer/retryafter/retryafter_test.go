package retryafter_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"foreday/summarizer/retryafter"
)

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func TestHowLongAServiceWantsToBeLeftAlone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, value, date string
		want              time.Duration
	}{
		{"Retry-After", "5", "", 5 * time.Second},
		{"Retry-After", "0.25", "", 250 * time.Millisecond},
		{"Retry-After", "7200", "", 2 * time.Hour},
		{"Retry-After-Ms", "1500", "", 1500 * time.Millisecond},
		{"Retry-After", "Mon, 23 Nov 2026 12:00:20 GMT", "", 20 * time.Second},
		{"Retry-After", "Mon, 23 Nov 2026 12:00:20 GMT", "Mon, 23 Nov 2026 12:00:05 GMT", 15 * time.Second},
		{"Retry-After", "Monday, 23-Nov-26 12:00:20 GMT", "", 20 * time.Second},
		{"Retry-After", "Mon, 23 Nov 2026 11:00:00 GMT", "", 0},
		{"Retry-After", "1m30s", "", 90 * time.Second},
		{"Retry-After", strconv.FormatInt(now.Add(30*time.Second).Unix(), 10), "", 30 * time.Second},
		{"Retry-After", strconv.FormatInt(now.Add(30*time.Second).UnixMilli(), 10), "", 30 * time.Second},
		{"Retry-After", "Mon, 23 Nov 2099 12:00:20 GMT", "", 0},
		{"Retry-After", "-3", "", 0},
		{"Retry-After", "NaN", "", 0},
		{"Retry-After", "+Inf", "", 0},
		{"Retry-After", "soon", "", 0},
		{"Retry-After", "1e300", "", 0},
		{"Retry-After", "3600000", "", 0},
		{"Retry-After", "9999999999999", "", 0},
		{"Retry-After-Ms", "1e300", "", 0},
		{"Retry-After-Ms", "-1", "", 0},
		{"Other", "5", "", 0},
	} {
		h := http.Header{}
		h.Set(c.name, c.value)
		h.Set("Date", c.date)
		if got := retryafter.Of(h, now); got != c.want {
			t.Errorf("%s: %s: got %v, want %v", c.name, c.value, got, c.want)
		}
	}
}

func TestWhenALimitIsWholeAgain(t *testing.T) {
	t.Parallel()
	in := func(d time.Duration) time.Time { return now.Add(d) }
	for value, want := range map[string]time.Duration{
		"6m0s":  6 * time.Minute,
		"20ms":  20 * time.Millisecond,
		"1s":    time.Second,
		"0":     0,
		"1.5":   1500 * time.Millisecond,
		"60":    time.Minute,
		"59873": 59873 * time.Millisecond,
		"1000":  time.Second,
		in(40 * time.Second).Format(time.RFC3339):               40 * time.Second,
		in(40 * time.Second).Format(http.TimeFormat):            40 * time.Second,
		strconv.FormatInt(in(40*time.Second).Unix(), 10):        40 * time.Second,
		strconv.FormatInt(in(40*time.Second).Unix(), 10) + ".5": 40500 * time.Millisecond,
		strconv.FormatInt(in(40*time.Second).UnixMilli(), 10):   40 * time.Second,
		strconv.FormatInt(in(-time.Minute).Unix(), 10):          0,
	} {
		if got, ok := retryafter.Reset(value, http.Header{}, now); !ok || got != want {
			t.Errorf("%s: got %v, %v, want %v", value, got, ok, want)
		}
	}
	for _, value := range []string{
		"", "soon", "-1", "-6m0s", "NaN", "Inf", "1e300", "25h0m0s", "99999999", "9999999999", "9223372036854775807",
		strconv.FormatInt(in(48*time.Hour).Unix(), 10), strconv.FormatInt(in(time.Minute).UnixNano(), 10), "2099-01-01T00:00:00Z",
	} {
		if got, ok := retryafter.Reset(value, http.Header{}, now); ok {
			t.Errorf("%s: got %v, want that it says nothing", value, got)
		}
	}
}

func FuzzWaitsAreBounded(f *testing.F) {
	f.Add("1e9", "Mon, 23 Nov 2026 12:00:20 GMT")
	f.Add("-9223372036854775808", "")
	f.Add("106751d", "0")
	f.Fuzz(func(t *testing.T, value, date string) {
		h := http.Header{"Retry-After": {value}, "Retry-After-Ms": {value}, "Date": {date}}
		if got := retryafter.Of(h, now); got < 0 || got > retryafter.Longest {
			t.Errorf("a wait of %v", got)
		}
		if got, ok := retryafter.Reset(value, h, now); got < 0 || got > time.Hour || !ok && got != 0 {
			t.Errorf("a reset in %v", got)
		}
	})
}
