package why

import (
	"fmt"
	"slices"
	"time"

	"foreday/cache/freshness"
	"foreday/worker"
	"foreday/worker/quota"
)

// judge lists the causes that hold. Those to act on come first, then those that end by
// themselves; among them, what keeps the others from ending comes before those.
func (l *look) judge() {
	rules := []func() []Cause{
		l.otherKey, l.noWorker, l.noGroup, l.pausedQueue, l.noAccess, l.noCredit, l.archivedJob, l.overdue, l.openBreakers,
		l.failing, l.deadLetters, l.planless, l.waitingMessages, l.running, l.limited, l.cooling, l.queued, l.unwanted,
	}
	for _, rule := range rules {
		l.r.Causes = append(l.r.Causes, rule()...)
	}
	slices.SortStableFunc(l.r.Causes, func(a, b Cause) int {
		rank := func(c Cause) int {
			if c.Do != "" {
				return 0
			}
			return 1
		}
		return rank(a) - rank(b)
	})
}

// late reports whether a fresh copy is owed, or asked for, and not there.
func (l *look) late() bool { return l.r.Status != Fresh }

// owed reports whether somebody is to make one.
func (l *look) owed() bool {
	return l.state.Pending.ID != "" || l.state.Owner != "" || len(l.r.Promised) > 0 || len(l.r.Jobs) > 0 || len(l.r.Messages) > 0
}

func (l *look) otherKey() []Cause {
	if !l.unreadable {
		return nil
	}
	return []Cause{{"other_key",
		"The fresh copy cannot be opened with the FOREDAY_KEY that is set here, or it is not sealed while one is set.",
		"Set the same FOREDAY_KEY for this command, the API and the workers; `foreday get` says which have another."}}
}

func (l *look) noWorker() []Cause {
	if l.workers() > 0 || !l.late() && len(l.r.Messages) == 0 {
		return nil
	}
	return []Cause{{"no_worker", "No worker is alive: none has been heard of in the last 16 seconds.",
		"Start one with `foreday worker`, or look in its log why it ended."}}
}

func (l *look) noGroup() []Cause {
	if l.r.Stream.Joined || l.workers() == 0 {
		return nil
	}
	return []Cause{{"no_group", fmt.Sprintf("The stream %s has no consumer group %s, so that the workers read another.", l.Stream, l.Group),
		"Set FOREDAY_STREAM and FOREDAY_GROUP to the same for apps, workers and this command."}}
}

func (l *look) pausedQueue() (causes []Cause) {
	said := map[string]bool{}
	for _, j := range l.r.Jobs {
		if !j.Paused || said[j.Queue] || j.State == string(worker.JobActive) {
			continue
		}
		said[j.Queue] = true
		causes = append(causes, Cause{"queue_paused", fmt.Sprintf("The queue %s is paused, and the job of this day waits in it.", j.Queue),
			fmt.Sprintf("Unpause it: foreday redis DEL 'asynq:{%s}:paused'", j.Queue)})
	}
	return causes
}

func (l *look) noAccess() []Cause {
	if l.state.Denied == freshness.NoFault && l.state.Fault != freshness.FaultAccess && l.refused == 0 {
		return nil
	}
	text := "The user's calendar may not be read: access was refused."
	if l.refused > 0 {
		text += fmt.Sprintf(" Nobody asks again for %s.", span(l.refused))
	}
	do := "Give foreday access again, by the token broker or the service account; then publish a calendar.changed for the user."
	if l.connected {
		do = fmt.Sprintf("Have the user connect again: foreday connect %s", l.r.User)
	}
	return []Cause{{"no_access", text, do}}
}

func (l *look) noCredit() (causes []Cause) {
	for _, api := range []string{quota.Google, quota.OpenAI} {
		if ms := l.r.Limits[api].NoCredit; ms > 0 {
			causes = append(causes, Cause{"no_credit", fmt.Sprintf("The account at %s has no credit; it is tried again in %s.", serviceName(api),
				span(milliseconds(ms))), "Pay, or set another key. Until then summaries are planned without the model."})
		}
	}
	return causes
}

func (l *look) archivedJob() (causes []Cause) {
	for _, j := range l.r.Jobs {
		if j.State == string(worker.JobArchived) && l.late() {
			causes = append(causes, Cause{"job_archived", fmt.Sprintf("The job of this day was archived after %s, and does not come again.%s",
				counted(j.Failures, "failure"), lastError(j)), "Mend what failed; then " + l.askAgain()})
		}
	}
	return causes
}

// overduePatience is how long the sweep may be late with what is in the ledger.
const overduePatience = 5 * time.Second

