package worker_test

import (
	"context"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
	"google.golang.org/api/calendar/v3"

	"foreday/cache"
	"foreday/cache/redistest"
	"foreday/events"
	"foreday/summarizer"
)

// prefers sets what ada wants, as an app would.
func (b *bench) prefers(p summarizer.Preferences) {
	b.Helper()
	err := b.store.SetPreferences(b.Context(), "ada", p, func(ctx context.Context) error {
		_, err := b.publisher.Publish(ctx, events.Message{Type: events.CalendarChanged, User: "ada"})
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bench) insertIn(calendarID, title string) {
	b.Helper()
	if _, err := b.google.Insert("ada", calendarID, &calendar.Event{Summary: title, Start: stamp("2026-11-23 15:00"),
		End: stamp("2026-11-23 16:00")}); err != nil {
		b.Fatal(err)
	}
}

func TestSettingsDecideWhatSummariesHold(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		club := b.google.AddCalendar("ada", &calendar.CalendarListEntry{Summary: "Club"})
		b.insertIn("primary", "Dentist")
		b.insertIn(club, "Regatta")
		old := today.AddDays(9)
		b.commit("ada", old)
		b.work()
		b.publish(changed("ada"))
		before := b.awaitFresh("ada", today, holding("Dentist"))

		b.prefers(summarizer.Preferences{Selection: summarizer.Selection{Include: []string{club}}})
		with := b.awaitFresh("ada", today, holding("Dentist", "Regatta"))
		if with.Fingerprint == before.Fingerprint {
			t.Error("the fingerprint is the same for other calendars")
		}
		b.prefers(summarizer.Preferences{Selection: summarizer.Selection{Include: []string{club}, Exclude: []string{"primary"}}})
		b.awaitFresh("ada", today, holding("Regatta"))
		b.prefers(summarizer.Preferences{})
		b.awaitFresh("ada", today, holding("Dentist"))
		if fresh, _ := b.peek("ada", old); fresh != nil {
			t.Error("another day is still given as fresh")
		}
		b.settled()
	})
}

func TestTheThresholdOfAUserDecidesWhatIsNovel(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		standup := &calendar.Event{
			Summary: "Stand-up", Start: stamp("2026-10-19 09:00"), End: stamp("2026-10-19 09:15"), Recurrence: []string{"RRULE:FREQ=DAILY"},
		}
		if _, err := b.google.Insert("ada", "primary", standup); err != nil {
			t.Fatal(err)
		}
		b.work()
		b.publish(changed("ada"))
		b.awaitFresh("ada", today, holding())
		everything := 0.
		b.prefers(summarizer.Preferences{Threshold: &everything})
		b.awaitFresh("ada", today, holding("Stand-up"))
	})
}

// A run that began before a change of settings was applied ends fenced off.
func TestNoSummaryMadeByOldSettingsIsFreshOnceTheChangeWasApplied(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		b.insertIn("primary", "Dentist")
		b.work()
		waiting, open := b.modelDoor.hold("")
		defer open()
		b.publish(changed("ada"))
		b.await("the model asked", waiting)

		b.prefers(summarizer.Preferences{Selection: summarizer.Selection{Exclude: []string{"primary"}}})
		b.acknowledged()
		open()
		b.eventually("a fresh summary", func() bool {
			fresh, _ := b.peek("ada", today)
			if fresh != nil && fresh.TotalEvents > 0 {
				t.Fatalf("fresh by old settings: %+v", fresh)
			}
			return fresh != nil
		})
		b.settled()
	})
}

func TestSettingsThatCannotBeReadAreToldAndDoNotStopSummaries(t *testing.T) {
	t.Parallel()
	seal, err := cache.NewSeal(cache.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	log := &lines{}
	b := setup(t, redistest.Mini(t).Client(t), func(s *settings) { s.cache.Seal, s.log = seal, zerolog.New(log) })
	b.google.AddUser("ada", berlin)
	if err := b.client.Set(t.Context(), "foreday:{ada}:settings", `{"exclude":["primary"]}`, 0).Err(); err != nil {
		t.Fatal(err)
	}
	b.insertIn("primary", "Dentist")
	b.work()
	b.publish(changed("ada"))
	b.awaitFresh("ada", today, holding("Dentist"))
	b.settled()
	if !strings.Contains(log.String(), "settings of user ada") {
		t.Errorf("the log says nothing:\n%s", log)
	}
}
