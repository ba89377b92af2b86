package google

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/api/calendar/v3"

	"foreday/summarizer"
	"foreday/summarizer/bulk"
	"foreday/summarizer/google/recur"
	"foreday/summarizer/loggable"
)

// What is kept of one reading, of all calendars together. Of more events nobody is
// told one by one, and a routine shows in fewer; the rest is counted, as far as the
// pages go that may be read.
const (
	maxDayEvents     = 2_000
	maxHistoryEvents = 10_000
)

const (
	// atOnce is how many of a user's calendars are read at the same time.
	atOnce = 4
	// maxAgain is how often a list is started again.
	maxAgain = 2
	// pageSize is the most events Google puts on a page, and minPageSize what is asked
	// for if a page is too large to be read.
	pageSize, minPageSize = 2500, 20
	// eventFields is the part of an event list that is asked for.
	eventFields = "nextPageToken,items(id,etag,status,summary,start(date,dateTime),end(date,dateTime)," +
		"recurringEventId,originalStartTime(date,dateTime),iCalUID,eventType,attendees(self,responseStatus))"
	// countedFields is the part of it of events that are only counted.
	countedFields = "nextPageToken,items(status,start(date,dateTime),end(date,dateTime))"
)

// window is what to read of every calendar.
type window struct {
	from, to time.Time // events that end after from and start before to
	zone     *time.Location
	want     func(summarizer.Event) bool // what of that is wanted
	// gate is to be entered before more is read than most people have.
	gate *bulk.Gate
	// room is how many events may still be kept.
	room *atomic.Int64
	// whole asks for occurrences of series that were cancelled, too, and has events for
	// which there is no room counted; or else they are not read.
	whole bool
}

// room returns room for so many events.
func room(n int64) *atomic.Int64 {
	left := new(atomic.Int64)
	left.Store(n)
	return left
}

// unread is how many events there was no room for.
func (w window) unread() int { return max(0, -int(w.room.Load())) }

// read returns what the calendars that count for the user hold in the window, calendar by
// calendar, the primary first, and which it read. It leaves out calendars that
// cannot be read any more, unless that is all of them, and events for which the
// window has no room.
func (s *Source) read(ctx context.Context, user string, count summarizer.Selection, w window) ([]found, []calendarEntry, error) {
	calendars, err := s.calendars(ctx, user, count)
	if err != nil {
		return nil, nil, err
	}
	each := make([][]found, len(calendars))
	leftOut := make([]*Error, len(calendars))
	ctx, size, err := s.measured(asUser(ctx, user), user, w)
	if err != nil {
		return nil, nil, err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i, c := range calendars {
		group.Go(func() (err error) {
			defer loggable.Recovered(&err) // of a goroutine, it would end the process
			each[i], err = s.readCalendar(ctx, user, c, w, size)
			if leftOut[i] = leaveOut(c, err); leftOut[i] != nil {
				s.skipped(leftOut[i])
				return nil
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, nil, err
	}
	if len(calendars) > 0 && !slices.Contains(leftOut, nil) {
		return nil, nil, leftOut[0]
	}
	var read []calendarEntry
	for i, c := range calendars {
		if leftOut[i] == nil {
			read = append(read, c)
		}
	}
	return slices.Concat(each...), read, nil
}

// readCalendar reads one calendar. If Google has lost the thread between two
// pages, it starts again.
func (s *Source) readCalendar(ctx context.Context, user string, c calendarEntry, w window, size *extent) ([]found, error) {
	for again := 0; ; again++ {
		all, err := s.readPages(ctx, user, c, w, size)
		if again == maxAgain || !isGone(err, http.StatusGone) {
			return all, err
		}
	}
}

func (s *Source) readPages(ctx context.Context, user string, c calendarEntry, w window, size *extent) ([]found, error) {
	const op = "events.list"
	var all []found
	var cancelled []*calendar.Event
	call := s.api.Events.List(c.id).
		SingleEvents(true).OrderBy("startTime").ShowDeleted(w.whole).
		TimeMin(w.from.Format(time.RFC3339)).TimeMax(w.to.Format(time.RFC3339)).
		MaxAttendees(1). // of several, the user alone
		Fields(eventFields).
		Context(ctx)
	if _, err := recur.LoadZone(w.zone.String()); err == nil { // Google can know it, too
		call.TimeZone(w.zone.String())
	}
	for range s.maxPages {
		page, err := s.page(ctx, size, call)
		if err != nil {
			return nil, newError(op, user, c.id, err, s.now())
		}
		for _, item := range page.Items {
			if item != nil && item.Status == string(summarizer.Cancelled) {
				if w.whole && isOccurrence(item) && len(cancelled) < maxCancelled {
					cancelled = append(cancelled, item)
				}
				continue
			}
			f, err := understand(item, c, w.zone)
			if err != nil {
				s.skipped(&Error{Op: op, User: user, Calendar: c.id, Kind: Rejected, Err: err})
				continue
			}
			if w.want(f.event) && w.room.Add(-1) >= 0 {
				all = append(all, f)
			}
		}
		if page.NextPageToken == "" {
			gone, err := s.cancelledOf(ctx, user, c, cancelled, w)
			return append(all, gone...), err
		}
		if w.room.Load() <= 0 {
			if !w.whole {
				w.room.Add(-1) // for what is on the next page
				return all, nil
			}
			call.Fields(countedFields)
		}
		call.PageToken(page.NextPageToken)
	}
	s.skipped(tooMuch(op, user, c.id, fmt.Errorf("the list goes on after %d pages, and is read no further", s.maxPages)))
	return all, nil
}
