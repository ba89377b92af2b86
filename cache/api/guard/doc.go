// Package guard keeps strangers out of what foreday serves over HTTP.
//
// What has no token and no login is for programs of this machine: [Local] refuses
// whatever a proxy passed on and whatever a web page asked for. What has one is
// protected by [Logins], which makes guessing slow.
package guard
