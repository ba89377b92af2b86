// Package titles makes titles and names of calendars, which strangers can write, fit
// to stand in a text: [Clean] takes out what would disturb the text around them,
// [Isolate] keeps their direction of writing to themselves. [Split] tells which
// titles are the same but for a number.
package titles
