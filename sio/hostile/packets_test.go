package hostile_test

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"tickwire/codec/socketio"
	"tickwire/sio"

	"github.com/gobwas/ws"
)

func deep(open, closing string, n int) string {
	return strings.Repeat(open, n) + strings.Repeat(closing, n)
}

// bombs are messages that are small and ask for much.
var bombs = map[string]string{
	"brackets":               `2["decode",` + strings.Repeat("[", 900_000),
	"nested arrays":          `2["decode",` + deep("[", "]", 9000) + `]`,
	"nested maps":            `2["decode",` + deep(`{"a":`, "}", 9000) + `]`,
	"nested auth":            `0/dyn-x,{"a":` + deep("[", "]", 9000) + `}`,
	"nested acknowledgement": `31[` + deep("[", "]", 9000) + `]`,
	"a million elements":     `2["decode",[` + strings.Repeat("0,", 400_000) + `0]]`,
	"attachments by number":  `5999999999-["decode"]`,
	"attachments by weight":  `511-["decode"]`,
	"placeholder beyond":     `51-["decode",{"_placeholder":true,"num":7}]`,
	"placeholder negative":   `51-["decode",{"_placeholder":true,"num":-1}]`,
	"placeholder of text":    `51-["decode",{"_placeholder":true,"num":"splice"}]`,
	"placeholder inherits":   `51-[{"_placeholder":true,"num":0}]`,
	"placeholder of nothing": `50-["decode",{"_placeholder":true,"num":0}]`,
	"name is an object":      `2[{"toString":"x"}]`,
	"no name":                `2[]`,
	"reserved":               `2["disconnect","x"]`,
	"long namespace":         `2/` + strings.Repeat("n", 900_000) + `,["x"]`,
	"huge id":                `2` + strings.Repeat("9", 900_000) + `["x"]`,
}

// Bombs end their session, on polling as well as compressed on websocket.
func TestBombs(t *testing.T) {
	o := sio.Options{}
	o.Engine.PerMessageDeflate = true
	tg := start(t, o)
	tg.attack(16, func() {
		for name, bomb := range bombs {
			q := tg.joinPolling()
			tg.request("POST", q, "4"+bomb)
			if strings.HasPrefix(bomb, "51-") { // the attachment: base64
				tg.request("POST", q, "bAQID")
			}
			tg.request("GET", q, "") // the close packet, or nothing more
			if r := tg.request("GET", q, ""); r.status != 400 {
				t.Errorf("%s, polling: %d %.100s", name, r.status, r.body)
			}
			c := tg.joinDeflated()
			c.packed("4" + bomb)
			c.binary([]byte{1, 2, 3})
			c.gone()
		}
	})
}

// joinDeflated opens a websocket with compression in the main namespace.
func (tg *target) joinDeflated() *client {
	tg.t.Helper()
	conn := tg.dial()
	fmt.Fprintf(conn, "GET /socket.io/?%s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n", websocket)
	c := &client{t: tg.t, conn: conn}
	if status := c.skipHead(); status != 101 {
		tg.t.Fatal(status)
	}
	c.text("40")
	for range 2 { // the open packet and the answer
		if _, err := c.read(); err != nil {
			tg.t.Fatal(err)
		}
	}
	return c
}

// packed sends a compressed text message.
func (c *client) packed(s string) { c.sendPacked(pack(s, 1)) }

func (c *client) sendPacked(b []byte) {
	f := ws.NewTextFrame(b)
	f.Header.Rsv = ws.Rsv(true, false, false)
	_ = ws.WriteFrame(c.conn, ws.MaskFrame(f))
}

// pack compresses n times s.
func pack(s string, n int) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestSpeed)
	for range n {
		_, _ = w.Write([]byte(s))
	}
	_ = w.Flush()
	return bytes.TrimSuffix(b.Bytes(), []byte{0, 0, 0xff, 0xff})
}

// What unpacks to more than the limit costs no more than the limit.
func TestDeflateBomb(t *testing.T) {
	o := sio.Options{}
	o.Engine.PerMessageDeflate = true
	tg := start(t, o)
	bomb := pack(strings.Repeat("x", 1<<20), 100)
	tg.attack(8, func() {
		for range 2 {
			c := tg.joinDeflated()
			c.sendPacked(bomb)
			if code := c.gone(); code != ws.StatusMessageTooBig {
				t.Errorf("closed with %d", code)
			}
		}
	})
}

// What a big message needed is given back when it was handled.
func TestMemoryAfterBigMessages(t *testing.T) {
	tg := start(t, sio.Options{})
	text := strings.Repeat("x", 900_000)
	data, _ := socketio.AppendEvent(nil, "back", []byte(text))
	packet := socketio.AppendMsgPack(nil, socketio.Packet{Type: socketio.Event, Namespace: "/", Data: data})
	tg.attack(4, func() {
		for range 6 {
			c := tg.join("/")
			if err := c.ask("echo", text, text); err != nil {
				t.Fatal(err)
			}
			m := tg.joinPacked()
			m.binary(packet)
			if got, err := m.read(); err != nil || len(got) < len(text) {
				t.Fatal(len(got), err)
			}
		}
	})
}

