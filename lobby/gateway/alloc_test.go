package gateway

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"math"
	"net"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/rs/zerolog"

	"tickwire/codec/socketio"
	"tickwire/lobby"
	"tickwire/sio"
)

// wired is a gateway with real sockets whose other ends do nothing by
// themselves, so that every allocation is the server's.
type wired struct {
	gateway *Gateway
	players []*player
	peers   []peer
}

type peer struct {
	t    *testing.T
	conn net.Conn
	r    io.Reader
}

func wire(t *testing.T, msgpack, json int) *wired {
	t.Helper()
	srv := sio.New(sio.Options{})
	w := &wired{gateway: Attach(srv, Options{})}
	joined := make(chan *sio.Socket, 1)
	srv.Of("/").OnConnect(func(s *sio.Socket) { joined <- s })
	web := httptest.NewServer(srv)
	for i := range msgpack + json {
		conn, early, _, err := ws.Dial(t.Context(), strings.Replace(web.URL, "http", "ws", 1)+"/socket.io/?EIO=4&transport=websocket")
		if err != nil {
			t.Fatal(err)
		}
		p := peer{t, conn, conn}
		if early != nil {
			p.r = early
		}
		p.read() // the open packet
		if i < msgpack {
			p.write(ws.OpBinary, socketio.AppendMsgPack(nil, socketio.Packet{Namespace: "/"}))
		} else {
			p.write(ws.OpText, []byte("40"))
		}
		log := zerolog.Nop()
		w.players = append(w.players, &player{socket: <-joined, log: &log})
		p.read() // the answer
		w.peers = append(w.peers, p)
	}
	t.Cleanup(func() {
		for _, p := range w.peers {
			p.conn.Close()
		}
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		srv.Close(ctx)
		web.Close()
	})
	return w
}

func (p peer) write(op ws.OpCode, payload []byte) {
	p.t.Helper()
	if err := ws.WriteFrame(p.conn, ws.MaskFrame(ws.NewFrame(op, true, payload))); err != nil {
		p.t.Fatal(err)
	}
}

func (p peer) read() []byte {
	p.t.Helper()
	h, err := ws.ReadHeader(p.r)
	if err != nil {
		p.t.Fatal(err)
	}
	b := make([]byte, h.Length)
	if _, err := io.ReadFull(p.r, b); err != nil {
		p.t.Fatal(err)
	}
	return b
}

func TestStateFanOutDoesNotAllocate(t *testing.T) {
	w := wire(t, 8, 8)
	frame := &lobby.Frame{Bytes: bytes.Repeat([]byte{7}, 250)}
	ack := uint32(0)
	tick := func() {
		frame.Version++
		frame.Bytes[0]++
		for _, p := range w.players {
			ack += 1001
			if err := p.State(frame, ack); err != nil {
				t.Error(err)
			}
		}
	}
	tick() // buffers grow
	if n := testing.AllocsPerRun(50, tick); n != 0 {
		t.Errorf("a tick for %d members allocates %v times", len(w.players), n)
	}
}

// TestInputsAllocateTheEventOnly: the one allocation of an input is the
// sio.Event that the handler is given.
func TestInputsAllocateTheEventOnly(t *testing.T) {
	lobbies, err := lobby.New(lobby.Options{Games: []lobby.Game{{Name: "none", Hz: 1, MinPlayers: 2, New: noRules}}})
	if err != nil {
		t.Fatal(err)
	}
	w := wire(t, 1, 0)
	p := w.players[0]
	lobbies.Create(lobby.CreateRequest{Joiner: lobby.Joiner{Conn: p}, Game: "none"}, func(j lobby.Joined, err error) {
		p.endJoin(j.Member)
	})
	for p.current() == nil {
		runtime.Gosched()
	}
	w.gateway.players.Store(p.socket, p)

	const n = 2000
	var inputs []byte
	for seq := range uint32(n) {
		data := append([]byte{0x94, 0xa1, 'i'}, uint32s(seq+1, seq)...)
		data = append(data, 0x94, 1, 2, 3, 4)
		inputs = appendFrame(inputs, socketio.AppendMsgPack(nil, socketio.Packet{Type: socketio.Event, Namespace: "/", Data: data}))
	}
	end := appendFrame(nil, socketio.AppendMsgPack(nil, socketio.Packet{
		Type: socketio.Event, Namespace: "/", HasID: true, ID: 1, Data: append([]byte{0x92, 0xa5}, "clock\x01"...),
	}))
	run := func() {
		w.peers[0].conn.Write(inputs)
		w.peers[0].conn.Write(end)
		for !bytes.HasPrefix(w.peers[0].read(), []byte("\x84\xa4type\x03")) { // its answer
		}
	}
	run()
	var before, after runtime.MemStats
	least := math.Inf(1) // of some, as waiting for a busy machine allocates, too
	for range 3 {
		runtime.ReadMemStats(&before)
		run()
		runtime.ReadMemStats(&after)
		least = min(least, float64(after.Mallocs-before.Mallocs)/n)
	}
	if least > perInput {
		t.Errorf("%.2f allocations per input", least)
	}
	if dropped := w.gateway.DroppedInputs(); dropped != 0 {
		t.Errorf("%d inputs dropped", dropped)
	}
	done := make(chan error, 1)
	p.current().Leave(func(err error) { done <- err })
	<-done
}

func uint32s(list ...uint32) (b []byte) {
	for _, v := range list {
		b = binary.BigEndian.AppendUint32(append(b, 0xce), v)
	}
	return b
}

func appendFrame(dst, payload []byte) []byte {
	var b bytes.Buffer
	ws.WriteFrame(&b, ws.MaskFrame(ws.NewBinaryFrame(payload)))
	return append(dst, b.Bytes()...)
}

type nothing struct{}

func noRules(*lobby.Match) lobby.Rules           { return nothing{} }
func (nothing) Join(*lobby.Player)               {}
func (nothing) Leave(*lobby.Player)              {}
func (nothing) Input(*lobby.Player, lobby.Input) {}
func (nothing) Step(uint32)                      {}
