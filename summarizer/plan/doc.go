// Package plan decides what is told of a day, and in which order. A [Planner] chooses
// among the day's facts; it finds no words. A model may be one: what it answers is an
// order of indices, in parts, so the worst that it can do is a poor order.
//
// [Default] plans by rules:
//
//	what changes plans   cancelled, moved, out of turn
//	what clashes         events that share time with others
//	what is new          by time; many that are alike as one
//	the day              begins earlier, ends later, is fuller than usual
//
// [Complete] makes of any plan one that can be worded: what does not exist is left
// out, what must be told is put in.
package plan
