package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"foreday/cache/freshness"
	"foreday/cmd/foreday/internal/terminal"
	"foreday/cmd/foreday/internal/why"
	"foreday/cmd/foreday/internal/wiring"
	"foreday/worker"
	"foreday/worker/quota"
)

type whyCmd struct {
	wiring.RedisSettings  `embed:"" group:"Redis"`
	wiring.StreamSettings `embed:"" group:"Redis"`
	wiring.CacheSettings  `embed:"" group:"Summaries"`
	wiring.DaySettings    `embed:"" group:"Summaries"`
	User                  string  `arg:"" help:"Whose summary."`
	Date                  dayFlag `arg:"" optional:"" help:"Its date: YYYY-MM-DD, yesterday, today or tomorrow; today if not given."`
	JSON                  bool    `name:"json" help:"Print all that was found as one JSON object."`
}

// Run prints where a summary is on its way. It changes nothing.
func (c *whyCmd) Run(ctx context.Context, out console) error {
	if err := validUser(c.User); err != nil {
		return err
	}
	seal, err := c.Seal()
	if err != nil {
		return wiring.WrongUsage(err)
	}
	client, err := c.Connect(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	store := freshness.NewStore(client, freshness.Config{SummaryTTL: c.SummaryTTL, StaleTTL: c.StaleTTL, Cooldown: c.Cooldown, Seal: seal})
	name, err := store.Zone(ctx, c.User)
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" {
		zone = c.Zone.OrUTC()
	}
	report, err := why.Look(ctx, why.Config{
		Client: client, Store: store, Queue: worker.NewQueue(client, worker.DefaultQueue), Stream: c.Stream, Group: c.Group,
		RefreshDays: c.RefreshDays, Now: time.Now,
	}, c.User, c.Date.of(time.Now(), zone))
	if err != nil {
		return err
	}
	if c.JSON {
		return terminal.PrintJSON(out.stdout, report)
	}
	printReport(out, report, time.Now())
	return nil
}

// printReport prints what was found in sentences, and then what they rest on.
func printReport(out console, r why.Report, now time.Time) {
	width, paint := min(terminal.Width(out.stdout), 100), terminal.NewPainter(out.stdout)
	say := func(margin, text string) {
		for i, line := range terminal.WrapCommand(terminal.OneLine(text), width-len(margin)) {
			if i > 0 {
				margin = strings.Repeat(" ", len(margin))
			}
			fmt.Fprintln(out.stdout, margin+line)
		}
	}
	for i, line := range terminal.Wrap(verdict(r, now), width) {
		if i == 0 {
			line = paint.Bold(line)
		}
		fmt.Fprintln(out.stdout, line)
	}
	for i, cause := range r.Causes {
		say(fmt.Sprintf("%d. ", i+1), cause.Text)
		if cause.Do != "" {
			say("   ", cause.Do)
		}
	}
	fmt.Fprintln(out.stdout)
	for _, fact := range factsOf(r, now) {
		say(terminal.Pad(fact[0], 10), fact[1])
	}
}

// verdict says what readers get.
func verdict(r why.Report, now time.Time) string {
	head := fmt.Sprintf("%s, %s: ", r.User, r.Date)
	if r.Status == why.Fresh {
		if len(r.Causes) == 0 {
			return head + fmt.Sprintf("fresh for %s more; nothing is late.", in(r.FreshUntil, now))
		}
		return head + fmt.Sprintf("fresh for %s more.", in(r.FreshUntil, now))
	}
	text := "no fresh summary"
	if r.Since != nil {
		text += fmt.Sprintf(" since a message of %s ago", in(&now, *r.Since))
	}
	switch {
	case r.Status == why.None:
		text += ", and no older one."
	case r.MadeAt != nil:
		text += fmt.Sprintf("; readers get the last one, made %s ago.", in(&now, *r.MadeAt))
	default:
		text += "; readers get the last one."
	}
	return head + text
}