func (l *look) overdue() (causes []Cause) {
	for _, p := range l.r.Promised {
		if late := time.Duration(-p.LookIn * float64(time.Second)); late > overduePatience && l.workers() > 0 {
			return []Cause{{"overdue", fmt.Sprintf("The refresh is promised, and should have been looked at %s ago: no worker does.", span(late)),
				"Look in the workers' logs whether they reach Redis; restart those that hang."}}
		}
	}
	// Between two steps of who applies a message, it vouches for what is in neither.
	lost := l.state.Pending.ID != "" && len(l.r.Jobs) == 0 && len(l.r.Promised) == 0 && len(l.r.Messages) == 0 && l.state.Owner == ""
	if lost && l.workers() > 0 {
		return []Cause{{"lost", "A refresh is owed, and neither in the ledger nor in a queue: Redis has lost it.", "Now " + l.askAgain()}}
	}
	return nil
}

func (l *look) openBreakers() (causes []Cause) {
	for _, api := range []string{quota.Google, quota.OpenAI} {
		n := 0
		for _, p := range l.r.Processes {
			if p.Breakers[api] != "" {
				n++
			}
		}
		if n > 0 {
			causes = append(causes, Cause{"breaker_open", fmt.Sprintf("%s keeps failing, and %s of %d call it only to see whether it does still.",
				serviceName(api), counted(n, "process"), len(l.r.Processes)), "See that " + serviceName(api) + " answers: " + addressSetting(api) +
				", its status page, the workers' logs."})
		}
	}
	return causes
}

func (l *look) failing() []Cause {
	if !l.late() || l.state.Fault != freshness.FaultCalendar {
		return nil
	}
	text := "The calendar, or what gives access to it, does not answer as it should."
	for _, j := range l.r.Jobs {
		if j.LastError != "" {
			text += lastError(j)
			break
		}
	}
	if l.r.State.Again != nil {
		text += fmt.Sprintf(" It is tried again in %s.", l.until(*l.r.State.Again))
	}
	return []Cause{{"calendar_fails", text,
		"See that the calendar and the way to it answer: GOOGLE_CALENDAR_ENDPOINT, FOREDAY_TOKEN_URL, Google's status page."}}
}

func (l *look) deadLetters() []Cause {
	// What was put aside before the last run began is no reason why the next is late.
	n := 0
	for n < len(l.r.DeadLetters) && !l.r.DeadLetters[n].At.Before(l.state.Began) {
		n++
	}
	if n == 0 {
		return nil
	}
	return []Cause{{"dead_letters", fmt.Sprintf("%s of this user could not be understood or applied, the last %s.", counted(n, "message"),
		l.r.DeadLetters[0].MessageID), "See `foreday dead list`; mend what is wrong, and `foreday dead replay " + l.r.DeadLetters[0].MessageID + "`."}}
}

func (l *look) planless() []Cause {
	if !l.degraded {
		return nil
	}
	return []Cause{{"no_model",
		"The summary was planned without the model, which failed; it is made again when it ends, within 5 minutes.", ""}}
}

// claimIdle is after what time another consumer takes over what one has not acknowledged.
const claimIdle = 3 * time.Second

func (l *look) waitingMessages() (causes []Cause) {
	unread, slow, dead := 0, 0, 0
	for _, m := range l.r.Messages {
		switch {
		case m.Consumer == "":
			unread++
		case m.Idle > claimIdle.Seconds():
			dead++
		default:
			slow++
		}
	}
	if unread > 0 {
		first := l.r.Messages[len(l.r.Messages)-unread].Published
		causes = append(causes, Cause{"unread", fmt.Sprintf("%s of this user not read yet, of %d of all users, the first published %s ago.",
			are(unread, "message"), max(l.r.Stream.Unread, int64(unread)), l.since(first)), l.moreWorkers(first)})
	}
	if dead > 0 {
		causes = append(causes, Cause{"unacknowledged", fmt.Sprintf("%s of this user with a consumer that has died or hangs; another takes over.",
			are(dead, "message")), ""})
	}
	if slow > 0 {
		causes = append(causes, Cause{"being_applied", fmt.Sprintf("%s of this user being applied, or tried again apart from others'.",
			are(slow, "message")), ""})
	}
	return causes
}

// moreWorkers is what to do about a message that is not read since then: mostly, it is at once.
func (l *look) moreWorkers(since time.Time) string {
	if l.workers() == 0 || l.Now().Sub(since) < overduePatience {
		return ""
	}
	return "Start more workers, and look in their logs whether they reach Redis."
}

func (l *look) running() []Cause {
	s := l.r.State
	switch {
	case !s.Running:
		return nil
	case s.Lapsed:
		return []Cause{{"run_lapsed", "A run was under way" + by(s.Process) + ", and let its lease end: the process has died, or hangs. " +
			"Another takes over within seconds.", ""}}
	}
	text := "A run is under way" + by(s.Process)
	if s.Began != nil {
		text += fmt.Sprintf(", begun %s ago", l.since(*s.Began))
	}
	return []Cause{{"running", text + ".", ""}}
}

