package cache

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"

	"github.com/redis/go-redis/v9"

	"foreday/cache/freshness"
)

// RedisError is an error of Redis, told as what it is. The clients of [Connect]
// return theirs as one; what a caller's own mistake is, they return as it came.
type RedisError struct {
	// Code names the kind of error for programs: a token such as
	// redis-out-of-memory. It is redis-unavailable if Redis cannot be reached.
	Code string
	What string // what is wrong, for a person
	Cure string // what to do about it
	Err  error
}

// Error implements error.
func (e *RedisError) Error() string { return e.What + " (" + e.Err.Error() + "): " + e.Cure }

// Unwrap returns Err.
func (e *RedisError) Unwrap() error { return e.Err }

// ReadsOnly reports whether Redis still serves what it has, though it takes nothing new.
func (e *RedisError) ReadsOnly() bool {
	return slices.Contains([]string{"redis-out-of-memory", "redis-read-only", "redis-cannot-persist", "redis-too-few-replicas"}, e.Code)
}

// Unavailable is the code of a Redis that cannot be reached.
const Unavailable = "redis-unavailable"

// CodeOf returns the code of the RedisError in err. Anything else that kept Redis
// from being used counts as its being unavailable.
func CodeOf(err error) string {
	var known *RedisError
	switch {
	case errors.As(err, &known):
		return known.Code
	case err == nil:
		return ""
	}
	// asynq keeps of an error its text alone.
	for _, a := range answers {
		if strings.Contains(err.Error(), a.what+" (") {
			return a.code
		}
	}
	return Unavailable
}

// answers tells what Redis says apart. An answer that is not among them is a
// matter between Redis and the caller: NOSCRIPT, BUSYGROUP.
var answers = []struct {
	is               func(error) bool
	code, what, cure string
}{
	{redis.IsOOMError, "redis-out-of-memory", "Redis is full: it takes no writes",
		"raise its maxmemory, or delete what else is kept there"},
	{redis.IsReadOnlyError, "redis-read-only", "Redis is a replica: it takes no writes",
		"point REDIS_URL at the master; during a failover this passes"},
	{prefix("MISCONF"), "redis-cannot-persist", "Redis cannot save its data and takes no writes",
		"see its log; free space on its disk, or mend the rights of its directory"},
	{prefix("NOREPLICAS"), "redis-too-few-replicas", "Redis has fewer replicas than its min-replicas-to-write, and takes no writes",
		"bring its replicas back"},
	{redis.IsLoadingError, "redis-loading", "Redis is loading its data", "wait until it has"},
	{redis.IsClusterDownError, "redis-cluster-down", "a part of the Redis Cluster has no master",
		"bring one back (redis-cli --cluster check says which); with cluster-require-full-coverage no, the other parts go on meanwhile"},
	{redis.IsMasterDownError, "redis-master-down", "this replica of Redis has lost its master",
		"bring the master back, or point REDIS_URL at it"},
	{redis.IsMaxClientsError, "redis-too-many-clients", "Redis has as many clients as it takes",
		"raise its maxclients, or lower pool_size in REDIS_URL"},
	{prefix("BUSY "), "redis-busy", "Redis is kept busy by a script", "end it with SCRIPT KILL if it is not foreday's"},
	{prefix("WRONGPASS"), "redis-wrong-password", "Redis does not accept the user and password of REDIS_URL",
		"correct them there, or the user's password in Redis"},
	{prefix("AUTH "), "redis-wrong-password", "REDIS_URL has a password, and Redis has none set",
		"take it out of REDIS_URL, or set requirepass in Redis"},
	{redis.IsAuthError, "redis-wrong-password", "Redis wants a password, and REDIS_URL has none",
		"put it there: redis://USER:PASSWORD@HOST:PORT"},
	{noPermission, "redis-no-permission", "the user of REDIS_URL may not do this in Redis",
		"give it what foreday needs (ACL SETUSER): `scripts/redis acl` prints that"},
	{freshness.IsWrongType, "redis-wrong-type", "under a key of foreday's, Redis holds something of another kind",
		"find the key with TYPE among those of the user, and delete or rename it"},
	{prefix("DENIED"), "redis-no-permission", "Redis is in protected mode: it answers its own machine only",
		"set a password in Redis, and put it into REDIS_URL"},
}

func prefix(p string) func(error) bool {
	return func(err error) bool { return redis.HasErrorPrefix(err, p) }
}

