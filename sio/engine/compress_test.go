package engine_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/httphead"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"

	"tickwire/sio/engine"
)

func TestHTTPCompression(t *testing.T) {
	long := strings.Repeat("state ", 400)
	for name, c := range map[string]struct {
		o      engine.Options
		accept string
		text   string
		plain  bool
		want   bool
	}{
		"long":             {engine.Options{}, "gzip, deflate, br", long, false, true},
		"short":            {engine.Options{}, "gzip", "hello", false, false},
		"not accepted":     {engine.Options{}, "", long, false, false},
		"refused":          {engine.Options{}, "deflate, gzip;q=0", long, false, false},
		"refused in full":  {engine.Options{}, "gzip; q=0.000", long, false, false},
		"any":              {engine.Options{}, "*", long, false, true},
		"any but gzip":     {engine.Options{}, "gzip;q=0, *", long, false, false},
		"with a weight":    {engine.Options{}, "br;q=1.0, GZIP;q=0.5", long, false, true},
		"off":              {engine.Options{DisableHTTPCompression: true}, "gzip", long, false, false},
		"other threshold":  {engine.Options{CompressionThreshold: 4}, "gzip", "hello", false, true},
		"without, by wish": {engine.Options{}, "gzip", long, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			srv := serve(t, c.o, nil)
			q := srv.openPolling()
			m := engine.NewText([]byte(c.text))
			if c.plain {
				m.WithoutCompression()
			}
			_ = srv.peer().Send(m)
			req, _ := http.NewRequest("GET", srv.url("http", q), nil)
			req.Header.Set("Accept-Encoding", c.accept)
			res, err := srv.do(req)
			if err != nil {
				t.Fatal(err)
			}
			got := res.header.Get("Content-Encoding") == "gzip"
			if got != c.want {
				t.Errorf("compressed: %v, want %v", got, c.want)
			}
			body := res.body
			if got {
				r, err := gzip.NewReader(strings.NewReader(res.body))
				if err != nil {
					t.Fatal(err)
				}
				b, err := io.ReadAll(r)
				if err != nil {
					t.Fatal(err)
				}
				body = string(b)
			}
			if body != "4"+c.text {
				t.Errorf("got %.40q", body)
			}
		})
	}
}

// dialDeflate opens a websocket with an offer of permessage-deflate; it
// returns what the server answered.
func (srv *server) dialDeflate(offer map[string]string) (*client, ws.Handshake) {
	srv.t.Helper()
	ctx, cancel := context.WithTimeout(srv.t.Context(), patience)
	defer cancel()
	d := ws.Dialer{Extensions: []httphead.Option{httphead.NewOption(wsflate.ExtensionName, offer)}}
	conn, br, hs, err := d.Dial(ctx, srv.url("ws", websocket))
	if err != nil {
		srv.t.Fatal(err)
	}
	srv.t.Cleanup(func() { conn.Close() })
	c := newClient(srv.t, conn, br)
	c.want(ws.OpText)
	return c, hs
}

func TestDeflateNegotiation(t *testing.T) {
	for name, c := range map[string]struct {
		o      engine.Options
		offer  map[string]string
		accept bool
	}{
		"off":                  {engine.Options{}, nil, false},
		"plain offer":          {engine.Options{PerMessageDeflate: true}, nil, true},
		"a browser's":          {engine.Options{PerMessageDeflate: true}, map[string]string{"client_max_window_bits": ""}, true},
		"no context takeover":  {engine.Options{PerMessageDeflate: true}, map[string]string{"server_no_context_takeover": "", "client_no_context_takeover": ""}, true},
		"our window, full":     {engine.Options{PerMessageDeflate: true}, map[string]string{"server_max_window_bits": "15"}, true},
		"our window, small":    {engine.Options{PerMessageDeflate: true}, map[string]string{"server_max_window_bits": "10"}, false},
		"an unknown parameter": {engine.Options{PerMessageDeflate: true}, map[string]string{"turbo": "1"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			srv := serve(t, c.o, nil)
			_, hs := srv.dialDeflate(c.offer)
			if got := len(hs.Extensions) > 0; got != c.accept {
				t.Fatalf("accepted: %v, want %v", got, c.accept)
			}
			if c.accept {
				for _, p := range []string{"server_no_context_takeover", "client_no_context_takeover"} {
					if _, ok := hs.Extensions[0].Parameters.Get(p); !ok {
						t.Errorf("the answer lacks %s: %s", p, hs.Extensions[0])
					}
				}
			}
		})
	}
}

