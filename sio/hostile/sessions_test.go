package hostile_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"tickwire/sio"
	"tickwire/sio/engine"
)

// Ids are long and random: nothing of one tells about the next.
func TestIDsCannotBeGuessed(t *testing.T) {
	tg := start(t, sio.Options{})
	seen := map[string]bool{}
	var same [20]int // by position: how many ids have the character of the last
	var last string
	const n = 200
	for range n {
		_, sid, _ := strings.Cut(tg.openPolling(), "sid=")
		if len(sid) != 20 || seen[sid] {
			t.Fatalf("id %q", sid)
		}
		seen[sid] = true
		for i := range last {
			if last[i] == sid[i] {
				same[i]++
			}
		}
		last = sid
	}
	for i, k := range same { // 1 of 64 by chance
		if k > n/10 {
			t.Errorf("character %d is the last one's in %d of %d ids", i, k, n)
		}
	}
	for _, guess := range []string{last[:19], last + "A", strings.ToLower(last) + "~", "../" + last, "__proto__", "constructor", "%00" + last, "%ff"} {
		if r := tg.request("GET", polling+"&sid="+guess, ""); r.status != 400 || !strings.Contains(r.body, `"code":1`) {
			t.Errorf("%s: %d %s", guess, r.status, r.body)
		}
	}
}

// Transports are compared with a list, not looked up among properties.
func TestTransportNames(t *testing.T) {
	tg := start(t, sio.Options{})
	for _, name := range []string{"__proto__", "constructor", "toString", "", "Polling", "polling,websocket", "polling%00", "%ff"} {
		if r := tg.request("GET", "EIO=4&transport="+name, ""); r.status != 400 || !strings.Contains(r.body, `"code":0`) {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
}

// Whoever learns the id of a session on websocket cannot take it over, listen
// to it or end it.
func TestStolenIDOfWebSocket(t *testing.T) {
	tg := start(t, sio.Options{})
	victim := tg.join("/")
	var sid string
	for s := range tg.srv.Of("/").Sockets() {
		sid = s.Session().ID()
	}
	tg.attack(16, func() {
		for _, method := range []string{"GET", "POST", "DELETE", "PUT"} {
			if r := tg.request(method, polling+"&sid="+sid, ""); r.status != 400 {
				t.Errorf("%s: %d %s", method, r.status, r.body)
			}
		}
		for _, say := range []string{"2probe", "5", "1", "40"} {
			thief := tg.probe(sid)
			thief.text(say)
			thief.gone()
		}
	})
	if err := victim.echo("mine"); err != nil {
		t.Error(err)
	}
}

// probe opens a websocket for a session without waiting for a packet.
func (tg *target) probe(sid string) *client {
	tg.t.Helper()
	conn := tg.dial()
	fmt.Fprintf(conn, "GET /socket.io/?%s&sid=%s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", websocket, sid)
	c := &client{t: tg.t, conn: conn}
	c.skipHead()
	return c
}

// A session on polling whose id is stolen may end, but only it.
func TestParallelRequestsOfOneSession(t *testing.T) {
	tg := start(t, sio.Options{})
	tg.attack(16, func() {
		for i := range 6 {
			q := tg.joinPolling()
			var wg sync.WaitGroup
			for j := range 12 {
				wg.Go(func() {
					conn := tg.dial()
					defer conn.Close()
					switch (i + j) % 3 {
					case 0:
						fmt.Fprintf(conn, "GET /socket.io/?%s HTTP/1.1\r\nHost: x\r\n\r\n", q)
					case 1:
						fmt.Fprintf(conn, "POST /socket.io/?%s HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\n\r\n42[\"echo\",1]", q)
					case 2:
						fmt.Fprintf(conn, "GET /socket.io/?%s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
							"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
							strings.Replace(q, "polling", "websocket", 1))
					}
					_ = conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
					_, _ = io.Copy(io.Discard, conn)
				})
			}
			wg.Wait()
		}
		tg.until("the attacked sessions end", func() bool { return tg.srv.Engine().Sessions() <= 1 })
	})
}

// A private id works once, also when many use it at the same moment.
func TestStolenPrivateID(t *testing.T) {
	tg := start(t, sio.Options{Recovery: sio.Recovery{MaxDisconnection: time.Minute}})
	c := tg.open(websocket)
	c.text("40")
	got, err := c.read()
	_, rest, found := strings.Cut(got, `"pid":"`)
	if !found {
		t.Fatalf("%q, %v", got, err)
	}
	pid, _, _ := strings.Cut(rest, `"`)
	_, rest, _ = strings.Cut(got, `"sid":"`)
	sid, _, _ := strings.Cut(rest, `"`)
	c.conn.Close()
	tg.until("the session is kept", func() bool { return tg.srv.Of("/").Stats().Sessions == 1 })

	tg.attack(16, func() {
		thieves := make([]*client, 16)
		for i := range thieves {
			thieves[i] = tg.open(websocket)
		}
		var wg sync.WaitGroup
		answers := make([]string, len(thieves))
		for i, thief := range thieves {
			wg.Go(func() {
				thief.text(fmt.Sprintf(`40{"pid":%q,"offset":""}`, pid))
				answers[i], _ = thief.read()
			})
		}
		wg.Wait()
		same := 0
		for _, a := range answers {
			if strings.Contains(a, sid) {
				same++
			}
		}
		if same != 1 {
			t.Errorf("%d clients have the socket's id: %q", same, answers)
		}
	})
}

// What is kept for clients that may come back is bounded in bytes, not only in
// number: rooms whose names they choose can be long.
func TestHoardedRecoveryStates(t *testing.T) {
	const limit = 1 << 20
	tg := start(t, sio.Options{Recovery: sio.Recovery{MaxDisconnection: time.Minute, MaxBytes: limit}})
	names := make([]string, 1000)
	tg.attack(4, func() {
		for i := range 12 {
			for j := range names {
				names[j] = fmt.Sprintf(`"%d-%0500d"`, i, j)
			}
			c := tg.join("/")
			c.text(`421["join",[` + strings.Join(names, ",") + `]]`)
			if _, err := c.read(); err != nil {
				t.Fatal(err)
			}
			_ = c.conn.Close()
		}
		tg.until("all are gone", func() bool { return tg.srv.Engine().Sessions() == 1 })
		tg.until("all are kept or dropped", func() bool { return tg.srv.Of("/").Stats().Sockets == 1 })
	})
}

// Wrong origins are refused on both transports when that is asked for.
func TestForeignOrigin(t *testing.T) {
	o := sio.Options{}
	o.Engine.CORS = &engine.CORS{Origins: []string{"https://game.example"}, RefuseOthers: true}
	tg := start(t, o)
	for origin, want := range map[string]bool{
		"https://game.example":         true,
		"https://game.example.evil":    false,
		"https://evil/?game.example":   false,
		"null":                         false,
		"http://game.example":          false,
		"https://game.example:444":     false,
		"https://GAME.example@evil.tk": false,
	} {
		for _, query := range []string{polling, websocket} {
			conn := tg.dial()
			fmt.Fprintf(conn, "GET /socket.io/?%s HTTP/1.1\r\nHost: x\r\nOrigin: %s\r\nConnection: Upgrade\r\n", query, origin)
			if query == websocket {
				_, _ = io.WriteString(conn, "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
			}
			_, _ = io.WriteString(conn, "\r\n")
			status := (&client{t: t, conn: conn}).skipHead()
			if ok := status == 200 || status == http.StatusSwitchingProtocols; ok != want {
				t.Errorf("%s, %s: %d", origin, query, status)
			}
			conn.Close()
		}
	}
}
