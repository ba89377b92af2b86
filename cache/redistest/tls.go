package redistest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Authority issues certificates, as files in PEM form.
type Authority struct {
	CA   string // the file of its own certificate
	cert *x509.Certificate
	key  crypto.Signer
}

// NewAuthority makes an authority that nobody knows yet.
func NewAuthority(t testing.TB) *Authority {
	t.Helper()
	a := &Authority{cert: &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: fmt.Sprintf("authority %d", time.Now().UnixNano())},
		IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(48 * time.Hour),
	}}
	a.CA, _, a.key = write(t, a.cert, a.cert, nil)
	return a
}

// Issue makes a certificate for 127.0.0.1, good for servers and for clients until then,
// and returns its file and that of its key.
func (a *Authority) Issue(t testing.TB, until time.Time) (cert, key string) {
	t.Helper()
	cert, key, _ = write(t, &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "of a test"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		NotBefore:   time.Now().Add(-24 * time.Hour), NotAfter: until,
	}, a.cert, a.key)
	return cert, key
}

// write signs a certificate, by its own key if by is nil, and writes both.
func write(t testing.TB, cert, parent *x509.Certificate, by crypto.Signer) (certFile, keyFile string, key crypto.Signer) {
	t.Helper()
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if by == nil {
		by = own
	}
	signed, err := x509.CreateCertificate(rand.Reader, cert, parent, own.Public(), by)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(own)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{
		certFile: {Type: "CERTIFICATE", Bytes: signed}, keyFile: {Type: "PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile, own
}

// WithTLS has the server speak TLS on a port of its own, beside the plain one, with that
// certificate. Nodes of a cluster, Sentinels and replicas use it among themselves. Clients
// must show a certificate of the authority.
func WithTLS(a *Authority, cert, key string) Option {
	return func(l *launch) {
		l.tls = true
		l.conf = append(l.conf, fmt.Sprintf("tls-cert-file %q", cert), fmt.Sprintf("tls-key-file %q", key),
			fmt.Sprintf("tls-ca-cert-file %q", a.CA), "tls-auth-clients yes", "tls-replication yes", "tls-cluster yes")
	}
}

// TLSAddr is the host:port where a server that was started WithTLS speaks it.
func (s *Server) TLSAddr() string { return s.tlsAddr }

// peerAddr is where other servers reach this one.
func (s *Server) peerAddr() string {
	if s.tlsAddr != "" {
		return s.tlsAddr
	}
	return s.addr
}
