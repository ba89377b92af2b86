package worker_test

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache/redistest"
	"foreday/summarizer"
)

// In the tests below it is 20:00 of 23 November in Berlin, where everybody is
// thought to live at first, and 08:00 of 24 November in Auckland.
func evening(s *settings) { s.now = at("2026-11-23 20:00") }

var auckland = zone("Pacific/Auckland")

func TestAUserWhoLivesElsewhereThanThoughtGetsTheRightDay(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]string{
		"on a day that is due in both zones":    "2026-11-23 22:00", // 10:00 of 24 November in Auckland
		"on a day that is due in Auckland only": "2026-11-24 09:00", // 21:00
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
				b := setup(t, client, evening)
				b.google.AddUser("ada", auckland)
				b.work()
				b.create("ada", "Dentist", start, "2026-11-24 10:00")
				sum := b.awaitFresh("ada", today.AddDays(1), holding("Dentist"))
				if sum.Timezone != "Pacific/Auckland" {
					t.Errorf("the summary is in the time of %s", sum.Timezone)
				}
				b.settled()
				if fresh, _ := b.peek("ada", today); fresh != nil {
					t.Error("yesterday was summarised as well")
				}
			})
		})
	}
}

func TestAUserWhoMovesIsGivenNoDayOfTheOldZoneAsFresh(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, func(s *settings) { s.metadataTTL = time.Millisecond })
		b.google.AddUser("ada", berlin)
		b.work()
		b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.awaitFresh("ada", today, holding("Dentist"))
		other := today.AddDays(9)
		b.commit("ada", other)

		b.google.SetZone("ada", zone("America/New_York"))
		b.publish(changed("ada"))
		moved := func(s summarizer.Summary) bool { return s.Timezone == "America/New_York" && holding("Dentist")(s) }
		sum := b.awaitFresh("ada", today, moved)
		if start := sum.Events[0].Start; start != "2026-11-23T09:00:00-05:00" {
			t.Errorf("the event starts at %s", start)
		}
		if fresh, _ := b.peek("ada", other); fresh != nil {
			t.Error("a day of Berlin is still given as fresh")
		}

		// From now on messages are about days in New York: this is 21:00 there.
		b.create("ada", "Late call", "2026-11-24 03:00", "2026-11-24 04:00")
		b.awaitFresh("ada", today, holding("Dentist", "Late call"))
		b.settled()
	})
}

// Processes remember zones for a while, so when somebody moves, some are behind.
func TestProcessesThatDisagreeAboutAZoneComeToAnAgreement(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, func(s *settings) { s.refreshDays, s.concurrency = 6, 1 })
		b.google.AddUser("ada", berlin)
		behind := b.work()
		b.publish(changed("ada"))
		b.awaitFresh("ada", today, holding())
		b.settled()

		b.google.SetZone("ada", zone("America/New_York"))
		ahead := b.work()
		b.create("ada", "Conference", "2026-11-23", "2026-11-29")
		for i := range 6 {
			b.awaitFresh("ada", today.AddDays(i), func(s summarizer.Summary) bool {
				return s.Timezone == "America/New_York" && holding("Conference")(s)
			})
		}
		b.settled()
		if n := behind.refreshes(allOutcomes...) + ahead.refreshes(allOutcomes...); n > 6+4*6 {
			t.Errorf("%d refreshes of six days", n)
		}
	})
}

func TestAZoneThatIsNoneIsReplaced(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		if err := client.Set(t.Context(), "foreday:{ada}:zone", "Atlantis/Capital", time.Hour).Err(); err != nil {
			t.Fatal(err)
		}
		b.work()
		b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.awaitFresh("ada", today, holding("Dentist"))
		b.settled()
	})
}
