// Package googletest is a stand-in for Google Calendar that speaks its wire
// protocol, version 3, so that the real client can be tested, demonstrated and
// load-tested without an account.
//
//	request ─► faults ─► token ─► quotas ─► events.list, … ─► fields mask ─► response
//	           delays,    401      403, 429   calendars in       partial
//	           errors                         memory             responses
//
// What it promises:
//
//   - Responses have the shape that Google's discovery document gives them, and
//     errors carry Google's codes and reasons.
//   - Series, their changed and cancelled occurrences, time bounds, paging, sync
//     tokens and ETags mean what they mean at Google.
//   - It holds the truth: Events tells what a calendar holds, whatever lag,
//     faults or quotas stand between it and a client.
//   - Programmatic writes and those over HTTP take the same path.
//
// The same handler serves the OAuth 2.0 endpoints that give out its tokens, and
// a token broker. Everything is in memory and safe for concurrent use; no
// goroutine is started.
package googletest