// A message that is never finished holds what came of it, and no more.
func TestUnfinishedMessages(t *testing.T) {
	tg := start(t, sio.Options{})
	tg.attack(8, func() {
		for range 50 {
			c := tg.joinPacked()
			// declares 900 KB, sends 10
			_, _ = c.conn.Write([]byte{0x82, 0xff, 0, 0, 0, 0, 0, 13, 0xbb, 0xa0, 1, 2, 3, 4, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
			j := tg.join("/")
			j.text(`4510-["decode"]`) // and no attachments
			j.binary(make([]byte, 10_000))
		}
	})
}

// Clients that take nothing end at the bound, on both transports, while others
// talk on.
func TestClientsThatNeverRead(t *testing.T) {
	tg := start(t, sio.Options{})
	tg.attack(24, func() {
		text := strings.Repeat("x", 60_000)
		for range 4 {
			deaf := tg.join("/")
			if err := deaf.ask("join", []string{"players"}, 2); err != nil {
				t.Fatal(err)
			}
			_ = deaf.conn.(*net.TCPConn).SetReadBuffer(4096)
			q := tg.joinPolling()
			tg.request("POST", q, `42["join",["players"]]`)
		}
		before := tg.srv.Engine().Stats().Slow
		loud := tg.join("/")
		for range 400 {
			if err := loud.ask("echo", 1, 1); err != nil {
				t.Fatal(err)
			}
			loud.text(`42["say","` + text + `"]`)
			if tg.srv.Engine().Stats().Slow == before+8 {
				return
			}
		}
		t.Errorf("%d of 8 sessions were ended", tg.srv.Engine().Stats().Slow-before)
	})
}

// Connections that end at every byte of a conversation leave nothing behind.
func TestCutAtEveryByte(t *testing.T) {
	tg := start(t, sio.Options{})
	frame := func(f ws.Frame) []byte { return ws.MustCompileFrame(ws.MaskFrame(f)) }
	all := []byte("GET /socket.io/?" + websocket + " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	for _, f := range []ws.Frame{
		ws.NewTextFrame([]byte("40")), ws.NewTextFrame([]byte(`451-7["echo",{"_placeholder":true,"num":0}]`)), ws.NewBinaryFrame([]byte{1, 2, 3}),
		ws.NewTextFrame([]byte("40/dyn-x,")), ws.NewPingFrame(nil), ws.NewTextFrame([]byte("41")), ws.NewCloseFrame(nil),
	} {
		all = append(all, frame(f)...)
	}
	tg.attack(8, func() {
		for cut := range all {
			conn := tg.dial()
			_, _ = conn.Write(all[:cut])
			if cut%2 == 0 {
				_ = conn.(*net.TCPConn).SetLinger(0) // a reset
			}
			conn.Close()
		}
		tg.until("all sessions end", func() bool { return tg.srv.Engine().Sessions() == 1 })
	})
}

// Eight times the input takes about eight times as long, whatever it is.
func TestParsingIsLinear(t *testing.T) {
	o := sio.Options{}
	o.Engine.PerMessageDeflate = true
	tg := start(t, o)
	message := func(make func(n int) string) func(int) {
		return func(n int) {
			c := tg.join("/")
			c.text(make(n))
			_ = c.echo("handled")
			c.conn.Close()
		}
	}
	header := func(make func(n int) string) func(int) {
		return func(n int) {
			conn := tg.dial()
			fmt.Fprintf(conn, "GET /socket.io/?%s HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
				"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n\r\n", websocket, make(n))
			tg.answer(conn)
			conn.Close()
		}
	}
	for name, parse := range map[string]func(n int){
		"escapes":      message(func(n int) string { return `42["decode","` + strings.Repeat(`\"`, n/2) + `"]` }),
		"digits":       message(func(n int) string { return `42["decode",` + strings.Repeat(`1`, n) + `]` }),
		"spaces":       message(func(n int) string { return `42["decode",` + strings.Repeat(` `, n) + `0]` }),
		"keys":         message(func(n int) string { return `42["decode",{` + strings.Repeat(`"a":0,`, n/8) + `"a":0}]` }),
		"placeholders": message(func(n int) string { return `42["decode"` + strings.Repeat(`,{"_placeholder":0}`, n/20) + `]` }),
		"dashes":       message(func(n int) string { return `45` + strings.Repeat("-", n) }),
		"packets": func(n int) {
			q := tg.joinPolling()
			tg.request("POST", q, strings.Repeat("3\x1e", n/8)+"3")
		},
		"base64": func(n int) {
			q := tg.joinPolling()
			tg.request("POST", q, "b"+base64.StdEncoding.EncodeToString(make([]byte, n/2)))
		},
		"extensions": header(func(n int) string { return "Sec-WebSocket-Extensions: " + strings.Repeat(`a;b="`, n/5) }),
		"protocols":  header(func(n int) string { return "Sec-WebSocket-Protocol: " + strings.Repeat(`a,`, n/2) }),
		"commas":     header(func(n int) string { return "Connection: " + strings.Repeat(`,`, n) + "\r\nUpgrade: x" }),
		"cookies":    header(func(n int) string { return "Cookie: " + strings.Repeat(`a=b;`, n/4) }),
	} {
		t.Run(name, func(t *testing.T) {
			took := func(n int) time.Duration {
				from := time.Now()
				parse(n)
				return time.Since(from)
			}
			small, big := quietest(func() (time.Duration, time.Duration) { return took(40_000), took(320_000) },
				func(small, big time.Duration) bool { return big <= 24*small+50*time.Millisecond }) // 64 times, were it quadratic
			if small > 0 {
				t.Errorf("40 KB take %v, 320 KB %v", small, big)
			}
		})
	}
}

// quietest measures two times until they are as they should be, and returns
// zeros then. On a busy machine each try may be disturbed, but not all.
func quietest(measure func() (a, b time.Duration), ok func(a, b time.Duration) bool) (a, b time.Duration) {
	a, b = time.Hour, time.Hour
	for range 12 {
		x, y := measure()
		if a, b = min(a, x), min(b, y); ok(a, b) {
			return 0, 0
		}
	}
	return a, b
}
