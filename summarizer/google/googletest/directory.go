package googletest

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"google.golang.org/api/calendar/v3"
)

// listCalendars answers calendarList.list.
func (s *Server) listCalendars(c *call) (any, error) {
	if c.query.Get("syncToken") != "" {
		return nil, errFullSync() // changes of the list itself are not kept
	}
	least := c.query.Get("minAccessRole")
	if least != "" && !slices.Contains(accessRoles, least) {
		return nil, errInvalid("minAccessRole", "Invalid string value: '"+least+"'.")
	}
	showHidden, err := boolParam(c.query, "showHidden")
	if err != nil {
		return nil, err
	}
	c.account.mu.RLock()
	entries, version := c.account.entries, c.account.version
	c.account.mu.RUnlock()
	var wanted []*calendar.CalendarListEntry
	for _, e := range entries {
		if e.Hidden && !showHidden || slices.Index(accessRoles, e.AccessRole) < slices.Index(accessRoles, least) {
			continue
		}
		wanted = append(wanted, e)
	}
	page, next, err := pageOf(wanted, c.query, 100, min(250, s.config.MaxPage))
	if err != nil {
		return nil, err
	}
	list := &calendar.CalendarList{
		Kind: "calendar#calendarList", Etag: fmt.Sprintf(`"p%d"`, version),
		Items: page, NextPageToken: next, ForceSendFields: []string{"Items"},
	}
	if next == "" {
		list.NextSyncToken = fmt.Sprintf("CL%d=", version)
	}
	return list, nil
}

// getCalendarListEntry answers calendarList.get.
func (s *Server) getCalendarListEntry(c *call) (any, error) {
	return c.account.entry(c.request.PathValue("calendarId"))
}

// getCalendar answers calendars.get.
func (s *Server) getCalendar(c *call) (any, error) {
	e, err := c.account.entry(c.request.PathValue("calendarId"))
	if err != nil {
		return nil, err
	}
	return &calendar.Calendar{
		Kind: "calendar#calendar", Etag: e.Etag, Id: e.Id,
		Summary: e.Summary, Description: e.Description, TimeZone: e.TimeZone,
	}, nil
}

// settings are what the account is set to, by ID.
func (a *account) settings() []*calendar.Setting {
	a.mu.RLock()
	defer a.mu.RUnlock()
	var list []*calendar.Setting
	for _, s := range [][2]string{
		{"dateFieldOrder", "DMY"}, {"format24HourTime", "true"}, {"hideInvitations", "false"}, {"hideWeekends", "false"},
		{"locale", a.locale}, {"showDeclinedEvents", "true"}, {"timezone", a.zone.String()}, {"weekStart", "1"},
	} {
		list = append(list, &calendar.Setting{
			Kind: "calendar#setting", Etag: fmt.Sprintf(`"%d"`, a.version), Id: s[0], Value: s[1],
		})
	}
	return list
}

// listSettings answers settings.list.
func (s *Server) listSettings(c *call) (any, error) {
	if c.query.Get("syncToken") != "" {
		return nil, errFullSync() // changes of settings are not kept
	}
	all := c.account.settings()
	page, next, err := pageOf(all, c.query, 100, min(250, s.config.MaxPage))
	if err != nil {
		return nil, err
	}
	list := &calendar.Settings{Kind: "calendar#settings", Etag: all[0].Etag, Items: page, NextPageToken: next}
	if next == "" {
		list.NextSyncToken = "S" + all[0].Etag[1:len(all[0].Etag)-1] + "="
	}
	return list, nil
}

// getSetting answers settings.get.
func (s *Server) getSetting(c *call) (any, error) {
	for _, setting := range c.account.settings() {
		if setting.Id == c.request.PathValue("setting") {
			return setting, nil
		}
	}
	return nil, errNotFound()
}

// pageOf cuts a short list into pages; its tokens are offsets.
func pageOf[T any](all []T, query url.Values, usual, most int) (page []T, next string, err error) {
	size, err := sizeParam(query, usual, most)
	if err != nil {
		return nil, "", err
	}
	from := 0
	if token := query.Get("pageToken"); token != "" {
		if from, err = strconv.Atoi(token); err != nil || from < 0 || from > len(all) {
			return nil, "", errInvalid("pageToken", "Invalid page token value.")
		}
	}
	to := min(len(all), from+size)
	if to < len(all) {
		next = strconv.Itoa(to)
	}
	return all[from:to], next, nil
}

// sizeParam reads maxResults.
func sizeParam(query url.Values, usual, most int) (int, error) {
	size := usual
	if v := query.Get("maxResults"); v != "" {
		n, err := strconv.ParseInt(v, 10, 32)
		if err != nil || n < 1 {
			return 0, errInvalid("maxResults", "Invalid value '"+v+"'. Values must be within the range: [1, 2147483647]")
		}
		size = int(n)
	}
	return min(cmp.Or(size, usual), most), nil
}

// boolParam reads a parameter that is true or false; absent is false.
func boolParam(query url.Values, name string) (bool, error) {
	switch v := query.Get(name); v {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	default:
		return false, errInvalid(name, "Invalid boolean value: '"+v+"'.")
	}
}
