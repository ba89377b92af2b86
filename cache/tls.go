package cache

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Query parameters that name files for TLS.
const (
	caParam   = "ssl_ca_certs"
	certParam = "ssl_certfile"
	keyParam  = "ssl_keyfile"
)

// errFile is for a file of these that is not what it should be.
var errFile = errors.New("cannot be used")

// tlsFiles are what an address names of files for TLS.
type tlsFiles struct {
	params    url.Values
	roots     *x509.CertPool // nil for those of the machine
	cert, key string         // "" for no certificate of our own
}

// cutFiles takes the parameters that name files out of an address, and reads those; nil
// if there are none.
func cutFiles(rest string) (string, *tlsFiles, error) {
	before, query, _ := strings.Cut(rest, "?")
	all, err := url.ParseQuery(query)
	if err != nil || !all.Has(caParam) && !all.Has(certParam) && !all.Has(keyParam) {
		return rest, nil, nil // go-redis says what is wrong
	}
	f := &tlsFiles{params: url.Values{}, cert: all.Get(certParam), key: all.Get(keyParam)}
	for _, name := range []string{caParam, certParam, keyParam} {
		if all.Has(name) {
			f.params[name] = all[name]
			all.Del(name)
		}
	}
	if len(all) > 0 {
		before += "?" + all.Encode()
	}
	return before, f, f.read()
}

// read reads the authorities, and sees that the certificate can be read.
func (f *tlsFiles) read() error {
	if f.key == "" {
		f.key = f.cert
	}
	switch {
	case f.params.Has(keyParam) && f.cert == "":
		return fmt.Errorf("%s is the key of a certificate, and none is named: add %s=FILE", keyParam, certParam)
	case f.params.Has(certParam):
		if _, err := f.certificate(nil); err != nil {
			return err
		}
	}
	file := f.params.Get(caParam)
	if !f.params.Has(caParam) {
		return nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return unusable(caParam, file, err)
	}
	if f.roots = x509.NewCertPool(); !f.roots.AppendCertsFromPEM(pem) {
		return unusable(caParam, file, errors.New("there is no certificate in PEM form in it"))
	}
	return nil
}

// certificate reads what is shown to Redis.
func (f *tlsFiles) certificate(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
	cert, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		name, file := certParam, f.cert
		if path := (*fs.PathError)(nil); errors.As(err, &path) && path.Path == f.key && f.key != f.cert {
			name, file = keyParam, f.key
		}
		return nil, unusable(name, file, err)
	}
	return &cert, nil
}

// unusable names the parameter, the file and what is wrong with it.
func unusable(param, file string, err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Errorf("%s %q %w: %w", param, file, errFile, err)
}

// named are the parameters that there are.
func (f *tlsFiles) named() string {
	var names []string
	for _, name := range []string{caParam, certParam, keyParam} {
		if f.params.Has(name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// dialer dials as go-redis does, with the files over TLS.
func (f *tlsFiles) dialer(timeout time.Duration, config *tls.Config) func(ctx context.Context, network, addr string) (net.Conn, error) {
	if f != nil {
		config.RootCAs = f.roots
		if f.cert != "" {
			config.GetClientCertificate = f.certificate
		}
	}
	dial := redis.NewDialer(&redis.Options{DialTimeout: timeout, TLSConfig: config})
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if secure, ok := conn.(*tls.Conn); ok && err == nil {
			return securedConn{secure}, nil
		}
		return conn, err
	}
}

// securedConn tells why the other side has ended a connection. With TLS 1.3 it refuses a
// client's certificate when that client takes the connection for made: writing fails, and
// the reason is still to be read.
type securedConn struct{ *tls.Conn }

// reasonTimeout bounds the wait for a reason, which came before the end if there is one.
const reasonTimeout = 50 * time.Millisecond

// Write writes.
func (c securedConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	if err != nil {
		_ = c.SetReadDeadline(time.Now().Add(reasonTimeout))
		if _, reason := c.Read(make([]byte, 1)); refusal(reason) != nil {
			err = reason
		}
	}
	return n, err
}
