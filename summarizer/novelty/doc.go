// Package novelty tells what is news in a person's day from what is routine,
// says why by evidence that the person can check, and tells what such days are
// usually like.
//
//	Source.History ──► Learner ──► Model.Judge(day, events) ──► verdicts, each with its Why
//	 a year, then       in memory  │   ├─ what was seen: by title, by series
//	 the last weeks     or a Store │   ├─ is it where it usually is?
//	                               │   └─ how often, how lately, how sure
//	                               └─► Model.Usual(day, events) ──► begin, end, number, what is missing
//
// A judge writes no words: a summarizer.Why is a kind of evidence and its numbers,
// days and times. Package words has the words, in the reader's language.
//
// A Model knows when things happened in the year before, and under which title
// and series. It judges an event, on each of its days as on the first, in this order:
//
//   - What the calendar says counts first. An occurrence that its series had put
//     elsewhere was moved; one whose series had another title was renamed; one
//     may be cancelled. All that is news, though the series is none. Series that
//     Google split at "this and all following" stay one.
//   - What was seen four times or more in the year is routine, wherever in the
//     week: daily, every second Tuesday, monthly. It is news if it takes the place
//     of an occurrence: its pattern keeps to places in the week, goes on doing so,
//     and was due nearby without being there; if it comes on top of one, a day or
//     so before or after; or if it comes every so many days and is out of turn.
//     Times that drift, by minutes or loosely, seasons of other clocks and moves
//     for good are none of that.
//   - What was seen less often is the less news the more often and the more
//     lately that was, and none if it is a series. What was seen about a year ago,
//     once, is told as yearly.
//   - What was never seen is news, unless its title is nearly that of what comes in
//     a rhythm and did so lately: the same but for numbers, or, where that has its
//     place, for a slip or for words that say nothing more. Days in a row count once.
//   - In a calendar of a few weeks nearly everything is new. What repeats in it
//     is hardly told; what does not, is.
//
// Titles are compared as sets of words after Unicode compatibility folding (NFKC
// and full case folding), without accents where a script leaves them out at will,
// punctuation, times, dates and filler words; as the string of their letters; and
// word by word by their pairs of letters (the Dice coefficient of bigrams), which
// bears slips in any script. An added word is no slip: it is news, unless it is one
// of a few like "meeting".
//
// Model.Usual looks at the days of the same weekday in the twelve weeks before, for
// which a Model also keeps when each day's last timed event ended: when they begin and
// end, if they mostly do so within 45 minutes of the median, how many events they hold,
// and which places in the week are due and empty. It is silent before there are six
// such days.
//
// Where a Source could read only some of the history, because it holds too much, the
// Model judges by that, but gives no reasons that it would have to count, and says
// nothing of usual days. So it does where there are more titles than it keeps: those
// that were met least often and least lately are dropped.
//
// Weight fades by half in two months. The rest is counting: medians, gaps of 7,
// 14 or 28 days, and thresholds that were chosen by hand on made-up calendars and
// are the same for everybody. Package noveltytest has such calendars, the rule by
// which events are labelled, and the measure.
//
// A Model holds no title, no ID and no calendar's name, only keyed hashes of
// them (HMAC-SHA-256, cut short), under a key that each user has of their own. So
// it may be kept: encoded, it is sealed against change, and takes 2 to 3 kB for a year
// of a thousand events. It is brought up to date with a few weeks of events instead of
// being learnt anew. The price is that it cannot say what a renamed routine was
// called, nor name an occurrence that is missing.
//
// Those who share a Store go on from whichever Model is the newest: one brings it up to
// date for all, and whoever starts anew reads no year of calendar.
//
// Learner is the summarizer.Routines that keeps each user's Model at hand, so that an
// ordinary refresh need not read a year of calendar. Package noveltytest has another
// judge, plain counting with few rules, which this one is measured against.
//
// Whatever a judge has learnt, only what came before the judged event is
// evidence that it is routine, and no event is ever evidence for itself.
package novelty
