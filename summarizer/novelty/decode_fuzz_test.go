package novelty

import (
	"testing"
	"time"

	"foreday/summarizer"
)

// FuzzDecode gives the seal to anything, to see what lies behind it.
func FuzzDecode(f *testing.F) {
	date := func(day int) summarizer.Date { return summarizer.Date{Year: 2026, Month: 6, Day: day} }
	start := time.Date(2026, 6, 10, 10, 0, 0, 0, time.UTC)
	m := Learn(Key{}, time.UTC, date(1), date(20), []summarizer.Event{
		{Title: "Choir", SeriesID: "s", Start: start, End: start.Add(time.Hour)}, {Title: "Dentist", AllDay: true, StartDate: date(3),
			EndDate: date(4)},
	})
	encoded := m.Encode()
	f.Add(encoded[len(encodingVersion) : len(encoded)-sealSize])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		data := append([]byte(encodingVersion), body...)
		m, err := Decode(Key{}, append(data, seal(Key{}, data)...))
		if err != nil {
			return
		}
		day := summarizer.Day{Date: date(12), Zone: time.UTC}
		m.Judge(day, []summarizer.Event{{Title: "Choir", SeriesID: "s", Start: start, End: start}})
		m.Usual(day, []summarizer.Event{{Title: "Choir", SeriesID: "s", Start: start, End: start}})
		m.Update(date(5), date(12), nil).Encode()
	})
}
