// Package embedded runs a Redis inside the process, so that foreday can be
// tried, and used by one person, with nothing installed.
//
// It is miniredis, which speaks the real protocol on a loopback port, given a
// clock: miniredis leaves keys alone until it is told that time has passed, and
// this package tells it, a few dozen times a second. TIME, in commands and in
// scripts alike, follows the wall clock.
//
// What differs from a real Redis, and matters here:
//
//   - Nothing is kept: what it holds is gone with the process.
//   - A key may expire up to one tick (10 ms; more when it holds so many keys
//     that ticking would take over 5% of a core) before or after its time.
//   - XINFO GROUPS gives the length of the stream as each group's lag, and
//     XAUTOCLAIM leaves entries pending that were deleted from the stream.
//   - Trimming a stream takes time quadratic in the number of entries dropped.
//   - WAIT answers at once, MEMORY USAGE is a guess, INFO says little, and
//     CONFIG, CLIENT (but for names), ACL and client-side caching are missing.
//     Clients must have maintenance notifications disabled.
package embedded
