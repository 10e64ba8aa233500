package tickwire_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// authority is an ACME server with one account and one order. It looks at the
// proof of the host, and not at signatures. Source: RFC 8555, RFC 8737.
type authority struct {
	t     *testing.T
	http  *httptest.Server
	proof string                          // type of the challenge
	look  func(host string) (addr string) // where the host is

	key  *ecdsa.PrivateKey
	cert *x509.Certificate

	mu         sync.Mutex // guards the following
	thumbprint string     // of the account
	host       string     // of the order
	proved     bool
	chain      []byte // PEM, once it is issued
	issued     int
}

const acmeToken = "token-of-the-challenge"

func newAuthority(t *testing.T, proof string, look func(host string) string) *authority {
	t.Helper()
	a := &authority{t: t, proof: proof, look: look}
	var err error
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "fake authority"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, a.key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.http = httptest.NewServer(a)
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		a.http.Close()
	})
	return a
}

// roots trust the authority.
func (a *authority) roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

func (a *authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	url := func(path string) string { return a.http.URL + path }
	w.Header().Set("Replay-Nonce", rand.Text())
	var payload struct {
		Identifiers []struct{ Value string }
		CSR         string
	}
	if r.Method == http.MethodPost {
		a.read(r.Body, &payload)
	}
	status, answer := http.StatusOK, any(nil)
	switch r.URL.Path {
	case "/directory":
		answer = map[string]string{"newNonce": url("/nonce"), "newAccount": url("/account"), "newOrder": url("/new-order")}
	case "/account":
		w.Header().Set("Location", url("/account/1"))
		status, answer = http.StatusCreated, map[string]string{"status": "valid"}
	case "/new-order":
		a.host, a.proved, a.chain = payload.Identifiers[0].Value, false, nil
		w.Header().Set("Location", url("/order"))
		status, answer = http.StatusCreated, a.order()
	case "/order":
		answer = a.order()
	case "/authorization":
		answer = map[string]any{"status": a.state(), "identifier": map[string]string{"type": "dns", "value": a.host}, "challenges": []any{a.challenge()}}
	case "/challenge":
		if err := a.verify(); err != nil {
			a.t.Errorf("proof of %s: %v", a.host, err)
		} else {
			a.proved = true
		}
		answer = a.challenge()
	case "/finalize":
		a.issue(payload.CSR)
		w.Header().Set("Location", url("/order"))
		answer = a.order()
	case "/certificate":
		w.Write(a.chain)
		return
	}
	w.WriteHeader(status)
	if answer != nil {
		_ = json.NewEncoder(w).Encode(answer)
	}
}

// read opens a signed request. Source: RFC 8555, 6.2.
func (a *authority) read(body io.Reader, payload any) {
	var jws struct{ Protected, Payload string }
	_ = json.NewDecoder(body).Decode(&jws)
	head, _ := base64.RawURLEncoding.DecodeString(jws.Protected)
	text, _ := base64.RawURLEncoding.DecodeString(jws.Payload)
	var header struct {
		JWK *struct{ Crv, Kty, X, Y string }
	}
	if json.Unmarshal(head, &header) == nil && header.JWK != nil { // Source: RFC 7638
		k := header.JWK
		sum := sha256.Sum256(fmt.Appendf(nil, `{"crv":%q,"kty":%q,"x":%q,"y":%q}`, k.Crv, k.Kty, k.X, k.Y))
		a.thumbprint = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	_ = json.Unmarshal(text, payload)
}

func (a *authority) state() string {
	if a.proved {
		return "valid"
	}
	return "pending"
}

func (a *authority) challenge() any {
	return map[string]string{"type": a.proof, "url": a.http.URL + "/challenge", "token": acmeToken, "status": a.state()}
}

func (a *authority) order() any {
	order := map[string]any{
		"status": "pending", "identifiers": []any{map[string]string{"type": "dns", "value": a.host}},
		"authorizations": []string{a.http.URL + "/authorization"}, "finalize": a.http.URL + "/finalize",
	}
	switch {
	case a.chain != nil:
		order["status"], order["certificate"] = "valid", a.http.URL+"/certificate"
	case a.proved:
		order["status"] = "ready"
	}
	return order
}

// verify looks for the proof at the host.
func (a *authority) verify() error {
	want := acmeToken + "." + a.thumbprint
	if a.proof == "http-01" {
		req, err := http.NewRequest("GET", "http://"+a.look(a.host)+"/.well-known/acme-challenge/"+acmeToken, nil)
		if err != nil {
			return err
		}
		req.Host = a.host
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if body, err := io.ReadAll(resp.Body); string(body) != want {
			return fmt.Errorf("got %q, %v", body, err)
		}
		return nil
	}
	conn, err := tls.Dial("tcp", a.look(a.host), &tls.Config{ServerName: a.host, NextProtos: []string{"acme-tls/1"}, InsecureSkipVerify: true})
	if err != nil {
		return err
	}
	defer conn.Close()
	sum := sha256.Sum256([]byte(want))
	octets, _ := asn1.Marshal(sum[:])
	for _, extension := range conn.ConnectionState().PeerCertificates[0].Extensions {
		if extension.Id.Equal(asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 31}) && bytes.Equal(extension.Value, octets) {
			return nil
		}
	}
	return fmt.Errorf("no extension with the proof")
}

func (a *authority) issue(text string) {
	der, _ := base64.RawURLEncoding.DecodeString(text)
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil {
		a.t.Errorf("certificate request: %v", err)
		return
	}
	a.issued++
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(int64(a.issued + 1)), Subject: csr.Subject, DNSNames: csr.DNSNames, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
	}
	signed, err := x509.CreateCertificate(rand.Reader, leaf, a.cert, csr.PublicKey, a.key)
	if err != nil {
		a.t.Errorf("issue: %v", err)
		return
	}
	a.chain = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed})
}
