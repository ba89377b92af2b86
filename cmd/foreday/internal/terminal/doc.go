// Package terminal writes for people: as wide as their terminal is, in bold or in red
// where it can show that, and with nothing hidden. It knows where output goes ([Width],
// [Is], [Coloured]), measures text in columns ([Columns], [Wrap], [Clip], [Pad]), makes
// what a terminal would not show visible ([Visible], [VisibleText]), and shows how far
// long work has come ([Progress]).
//
// Strangers write titles, dead letters and error texts. On a terminal, control
// characters would move the cursor or worse, and bidirectional ones show another order
// than is there. They are shown as JSON escapes them, \u001b, so that JSON stays what it
// was.
package terminal