// noPermission knows what is said of scripts too, which differs between versions.
func noPermission(err error) bool {
	return redis.IsPermissionError(err) || redis.HasErrorPrefix(err, "ACL failure in script") ||
		redis.HasErrorPrefix(err, "The user executing the script can't")
}

// explain returns the error as a *RedisError if it is Redis's own, and as it is
// otherwise.
func explain(err error) error {
	var known *RedisError
	var reply redis.Error
	switch {
	case err == nil, err == redis.Nil, errors.As(err, &known), errors.Is(err, context.Canceled), errors.Is(err, redis.ErrClosed):
		return err
	case errors.Is(err, redis.Nil):
		// Sentinels say so of a master. It must not be taken for a key that is missing.
		return &RedisError{Unavailable, "the Sentinels do not know the master", "correct its name in REDIS_URL", errors.New(err.Error())}
	case errors.As(err, &reply):
		for _, a := range answers {
			if a.is(err) {
				return &RedisError{a.code, a.what, a.cure, err}
			}
		}
		return err
	}
	return explainNetwork(err)
}

// explainNetwork is explain for errors on the way to Redis.
func explainNetwork(err error) error {
	var (
		unknownCA x509.UnknownAuthorityError
		invalid   x509.CertificateInvalidError
		untrusted *tls.CertificateVerificationError
		plain     tls.RecordHeaderError
		noHost    *net.DNSError
		network   net.Error
	)
	is := func(code, what, cure string) error { return &RedisError{code, what, cure, err} }
	switch {
	case errors.As(err, &unknownCA):
		return is("redis-untrusted-certificate", "Redis's certificate is from an authority that this machine does not know",
			"name a file with the authority's certificate in REDIS_URL: ?ssl_ca_certs=FILE")
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return is("redis-untrusted-certificate", "Redis's certificate has expired, or is not good yet", "renew it, or set this machine's clock")
	case errors.As(err, &untrusted):
		return is("redis-untrusted-certificate", "Redis's certificate is not good for the host in REDIS_URL",
			"use the host name that it was made for: every node's must be for the first host there")
	case errors.Is(err, errFile):
		return is("redis-client-certificate", "foreday's certificate for Redis cannot be read", "mend what REDIS_URL names")
	case refusal(err) != nil:
		return is("redis-client-certificate", refusal(err).what, refusal(err).cure)
	case errors.As(err, &plain):
		return is(Unavailable, "what answers there does not speak TLS", "use redis:// in REDIS_URL, or set tls-port in Redis")
	case errors.As(err, &noHost):
		return is(Unavailable, "Redis's host cannot be found", "correct the address in REDIS_URL")
	case errors.Is(err, syscall.ECONNREFUSED):
		return is(Unavailable, "Redis refuses connections", "start it, or correct the address in REDIS_URL")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return is(Unavailable, "Redis closed the connection", "see its log; in REDIS_URL, rediss:// is for TLS, and redis:// for none")
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, redis.ErrPoolTimeout), errors.Is(err, redis.ErrPoolExhausted),
		errors.As(err, &network):
		return is(Unavailable, "Redis does not answer",
			"start it, correct the address in REDIS_URL (rediss:// only if it speaks TLS), or see what keeps it busy")
	}
	return err
}

// refused is what Redis says of the certificate that foreday showed, or did not show.
type refused struct{ what, cure string }

// refusal knows when the other side ended TLS for the client's certificate. The type that
// says so is not exported, but its words are fixed.
func refusal(err error) *refused {
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "remote error" {
		return nil
	}
	switch op.Err.Error() {
	case "tls: certificate required", "tls: bad certificate", "tls: handshake failure":
		return &refused{"Redis wants a certificate of its clients, and was shown none that it takes",
			"name one in REDIS_URL, ?ssl_certfile=FILE&ssl_keyfile=FILE, or set tls-auth-clients no in Redis"}
	case "tls: unknown certificate authority", "tls: error decrypting message": // of another authority with the same name
		return &refused{"Redis does not know the authority that foreday's certificate is from",
			"name one in REDIS_URL (ssl_certfile) that is from an authority in Redis's tls-ca-cert-file"}
	case "tls: expired certificate":
		return &refused{"Redis finds that foreday's certificate has expired", "renew the file that ssl_certfile in REDIS_URL names"}
	}
	return nil
}