// factsOf are what the sentences rest on, each with its name.
func factsOf(r why.Report, now time.Time) (facts [][2]string) {
	fact := func(name string, parts ...string) {
		parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
		facts = append(facts, [2]string{name, strings.Join(parts, "; ")})
	}
	s := r.State
	fact("state", fmt.Sprintf("generation %d", s.Generation), some("token %s", s.Token), ago("asked for %s ago", s.Asked, now),
		some("message %s", s.Message), some("days kept in %s", r.Timezone), ago("read %s ago", s.Read, now))
	run := "none has begun"
	if s.Began != nil {
		run = "the last has ended"
	}
	if s.Running {
		run = "under way" + some(" by %s", s.Process)
	}
	fact("run", run, ago("begun %s ago", s.Began, now), some("failed: %s", s.Fault))
	if len(r.Promised) == 0 {
		fact("promised", "no: it is in no ledger")
	}
	for _, p := range r.Promised {
		fact("promised", "token "+p.Token, fmt.Sprintf("looked at in %s", seconds(p.LookIn)))
	}
	if len(r.Jobs) == 0 {
		fact("job", "none in the queues")
	}
	for _, j := range r.Jobs {
		fact("job", fmt.Sprintf("%s in %s", j.State, j.Queue), "token "+j.Token)
	}
	for _, api := range []string{quota.Google, quota.OpenAI} {
		fact(api, limitFact(r.Limits[api]))
	}
	fact("stream", messageFact(r)...)
	if n := len(r.DeadLetters); n > 0 {
		fact("dead", fmt.Sprintf("%s of this user, the last %s", counted(n, "message"), r.DeadLetters[0].MessageID))
	}
	processes := make([]string, len(r.Processes))
	for i, p := range r.Processes {
		processes[i] = p.Part + " " + p.Name
	}
	if len(processes) == 0 {
		processes = []string{"none has been heard of in the last 16 s"}
	}
	fact("processes", processes...)
	return facts
}

func limitFact(l why.Limit) string {
	var used []string
	for _, u := range []struct {
		use  quota.LimitUse
		what string
	}{
		{l.Requests, "requests a minute"}, {l.UserRequests, "of this user"}, {l.Tokens, "tokens a minute"}, {l.DailyTokens, "of this user today"},
	} {
		if u.use.Limit > 0 {
			used = append(used, fmt.Sprintf("%d of %d %s", u.use.Used, u.use.Limit, u.what))
		}
	}
	if len(used) == 0 {
		used = []string{"no limit is set"}
	}
	return fmt.Sprintf("%s; %s waiting, %d of them of this user", strings.Join(used, ", "), counted(l.Waiting, "call"), l.UserWaiting)
}

// mostIDs is how many messages are named; JSON has all that were found.
const mostIDs = 5

func messageFact(r why.Report) []string {
	parts := []string{fmt.Sprintf("%d not read", r.Stream.Unread), fmt.Sprintf("%d not acknowledged", r.Stream.Delivered)}
	if r.Stream.Unread < 0 {
		parts = parts[1:]
	}
	if !r.Stream.Joined {
		parts = []string{"no group " + r.Stream.Group}
	}
	var ids []string
	for _, m := range r.Messages {
		ids = append(ids, m.ID)
	}
	whose := "none of this user"
	if len(ids) > 0 {
		whose = fmt.Sprintf("%d of this user: %s", len(ids), strings.Join(ids[:min(len(ids), mostIDs)], ", "))
	}
	if len(ids) > mostIDs {
		whose += ", …"
	}
	if r.Stream.Partial {
		whose += " among those looked at"
	}
	return append(parts, whose)
}

// some is the text with what is known in it, "" if that is nothing.
func some(text, known string) string {
	if known == "" {
		return ""
	}
	return fmt.Sprintf(text, known)
}

func ago(text string, t *time.Time, now time.Time) string {
	if t == nil {
		return ""
	}
	return fmt.Sprintf(text, in(&now, *t))
}

// in is how long it is from one time to another.
func in(t *time.Time, from time.Time) string {
	if t == nil {
		return "?"
	}
	return seconds(max(0, t.Sub(from)).Seconds())
}

func seconds(s float64) string {
	d := time.Duration(s * float64(time.Second))
	if d.Abs() < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return terminal.Duration(d.Round(time.Second))
}
