package googletest_test

import (
	"net/http"
	"slices"
	"testing"

	"foreday/summarizer/google/googletest"

	"google.golang.org/api/calendar/v3"
)

func TestTheListOfCalendars(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	b.AddCalendar(user, &calendar.CalendarListEntry{Summary: "Work", Selected: true})
	b.AddCalendar(user, &calendar.CalendarListEntry{Summary: "Holidays", AccessRole: "reader"})
	b.AddCalendar(user, &calendar.CalendarListEntry{Summary: "Old", Hidden: true})
	names := func(call *calendar.CalendarListListCall) []string {
		var list []string
		if err := call.Pages(t.Context(), func(page *calendar.CalendarList) error {
			for _, e := range page.Items {
				list = append(list, e.Summary)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return list
	}
	for _, c := range []struct {
		call *calendar.CalendarListListCall
		want []string
	}{
		{b.client.CalendarList.List().MaxResults(1), []string{user, "Work", "Holidays"}},
		{b.client.CalendarList.List().ShowHidden(true), []string{user, "Work", "Holidays", "Old"}},
		{b.client.CalendarList.List().MinAccessRole("writer"), []string{user, "Work"}},
	} {
		if got := names(c.call); !slices.Equal(got, c.want) {
			t.Errorf("listed %q, want %q", got, c.want)
		}
	}
	primary, err := b.client.CalendarList.Get("primary").Do()
	if err != nil || !primary.Primary || primary.Id != user || primary.TimeZone != "America/Chicago" {
		t.Errorf("the primary calendar is %+v, %v", primary, err)
	}
}

func TestSettingsTellTheUsersZone(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	b.SetLocale(user, "de")
	b.SetZone(user, zone(t, "Europe/Berlin"))
	for id, want := range map[string]string{"timezone": "Europe/Berlin", "locale": "de", "format24HourTime": "true"} {
		got, err := b.client.Settings.Get(id).Do()
		if err != nil || got.Value != want {
			t.Errorf("setting %s is %+v, %v; want %s", id, got, err, want)
		}
	}
	all, err := b.client.Settings.List().Do()
	if err != nil || len(all.Items) < 3 {
		t.Errorf("settings are %+v, %v", all, err)
	}
	c, err := b.client.Calendars.Get("primary").Do()
	if err != nil || c.TimeZone != "Europe/Berlin" {
		t.Errorf("the primary calendar is %+v, %v", c, err)
	}
	_, err = b.client.Settings.Get("shoeSize").Do()
	wantStatus(t, err, http.StatusNotFound, "notFound")
}

func TestUsersSeeOnlyTheirOwnCalendarsAndSharedOnes(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	b.AddUser("bob@example.com", nil)
	bob := b.clientOf(t, "bob@example.com")
	_, err := bob.Events.List(user).Do()
	wantStatus(t, err, http.StatusNotFound, "notFound")

	shared := &calendar.CalendarListEntry{Id: "team@group.calendar.google.com", Summary: "Team"}
	b.AddCalendar(user, shared)
	if _, err := b.client.Events.Insert(shared.Id, allDay("Offsite", "2026-03-24", "2026-03-26")).Do(); err != nil {
		t.Fatal(err)
	}
	b.AddCalendar("bob@example.com", &calendar.CalendarListEntry{Id: shared.Id, AccessRole: "freeBusyReader"})
	list, err := bob.Events.List(shared.Id).Do()
	if err != nil || len(list.Items) != 1 || list.Items[0].Summary != "" || list.Items[0].Start.Date != "2026-03-24" {
		t.Errorf("who may only know that time is taken sees %+v, %v", list.Items, err)
	}
}
