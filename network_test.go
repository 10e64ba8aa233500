package tickwire_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
	"github.com/rs/zerolog"

	"tickwire"
	"tickwire/clients/go"
	"tickwire/lobby"
	"tickwire/sio"
	"tickwire/sio/engine"
)

const handshake = "/socket.io/?EIO=4&transport=polling"

// ask makes a request as a trusted proxy on this machine would for a player.
func ask(t *testing.T, url, player string, headers ...string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequest("GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Forwarded-For", player)
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	transport := new(http.Transport)
	defer transport.CloseIdleConnections()
	answer, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// wantRefusal checks the answer of the protocol to a refused handshake.
func wantRefusal(t *testing.T, what string, status int, body string, want int) {
	t.Helper()
	var refusal struct {
		Code    *int
		Message string
	}
	if err := json.Unmarshal([]byte(body), &refusal); err != nil || status != want || refusal.Code == nil || *refusal.Code != int(engine.Forbidden) || refusal.Message == "" {
		t.Errorf("%s: %d %q, want %d with code 4 and a message", what, status, body, want)
	}
}

func proxied(t *testing.T, n tickwire.Network) string {
	t.Helper()
	n.TrustedProxies = append(n.TrustedProxies, loopback)
	url, _ := serve(t, tickwire.Options{Network: n})
	return url
}

// TestBoundsOfConnecting: what a player gets who is one too many.
func TestBoundsOfConnecting(t *testing.T) {
	for _, test := range []struct {
		name    string
		network tickwire.Network
		fits    int
		status  int
		others  int // status for a player from elsewhere
	}{
		{"sessions", tickwire.Network{MaxSessions: 3}, 3, 503, 503},
		{"sessions of an address", tickwire.Network{MaxSessionsPerAddress: 3}, 3, 429, 200},
		{"rate", tickwire.Network{ConnectRate: 1}, 5, 503, 503},
		{"rate of an address", tickwire.Network{ConnectRatePerAddress: 1}, 5, 429, 200},
		{"no bound", tickwire.Network{MaxSessions: -1, MaxSessionsPerAddress: -1, ConnectRate: -1, ConnectRatePerAddress: -1}, 300, 0, 200},
	} {
		url := proxied(t, test.network)
		got, body := 200, ""
		fits := -1
		// A rate lets some more in while the machine is slow.
		for ; got == 200 && fits < max(test.fits, 100) && (test.status != 0 || fits < test.fits); fits++ {
			got, body = ask(t, url+handshake, "2001:db8::1")
		}
		if fits < test.fits {
			t.Errorf("%s: %d fit, want %d", test.name, fits, test.fits)
		}
		if test.status != 0 {
			wantRefusal(t, test.name, got, body, test.status)
		}
		if got, body = ask(t, url+handshake, "2001:db8:0:1::1"); got != test.others {
			t.Errorf("%s: somebody else: %d %q, want %d", test.name, got, body, test.others)
		}
	}
}

// TestForgedAddress: who is no trusted proxy cannot be somebody else.
func TestForgedAddress(t *testing.T) {
	url, _ := serveFrom(t, "192.0.2.1", tickwire.Options{Network: tickwire.Network{MaxSessionsPerAddress: 1}})
	ask(t, url+handshake, "203.0.113.1")
	status, body := ask(t, url+handshake, "203.0.113.2")
	wantRefusal(t, "another header", status, body, 429)
}

// TestPlayersAddress: the lobby's Identity, and studios' handlers, see the player.
func TestPlayersAddress(t *testing.T) {
	seen := make(chan string, 1)
	url, _ := serve(t, tickwire.Options{
		Network: tickwire.Network{TrustedProxies: prefixes(loopback)},
		Setup: func(s *tickwire.Server) {
			s.IO().Of("/").OnConnect(func(socket *sio.Socket) { seen <- s.Identity(socket).Address })
			s.Handle("/who", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.RemoteAddr) }))
		},
	})
	if _, body := ask(t, url+"/who", "192.0.2.1"); body != "192.0.2.1:0" {
		t.Errorf("the handler sees %s", body)
	}
	for header, want := range map[string]string{"203.0.113.9, 192.0.2.1": "192.0.2.1", "2001:db8:1:2::7": "2001:db8:1:2::/64", "": "127.0.0.1"} {
		conn := dialWS(t, url, http.Header{"X-Forwarded-For": {header}})
		if err := wsutil.WriteClientText(conn, []byte("40")); err != nil {
			t.Fatal(err)
		}
		if got := <-seen; got != want {
			t.Errorf("the lobby sees %s, want %s", got, want)
		}
		conn.Close()
	}
}

