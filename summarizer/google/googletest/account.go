package googletest

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"

	"google.golang.org/api/calendar/v3"
)

// account is a user with the list of calendars they see.
type account struct {
	user   string
	zone   *time.Location
	locale string
	made   *book // the only calendar of a person who was made up
	kept   bool  // they may have been changed; guarded by the server's mu

	mu      sync.RWMutex
	entries []*calendar.CalendarListEntry // never changed, only replaced
	version int64
}

// Access roles, the least first.
var accessRoles = []string{"freeBusyReader", "reader", "writer", "owner"}

// AddUser adds a user whose primary calendar is empty and named after them. The
// zone is the user's and that calendar's; nil is UTC. Adding a user again
// changes nothing.
func (s *Server) AddUser(user string, zone *time.Location) {
	if zone == nil {
		zone = time.UTC
	}
	s.mu.Lock()
	if s.accounts[user] != nil {
		s.mu.Unlock()
		return
	}
	s.accounts[user] = &account{user: user, zone: zone, locale: "en"}
	s.mu.Unlock()
	s.AddCalendar(user, &calendar.CalendarListEntry{
		Id: user, Summary: user, TimeZone: zone.String(), AccessRole: "owner", Primary: true, Selected: true,
		DefaultReminders: []*calendar.EventReminder{{Method: "popup", Minutes: 30}},
	})
}

// HasUser reports whether the user was added, or is one of Config.People.
func (s *Server) HasUser(user string) bool { return s.account(user, false) != nil }

// SetLocale sets the language of a user's settings, "en" at first.
func (s *Server) SetLocale(user, locale string) {
	a := s.mustAccount(user)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.locale = locale
	a.version++
}

// SetZone moves the user, and their primary calendar, to another zone.
func (s *Server) SetZone(user string, zone *time.Location) {
	a := s.mustAccount(user)
	a.mu.Lock()
	a.zone = zone
	a.mu.Unlock()
	s.setBookZone(a, s.book(user), zone)
}

// changeEntry changes the account's entry for a calendar.
func (a *account) changeEntry(calendarID string, change func(*calendar.CalendarListEntry)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.version++
	a.entries = slices.Clone(a.entries)
	for i, e := range a.entries {
		if e.Id == calendarID {
			changed := *e
			change(&changed)
			a.entries[i] = &changed
		}
	}
}

// setBookZone gives a calendar, and the account's entry for it, another zone.
func (s *Server) setBookZone(a *account, b *book, zone *time.Location) {
	a.changeEntry(b.id, func(e *calendar.CalendarListEntry) { e.TimeZone = zone.String() })
	b.mu.Lock()
	defer b.mu.Unlock()
	b.zone = zone
	b.settled.Store(nil)
}

// AddCalendar puts a calendar on the user's list. What the entry leaves out is
// made up: an ID, the role of owner, the user's zone. A calendar whose ID is
// known is shared with its other users, each with the role and the settings of
// their own entry. An entry already on the list is replaced. It returns the
// calendar's ID. It panics if the user was not added.
func (s *Server) AddCalendar(user string, entry *calendar.CalendarListEntry) string {
	a := s.mustAccount(user)
	e := *entry
	e.Kind = "calendar#calendarListEntry"
	e.Id = cmp.Or(e.Id, s.newID(26)+"@group.calendar.google.com")
	e.AccessRole = cmp.Or(e.AccessRole, "owner")
	a.mu.RLock()
	e.TimeZone = cmp.Or(e.TimeZone, a.zone.String())
	a.mu.RUnlock()
	s.addBook(&e)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.version++
	e.Etag = fmt.Sprintf("%q", fmt.Sprint(s.now().UnixMicro()+a.version))
	a.entries = slices.DeleteFunc(slices.Clone(a.entries), func(o *calendar.CalendarListEntry) bool { return o.Id == e.Id })
	a.entries = append(a.entries, &e)
	return e.Id
}

// mustAccount returns the user's account. An unknown user is a mistake of the
// program that uses the stand-in.
func (s *Server) mustAccount(user string) *account {
	a := s.account(user, true)
	if a == nil {
		panic(fmt.Sprintf("googletest: user %q was not added", user))
	}
	return a
}

// entry returns the user's entry for a calendar; "primary" stands for the
// primary one.
func (a *account) entry(calendarID string) (*calendar.CalendarListEntry, error) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	for _, e := range a.entries {
		if e.Id == calendarID || calendarID == "primary" && e.Primary {
			return e, nil
		}
	}
	return nil, errNotFound()
}

// open returns a calendar of the account's for reading, or also for writing.
func (s *Server) open(a *account, calendarID string, write bool) (*book, *calendar.CalendarListEntry, error) {
	e, err := a.entry(calendarID)
	if err != nil {
		return nil, nil, err
	}
	if write && slices.Index(accessRoles, e.AccessRole) < slices.Index(accessRoles, "writer") {
		return nil, nil, errAccessRole()
	}
	return s.book(e.Id), e, nil
}
