// Package redistest gives tests a Redis of their own: a real redis-server, a
// real Redis Cluster, or the one inside the process that demo and up use. Each
// listens on a free loopback port and ends with the test that started it.
//
// Most behaviour is to be the same on either kind, which Each says in one line:
//
//	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
//		...
//	})
//
// A test whose redis-server is missing fails; it is never skipped.
package redistest
