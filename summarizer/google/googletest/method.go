package googletest

import (
	"net/http"
	"net/url"
	"slices"
	"time"
)

// method is one method of the API, as the discovery document describes it.
type method struct {
	name   string // "events.list"
	verb   string
	path   string   // below /calendar/v3/
	params []string // names of query parameters, apart from the common ones
	handle func(*Server, *call) (any, error)
}

// commonParams are taken by every method.
var commonParams = []string{"alt", "fields", "key", "oauth_token", "prettyPrint", "quotaUser", "userIp"}

var methods = []method{
	{"events.list", http.MethodGet, "calendars/{calendarId}/events", listParams, (*Server).listEvents},
	{"events.get", http.MethodGet, "calendars/{calendarId}/events/{eventId}", getParams, (*Server).getEvent},
	{"events.instances", http.MethodGet, "calendars/{calendarId}/events/{eventId}/instances", instancesParams, (*Server).listInstances},
	{"events.insert", http.MethodPost, "calendars/{calendarId}/events", writeParams, (*Server).insertEvent},
	{"events.patch", http.MethodPatch, "calendars/{calendarId}/events/{eventId}", updateParams, (*Server).patchEvent},
	{"events.update", http.MethodPut, "calendars/{calendarId}/events/{eventId}", updateParams, (*Server).updateEvent},
	{"events.delete", http.MethodDelete, "calendars/{calendarId}/events/{eventId}", deleteParams, (*Server).deleteEvent},
	{"calendarList.list", http.MethodGet, "users/me/calendarList", calendarListParams, (*Server).listCalendars},
	{"calendarList.get", http.MethodGet, "users/me/calendarList/{calendarId}", nil, (*Server).getCalendarListEntry},
	{"settings.list", http.MethodGet, "users/me/settings", settingsParams, (*Server).listSettings},
	{"settings.get", http.MethodGet, "users/me/settings/{setting}", nil, (*Server).getSetting},
	{"calendars.get", http.MethodGet, "calendars/{calendarId}", nil, (*Server).getCalendar},
}

var (
	listParams = []string{"alwaysIncludeEmail", "eventTypes", "iCalUID", "maxAttendees", "maxResults", "orderBy",
		"pageToken", "privateExtendedProperty", "q", "sharedExtendedProperty", "showDeleted", "showHiddenInvitations",
		"singleEvents", "syncToken", "timeMax", "timeMin", "timeZone", "updatedMin"}
	getParams       = []string{"alwaysIncludeEmail", "maxAttendees", "timeZone"}
	instancesParams = []string{"alwaysIncludeEmail", "maxAttendees", "maxResults", "originalStart", "pageToken",
		"showDeleted", "timeMax", "timeMin", "timeZone"}
	writeParams  = []string{"conferenceDataVersion", "maxAttendees", "sendNotifications", "sendUpdates", "supportsAttachments"}
	updateParams = append([]string{"alwaysIncludeEmail"}, writeParams...)
	deleteParams = []string{"sendNotifications", "sendUpdates"}

	calendarListParams = []string{"maxResults", "minAccessRole", "pageToken", "showDeleted", "showHidden",
		"showOwnOrganizationOnly", "syncToken"}
	settingsParams = []string{"maxResults", "pageToken", "syncToken"}
)

// call is one request to a method, on behalf of an account.
type call struct {
	request *http.Request
	account *account
	query   url.Values
	now     time.Time
}

// checkParams refuses parameters that the method does not have: a misspelt one
// would silently widen what a client asks for.
func (m method) checkParams(query url.Values) error {
	for name := range query {
		if !slices.Contains(commonParams, name) && !slices.Contains(m.params, name) {
			return errInvalid(name, "Unknown name \""+name+"\": Cannot bind query parameter.")
		}
	}
	if alt := query.Get("alt"); alt != "" && alt != "json" {
		return errInvalid("alt", "Invalid string value: '"+alt+"'. Allowed values: [json]")
	}
	return nil
}
