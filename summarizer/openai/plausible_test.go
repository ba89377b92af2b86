package openai

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"foreday/summarizer"
)

// What models write of these days, in styles of their own: at least nine answers
// in ten are accepted as they are. The rest costs a repair, or the plain writer.
func TestPlausibleAnswersAreAccepted(t *testing.T) {
	t.Parallel()
	accepted, total := 0, 0
	for day, answers := range plausible {
		p := newPrompt(plausibleDays[day])
		for _, a := range answers {
			total++
			if _, refused := judge(p, answered(a)); refused != nil {
				t.Logf("%s: refused for %s: %s\n%s", day, refused.reason, strings.Join(refused.advice, "; "), a)
			} else {
				accepted++
			}
		}
	}
	t.Logf("%d of %d accepted", accepted, total)
	if total < 60 || 10*accepted < 9*total {
		t.Errorf("%d of %d accepted", accepted, total)
	}
}

// answered makes JSON of lines: the headline first, each with the numbers of the
// events that it cites before it.
func answered(lines string) string {
	var a answer
	for i, l := range strings.Split(strings.TrimSpace(lines), "\n") {
		ids, text, _ := strings.Cut(strings.TrimSpace(l), "| ")
		said := line{Text: text, Events: []string{}}
		for _, id := range strings.Fields(ids) {
			said.Events = append(said.Events, "e"+id)
		}
		if i == 0 {
			a.Headline = said
		} else {
			a.Sentences = append(a.Sentences, said)
		}
	}
	b, err := json.Marshal(a)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// novelEvent is news on Monday, 23 November 2026, at a time of day given as
// "15:00".
func novelEvent(title, calendar, from, to, reason string, status summarizer.EventStatus) summarizer.Verdict {
	clock := func(s string) time.Time {
		c, err := time.Parse("15:04", s)
		if err != nil {
			panic(err)
		}
		return time.Date(2026, 11, 23, c.Hour(), c.Minute(), 0, 0, time.UTC)
	}
	return summarizer.Verdict{Novel: true, Novelty: 1, Reason: reason,
		Event: summarizer.Event{Title: title, Calendar: calendar, Start: clock(from), End: clock(to), Status: status}}
}

func wholeDays(title, calendar string, first, last int, reason string) summarizer.Verdict {
	return summarizer.Verdict{Novel: true, Novelty: 1, Reason: reason, Event: summarizer.Event{Title: title, Calendar: calendar, AllDay: true,
		StartDate: summarizer.Date{Year: 2026, Month: 11, Day: first}, EndDate: summarizer.Date{Year: 2026, Month: 11, Day: last + 1}}}
}

func dayWith(total int, novel ...summarizer.Verdict) summarizer.Brief {
	return summarizer.Brief{Day: summarizer.Day{Date: summarizer.Date{Year: 2026, Month: 11, Day: 23}, Zone: time.UTC}, Total: total, Novel: novel}
}

var plausibleDays = map[string]summarizer.Brief{
	"one": dayWith(7, novelEvent("Dentist", "Personal", "15:00", "16:00", never, "")),
	"two": dayWith(5, novelEvent("Flat viewing at York Road", "Personal", "09:30", "10:15", never, ""),
		novelEvent("Anna's concert", "Family", "20:00", "22:30", never, "")),
	"moved": dayWith(4, novelEvent("Design review", "Work", "17:00", "18:00", "usually Tuesday 10:00", "")),
	"cancelled": dayWith(3, novelEvent("Team sync", "Work", "10:00", "10:30", "cancelled, usually Monday 10:00", summarizer.Cancelled),
		novelEvent("Lunch with Priya", "Personal", "12:00", "13:30", never, "")),
	"fair": dayWith(2, wholeDays("Trade fair", "Work", 21, 25, never), novelEvent("Board dinner", "Work", "19:00", "21:00", "2nd time in a year, last on 9 June 2026", summarizer.Tentative)),
	"only": dayWith(1, wholeDays("Moving house", "Personal", 23, 23, never)),
	"trip": dayWith(4, novelEvent("Train to Ghent", "Travel", "07:12", "09:40", never, ""), novelEvent("Workshop with Acme", "Work", "11:00", "15:00", never, "")),
	"swim": dayWith(6, novelEvent("Mia swimming", "Family", "17:30", "18:15", "usually 16:30", "")),
	"late": dayWith(8, novelEvent("תור לרופא שיניים", "אישי", "08:00", "08:30", never, ""), novelEvent("Release v2.1", "Work", "14:00", "15:00", "3rd time in a year, last on 15 October 2026", ""),
		novelEvent("🎂 Omar", "Family", "19:00", "23:00", "once a year, last on 23 November 2025", "")),
	"many": dayWith(9, novelEvent("Interview: Marek", "Work", "09:00", "10:00", never, ""), novelEvent("Sprint 43 review", "Work", "11:00", "12:00", "moved from Friday 20 November 15:00", ""),
		novelEvent("Vet", "Personal", "14:15", "14:45", never, ""), novelEvent("Parents' evening", "Family", "18:30", "20:00", "once a year, last on 24 November 2025", ""),
		novelEvent("Book club", "Personal", "20:30", "22:00", "renamed, a monthly routine under another title", "")),
}

var plausible = map[string][]string{
	"one": {
		`1| You have one unusual event today: “Dentist” at 15:00.
		1| “Dentist” is scheduled from 15:00 to 16:00, for the first time in a year.
		| The other 6 events are routine.`,
		`1| Today stands out for “Dentist” at 15:00.
		1| “Dentist” runs from 15:00 until 16:00 in your “Personal” calendar and is the first time in a year.`,
		`1| Dentist at 3 PM is the only unusual event today.
		1| Dentist takes place from 3:00 PM to 4:00 PM in your Personal calendar, the first time in a year.`,
		`1| "Dentist" at 3:00 p.m. is out of the ordinary today.
		1| "Dentist" (3–4 p.m.) is on your calendar for the first time in a year.
		| Everything else is routine.`,
		`1| A dentist appointment stands out today.
		1| “Dentist” is at 15:00, first time in a year.`,
		`1| Monday brings one unusual event: “Dentist”.
		1| “Dentist” starts at 15:00 and ends at 16:00. It is the first such event in a year.`,
		`1| One thing stands out today: Dentist, from 15:00 to 16:00.
		1| Your “Dentist” appointment at 15:00 is listed in your “Personal” calendar: first time in a year.
		| The remaining 6 events are part of your usual routine.`,
		`1| “Dentist” this afternoon is the one unusual thing.
		1| You have “Dentist” at 15:00 this afternoon, lasting one hour; this is the first time in a year.`,
		`1| On Monday, 23 November, “Dentist” is the single unusual event.
		1| Scheduled between 15:00 and 16:00, “Dentist” appears for the first time in a year.`,
		`1| Your day includes an unusual event, “Dentist,” at 15:00.
		1| “Dentist” is planned for 15:00–16:00 (first time in a year).
		| The rest of your day is routine.`,
		`1| One unusual event today: “Dentist” (15:00–16:00)
		1| It's the first time in a year that “Dentist” appears on your calendar, at 15:00.`,
		`1| Of your 7 events today, only “Dentist” at 15:00 is unusual.
		1| “Dentist” is a one-hour appointment at 15:00, first time in a year.`,
		`1| “Dentist” breaks your usual routine today.
		1| “Dentist” is set for 15:00 to 16:00 in the calendar “Personal”. It has not happened in a year.`,
	},
	"two": {
		`1 2| Two unusual events today: “Flat viewing at York Road” and “Anna's concert”.
		1| “Flat viewing at York Road” is at 09:30, first time in a year.
		2| “Anna's concert” is at 20:00, first time in a year.
		| The other 3 events are routine.`,
		`1 2| “Flat viewing at York Road” at 09:30 and “Anna’s concert” at 20:00 stand out today.
		1| “Flat viewing at York Road” runs from 9:30 AM to 10:15 AM.
		2| “Anna’s concert” runs from 8 PM to 10:30 PM.`,
		`1 2| Flat viewing at York Road (09:30–10:15) and Anna's concert (20:00–22:30) are the two unusual events today.
		1| Flat viewing at York Road is in your Personal calendar for the first time in a year.
		2| Anna's concert is in your Family calendar for the first time in a year.`,
		`1 2| Today features two things out of the ordinary: “Flat viewing at York Road” and “Anna's concert”.
		1| In the morning, “Flat viewing at York Road” takes place at 09:30.
		2| In the evening, “Anna's concert” takes place from 20:00 until 22:30.`,
		`1 2| Two things stand out: “Flat viewing at York Road” in the morning and “Anna's concert” in the evening.
		1| “Flat viewing at York Road” (Personal) lasts 45 minutes, from 09:30.
		2| “Anna's concert” (Family) lasts from 20:00 to 22:30.
		| Your other 3 events are routine.`,
		`1 2| Your Monday includes “Flat viewing at York Road” at 9:30 a.m. and “Anna's concert” at 8:00 p.m.
		1| The “Flat viewing at York Road” is scheduled at 9:30 a.m. and is new in your calendar.
		2| “Anna's concert” begins at 8:00 p.m. and ends at 10:30 p.m.; it is the first time in a year.`,
		`1 2| 2 of 5 events are unusual today: “Flat viewing at York Road” and “Anna's concert”.
		1 2| Both “Flat viewing at York Road” and “Anna's concert” are on your calendar for the first time in a year.`,
		`2 1| “Anna's concert” and “Flat viewing at York Road” are not part of your usual routine.
		1| “Flat viewing at York Road” is scheduled for 09:30 in your calendar “Personal”.
		2| “Anna's concert” is scheduled for 20:00 in your calendar “Family”.`,
		`1 2| Two notable additions to your day: “Flat viewing at York Road” and “Anna's concert”
		1| “Flat viewing at York Road” – 09:30–10:15, first time in a year
		2| “Anna's concert” – 20:00–22:30, first time in a year`,
		`1 2| Today is different: “Flat viewing at York Road” at 09:30, then “Anna's concert” at 20:00.
		1| “Flat viewing at York Road” is at 09:30.
		2| “Anna's concert” is at 20:00.`,
	},
	"moved": {
		`1| “Design review” has been moved to 17:00 today.
		1| “Design review” is usually on Tuesday at 10:00, but takes place from 17:00 to 18:00.`,
		`1| “Design review” at 17:00 is the one unusual thing today.
		1| “Design review” is in your “Work” calendar at 17:00: usually Tuesday 10:00.
		| The other three events are routine.`,
		`1| One unusual event: “Design review” at 5 PM instead of Tuesday 10 AM.
		1| “Design review” runs from 5 PM to 6 PM today; it normally takes place on Tuesdays at 10:00.`,
		`1| “Design review” takes place at an unusual time today.
		1| Usually Tuesday 10:00, “Design review” is scheduled from 17:00 to 18:00.`,
		`1| “Design review” is at 17:00, rather than its usual Tuesday 10:00.
		1| “Design review” (17:00–18:00) in your Work calendar is usually held on Tuesdays at 10:00.
		| Everything else is as usual.`,
		`1| Design review stands out: 17:00, usually Tuesday 10:00.
		1| Today Design review starts at 17:00 instead of the usual Tuesday at 10:00.`,
		`1| The only unusual event today is “Design review”, which was moved from Tuesday 10:00.
		1| “Design review” is at 17:00 and lasts for one hour.`,
		`1| Your “Design review” is today at 17:00.
		1| It is unusual: “Design review” typically takes place on Tuesday at 10:00.`,
		`1| “Design review” appears this Monday at 17:00.
		1| “Design review” is listed in your calendar “Work” from 17:00 until 18:00, whereas it is usually Tuesday 10:00.`,
	},
	"cancelled": {
		`2 1| “Lunch with Priya” at 12:00 stands out, and “Team sync” is cancelled.
		1| “Team sync”, usually Monday 10:00, is cancelled.
		2| “Lunch with Priya” is at 12:00 for the first time in a year.
		| The other event is routine.`,
		`1 2| “Team sync” at 10:00 is cancelled; “Lunch with Priya” is at noon.
		1| “Team sync” has been canceled today.
		2| “Lunch with Priya” runs from 12:00 PM to 1:30 PM.`,
		`1 2| Two unusual things today: “Team sync” (cancelled) and “Lunch with Priya”.
		1| “Team sync” is called off; it is usually on Monday at 10:00.
		2| “Lunch with Priya” takes place from 12:00 to 13:30, lasting 90 minutes.`,
		`1| “Team sync” will not take place today.
		1| “Team sync”, usually held on Mondays at 10:00, is cancelled.
		2| “Lunch with Priya” is scheduled for 12:00–13:30 in your Personal calendar.`,
		`2| “Lunch with Priya” is an unusual event today, at 12:00.
		1| The “Team sync” at 10:00 is cancelled.
		2| “Lunch with Priya” is new: first time in a year.`,
		`1 2| Team sync is cancelled and Lunch with Priya is scheduled at 12:00.
		1| Team sync (10:00–10:30) is cancelled.
		2| Lunch with Priya (12:00–13:30) happens for the first time in a year.`,
		`1 2| “Team sync” cancelled, “Lunch with Priya” at 12:00
		1| Cancelled: “Team sync”, 10:00–10:30.
		2| “Lunch with Priya”: 12:00–13:30, first time in a year.`,
	},
	"fair": {
		`1 2| “Trade fair” continues and “Board dinner” is tentatively planned at 19:00.
		1| “Trade fair” is all day, day 3 of 5.
		2| “Board dinner” is tentative, from 19:00 to 21:00.`,
		`1 2| Two unusual events today: “Trade fair” all day and “Board dinner” in the evening.
		1| “Trade fair” takes up the whole day, day 3 of 5.
		2| “Board dinner” is at 19:00 (tentative): 2nd time in a year, last on 9 June 2026.`,
		`1 2| Today holds “Trade fair” and “Board dinner”.
		1| “Trade fair” runs all day in your “Work” calendar; it is the third day of five.
		2| “Board dinner” at 7 PM is not yet confirmed, and is the second time in a year.`,
		`1| “Trade fair” is an all-day event, day three of five.
		1| “Trade fair” is on your calendar for the first time in a year.
		2| “Board dinner” is set for 19:00–21:00 and still tentative; it last took place on 9 June 2026.`,
		`1 2| Both events today are unusual: “Trade fair” and “Board dinner”.
		1| “Trade fair” lasts all day, day 3 of 5.
		2| “Board dinner” lasts two hours, from 19:00.`,
		`2| “Board dinner” at 19:00 is tentative.
		1| “Trade fair” (all day, day 3 of 5) stands out: first time in a year.
		2| “Board dinner” is tentative for this evening at 19:00.`,
	},
	"only": {
		`1| “Moving house” is the only event today.
		1| “Moving house” takes all day, for the first time in a year.`,
		`1| Moving house is on your calendar all day.
		1| Moving house is an all-day event in your Personal calendar: first time in a year.
		| There are no other events.`,
		`1| Your one event today is “Moving house”.
		1| “Moving house” fills the entire day and is the first time in a year.`,
		`1| Today is marked by an unusual all-day event, “Moving house”.
		1| “Moving house” is listed for the whole day.`,
		`1| “Moving house” all day today
		1| “Moving house” (Personal) is all day: first time in a year. Nothing else is scheduled.`,
	},
	"many": {
		`1 2 3| Five unusual events today, among them “Interview: Marek”, “Sprint 43 review” and “Vet”.
		1| “Interview: Marek” is at 09:00.
		2| “Sprint 43 review” is at 11:00, moved from Friday 20 November 15:00.
		3| “Vet” is at 14:15 for 30 minutes.
		4| “Parents' evening” is at 18:30, once a year.
		5| “Book club” is at 20:30, renamed, a monthly routine under another title.
		| The other 4 events are routine.`,
		`1 2 3 4 5| An unusual Monday: “Interview: Marek”, “Sprint 43 review”, “Vet”, “Parents' evening” and “Book club” stand out.
		1| “Interview: Marek” (09:00–10:00): first time in a year.
		2| “Sprint 43 review” (11:00–12:00) was moved from Friday, November 20.
		3| “Vet” (14:15–14:45): first time in a year.
		4| “Parents' evening” (18:30–20:00) happens once a year; it was last on November 24, 2025.
		5| “Book club” (20:30–22:00) has been renamed.`,
		`1 3| “Interview: Marek” at 9:00 AM and “Vet” at 2:15 PM are among 5 unusual events today.
		1| “Interview: Marek” takes place from 9:00 AM to 10:00 AM in your Work calendar.
		2| “Sprint 43 review” takes place at 11:00 AM, moved from Friday at 15:00.
		3| “Vet” takes place at 2:15 PM in your Personal calendar.
		4| “Parents' evening” takes place at 6:30 PM in your Family calendar.`,
		`4| “Parents' evening” at 18:30 and 4 more things stand out.
		1| Interview: Marek is scheduled at 09:00.
		2| Sprint 43 review is scheduled at 11:00 instead of Friday.
		3| Vet is scheduled at 14:15.
		4| Parents’ evening is scheduled at 18:30, a yearly event.
		5| Book club is scheduled at 20:30 under a new title.`,
		`1 5| 5 of your 9 events are out of the ordinary, including “Interview: Marek” and “Book club”.
		1 3| “Interview: Marek” at 09:00 and “Vet” at 14:15 are both new.
		2| “Sprint 43 review” has moved to 11:00; it was moved from Friday 20 November at 15:00.
		4 5| In the evening there are “Parents' evening” at 18:30 and “Book club” at 20:30.
		| The remaining 4 events are as usual.`,
		`1| Busy day with five unusual events, starting with “Interview: Marek” at 09:00.
		1| “Interview: Marek” at 09:00.
		2| “Sprint 43 review” at 11:00.
		3| “Vet” at 14:15.
		4| “Parents' evening” at 18:30.
		5| “Book club” at 20:30.`,
		`2 3| Five events stand out today, among them “Sprint 43 review” and “Vet”.
		1| “Interview: Marek” is a new event at 09:00.
		2| “Sprint 43 review” is at 11:00 instead of Friday 20 November at 15:00.
		3| “Vet” is a half-hour appointment at 14:15.
		4| “Parents' evening” lasts from 18:30 to 20:00.`,
		`1 2 3 4 5| Five unusual events: Interview: Marek (09:00), Sprint 43 review (11:00), Vet (14:15), Parents' evening (18:30) and Book club (20:30).
		1| Interview: Marek, 09:00–10:00: first time in a year.
		2| Sprint 43 review, 11:00–12:00: moved from Friday 20 November 15:00.
		3| Vet, 14:15–14:45: first time in a year.
		4| Parents' evening, 18:30–20:00: once a year, last on 24 November 2025.
		5| Book club, 20:30–22:00: renamed.`,
		`1 2| Your day includes five unusual events, such as “Interview: Marek” and “Sprint 43 review”.
		1| “Interview: Marek” is on your work calendar from 09:00 to 10:00.
		2| “Sprint 43 review” has been rescheduled from Friday 20 November.
		3| “Vet” is in your personal calendar from 14:15 to 14:45.
		4| “Parents' evening” is in your family calendar from 18:30 to 20:00.`,
		`1 2 3| 5 unusual things, among them “Interview: Marek”, “Sprint 43 review”, “Vet” and 2 more.
		1| “Interview: Marek” is in your calendar “Work” at 09:00: first time in a year.
		2| “Sprint 43 review” is in your calendar “Work” at 11:00: moved from Friday 20 November 15:00.
		3| “Vet” is in your calendar “Personal” at 14:15: first time in a year.
		4| “Parents' evening” is in your calendar “Family” at 18:30: once a year, last on 24 November 2025.
		5| “Book club” is in your calendar “Personal” at 20:30: renamed, a monthly routine under another title.
		| The other 4 events are routine.`,
	},
	"trip": {
		`1 2| Your Monday features a train journey and a workshop.
		1| “Train to Ghent” departs at 07:12.
		2| “Workshop with Acme” is from 11:00 to 15:00.`,
		`1 2| “Train to Ghent” and “Workshop with Acme” are today's unusual events.
		1| “Train to Ghent” is scheduled for 07:12–09:40, something that has not happened in a year.
		2| “Workshop with Acme” is scheduled for 11:00–15:00, also the first time in a year.
		| The other two events are routine.`,
		`1 2| Two events break from your routine: “Train to Ghent” at 7:12 AM and “Workshop with Acme” at 11 AM.
		1| “Train to Ghent” is on your “Travel” calendar, from 7:12 AM to 9:40 AM.
		2| “Workshop with Acme” is on your “Work” calendar, from 11 AM to 3 PM.`,
		`1 2| Today you have “Train to Ghent” in the morning, followed by “Workshop with Acme” at 11:00.
		1| “Train to Ghent” leaves at 07:12 and ends at 09:40.
		2| “Workshop with Acme” begins at 11:00 and runs until 15:00.`,
		`1 2| Two first-time events today: “Train to Ghent” and “Workshop with Acme”.
		1| “Train to Ghent” (07:12–09:40) shows up for the first time in a year.
		2| “Workshop with Acme” (11:00–15:00) shows up for the first time in a year.`,
		`1 2| Train to Ghent (7:12–9:40 a.m.) and Workshop with Acme (11 a.m.–3 p.m.) stand out on Monday.
		1| Train to Ghent is in your Travel calendar: first time in a year.
		2| Workshop with Acme is in your Work calendar: first time in a year.
		| The other 2 events are part of your routine.`,
		`1 2| Out of 4 events, two are unusual: “Train to Ghent” and “Workshop with Acme”.
		1| At 07:12 there is “Train to Ghent”, the first one in a year.
		2| At 11:00 there is “Workshop with Acme”, the first one in a year; it lasts four hours.`,
		`1 2| “Train to Ghent” (07:12) and “Workshop with Acme” (11:00) are out of the ordinary.
		1| “Train to Ghent” will take place from 07:12 to 09:40.
		2| “Workshop with Acme” will take place from 11:00 to 15:00.
		| The rest of the day is as usual.`,
	},
	"swim": {
		`1| “Mia swimming” is at 17:30 instead of 16:30 today.
		1| “Mia swimming” takes place from 17:30 to 18:15, usually 16:30.`,
		`1| The one unusual thing today is “Mia swimming” at 17:30.
		1| “Mia swimming” is usually at 16:30, but is scheduled for 17:30–18:15 today.
		| The other 5 events are routine.`,
		`1| Mia swimming has moved to 5:30 PM.
		1| Mia swimming, normally at 4:30 PM, is at 5:30 PM today and lasts 45 minutes.`,
		`1| One change today: “Mia swimming” at 17:30 rather than the usual 16:30.
		1| “Mia swimming” is in your family calendar from 17:30 until 18:15.`,
		`1| “Mia swimming” stands out: it is at 17:30, usually 16:30.
		1| “Mia swimming” runs 17:30–18:15 in the “Family” calendar. Everything else is routine.`,
		`1| Mia swimming is an hour later than usual.
		1| Mia swimming is at 17:30.`,
		`1| Today's only unusual event is “Mia swimming”.
		1| “Mia swimming” is at 17:30, rather than its usual 16:30.
		| The remaining five events are as usual.`,
	},
	"late": {
		`1 2 3| Three unusual things: “תור לרופא שיניים”, “Release v2.1” and “🎂 Omar”.
		1| “תור לרופא שיניים” is at 08:00 in your calendar “אישי”: first time in a year.
		2| “Release v2.1” is at 14:00: 3rd time in a year, last on 15 October 2026.
		3| “🎂 Omar” is at 19:00: once a year, last on 23 November 2025.
		| The other 5 events are routine.`,
		`3 2| “🎂 Omar” at 19:00 and “Release v2.1” at 14:00 stand out today.
		1| “תור לרופא שיניים” (08:00–08:30) appears for the first time in a year.
		2| “Release v2.1” (14:00–15:00) takes place for the third time in a year.
		3| “🎂 Omar” (19:00–23:00) is a yearly event, last held on 23 November 2025.`,
		`1 2 3| Three events stand out: “תור לרופא שיניים” in the morning, “Release v2.1” in the afternoon and “🎂 Omar” in the evening.
		1| “תור לרופא שיניים” is scheduled at 8:00 AM for half an hour.
		2| “Release v2.1” is scheduled at 2:00 PM for one hour.
		3| “🎂 Omar” is scheduled at 7:00 PM for four hours.`,
		`3| “🎂 Omar” this evening is one of three unusual events.
		1| There is “תור לרופא שיניים” at 08:00.
		2| There is “Release v2.1” at 14:00, for the third time in a year.
		3| There is “🎂 Omar” from 19:00 to 23:00, which happens once a year.`,
		`1 2 3| 3 of your 8 events today are unusual, including “Release v2.1”.
		1| “תור לרופא שיניים” is at 08:00.
		2| “Release v2.1” is at 14:00.
		3| “🎂 Omar” is at 19:00.`,
		`2 3| Release v2.1 at 2 p.m. and “🎂 Omar” at 7 p.m. are among three unusual events.
		1| “תור לרופא שיניים” takes place between 08:00 and 08:30, for the first time in a year.
		2| Release v2.1 takes place between 14:00 and 15:00.
		3| “🎂 Omar” takes place between 19:00 and 23:00; it comes once a year.`,
	},
}
