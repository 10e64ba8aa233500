package tickwire_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tickwire"
	"tickwire/clients/go"
	"tickwire/edge"
)

// logged keeps a log for tests that look for an address in it.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// addr is that of a listener.
func (l *logged) addr(message string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	for lines := bufio.NewScanner(bytes.NewReader(l.text.Bytes())); lines.Scan(); {
		var line struct{ Message, Addr string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Message == message {
			return line.Addr
		}
	}
	return ""
}

// TestACME: the first player who asks for the host gets its certificate from the
// authority, which has seen the proof; others are refused. After a restart it
// is still there.
func TestACME(t *testing.T) {
	for _, proof := range []string{"tls-alpn-01", "http-01"} {
		log := new(logged)
		place := map[string]string{"tls-alpn-01": "listening", "http-01": "redirect to https"}[proof]
		ca := newAuthority(t, proof, func(string) string { return log.addr(place) })
		options := tickwire.Options{
			Bots: 1, Log: zerolog.New(log),
			TLS: tickwire.TLS{
				ACME:         edge.ACME{Hosts: []string{"game.example"}, Cache: t.TempDir(), Directory: ca.http.URL + "/directory"},
				RedirectAddr: "127.0.0.1:0", HSTS: time.Hour,
			},
		}
		for range 2 {
			url, stop := serve(t, options)
			playOver(t, url, &tls.Config{ServerName: "game.example", RootCAs: ca.roots()})
			_, address, _ := strings.Cut(url, "://")
			if _, err := tls.Dial("tcp", address, &tls.Config{ServerName: "evil.example", InsecureSkipVerify: true}); err == nil {
				t.Errorf("%s: a certificate for somebody else's host", proof)
			}
			if err := stop(); err != nil {
				t.Error(err)
			}
		}
		if ca.issued != 1 {
			t.Errorf("%s: %d certificates were issued", proof, ca.issued)
		}
	}
}

// playOver plays until there is state, and looks at the page's headers.
func playOver(t *testing.T, url string, config *tls.Config) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	url = strings.Replace(url, "http:", "https:", 1)
	game := client.NewGame(client.New(client.Options{URL: url, TLS: config}))
	frames := make(chan bool, 1)
	game.OnFrame = func(f *client.Frame) {
		if f.Tick > 2 {
			select {
			case frames <- true:
			default:
			}
		}
	}
	if err := game.Conn().Connect(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := game.Quick(ctx, client.Request{Game: "steps"}); err != nil {
		t.Fatal(err)
	}
	select {
	case <-frames:
	case <-ctx.Done():
		t.Error("nothing is played")
	}
	game.Conn().Close()
	<-game.Conn().Done()

	transport := &http.Transport{TLSClientConfig: config.Clone()}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Get(url + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("Strict-Transport-Security"); got != "max-age=3600" || resp.ProtoMajor != 1 {
		t.Errorf("HSTS %q, HTTP/%d", got, resp.ProtoMajor)
	}
}

// TestRedirectListener sends browsers to the port that players use.
func TestRedirectListener(t *testing.T) {
	log := new(logged)
	ca := newAuthority(t, "http-01", func(string) string { return "" })
	listening := make(chan string, 1)
	url, _ := serve(t, tickwire.Options{Log: zerolog.New(log), Listening: func(url string) { listening <- url }, TLS: tickwire.TLS{
		ACME:         edge.ACME{Hosts: []string{"game.example"}, Cache: t.TempDir(), Directory: ca.http.URL + "/directory"},
		RedirectAddr: "127.0.0.1:0",
	}})
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(url, "http://"))
	if got := <-listening; got != "https://game.example:"+port {
		t.Errorf("open %s in a browser", got)
	}
	req, _ := http.NewRequest("GET", "http://"+log.addr("redirect to https")+"/a?b", nil)
	req.Host = "game.example"
	transport := new(http.Transport)
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	if want := "https://game.example:" + port + "/a?b"; resp.StatusCode != 308 || resp.Header.Get("Location") != want {
		t.Errorf("%d to %s, want %s; %s", resp.StatusCode, resp.Header.Get("Location"), want, body)
	}
}