func TestOrigins(t *testing.T) {
	strict := proxied(t, tickwire.Network{})
	listed := proxied(t, tickwire.Network{Origins: []string{"https://game.example", "https://*.play.example:8443"}})
	all := proxied(t, tickwire.Network{Origins: []string{"*"}})
	for _, test := range []struct {
		url, origin string
		status      int
	}{
		{strict, "", 200},
		{strict, strict, 200}, // the server's own page
		{strict, "https://game.example", 403},
		{strict, "null", 403},
		{listed, "https://game.example", 200},
		{listed, "http://game.example", 403},
		{listed, "https://game.example.evil.example", 403},
		{listed, "https://a.b.play.example:8443", 200},
		{listed, "https://play.example:8443", 403},
		{listed, "https://.play.example:8443", 403},
		{listed, "https://a.play.example", 403},
		{listed, "https://evilplay.example:8443", 403},
		{all, "https://anybody.example", 200},
	} {
		headers := []string{"Origin", test.origin}
		if test.origin == "" {
			headers = nil
		}
		status, body := ask(t, test.url+handshake, "192.0.2.1", headers...)
		if test.status == 403 {
			wantRefusal(t, test.origin, status, body, 403)
		} else if status != test.status {
			t.Errorf("%q: %d %q", test.origin, status, body)
		}
	}
	for _, wrong := range []string{"game.example", "https://", "https://game.example/", "https://Game.example", "null", "https://*", "https://a.*.example", "https://a@b.example"} {
		if _, err := tickwire.New(tickwire.Options{Games: []lobby.Game{stepsGame()}, Network: tickwire.Network{Origins: []string{wrong}}}); err == nil {
			t.Errorf("%q was accepted", wrong)
		}
	}
	if _, err := tickwire.New(tickwire.Options{Games: []lobby.Game{stepsGame()}, Network: tickwire.Network{Origins: []string{"https://a.example", "*"}}}); err == nil {
		t.Error("* beside others was accepted")
	}
}

// TestForeignPagesAreExplained: an operator whose proxy changes Host reads what
// to do, and a flood of such pages does not fill the log.
func TestForeignPagesAreExplained(t *testing.T) {
	log := new(strings.Builder)
	url, stop := serve(t, tickwire.Options{Log: zerolog.New(zerolog.SyncWriter(log))})
	for range 3 {
		status, body := ask(t, url+handshake, "", "Origin", "https://game.example"+strings.Repeat("e", 1000))
		if wantRefusal(t, "a foreign page", status, body, 403); !strings.Contains(body, "--origins") {
			t.Errorf("the page is told %s", body)
		}
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	told := 0
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, "--origins") {
			told++
			if !strings.Contains(line, `"origin":"https://game.example`) || len(line) > 700 {
				t.Errorf("the log says %s", line)
			}
		}
	}
	if told != 1 {
		t.Errorf("the log says it %d times", told)
	}
}

// TestRequestsOfOneAddress: who asks for files too often is turned away, from
// them alone.
func TestRequestsOfOneAddress(t *testing.T) {
	url, _ := serve(t, tickwire.Options{
		Network: tickwire.Network{TrustedProxies: prefixes(loopback), RequestRatePerAddress: 1},
		Page:    fstest.MapFS{"index.html": {Data: []byte("home")}},
	})
	status, n := 200, 0
	for ; status == 200 && n < 100; n++ { // some more than 5 fit while the machine is slow
		status, _ = ask(t, url+"/", "192.0.2.1")
	}
	if status != 429 || n < 6 {
		t.Errorf("number %d: %d", n, status)
	}
	if status, _ = ask(t, url+handshake, "192.0.2.1"); status != 200 {
		t.Errorf("a session: %d", status)
	}
	if status, body := ask(t, url+"/", "192.0.2.2"); status != 200 || body != "home" {
		t.Errorf("somebody else: %d %q", status, body)
	}
}

// TestBoundsOfASession: a flood ends with a websocket's close code.
func TestBoundsOfASession(t *testing.T) {
	for _, test := range []struct {
		name    string
		options engine.Options
		packets int
		size    int
		code    ws.StatusCode
	}{
		{"packets", engine.Options{MaxPacketRate: 5}, 500, 1, ws.StatusPolicyViolation},
		{"bytes", engine.Options{MaxByteRate: 10_000, MaxPayload: 5_000}, 500, 4_000, ws.StatusPolicyViolation},
		{"payload", engine.Options{MaxPayload: 5_000}, 1, 5_001, ws.StatusMessageTooBig},
	} {
		url, _ := serve(t, tickwire.Options{Socket: sio.Options{Engine: test.options}})
		conn := dialWS(t, url, nil)
		packet := []byte(`42["nobody","` + strings.Repeat("x", test.size) + `"]`)
		go func() { // ends when the server closes
			wsutil.WriteClientText(conn, []byte("40"))
			for range test.packets {
				if wsutil.WriteClientText(conn, packet) != nil {
					return
				}
			}
		}()
		var err error
		for err == nil {
			_, _, err = wsutil.ReadServerData(conn)
		}
		conn.Close()
		if closed, ok := errors.AsType[wsutil.ClosedError](err); !ok || closed.Code != test.code {
			t.Errorf("%s: %v, want close %d", test.name, err, test.code)
		}
	}
}

