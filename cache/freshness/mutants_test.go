package freshness

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"foreday/cache/redistest"
)

// mutant is a small departure from the protocol, in a script or in the order of
// an actor's steps, as somebody might make by mistake or to save a line. It
// shows that the exploration notices.
type mutant struct {
	name    string
	edits   []edit
	conduct func(*conduct)
	may     faults
	orderly bool
	breaks  string // the promise, by its number
}

// leavingOut is for a conduct that leaves a step out or takes it at another time.
func leavingOut(steps []string, step string) []string {
	return slices.DeleteFunc(slices.Clone(steps), func(s string) bool { return s == step })
}

var mutants = []mutant{
	{
		name:   "no fence: commit does not compare generations",
		edits:  []edit{{"commit", "if s[1] == ARGV[2] then", "if true then"}},
		breaks: "1",
	},
	{
		name:   "an invalidation leaves the fresh copy",
		edits:  []edit{{"invalidate", "redis.call('DEL', fresh)", "redis.call('EXISTS', fresh)"}},
		breaks: "1",
	},
	{
		name: "the pending token is cleared at the end of the run",
		edits: []edit{
			{"begin", "redis.call('HDEL', state, 'token', 'asked', 'fault', 'anew')", "redis.call('HDEL', state, 'fault', 'anew')"},
			{"commit", "redis.call('HDEL', KEYS[1], 'lease', 'owner', 'denied')",
				"redis.call('HDEL', KEYS[1], 'lease', 'owner', 'denied', 'token', 'asked') s[4] = false"},
		},
		breaks: "1",
	},
	{
		name:   "a token is used again",
		edits:  []edit{{"invalidate", "token = int(math.max((tonumber(s[7]) or 0) + 1, us))", "token = s[7] or int(us)"}},
		breaks: "2",
	},
	{
		name:   "the token is made from the key",
		edits:  []edit{{"invalidate", "token = int(math.max((tonumber(s[7]) or 0) + 1, us))", "token = '1'"}},
		breaks: "2",
	},
	{
		name:    "acknowledged before anything is done",
		conduct: func(c *conduct) { c.ingest = append([]string{doAck}, leavingOut(c.ingest, doAck)...) },
		breaks:  "1",
	},
	{
		name: "acknowledged before the refresh is tracked",
		conduct: func(c *conduct) {
			c.ingest = []string{doForesee, doInvalidate, doAck, doTrack, doEnqueue}
		},
		may:    faults{crashes: 1},
		breaks: "2",
	},
	{
		name:    "what a running refresh will hand over is not tracked",
		conduct: func(c *conduct) { c.ingest = leavingOut(c.ingest, doTrack) },
		may:     faults{crashes: 1},
		breaks:  "2",
	},
	{
		name: "a redelivery is not enqueued again",
		edits: []edit{
			{"invalidate", "or ARGV[3] == '1' or", "or"},
		},
		conduct: func(c *conduct) { c.ingest = leavingOut(c.ingest, doForesee) },
		may:     faults{crashes: 1},
		breaks:  "2",
	},
	{
		name:    "redelivered messages are not vouched for",
		conduct: func(c *conduct) { c.ingest = leavingOut(c.ingest, doForesee) },
		may:     faults{crashes: 1, stalls: 1},
		breaks:  "2",
	},
	{
		name: "generations are counted from one, again after they expired",
		edits: []edit{
			{"invalidate", "local fields = {'gen', int(math.max((gen or 0) + 1, us))}", "local fields = {'gen', int((gen or 0) + 1)}"},
			{"begin", "if not gen or gen < 1e15 then gen = us end", "gen = gen or 1"},
		},
		may:    faults{losses: 1},
		breaks: "1",
	},
	{
		name:   "an older run replaces the copies of a later one",
		edits:  []edit{{"commit", "if not kept or kept <= run then", "if true then"}},
		may:    faults{ticks: 1},
		breaks: "4",
	},
	{
		name:   "a run ends another's lease",
		edits:  []edit{{"commit", "if s[2] == ARGV[1] then", "if true then"}},
		may:    faults{ticks: 1, crashes: 1},
		breaks: "2",
	},
	{
		name:   "the audit does not see that a lease has run out",
		edits:  []edit{{"audit", "if alive(lease, ARGV[3]) and", "if lease and"}},
		may:    faults{crashes: 1},
		breaks: "2",
	},
	{
		name:   "the audit puts back without a fence",
		edits:  []edit{{"audit", "math.max((tonumber(s[4]) or 0) + 1, us)", "tonumber(s[4]) or us"}},
		may:    faults{ticks: 1},
		breaks: "1",
	},
	{
		name:    "settled before it is committed",
		conduct: func(c *conduct) { c.conclude = []string{doSettle, doCommit, doEnqueue} },
		may:     faults{crashes: 1},
		breaks:  "2",
	},
	{
		name:    "a sweep strikes the old entry off first",
		conduct: func(c *conduct) { c.reissue = []string{doSettle, doTrack, doEnqueue} },
		may:     faults{crashes: 2},
		breaks:  "2",
	},
	{
		name:    "a run does not hand over what came meanwhile",
		edits:   []edit{{"commit", "return {fresh, s[4] or '',", "return {fresh, '',"}},
		orderly: true,
		breaks:  "3",
	},
	{
		name:    "nor is it in the ledger",
		edits:   []edit{{"commit", "return {fresh, s[4] or '',", "return {fresh, '',"}},
		conduct: func(c *conduct) { c.ingest = leavingOut(c.ingest, doTrack) },
		breaks:  "2",
	},
	{
		name:   "a call does not know the tokens it took when its answer was lost",
		edits:  []edit{{"invalidate", " or s[9] == ARGV[10]", ""}},
		may:    faults{lost: 1},
		breaks: "2",
	},
	{
		name:   "a failed run forgets its token",
		edits:  []edit{{"release", "if not s[2] and ARGV[2] ~= ''", "if false"}},
		may:    faults{failures: 1, crashes: 1},
		breaks: "2",
	},
	{
		name:   "a failed run promises again what it has committed",
		edits:  []edit{{"release", " and redis.call('EXISTS', KEYS[2]) == 0", ""}},
		may:    faults{failures: 1, lost: 1},
		breaks: "1",
	},
	{
		name:    "a job does not see that its work is done already",
		edits:   []edit{{"begin", "if not token and not lease and not s[13] and redis.call('EXISTS', fresh) == 1 then return {'done'} end", ""}},
		orderly: true,
		breaks:  "3",
	},
	{
		name:   "a run that seems to begin in the future is cooled down from",
		edits:  []edit{{"begin", "if not time or time > ms then", "if not time then"}},
		may:    faults{steps: 1},
		breaks: "2",
	},
	{
		name:   "a lease from before a step back counts",
		edits:  []edit{{"audit", "alive(lease, ARGV[3])", "alive(lease)"}},
		may:    faults{crashes: 1, steps: 1},
		breaks: "2",
	},
	{
		name:   "the ledger's clock goes back",
		edits:  []edit{{"claim", "math.max(ms + ahead, seen)", "ms"}},
		may:    faults{crashes: 1, steps: 1},
		breaks: "2",
	},
	{
		name:   "a run that a reader fenced off leaves nothing to do",
		edits:  []edit{{"commit", "if fresh == 0 and s[8]", "if false"}},
		may:    faults{asks: 1, crashes: 1},
		breaks: "2",
	},
	{
		name:   "what is asked for ahead is pending",
		edits:  []edit{{"requestahead", "'anew', int(ms))", "'anew', int(ms), 'token', token, 'asked', int(ms))"}},
		may:    faults{asks: 1},
		breaks: "1",
	},
	{
		name:    "a publisher's fence leaves the fresh copy",
		edits:   []edit{{"fence", "redis.call('DEL', KEYS[i + 1])", "redis.call('EXISTS', KEYS[i + 1])"}},
		conduct: func(c *conduct) { c.publish = byStore },
		breaks:  "1",
	},
	{
		name:    "a publisher's fence does not hold runs under way",
		edits:   []edit{{"fence", "gen + 1", "gen"}},
		conduct: func(c *conduct) { c.publish = byStore },
		breaks:  "1",
	},
	{
		name:    "a publisher fences what it has sent before",
		conduct: func(c *conduct) { c.publish = []string{doSend, doFence} },
		breaks:  "2",
	},
	{
		name:    "a publisher drops the copy before it holds runs under way",
		conduct: func(c *conduct) { c.publish = []string{doDrop, doRaise, doSend} },
		breaks:  "1",
	},
	{
		name:   "the generation follows the clock",
		edits:  []edit{{"invalidate", "int(math.max((gen or 0) + 1, us))", "int(us)"}},
		may:    faults{steps: 1},
		breaks: "1",
	},
}

func TestMutantsAreCaught(t *testing.T) {
	var caught atomic.Int32
	t.Run("each", func(t *testing.T) {
		for _, mu := range mutants {
			t.Run(strings.ReplaceAll(mu.name, " ", "-"), func(t *testing.T) {
				t.Parallel()
				s := scope{events: 2, may: mu.may, orderly: mu.orderly}
				if mu.orderly {
					s.events = 3
				}
				m := s.model(t, redistest.Mini(t).Client(t), mu.edits...)
				if mu.conduct != nil {
					mu.conduct(&m.conduct)
				}
				e := explore(m, state{may: s.may})
				if !strings.HasPrefix(e.broken, mu.breaks+":") {
					t.Fatalf("broke promise %q, want %s: after %v", e.broken, mu.breaks, e)
				}
				t.Logf("%s; after %d steps, the last of them: %s", e.broken, len(e.trace), e.trace[len(e.trace)-1])
				caught.Add(1)
			})
		}
	})
	if int(caught.Load()) == len(mutants) {
		fmt.Printf("proof: %d mutants, all caught\n", len(mutants))
	}
}
