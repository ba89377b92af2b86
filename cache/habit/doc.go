// Package habit says when people will probably read their summary, from when they have: so
// that it can be made before, and is not made for nobody. It is pure: it keeps nothing and
// has no clock.
//
// What it knows of a user is in which quarters of an hour, by the user's clock, the summary of
// the day was read, on each of the last days. How likely it is to be read in the next hour
// is estimated by how often it was on days like this one: workdays or weekends, on which it
// had been read in the half hour before, or had not. So of those who read all day it expects
// that they go on while they do, of those who look into it in the morning that they
// come again the next one, and of those who come at any time nothing.
package habit
