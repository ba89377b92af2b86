package cache

import (
	"testing"
	"time"
)

// Those who came at once do not give up at once, as each may have a summary made then.
func TestManyWhoWaitInVainGiveUpApart(t *testing.T) {
	t.Parallel()
	const wait, tries = 20 * time.Second, 4000
	r := &Reader{cfg: ReaderConfig{Wait: wait}}
	for _, c := range []struct{ waiting, apart time.Duration }{
		{1 * time.Millisecond, 8 * time.Millisecond}, // one alone has all the time that there is
		{100 * time.Millisecond, 800 * time.Millisecond},
		{10 * time.Second, wait / 4}, // however many wait, none gives up much sooner
	} {
		var tenths [10]int
		for range tries {
			sooner := wait - r.giveUpAfter(c.waiting)
			if sooner < 0 || sooner > c.apart {
				t.Fatalf("with %d waiting, one gives up %v before the end; at most %v is allowed",
					c.waiting.Milliseconds(), sooner, c.apart)
			}
			tenths[min(9, 10*sooner/c.apart)]++
		}
		for n, got := range tenths {
			if got < tries/20 || got > tries/5 {
				t.Errorf("with %d waiting, %d of %d give up in tenth %d of the last %v, want about as many in each",
					c.waiting.Milliseconds(), got, tries, n, c.apart)
			}
		}
	}
}