// TestConnsPerAddress: one HTTP connection too many is closed unread.
func TestConnsPerAddress(t *testing.T) {
	url, _ := serveFrom(t, "192.0.2.1", tickwire.Options{Network: tickwire.Network{MaxConnsPerAddress: 2}})
	address := strings.TrimPrefix(url, "http://")
	dial := func() net.Conn {
		conn, err := net.DialTimeout("tcp", address, patience)
		if err != nil {
			t.Fatal(err)
		}
		conn.SetDeadline(time.Now().Add(patience))
		return conn
	}
	answers := func(conn net.Conn) bool {
		fmt.Fprintf(conn, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
		n, _ := conn.Read(make([]byte, 1))
		return n == 1
	}
	a, b := dial(), dial()
	defer a.Close()
	defer b.Close()
	if !answers(a) || !answers(b) {
		t.Error("two connections are too many")
	}
	third := dial()
	defer third.Close()
	if answers(third) {
		t.Error("a third one is served")
	}
	if !answers(a) {
		t.Error("the first one is not served any more")
	}
}

// TestMaxLobbies: the code of a lobby too many.
func TestMaxLobbies(t *testing.T) {
	url, _ := serve(t, tickwire.Options{Lobby: lobby.Options{MaxLobbies: 1}})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var codes []string
	for range 2 {
		game := client.NewGame(client.New(client.Options{URL: url}))
		if err := game.Conn().Connect(ctx); err != nil {
			t.Fatal(err)
		}
		defer func() { game.Conn().Close(); <-game.Conn().Done() }()
		_, err := game.Create(ctx, client.Request{Game: "steps"})
		code := "fine"
		if refused, ok := errors.AsType[*client.Error](err); ok {
			code = refused.Code
		}
		codes = append(codes, code)
	}
	if got := strings.Join(codes, " "); got != "fine LOBBY_LIMIT" {
		t.Errorf("got %s", got)
	}
}

// TestLongPollsOutliveTheRequestTimeout, which is for all other requests.
func TestLongPollsOutliveTheRequestTimeout(t *testing.T) {
	url, _ := serve(t, tickwire.Options{
		Network: tickwire.Network{RequestTimeout: 50 * time.Millisecond},
		Socket:  sio.Options{Engine: engine.Options{PingInterval: 300 * time.Millisecond}},
	})
	_, open := ask(t, url+handshake, "")
	var opened struct{ SID string }
	if err := json.Unmarshal([]byte(strings.TrimPrefix(open, "0")), &opened); err != nil {
		t.Fatal(err)
	}
	if status, body := ask(t, url+handshake+"&sid="+opened.SID, ""); status != 200 || body != "2" {
		t.Errorf("the poll brought %d %q, want a ping", status, body)
	}
}

// TestBodiesThatNeverCome: also what the mux answers by itself, and a recording,
// does not wait for them without an end.
func TestBodiesThatNeverCome(t *testing.T) {
	url, _ := serve(t, tickwire.Options{ServeReplays: true, Network: tickwire.Network{RequestTimeout: 50 * time.Millisecond}})
	for _, request := range []string{"GET /nowhere", "POST /healthz", "GET /healthz", "GET /sdk/nothing", "GET /replays/", "GET /replays/none/stream"} {
		conn, err := net.DialTimeout("tcp", strings.TrimPrefix(url, "http://"), patience)
		if err != nil {
			t.Fatal(err)
		}
		conn.SetDeadline(time.Now().Add(patience))
		fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf", request)
		if answer, err := io.ReadAll(conn); errors.Is(err, os.ErrDeadlineExceeded) { // it ends, with an answer or without
			t.Errorf("%s: %q, %v", request, answer, err)
		}
		conn.Close()
	}
}

// TestConnsOfAProxy: who takes many connections through a trusted proxy on
// another machine does not use up those of all players behind it.
func TestConnsOfAProxy(t *testing.T) {
	url, _ := serveFrom(t, "192.0.2.1", tickwire.Options{
		Network: tickwire.Network{MaxConnsPerAddress: 2, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}},
	})
	for range 5 {
		conn, err := net.DialTimeout("tcp", strings.TrimPrefix(url, "http://"), patience)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(patience))
		fmt.Fprintf(conn, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
		if _, err := conn.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
	}
}
