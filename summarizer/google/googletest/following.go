package googletest

import (
	"fmt"

	"foreday/summarizer/google/recur"

	"google.golang.org/api/calendar/v3"
)

// PatchFollowing changes an occurrence of a series and all that follow, as
// Google's own calendar does on "this and following events": the series ends
// before it, and a new one, whose ID tells where it comes from, goes on with the
// change. The API has no such method, but its listings show the result.
func (s *Server) PatchFollowing(user, calendarID, instanceID string, patch *calendar.Event) (*calendar.Event, error) {
	stored, err := s.patchFollowing(user, calendarID, instanceID, patch)
	if err != nil {
		return nil, fmt.Errorf("patch event %s of user %s and those that follow: %w", instanceID, user, err)
	}
	return stored, nil
}

func (s *Server) patchFollowing(user, calendarID, instanceID string, patch *calendar.Event) (*calendar.Event, error) {
	b, _, err := s.open(s.mustAccount(user), calendarID, false)
	if err != nil {
		return nil, err
	}
	fields, err := asMap(patch)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	first := b.find(instanceID)
	if first == nil || first.series == "" {
		return nil, errNotFound()
	}
	series := b.records[first.series]
	next := *first.event
	if err := mergePatch(&next, fields); err != nil {
		return nil, err
	}
	start, _, err := readTime(next.Start, b.zone, "start")
	if err != nil {
		return nil, err
	}
	before, after := series.recurrence.Cut(first.original, start)
	next.Id = recur.FollowingID(series.event.Id, first.original, series.span.allDay)
	next.ICalUID = next.Id + "@google.com"
	next.RecurringEventId, next.OriginalStartTime = "", nil
	if next.Recurrence == nil {
		next.Recurrence = after
	}
	continued, err := newRecord(&next, b.zone)
	if err != nil {
		return nil, err
	}
	head := *series.event
	head.Recurrence = before
	ended, err := newRecord(&head, b.zone)
	if err != nil {
		return nil, err
	}
	s.put(b, s.now(), append(b.lapsed(ended), ended, continued)...)
	return owned(continued.shownIn(b.zone)), nil
}
