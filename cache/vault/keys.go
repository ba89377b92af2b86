package vault

// Every key of the package is built here. The braces are the hash tag that all of
// a user's keys share.

// secretKey holds the sealed secret, for good.
func secretKey(user string) string { return "foreday:{" + user + "}:token" }

// leaseKey names who has the right to renew the secret, for as long as they have it.
func leaseKey(user string) string { return "foreday:{" + user + "}:token-lease" }

// refusedKey holds what the user was refused, for a while.
func refusedKey(user string) string { return "foreday:{" + user + "}:refused" }
