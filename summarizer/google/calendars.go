package google

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"google.golang.org/api/calendar/v3"
	"google.golang.org/api/googleapi"

	"foreday/summarizer"
)

const (
	listOp = "calendarList.list"
	// maxPages bounds the paging through one list.
	maxPages = 20
	// maxCalendars bounds the calendars of one user that are read.
	maxCalendars = 100
	// calendarFields is the part of a calendar list that is asked for.
	calendarFields = "nextPageToken,items(id,summary,summaryOverride,primary,selected,hidden,accessRole,deleted)"
)

// calendarEntry is a calendar as one user has it in their list.
type calendarEntry struct {
	id      string
	name    string
	primary bool
	usual   bool // it is read unless the user excludes it
}

// calendars returns the calendars that count for the user, the primary first.
func (s *Source) calendars(ctx context.Context, user string, count summarizer.Selection) ([]calendarEntry, error) {
	list, err := s.listed(ctx, user)
	if err != nil {
		return nil, err
	}
	var counting []calendarEntry
	for _, c := range list {
		if !c.isIn(count.Exclude) && (c.usual || c.isIn(count.Include)) {
			counting = append(counting, c)
		}
	}
	if len(counting) > maxCalendars {
		return nil, tooMuch(listOp, user, "", fmt.Errorf("more than %d calendars are switched on", maxCalendars))
	}
	return counting, nil
}

func (c calendarEntry) isIn(ids []string) bool {
	return slices.Contains(ids, c.id) || c.primary && slices.Contains(ids, summarizer.PrimaryCalendar)
}

// listed returns all calendars of the user's that can be read, the primary first.
func (s *Source) listed(ctx context.Context, user string) ([]calendarEntry, error) {
	return known(ctx, s, listOp, user, s.listings, s.listCalendars)
}

func (s *Source) listCalendars(ctx context.Context, user string) ([]calendarEntry, error) {
	var list []calendarEntry
	call := s.api.CalendarList.List().ShowHidden(true).MaxResults(250).Fields(calendarFields).Context(asUser(ctx, user))
	for range maxPages {
		page, err := answer(call.Do)
		if err != nil {
			return nil, newError(listOp, user, "", err, s.now())
		}
		for _, c := range page.Items {
			if c != nil && readable(c) {
				list = append(list, calendarEntry{c.Id, calendarName(c), c.Primary, usual(c)})
			}
		}
		if page.NextPageToken == "" {
			slices.SortStableFunc(list, func(a, b calendarEntry) int { return trueFirst(a.primary, b.primary) })
			return list, nil
		}
		call.PageToken(page.NextPageToken)
	}
	return nil, tooMuch(listOp, user, "", fmt.Errorf("the list goes on after %d pages", maxPages))
}

func tooMuch(op, user, calendar string, err error) *Error {
	return &Error{Op: op, User: user, Calendar: calendar, Kind: Rejected, Err: err,
		Hint: "the user can switch calendars off in Google Calendar"}
}

// readable reports whether a calendar shows more than free or busy.
func readable(c *calendar.CalendarListEntry) bool {
	return !c.Deleted && c.AccessRole != "freeBusyReader"
}

// usual reports whether a calendar's events are ones that people would say they
// have: it is switched on, and holds neither holidays nor birthdays.
func usual(c *calendar.CalendarListEntry) bool {
	return c.Selected && !c.Hidden &&
		!strings.HasSuffix(c.Id, "#holiday@group.v.calendar.google.com") &&
		!strings.HasSuffix(c.Id, "#contacts@group.v.calendar.google.com")
}

// calendarName is the name the user sees. Calendars of people are named by
// their mail addresses unless renamed, and those must not leave the house.
func calendarName(c *calendar.CalendarListEntry) string {
	name := cmp.Or(c.SummaryOverride, c.Summary)
	local, _, isAddress := strings.Cut(name, "@")
	switch {
	case isAddress && name == c.Id && c.Primary:
		name = "Primary"
	case isAddress && name == c.Id:
		name = local
	}
	return cleanText(name)
}

// leaveOut returns err as the reason to leave the calendar out rather than fail
// the whole day with it, or nil: the error says that this calendar alone cannot
// be read. It was deleted, or is not shared any more, and the user has not
// tidied up. The primary calendar is never left out.
func leaveOut(c calendarEntry, err error) *Error {
	var e *Error
	var answer *googleapi.Error
	if c.primary || !errors.As(err, &e) || e.Kind != NoAccess || !errors.As(e.Err, &answer) {
		return nil
	}
	if answer.Code == http.StatusNotFound || answer.Code == http.StatusForbidden && hasReason(answer, "forbidden") {
		return e
	}
	return nil
}
