// Package redistest gives tests a Redis of their own: a real redis-server, a real Redis
// Cluster, or the one inside the process that demo and up use. Each listens on a free
// loopback port and ends with the test that started it.
//
// Most behaviour is to be the same on all of them, which Each says in one line:
//
//	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
//		...
//	})
//
// Each and New start what the environment says (`scripts/test --on KIND` sets it):
//
//	REDISTEST_KIND    single     one server (the default)
//	                  cluster    three masters
//	                  sentinel   one server that a Sentinel names
//	                  tls        one server over TLS, which wants a client's certificate
//	                  acl        one server, and a user with the rights of foreday's roles
//	                             (cmd/foreday/internal/doctor/roles) and no others
//	REDISTEST_SERVER  the program that serves, by default redis-server: valkey-server, say;
//	                  servers whose clock is shifted are redis-server's all the same
//
// So what is to be the same everywhere asks for a Redis by New or Each, and reaches what
// foreday does not need by Keys, Clear and Admin. What is about one kind (its clock, its
// commands' counts, its process) asks for that kind by Start, Cluster, Sentinels or Mini,
// and is not asked on which it runs.
//
// A test whose redis-server is missing fails; it is never skipped.
package redistest