func by(process string) string {
	if process == "" {
		return ""
	}
	return " by " + process
}

func (l *look) limited() (causes []Cause) {
	for _, api := range []string{quota.Google, quota.OpenAI} {
		limit := l.r.Limits[api]
		waits := limit.UserWaiting > 0 || limit.Stopped > 0 || l.state.Fault == freshness.FaultQuota
		if limit.Binding == "" || limit.NoCredit > 0 || !waits || !l.owed() {
			continue
		}
		text := fmt.Sprintf("Calls of %s wait for %s.", serviceName(api), limit.Binding)
		if limit.Before >= 0 {
			text += fmt.Sprintf(" %s before this job's, whose turn is expected in %s.", are(limit.Before, "call"), span(milliseconds(limit.Turn)))
		} else if limit.BindingFor > 0 {
			text += fmt.Sprintf(" It frees in %s.", span(time.Duration(limit.BindingFor*float64(time.Second))))
		}
		causes = append(causes, Cause{"limit", text, ""})
	}
	return causes
}

func (l *look) cooling() []Cause {
	if !l.late() || !l.owed() || l.r.State.CooldownUntil == nil || l.r.State.Running {
		return nil
	}
	return []Cause{{"cooldown", fmt.Sprintf("The last run began a moment ago, and the next may in %s (FOREDAY_COOLDOWN).",
		l.until(*l.r.State.CooldownUntil)), ""}}
}

func (l *look) queued() (causes []Cause) {
	putOff := false
	for _, j := range l.r.Jobs {
		text := ""
		switch worker.JobState(j.State) {
		case worker.JobPending:
			before := fmt.Sprintf("%s before it", are(int(j.Before), "job"))
			if j.Before < 0 {
				before = "More than 10,000 jobs are before it"
			}
			text = fmt.Sprintf("The job is in the queue %s. %s.", j.Queue, before)
		case worker.JobScheduled:
			if putOff {
				continue // two tokens, of one day: it is made once
			}
			putOff, text = true, fmt.Sprintf("The job was put off, and is due in %s.", l.until(deref(j.Next)))
		case worker.JobRetry:
			text = fmt.Sprintf("The job comes again in %s, after %s.%s", l.until(deref(j.Next)), counted(j.Failures, "failure"), lastError(j))
		case worker.JobActive:
			if l.r.State.Running {
				continue
			}
			text = fmt.Sprintf("A worker has taken the job from the queue %s, and has not begun: it waits for the user's time zone.", j.Queue)
		default:
			continue
		}
		causes = append(causes, Cause{"queued", text, ""})
	}
	return causes
}

// unwanted is about a day that nobody is to make.
func (l *look) unwanted() []Cause {
	if !l.late() || l.owed() {
		return nil
	}
	switch {
	case l.state.Generation == 0:
		return []Cause{{"unknown", "Nothing is known of this day: no message was applied to it, and nobody has asked for it.",
			"Check the user's ID and the date; then " + l.askAgain()}}
	case l.dueAhead():
		return []Cause{{"ended", "The last summary has ended, and no message has come since: it is made again when somebody reads.", ""}}
	}
	return []Cause{{"not_due", fmt.Sprintf("Nobody has asked for this day lately, and it is not one of the %s from today on that are made "+
		"ahead of readers (FOREDAY_REFRESH_DAYS): it is made when somebody reads.", counted(l.RefreshDays, "day")), ""}}
}

// askAgain is how to have the day made.
func (l *look) askAgain() string {
	return fmt.Sprintf("have it made: foreday get %s %s --fresh", l.r.User, l.r.Date)
}

func (l *look) since(t time.Time) string { return span(max(0, l.Now().Sub(t))) }
func (l *look) until(t time.Time) string { return span(max(0, t.Sub(l.Now()))) }

func milliseconds(ms int64) time.Duration {
	return time.Duration(ms) * time.Millisecond
}

func deref(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// lastError is why a job failed, in the words of the log.
func lastError(j Job) string {
	if j.LastError == "" {
		return ""
	}
	return " Its last error: " + j.LastError + "."
}

// are begins a sentence: "1 message is", "2 messages are".
func are(n int, thing string) string {
	if n == 1 {
		return "1 " + thing + " is"
	}
	return counted(n, thing) + " are"
}

func serviceName(api string) string {
	if api == quota.Google {
		return "Google Calendar"
	}
	return "the model"
}

func addressSetting(api string) string {
	if api == quota.Google {
		return "GOOGLE_CALENDAR_ENDPOINT"
	}
	return "OPENAI_BASE_URL, OPENAI_API_KEY"
}