// deflateFrame compresses a payload as a client does.
func deflateFrame(t *testing.T, op ws.OpCode, payload []byte) ws.Frame {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write(payload)
	_ = w.Flush()
	f := ws.NewFrame(op, true, bytes.TrimSuffix(b.Bytes(), []byte{0, 0, 0xff, 0xff}))
	f.Header.Rsv = ws.Rsv(true, false, false)
	return f
}

func TestDeflate(t *testing.T) {
	srv := serve(t, engine.Options{PerMessageDeflate: true}, echo)
	c, _ := srv.dialDeflate(nil)
	plain, _ := srv.openWS() // did not offer it
	long := strings.Repeat("state ", 1000)

	c.frame(deflateFrame(t, ws.OpText, []byte("4"+long)))
	f, err := c.read()
	if err != nil {
		t.Fatal(err)
	}
	if !f.Header.Rsv1() || len(f.Payload) > 200 {
		t.Errorf("%d bytes came as %d, compressed: %v", len(long), len(f.Payload), f.Header.Rsv1())
	}
	if f, err = wsflate.DecompressFrame(f); err != nil || string(f.Payload) != "4"+long {
		t.Errorf("got %.40q, %v", f.Payload, err)
	}

	for _, payload := range []string{"", "4x", "4" + strings.Repeat("y", 500)} {
		if payload == "" {
			continue
		}
		c.frame(deflateFrame(t, ws.OpText, []byte(payload)))
		c.wantText(payload) // short: not compressed
	}
	// One message for both kinds of clients; random bytes stay as they are.
	m := engine.NewText([]byte(long), []byte("attached"))
	p1, p2 := srv.peer(), srv.peer()
	_ = p1.Hold(m)
	_ = p1.Flush()
	_ = p2.Send(m)
	f, _ = c.read()
	if f, err = wsflate.DecompressFrame(f); err != nil || string(f.Payload) != "4"+long {
		t.Errorf("got %.40q, %v", f.Payload, err)
	}
	if got := c.want(ws.OpBinary); string(got) != "attached" {
		t.Errorf("attachment %q", got)
	}
	plain.wantText("4" + long)
	plain.want(ws.OpBinary)

	_ = p1.Send(engine.NewText([]byte(long)).WithoutCompression())
	c.wantText("4" + long)
}

// Messages that wait for a poll take the websocket's form at the upgrade.
func TestDeflateAcrossUpgrade(t *testing.T) {
	srv := serve(t, engine.Options{PerMessageDeflate: true}, nil)
	q := srv.openPolling()
	p := srv.peer()
	d := ws.Dialer{Extensions: []httphead.Option{httphead.NewOption(wsflate.ExtensionName, nil)}}
	conn, br, _, err := d.Dial(t.Context(), srv.url("ws", toWS(q)))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	c := newClient(t, conn, br)
	c.send("2probe")
	c.wantText("3probe")
	long := strings.Repeat("state ", 1000)
	_ = p.Send(engine.NewText([]byte(long)))
	c.send("5")
	f, err := c.read()
	if err != nil {
		t.Fatal(err)
	}
	if f, err = wsflate.DecompressFrame(f); err != nil || string(f.Payload) != "4"+long {
		t.Errorf("got %.40q, %v", f.Payload, err)
	}
}

