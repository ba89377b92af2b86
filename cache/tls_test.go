package cache_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"foreday/cache"
	"foreday/cache/redistest"
)

// files is the query of an address that names these; "" are left out.
func files(ca, cert, key string) string {
	q := url.Values{}
	for name, file := range map[string]string{"ssl_ca_certs": ca, "ssl_certfile": cert, "ssl_keyfile": key} {
		if file != "" {
			q.Set(name, file)
		}
	}
	return "?" + q.Encode()
}

func TestBothSidesProveWhoTheyAreOverTLS(t *testing.T) {
	t.Parallel()
	authority := redistest.NewAuthority(t)
	cert, key := authority.Issue(t, time.Now().Add(time.Hour))
	secure := redistest.WithTLS(authority, cert, key)
	server := redistest.Start(t, secure)
	cluster := redistest.Cluster(t, 3, secure)
	sentinel := redistest.Sentinels(t, server, 1, secure)[0]
	for name, address := range map[string]string{
		"server":   "rediss://" + server.TLSAddr() + "/0",
		"cluster":  "rediss+cluster://" + cluster.Node(0).TLSAddr() + "," + cluster.Node(1).TLSAddr(),
		"sentinel": "rediss+sentinel://" + sentinel.TLSAddr() + "/" + redistest.SentinelMaster,
	} {
		client := connect(t, address+files(authority.CA, cert, key)+"&pool_size=3")
		for _, k := range []string{"a", "b", "c", "d", "e"} { // on all masters
			if err := client.Set(t.Context(), k, name, 0).Err(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestWhatIsWrongWithACertificateIsToldWithItsCure(t *testing.T) {
	t.Parallel()
	ours, theirs := redistest.NewAuthority(t), redistest.NewAuthority(t)
	tomorrow, yesterday := time.Now().Add(time.Hour), time.Now().Add(-time.Hour)
	cert, key := ours.Issue(t, tomorrow)
	oldCert, oldKey := ours.Issue(t, yesterday)
	strangeCert, strangeKey := theirs.Issue(t, tomorrow)
	server := redistest.Start(t, redistest.WithTLS(ours, cert, key))
	expired := redistest.Start(t, redistest.WithTLS(ours, oldCert, oldKey))
	for name, c := range map[string]struct {
		address, code, what, cure string
	}{
		"authority unknown": {server.TLSAddr() + files("", cert, key), "redis-untrusted-certificate", "does not know", "ssl_ca_certs=FILE"},
		"another authority": {server.TLSAddr() + files(theirs.CA, cert, key), "redis-untrusted-certificate", "does not know", "ssl_ca_certs"},
		"another host": {strings.Replace(server.TLSAddr(), "127.0.0.1", "localhost", 1) + files(ours.CA, cert, key),
			"redis-untrusted-certificate", "not good for the host", "host name"},
		"Redis's expired": {expired.TLSAddr() + files(ours.CA, cert, key), "redis-untrusted-certificate", "has expired", "renew"},
		"none shown": {server.TLSAddr() + files(ours.CA, "", ""), "redis-client-certificate", "was shown none",
			"ssl_certfile=FILE&ssl_keyfile=FILE"},
		"one of a stranger": {server.TLSAddr() + files(ours.CA, strangeCert, strangeKey), "redis-client-certificate",
			"does not know the authority",
			"tls-ca-cert-file"},
		"ours expired": {server.TLSAddr() + files(ours.CA, oldCert, oldKey), "redis-client-certificate",
			"certificate has expired", "ssl_certfile"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := connect(t, "rediss://"+c.address)
			// TLS 1.3 lets a client write before it hears that it is refused: the connection may
			// then be reset before the reason is read.
			for deadline := time.Now().Add(20 * time.Second); ; {
				err := client.Ping(t.Context()).Err()
				if cache.CodeOf(err) == c.code && strings.Contains(err.Error(), c.what) && strings.Contains(err.Error(), c.cure) {
					return
				}
				if err == nil || time.Now().After(deadline) {
					t.Fatalf("got %v; want %s, %q and %q", err, c.code, c.what, c.cure)
				}
			}
		})
	}
}

func TestACertificateIsRenewedWithoutARestart(t *testing.T) {
	t.Parallel()
	authority := redistest.NewAuthority(t)
	cert, key := authority.Issue(t, time.Now().Add(time.Hour))
	server := redistest.Start(t, redistest.WithTLS(authority, cert, key))
	usedCert, usedKey := authority.Issue(t, time.Now().Add(-time.Hour))
	client := connect(t, "rediss://"+server.TLSAddr()+files(authority.CA, usedCert, usedKey))
	if err := client.Ping(t.Context()).Err(); err == nil {
		t.Fatal("an expired certificate was accepted")
	}
	for from, to := range map[string]string{cert: usedCert, key: usedKey} {
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	if err := client.Ping(t.Context()).Err(); err != nil {
		t.Errorf("with the new one: %v", err)
	}
}

func TestFilesThatCannotBeUsedAreNamedAtTheStart(t *testing.T) {
	t.Parallel()
	authority := redistest.NewAuthority(t)
	cert, key := authority.Issue(t, time.Now().Add(time.Hour))
	_, other := authority.Issue(t, time.Now().Add(time.Hour))
	empty, missing := filepath.Join(t.TempDir(), "empty.pem"), filepath.Join(t.TempDir(), "missing.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for address, parts := range map[string][]string{
		"rediss://host" + files(missing, "", ""):                        {"ssl_ca_certs", missing, "no such file"},
		"rediss://host" + files(empty, "", ""):                          {"ssl_ca_certs", empty, "no certificate"},
		"rediss://host?ssl_ca_certs=":                                   {"ssl_ca_certs", "no such file"},
		"rediss+cluster://a,b" + files("", missing, ""):                 {"ssl_certfile", missing, "no such file"},
		"rediss+sentinel://a,b/master" + files("", cert, missing):       {"ssl_keyfile", missing, "no such file"},
		"rediss://host" + files("", cert, ""):                           {"ssl_certfile", cert},
		"rediss://host" + files("", cert, other):                        {"ssl_certfile", cert, "match"},
		"rediss://host" + files("", "", key):                            {"ssl_keyfile", "ssl_certfile=FILE"},
		"redis+cluster://app:s3cret@a" + files(authority.CA, cert, key): {"ssl_ca_certs, ssl_certfile, ssl_keyfile", "rediss+cluster://"},
	} {
		client, err := cache.Connect(address)
		if err == nil {
			client.Close()
			t.Errorf("%s: it connects", address)
			continue
		}
		for _, part := range parts {
			if !strings.Contains(err.Error(), part) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%s: %v; want %q", address, err, part)
			}
		}
	}
}
