package freshness

import (
	"testing"

	"github.com/redis/go-redis/v9"

	"foreday/cache/redistest"
	"foreday/summarizer"
)

func TestEveryKnownDayIsListed(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		const days = 20*pageDays + 1
		first := summarizer.Date{Year: 1990, Month: 1, Day: 1}
		for i := range days {
			client.ZAdd(t.Context(), daysKey("eve"), redis.Z{Score: float64(4e9 + i/300), Member: first.AddDays(i).String()})
		}
		listed := map[summarizer.Date]bool{}
		for page, err := range NewStore(client, Config{}).KnownDays(t.Context(), "eve") {
			if err != nil {
				t.Fatal(err)
			}
			if len(page) > pageDays {
				t.Fatalf("a page of %d days", len(page))
			}
			for _, date := range page {
				listed[date] = true
			}
		}
		if len(listed) != days {
			t.Errorf("%d days are listed of %d", len(listed), days)
		}
	})
}
