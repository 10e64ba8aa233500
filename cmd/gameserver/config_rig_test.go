package main_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"tickwire/clients/go"
)

// configFolder holds files that a test writes again and again.
type configFolder struct {
	t   *testing.T
	dir string
}

func (f configFolder) path(name string) string { return filepath.Join(f.dir, name) }

func (f configFolder) write(name, text string) string {
	f.t.Helper()
	if err := os.WriteFile(f.path(name), []byte(text), 0o600); err != nil {
		f.t.Fatal(err)
	}
	return f.path(name)
}

// certificate writes cert.pem and key.pem for a name.
func (f configFolder) certificate(name string, valid time.Duration) {
	f.t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: time.Now().Add(valid),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		f.t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		f.t.Fatal(err)
	}
	f.write("cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	f.write("key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})))
}

// keys writes keys.json with the public half of a new key, which it returns.
func (f configFolder) keys() ed25519.PrivateKey {
	f.t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		f.t.Fatal(err)
	}
	f.write("keys.json", fmt.Sprintf(`{"keys":[{"kty":"OKP","crv":"Ed25519","x":%q}]}`, base64.RawURLEncoding.EncodeToString(public)))
	return private
}

func token(t *testing.T, method jwt.SigningMethod, key any) string {
	t.Helper()
	text, err := jwt.NewWithClaims(method, jwt.MapClaims{"sub": "ann", "exp": time.Now().Add(time.Hour).Unix()}).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// await waits for a line of the log, the nth of its kind.
func (p *process) await(t *testing.T, message string, nth int) logLine {
	t.Helper()
	for late := time.After(patience); ; {
		p.mu.Lock()
		n := 0
		for _, l := range p.logs {
			if l.Message == message {
				if n++; n == nth {
					p.mu.Unlock()
					return l
				}
			}
		}
		p.mu.Unlock()
		select {
		case <-p.news:
		case <-p.read:
			t.Fatalf("it ended: %+v", p.logs)
		case <-late:
			t.Fatalf("it does not say %q: %+v", message, p.logs)
		}
	}
}

func (p *process) hangUp(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
}

var anyCertificate = &tls.Config{InsecureSkipVerify: true}

// certificateOf is the name that a server shows.
func certificateOf(t *testing.T, url string) string {
	t.Helper()
	_, address, _ := strings.Cut(url, "://")
	conn, err := tls.DialWithDialer(&net.Dialer{Timeout: patience}, "tcp", address, anyCertificate)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0].Subject.CommonName
}

// login is what a player with a token is told.
func login(t *testing.T, url, token string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	conn := client.New(client.Options{URL: url, TLS: anyCertificate, Auth: map[string]any{"token": token}})
	if err := conn.Connect(ctx); err != nil {
		return err.Error()
	}
	conn.Close()
	<-conn.Done()
	return "welcome"
}
