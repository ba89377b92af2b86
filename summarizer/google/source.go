package google

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"google.golang.org/api/calendar/v3"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"

	"foreday/summarizer"
	"foreday/summarizer/bulk"
	"foreday/summarizer/memo"
)

// What a Config's zero fields stand for.
const (
	DefaultTimeout     = 30 * time.Second
	DefaultMetadataTTL = 10 * time.Minute
)

// Config is what a Source is made of. Access is required.
type Config struct {
	// Endpoint is the API's address; "" is Google's. An address without a path
	// stands for the one with Google's path, /calendar/v3/.
	Endpoint string
	Access   Access
	// Transport sends every request to the API and is the place for quotas,
	// retries and metrics. Nil is a transport of the Source's own.
	Transport http.RoundTripper
	// Timeout bounds one request with all that Transport does about it.
	Timeout time.Duration
	// MetadataTTL is how long a user's settings and list of calendars are kept, in
	// memory. Until then, a calendar newly switched on may go unnoticed; see
	// Source.Forget.
	MetadataTTL time.Duration
	// MaxPages bounds the pages of one calendar, of 2,500 events each; 0 is 20.
	MaxPages int
	Now      func() time.Time // the clock; time.Now if nil
	// Skipped is told of each calendar left out because it, alone, may not be
	// read any more, and of each event left out because it makes no sense. It
	// must be safe for concurrent use; nil is allowed.
	Skipped func(*Error)
}

// Source reads calendars from Google. All its errors are *Error.
type Source struct {
	api      *calendar.Service
	now      func() time.Time
	skipped  func(*Error)
	access   Access
	maxPages int
	moves    bool // users may move to other accounts
	settings *memo.Cache[string, summarizer.Settings]
	listings *memo.Cache[string, []calendarEntry]
	series   *memo.Cache[seriesState, *series] // of cancelled occurrences

	// days and histories let large ones be read one at a time. Who reads a history may
	// hold a day, and never the other way about.
	days, histories *bulk.Gate
	bulky           *memo.Cache[bulky, bool] // what was large the last time
}

var _ summarizer.Source = (*Source)(nil)

// New returns a Source. It sends nothing yet.
func New(c Config) (*Source, error) {
	if c.Access == nil {
		return nil, errors.New("google calendar: no access is set: give a service account, a token broker or a token")
	}
	c.Transport = cmp.Or(c.Transport, defaultTransport())
	c.Timeout = cmp.Or(c.Timeout, DefaultTimeout)
	c.MetadataTTL = cmp.Or(c.MetadataTTL, DefaultMetadataTTL)
	c.MaxPages = cmp.Or(c.MaxPages, maxPages)
	c.Now = clockOr(c.Now)
	if c.Skipped == nil {
		c.Skipped = func(*Error) {}
	}
	options := []option.ClientOption{option.WithHTTPClient(&http.Client{
		Transport:     bearer{access: c.Access, base: c.Transport},
		Timeout:       c.Timeout,
		CheckRedirect: noRedirect,
	})}
	if c.Endpoint != "" {
		endpoint, err := apiAddress(c.Endpoint)
		if err != nil {
			return nil, fmt.Errorf("google calendar endpoint: %w", err)
		}
		options = append(options, option.WithEndpoint(endpoint))
	}
	api, err := calendar.NewService(context.Background(), options...)
	if err != nil {
		return nil, fmt.Errorf("google calendar client: %w", err)
	}
	api.UserAgent = "foreday"
	s := &Source{
		api: api, now: c.Now, skipped: c.Skipped, access: c.Access, maxPages: c.MaxPages,
		settings: keep[string, summarizer.Settings](c.Now, c.MetadataTTL),
		listings: keep[string, []calendarEntry](c.Now, c.MetadataTTL),
		series:   keep[seriesState, *series](c.Now, seriesTTL),
		days:     bulk.NewGate(1), histories: bulk.NewGate(1), bulky: keep[bulky, bool](c.Now, bulkyTTL),
	}
	if mover, ok := c.Access.(*connected); ok {
		s.moves, mover.moved = true, s.Forget
	}
	return s, nil
}

