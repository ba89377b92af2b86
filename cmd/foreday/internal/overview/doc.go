// Package overview shows how a whole deployment does, as one looks at it from any of its
// processes: [Look] gathers it, and [Page] is what operators open in a browser first, and where
// they pause queues, refresh users, and replay or drop dead letters, where that is allowed.
package overview
