// Package overview shows how a whole deployment does, as one looks at it from any of its
// processes: [Look] gathers it, and [Page] is what operators open in a browser first.
package overview