// apiAddress completes an address as the generated client wants it: what it
// calls is relative to the last slash.
func apiAddress(raw string) (string, error) {
	u, err := httpURL(raw)
	if err != nil {
		return "", err
	}
	if strings.Trim(u.Path, "/") == "" {
		u.Path = "/calendar/v3"
	}
	u.Path = strings.TrimSuffix(u.Path, "/") + "/"
	return u.String(), nil
}

// Forget drops what is kept about the user: for when it is known that their
// calendars, rather than the events in them, have changed.
func (s *Source) Forget(user string) {
	s.settings.Forget(user)
	s.listings.Forget(user)
}

// isGone reports whether Google has answered with one of the codes.
func isGone(err error, codes ...int) bool {
	var answer *googleapi.Error
	return errors.As(err, &answer) && slices.Contains(codes, answer.Code)
}

// typed makes an *Error of what a cache returned instead of its loader: the end
// of ctx while another caller's request was waited for.
func (s *Source) typed(op, user string, err error) error {
	if err == nil || errors.As(err, new(*Error)) {
		return err
	}
	return newError(op, user, "", err, s.now())
}

// answer sends a request, whose answer may be nil: a body that says null.
func answer[T any](send func(...googleapi.CallOption) (*T, error)) (*T, error) {
	got, err := send()
	if err == nil && got == nil {
		err = errors.New("the answer is empty")
	}
	return got, err
}

// Day returns the events that touch the day, all-day ones first, and with them the
// occurrences of series that were cancelled. Its Seen holds
// the IDs of series beside those of their occurrences, since a message may name
// either.
func (s *Source) Day(ctx context.Context, user string, day summarizer.Day, count summarizer.Selection) (summarizer.Listing, error) {
	ctx, leave := bulk.Ensure(ctx)
	defer leave()
	w := window{
		gate: s.days,
		room: room(maxDayEvents),
		// An event without length at the day's very start ends at timeMin,
		// which is exclusive.
		from: day.Start().Add(-time.Second),
		to:   day.End(),
		zone: day.Zone,
		want: func(e summarizer.Event) bool { return e.Touches(day) },

		whole: true,
	}
	found, calendars, err := s.read(ctx, user, count, w)
	if err != nil {
		return summarizer.Listing{}, err
	}
	listing := summarizer.Listing{Events: merge(found), Unread: w.unread(), Seen: map[string]bool{}}
	for _, c := range calendars {
		listing.Calendars = append(listing.Calendars, c.id)
		if c.primary {
			listing.Calendars = append(listing.Calendars, summarizer.PrimaryCalendar)
		}
	}
	for _, f := range found {
		if f.event.Status == summarizer.Cancelled {
			continue
		}
		listing.Seen[f.event.ID] = true
		if f.event.SeriesID != "" {
			listing.Seen[f.event.SeriesID] = true
		}
	}
	return listing, nil
}

// History returns the events that start in [from, to), in from's zone. One that is in
// two calendars is listed as Day lists it. If there are more than 10,000, it returns
// some of them and summarizer.ErrCut.
func (s *Source) History(ctx context.Context, user string, from, to time.Time, count summarizer.Selection) ([]summarizer.Event, error) {
	ctx, leave := bulk.Ensure(ctx)
	defer leave()
	w := window{
		gate: s.histories,
		room: room(maxHistoryEvents),
		from: from,
		to:   to,
		zone: from.Location(),
		want: func(e summarizer.Event) bool {
			start, _ := e.Span(from.Location())
			return !start.Before(from) && start.Before(to)
		},
	}
	found, _, err := s.read(ctx, user, count, w)
	if err == nil && w.unread() > 0 {
		err = fmt.Errorf("history of user %s: %w", user, summarizer.ErrCut)
	}
	if err != nil && !errors.Is(err, summarizer.ErrCut) {
		return nil, err
	}
	return merge(found), err
}
