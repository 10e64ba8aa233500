package main_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
)

// ask makes a handshake as the proxy of a player would.
func (p *process) ask(t *testing.T, player, origin string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequest("GET", p.url+"/socket.io/?EIO=4&transport=polling", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Forwarded-For", player)
	if origin != "" {
		req.Header.Set("Origin", origin)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// TestBoundsOfTheBinary hits the bounds of the door one by one: the answer that
// the player gets, and the metric that the operator sees.
func TestBoundsOfTheBinary(t *testing.T) {
	for _, test := range []struct {
		bound, value string
		fits         int
		origin       string
		status       int
		body         string
	}{
		{"max-sessions", "2", 2, "", 503, `{"code":4,"message":"server is full or shutting down"}`},
		{"max-sessions-per-address", "2", 2, "", 429, `{"code":4,"message":"too many connections from your address"}`},
		{"connect-rate", "1", 5, "", 503, `{"code":4,"message":"too many new connections: wait a little"}`},
		{"connect-rate-per-address", "1", 5, "", 429, `{"code":4,"message":"too many new connections from your address: wait a little"}`},
		{"origins", "https://game.example", 0, "https://evil.example", 403, `{"code":4,"message":"origin not allowed: the page is not of this host as the server knows it, nor in its --origins"}`},
	} {
		p := start(t, "--bots=0", "--trusted-proxies=127.0.0.1", "--"+test.bound+"="+test.value)
		for i := range test.fits {
			if status, body := p.ask(t, "192.0.2.1", test.origin); status != 200 {
				t.Errorf("%s: number %d: %d %s", test.bound, i, status, body)
			}
		}
		status, body := 200, ""
		for i := 0; status == 200 && i < 100; i++ { // a rate has let some more in, if the machine is slow
			status, body = p.ask(t, "192.0.2.1", test.origin)
		}
		if status != test.status || body != test.body {
			t.Errorf("%s: %d %s, want %d %s", test.bound, status, body, test.status, test.body)
		}
		if _, metrics := fetch(t, p.ops+"/metrics"); !strings.Contains(metrics, `tickwire_door_refused_total{bound="`+test.bound+`"} 1`+"\n") {
			t.Errorf("%s is not counted", test.bound)
		}
		p.cmd.Process.Kill()
		<-p.read
	}
}

func TestRefusedTokensAreCounted(t *testing.T) {
	t.Setenv("TICKWIRE_JWT_SECRET", "a secret that has at least 32 bytes, as it should")
	p := start(t, "--bots=0", "--refuse-guests")
	for told, bad := range map[string]string{"missing": "", "malformed": "x", "signature": token(t, jwt.SigningMethodHS256, []byte("another"))} {
		if got := login(t, p.url, bad); !strings.Contains(got, "UNAUTHORIZED") {
			t.Errorf("%s: %s", told, got)
		}
		if _, metrics := fetch(t, p.ops+"/metrics"); !strings.Contains(metrics, `tickwire_door_refused_total{bound="jwt `+told+`"} 1`+"\n") {
			t.Errorf("%s is not counted", told)
		}
	}
}