func TestDeflateAttacks(t *testing.T) {
	bomb := func(t *testing.T) ws.Frame { return deflateFrame(t, ws.OpBinary, make([]byte, 4<<20)) }
	control := func(t *testing.T) ws.Frame {
		f := ws.NewPingFrame(nil)
		f.Header.Rsv = ws.Rsv(true, false, false)
		return f
	}
	garbage := func(*testing.T) ws.Frame {
		f := ws.NewBinaryFrame([]byte("\xff\xff\xff not deflate"))
		f.Header.Rsv = ws.Rsv(true, false, false)
		return f
	}
	badText := func(t *testing.T) ws.Frame { return deflateFrame(t, ws.OpText, []byte("4\xff")) }
	for name, c := range map[string]struct {
		frame func(*testing.T) ws.Frame
		code  ws.StatusCode
	}{
		"bomb":               {bomb, ws.StatusMessageTooBig},
		"garbage":            {garbage, ws.StatusInvalidFramePayloadData},
		"compressed control": {control, ws.StatusProtocolError},
		"invalid UTF-8":      {badText, ws.StatusInvalidFramePayloadData},
	} {
		t.Run(name, func(t *testing.T) {
			srv := serve(t, engine.Options{PerMessageDeflate: true}, echo)
			bystander, _ := srv.openWS()
			c1, _ := srv.dialDeflate(nil)
			srv.peer()
			p := srv.peer()
			c1.frame(c.frame(t))
			c1.wantClosed(c.code)
			p.wantEnd(t, engine.TransportError, nil)
			bystander.send("4alive")
			bystander.wantText("4alive")
		})
	}
	t.Run("not agreed", func(t *testing.T) {
		srv := serve(t, engine.Options{PerMessageDeflate: true}, echo)
		c, _ := srv.openWS()
		c.frame(deflateFrame(t, ws.OpText, []byte("4x")))
		c.wantClosed(ws.StatusProtocolError)
	})
}

func TestRateLimits(t *testing.T) {
	packets := engine.Options{MaxPacketRate: 100}
	bytesPerS := engine.Options{MaxByteRate: 10_000}
	flood := func(c *client) {
		for range 200 {
			if ws.WriteFrame(c.conn, ws.MaskFrame(ws.NewTextFrame([]byte("4x")))) != nil {
				return
			}
		}
	}
	for name, c := range map[string]struct {
		o   engine.Options
		act func(*client)
	}{
		"packets": {packets, flood},
		"pings": {packets, func(c *client) {
			for range 200 {
				if ws.WriteFrame(c.conn, ws.MaskFrame(ws.NewPingFrame(nil))) != nil {
					return
				}
			}
		}},
		"bytes": {bytesPerS, func(c *client) { c.sendBin(make([]byte, 10_001)) }},
	} {
		t.Run(name, func(t *testing.T) {
			srv := serve(t, c.o, nil)
			bystander, _ := srv.openWS()
			other := srv.peer()
			cl, _ := srv.openWS()
			p := srv.peer()
			c.act(cl)
			p.wantEnd(t, engine.TransportError, engine.ErrFlooding)
			cl.wantClosed(ws.StatusPolicyViolation)
			bystander.send("4alive")
			other.wantMessage(t, "alive")
			if n := srv.Stats().Flooded; n != 1 {
				t.Errorf("%d floods counted", n)
			}
		})
	}
	t.Run("polling", func(t *testing.T) {
		srv := serve(t, packets, nil)
		q := srv.openPolling()
		p := srv.peer()
		srv.post(q, strings.TrimSuffix(strings.Repeat("4x\x1e", 200), "\x1e")).wantCode(t, 429, engine.BadRequest)
		p.wantEnd(t, engine.TransportError, engine.ErrFlooding)
		if n := len(p.messages); n < 100 || n > 150 { // the allowance grows while a slow machine works
			t.Errorf("%d messages were delivered, want 100", n)
		}
	})
}

// Within the rate a client may go on for ever; a burst of a second's worth is
// within it.
func TestRateLimitRefills(t *testing.T) {
	bubble(t, engine.Options{MaxPacketRate: 10, PingInterval: time.Hour}, func(srv *pipeServer) {
		c := srv.openWS()
		p := <-srv.peers
		for range 20 {
			for range 10 {
				c.send("4x")
			}
			pass(time.Second)
		}
		if len(p.messages) != 200 || len(p.ended) != 0 {
			t.Errorf("%d messages, ended: %v", len(p.messages), len(p.ended) == 1)
		}
		go c.wantClosed(0)
	})
}

func TestJSONPIsRefused(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	srv.get(polling+"&j=0").wantCode(t, 400, engine.BadRequest)
}
