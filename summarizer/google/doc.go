// Package google is the summarizer.Source over the Google Calendar API, v3.
//
//	Source.Day ─► selected calendars ─► events of each, at once ─► one list
//	                (kept 10 minutes)      (paged, masked)        (merged, in order)
//
// It asks for as little as a summary needs: never descriptions, attendees other
// than the user, or links. What it returns can be trusted as far as its form
// goes: titles are bounded and free of control characters, spans never end
// before they start. Their content is still whatever somebody wrote.
//
// Which events count is decided as a person would: those of every calendar they
// have switched on, but for holidays and birthdays, unless they asked for others;
// not what they declined, nor where they work; and an event that shows in two
// calendars once. An occurrence that was cancelled counts as long as its series
// goes on: people go there otherwise. To tell, and to name it, the series is read,
// and remembered until it changes.
//
// Hardly anybody's day or year takes more than a page. Whoever's does waits behind a
// bulk.Gate, so that one such day and one such history are in memory at a time, for as
// long as the work they are read for goes on. Jobs are deferred meanwhile, and that is
// remembered, so that they read nothing until it is their turn.
//
// Every error is an *Error whose Kind says what to do: ask the user, wait, try again, or
// call an operator. None is retried here, except that a token Google turns down is asked
// for anew once, a list whose pages ended begins anew, and a page that is too large is
// asked for in smaller ones; other retries, quotas and metrics belong into
// Config.Transport, which sees every request to the API. Tokens come from an Access, of
// which the package has four: FixedToken, ServiceAccount, Broker, Connected.
//
// Connected users have consented themselves (OAuth, Consent). What they granted
// lies in a Vault that all processes share:
//
//	token of the Grant ─► expired, or turned down ─► Lease ─► look again ─► refresh ─► Swap
//	   ▲ still good           others wait ◄────────── taken                          │
//	   └─────────────────────────────────────────────────────────────────────────────┘
//
// Whose access is refused is remembered in Refusals, so that not every job asks.
//
// No token, title or mail address is ever in an error's text.
package google
