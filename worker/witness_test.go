package worker_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"foreday/cache/freshness"
	"foreday/cache/redistest"
	"foreday/summarizer"
	"foreday/worker"
	"foreday/worker/quota"
)

// shortly is a minute for witnesses in tests.
const shortly = 20 * time.Millisecond

func (b *bench) witness() *worker.Witness {
	return &worker.Witness{
		Store: b.store, Source: b.summarizer().Source, Metrics: worker.NewWitnessMetrics(prometheus.NewRegistry()), Log: b.log, Minute: shortly,
	}
}

// looks has the witness look until it has seen all that is due, and all that is to be
// looked at again.
func (b *bench) looks(w *worker.Witness) {
	b.Helper()
	b.eventually("nothing is left to look at", func() bool {
		if _, err := w.Look(b.Context()); err != nil {
			b.Fatal(err)
		}
		n, err := b.store.Samples().Len(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		return n == 0
	})
}

// ratios returns the share of the consistent copies 1, 5 and 10 minutes after, as all
// witnesses have found it.
func (b *bench) ratios() (all [3]float64) {
	b.Helper()
	found, err := b.store.Witnessed(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for i, after := range worker.WitnessAfter() {
		all[i] = found[after].Ratio()
	}
	return all
}

// emptyDays puts fresh copies of so many days without events into Redis, for each of so many
// users, as a worker commits them, and draws one in some of them.
func (b *bench) emptyDays(users, days, oneIn int) (drawn []freshness.Token) {
	b.Helper()
	s := b.summarizer()
	for u := range users {
		user := fmt.Sprint("u", u)
		b.google.AddUser(user, berlin)
		_, err := b.client.Pipelined(b.Context(), func(p redis.Pipeliner) error {
			for d := range days {
				date := today.AddDays(d)
				draft := summarizer.Draft{Brief: summarizer.Brief{Day: summarizer.Day{Date: date, Zone: berlin}}}
				text, err := json.Marshal(summarizer.Summary{
					User: user, Date: date, Timezone: berlin.String(), Generation: 7, Fingerprint: s.Fingerprint(draft),
				})
				if err != nil {
					return err
				}
				p.Set(b.Context(), freshness.FreshKey(user, date), text, time.Hour)
				if rand.N(oneIn) == 0 {
					drawn = append(drawn, freshness.Token{User: user, Date: date})
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	for _, t := range drawn {
		if err := b.store.Sample(b.Context(), t.User, t.Date, 7); err != nil {
			b.Fatal(err)
		}
	}
	return drawn
}

// The copies are to be looked at while they live: here it is over at once.
func briefLives(s *settings) { s.cache = freshness.Config{SummaryTTL: time.Millisecond} }

func TestAWitnessFindsTheOneDayInTenThousandThatIsNotWhatTheCalendarHolds(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.New(t).Client(t), briefLives)
	const days, oneIn = 10_000, 100
	drawn := b.emptyDays(20, days/20, oneIn)
	if len(drawn) < days/oneIn/2 {
		t.Fatalf("%d copies were drawn", len(drawn))
	}
	var listed atomic.Int64
	b.googleDoor.onKnock(func(path string) {
		if strings.HasSuffix(path, "/events") {
			listed.Add(1)
		}
	})
	w := b.witness()
	b.looks(w)
	if got := b.ratios(); got != [3]float64{1, 1, 1} {
		t.Errorf("where all is well, the ratios are %v", got)
	}
	if seen := w.Seen(); seen.Compared != len(drawn) || seen.Differed != 0 || int(listed.Load()) != len(drawn) {
		t.Errorf("of %d copies drawn it saw %+v, with %d readings of calendars", len(drawn), seen, listed.Load())
	}

	planted := drawn[len(drawn)/2]
	b.insert(planted.User, "Not published", planted.Date.String()+" 15:00", planted.Date.String()+" 16:00")
	for _, d := range drawn {
		if err := b.store.Sample(t.Context(), d.User, d.Date, 7); err != nil {
			t.Fatal(err)
		}
	}
	listed.Store(0)
	again := b.witness()
	b.looks(again)
	if seen := again.Seen(); seen.Compared != len(drawn) || seen.Differed != 1 || seen.After["10m"].Inconsistent != 1 {
		t.Errorf("with one day that is not what the calendar holds, it saw %+v", seen)
	}
	if got, most := int(listed.Load()), len(drawn)+3; got > most {
		t.Errorf("it read calendars %d times for %d copies: want %d at most", got, len(drawn), most)
	}
	want := 1 - 1/float64(2*len(drawn))
	if got := b.ratios(); got != [3]float64{want, want, want} {
		t.Errorf("the ratios are %v, want %v", got, want)
	}
}

func TestADayInvalidatedMeanwhileIsConsistent(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, briefLives)
		drawn := b.emptyDays(1, 3, 1)
		for _, d := range drawn {
			b.insert(d.User, "On its way", d.Date.String()+" 15:00", d.Date.String()+" 16:00")
		}
		w := b.witness()
		w.Minute = time.Hour
		look := func() {
			b.dueNow()
			if _, err := w.Look(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		look()
		client.Del(t.Context(), freshness.FreshKey(drawn[0].User, drawn[0].Date)) // before the first minute is over
		look()
		// After that, another takes its place: whether that is right is not this one's to say.
		second := freshness.FreshKey(drawn[1].User, drawn[1].Date)
		text := client.Get(t.Context(), second).Val()
		client.Set(t.Context(), second, strings.Replace(text, `"generation":7`, `"generation":8`, 1), time.Hour)
		look()
		look()
		if n, err := b.store.Samples().Len(t.Context()); n != 0 || err != nil {
			t.Errorf("%d samples are left, error %v", n, err)
		}
		seen := w.Seen()
		for after, want := range map[string]freshness.Witnessed{
			"1m": {Consistent: 1, Inconsistent: 2}, "5m": {Consistent: 2, Inconsistent: 1}, "10m": {Consistent: 2, Inconsistent: 1},
		} {
			if seen.After[after] != want {
				t.Errorf("after %s it saw %+v, want %+v", after, seen.After[after], want)
			}
		}
	})
}

func TestWorkersDrawTheCopiesThatAWitnessLooksAt(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, func(s *settings) { s.sampleOneIn = 1 })
		b.google.AddUser("ada", berlin)
		b.google.AddUser("eve", berlin)
		b.work()
		b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.create("eve", "Barber", "2026-11-23 15:00", "2026-11-23 16:00")
		b.awaitFresh("ada", today, holding("Dentist"))
		b.awaitFresh("eve", today, holding("Barber"))
		b.settled()
		if n, err := b.store.Samples().Len(t.Context()); n != 2 || err != nil {
			t.Fatalf("%d copies were drawn, error %v; want the two", n, err)
		}
		b.insert("eve", "Not published", "2026-11-23 10:00", "2026-11-23 11:00")
		b.dueNow()
		w := b.witness()
		b.looks(w)
		half := freshness.Witnessed{Consistent: 1, Inconsistent: 1}
		if seen := w.Seen(); seen.Compared != 2 || seen.Differed != 1 || seen.After["10m"] != half {
			t.Errorf("it saw %+v", seen)
		}
	})
}

// dueNow has all that is to be looked at be looked at next.
func (b *bench) dueNow() {
	b.Helper()
	var entries []redis.Z
	for _, member := range b.client.ZRange(b.Context(), "foreday:witness", 0, -1).Val() {
		entries = append(entries, redis.Z{Member: member})
	}
	if len(entries) == 0 {
		b.Fatal("there is nothing to look at")
	}
	if err := b.client.ZAdd(b.Context(), "foreday:witness", entries...).Err(); err != nil {
		b.Fatal(err)
	}
}

func TestAWitnessLeavesAloneWhatItMayNotRead(t *testing.T) {
	t.Parallel()
	var said strings.Builder
	b := setup(t, redistest.New(t).Client(t), briefLives, func(s *settings) { s.log = zerolog.New(&said).Level(zerolog.InfoLevel) })
	drawn := b.emptyDays(1, 1, 1)
	if err := b.store.Sample(t.Context(), "nobody", today, 7); err != nil {
		t.Fatal(err)
	}
	text := b.client.Get(t.Context(), freshness.FreshKey(drawn[0].User, today)).Val()
	b.client.Set(t.Context(), freshness.FreshKey("nobody", today), strings.ReplaceAll(text, drawn[0].User, "nobody"), time.Hour)
	if err := b.store.Sample(t.Context(), drawn[0].User, today.AddDays(1), 7); err != nil { // of which there is no copy
		t.Fatal(err)
	}
	w := b.witness()
	b.looks(w)
	if seen := w.Seen(); seen.Compared != 1 || seen.Unread != 1 || seen.Gone != 1 || b.ratios() != [3]float64{1, 1, 1} {
		t.Errorf("it saw %+v, ratios %v\n%s", seen, b.ratios(), said.String())
	}
}

// lowest lets calendars be read in the lowest class alone, once it has put off so many calls
// in it.
type lowest struct{ putOff atomic.Int64 }

func (l *lowest) RoundTrip(r *http.Request) (*http.Response, error) {
	if quota.CallerOf(r.Context()).Priority != quota.Background || l.putOff.Add(-1) >= 0 {
		return nil, &quota.Deferred{API: quota.Google, Limit: "requests", At: time.Now().Add(time.Second)}
	}
	return http.DefaultTransport.RoundTrip(r)
}

func TestAWitnessReadsInTheLowestClassAndComesAgainWhenPutOff(t *testing.T) {
	t.Parallel()
	door := &lowest{}
	b := setup(t, redistest.New(t).Client(t), briefLives, func(s *settings) { s.googleTransport = door })
	b.emptyDays(1, 1, 1)
	door.putOff.Store(1)
	w := b.witness()
	b.dueNow()
	if _, err := w.Look(t.Context()); err != nil {
		t.Error("to be put off is no failure: ", err)
	}
	if n, err := b.store.Samples().Len(t.Context()); n != 1 || err != nil || w.Seen().Compared != 0 {
		t.Errorf("put off, it left %d samples, error %v, and saw %+v", n, err, w.Seen())
	}
	b.dueNow()
	b.looks(w)
	if seen := w.Seen(); seen.Compared != 1 || seen.Differed != 0 {
		t.Errorf("it saw %+v", seen)
	}
}

func TestSamplesThatNoWitnessLooksAtAreBounded(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.New(t).Client(t))
	entries := make([]redis.Z, 10_000)
	for i := range entries {
		entries[i] = redis.Z{Score: float64(i), Member: fmt.Sprintf("u%d %s 7", i, today)}
	}
	if err := b.client.ZAdd(t.Context(), "foreday:witness", entries...).Err(); err != nil {
		t.Fatal(err)
	}
	if err := b.store.Sample(t.Context(), "ada", today, 7); err != nil {
		t.Fatal(err)
	}
	n, err := b.store.Samples().Len(t.Context())
	ttl := redistest.Admin(b, b.client).TTL(t.Context(), "foreday:witness").Val()
	if n != 10_000 || err != nil || ttl < time.Hour || ttl > 4*time.Hour {
		t.Errorf("there are %d samples, for %v, error %v", n, ttl, err)
	}
}
