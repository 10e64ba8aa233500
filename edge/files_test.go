package edge_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"tickwire/edge"
)

// writeCertificate makes a certificate that signs itself, in files.
func writeCertificate(t *testing.T, cert, key, name string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func certificateName(t *testing.T, f *edge.Files) string {
	t.Helper()
	pair, err := f.Certificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	return pair.Leaf.Subject.CommonName
}

// TestFilesThatChange: a new pair is found at a handshake after a while, or at
// once by Reload; a broken one is told once and not used.
func TestFilesThatChange(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	synctest.Test(t, func(t *testing.T) {
		writeCertificate(t, cert, key, "first.example")
		var log bytes.Buffer
		f, err := edge.LoadFiles(cert, key, zerolog.New(&log))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		want := func(when, name string) {
			t.Helper()
			if got := certificateName(t, f); got != name {
				t.Errorf("%s: %s, want %s", when, got, name)
			}
		}
		want("at first", "first.example")
		writeCertificate(t, cert, key, "second.example.org")
		want("within ten seconds", "first.example")
		time.Sleep(11 * time.Second)
		want("later", "second.example.org")
		if f.Names()[0] != "second.example.org" || time.Until(f.Expires()) < 50*time.Minute {
			t.Errorf("names %v, expires %v", f.Names(), f.Expires())
		}

		if err := os.WriteFile(cert, []byte("half of a certificate"), 0o600); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			time.Sleep(11 * time.Second)
			want("with a broken file", "second.example.org")
		}
		if n := strings.Count(log.String(), "not used"); n != 1 {
			t.Errorf("the broken file is told %d times: %s", n, log.String())
		}
		if err := f.Reload(); err == nil || !strings.Contains(err.Error(), cert) {
			t.Errorf("reload of a broken file: %v", err)
		}
		writeCertificate(t, cert, key, "third.example")
		if err := f.Reload(); err != nil {
			t.Error(err)
		}
		want("after a reload", "third.example")
	})
	if _, err := edge.LoadFiles(cert, cert, zerolog.Nop()); err == nil {
		t.Error("a certificate was taken for a key")
	}
}

func TestRedirect(t *testing.T) {
	for _, test := range []struct {
		method, host, path string
		port               int
		want               string
	}{
		{"GET", "game.example", "/a?b=c", 443, "https://game.example/a?b=c"},
		{"GET", "game.example:80", "/", 8443, "https://game.example:8443/"},
		{"HEAD", "[2001:db8::1]:80", "/", 8443, "https://[2001:db8::1]:8443/"},
		{"GET", "[2001:db8::1]", "/", 8443, "https://[2001:db8::1]:8443/"},
		{"GET", "[2001:db8::1]:80", "/", 443, "https://[2001:db8::1]/"},
		{"GET", "game.example", "//evil.example/", 443, "https://game.example//evil.example/"},
		{"POST", "game.example", "/", 443, ""},
		{"GET", "", "/", 443, ""},
	} {
		r := httptest.NewRequest(test.method, "http://x"+test.path, nil)
		r.Host = test.host
		w := httptest.NewRecorder()
		edge.Redirect(test.port).ServeHTTP(w, r)
		got, status := w.Header().Get("Location"), http.StatusPermanentRedirect
		if test.want == "" {
			status = http.StatusBadRequest
		}
		if got != test.want || w.Code != status {
			t.Errorf("%s %s%s: %d %q", test.method, test.host, test.path, w.Code, got)
		}
	}
}

func TestWrongACME(t *testing.T) {
	dir := t.TempDir()
	for name, a := range map[string]edge.ACME{
		"no cache":  {Hosts: []string{"game.example"}},
		"no host":   {Hosts: []string{"localhost"}, Cache: dir},
		"a URL":     {Hosts: []string{"https://game.example"}, Cache: dir},
		"a pattern": {Hosts: []string{"*.game.example"}, Cache: dir},
		"directory": {Hosts: []string{"game.example"}, Cache: dir, Directory: "letsencrypt"},
		"a file":    {Hosts: []string{"game.example"}, Cache: "/dev/null"},
	} {
		if _, err := a.Manager(); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
