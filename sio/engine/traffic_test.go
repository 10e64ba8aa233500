package engine_test

import (
	"testing"

	"github.com/gobwas/ws"

	"tickwire/sio/engine"
)

// TestCensusAddsUp counts the bytes of a polling, a websocket and an upgraded
// session at both ends, while they live and after.
func TestCensusAddsUp(t *testing.T) {
	srv := serve(t, engine.Options{}, echo)
	c, _ := srv.openWS()
	p := srv.peer()
	q := srv.openPolling()
	srv.peer()

	// A client may have the bytes before they are counted.
	until(t, "the open packet to be counted", func() bool { return srv.Census().Sent > 0 })
	before := srv.Census()
	if before.WebSocket != 1 || before.Polling != 1 {
		t.Fatalf("sessions: %+v", before)
	}
	c.send("4hello")
	c.wantText("4hello")
	c.sendBin(make([]byte, 300))
	c.want(ws.OpBinary)
	srv.post(q, "4abc").want(t, 200, "ok")
	srv.get(q).want(t, 200, "4abc")

	const sent = 2 + 6 + 4 + 300 + 4 // headers of two frames; a payload has none
	until(t, "all to be counted", func() bool { return srv.Census().Sent-before.Sent >= sent })
	got := srv.Census()
	const received = 5 + 300 + 3
	if got.Sent-before.Sent != sent || got.Received-before.Received != received || got.Packets-before.Packets != 3 {
		t.Errorf("traffic %+v after %+v", got.Traffic, before.Traffic)
	}
	c.frame(ws.NewCloseFrame(ws.NewCloseFrameBody(ws.StatusNormalClosure, "")))
	c.wantClosed(0)
	p.wantEnd(t, engine.TransportClose, nil)
	srv.post(q, "1").want(t, 200, "ok")

	after := srv.Census()
	if after.Sent < got.Sent || after.Received < got.Received || after.WebSocket+after.Polling != 0 {
		t.Errorf("after the end: %+v, before it %+v", after, got)
	}
	if st := srv.Stats(); st.Ended[engine.TransportClose] != 2 || st.Opened != 2 {
		t.Errorf("ended: %+v", st)
	}
}

func TestCensusOfAQueue(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	c, _ := srv.openWS()
	p := srv.peer()
	if err := p.Hold(engine.NewBinary(make([]byte, 96))); err != nil {
		t.Fatal(err)
	}
	if got := srv.Census(); got.Queued != 98 || got.Held != 98 || got.Blocked != 0 {
		t.Errorf("held: %+v", got)
	}
	for p.Backlog() == 0 { // the client does not read
		if err := p.Send(engine.NewBinary(make([]byte, 64<<10))); err != nil {
			t.Fatal(err)
		}
	}
	if got := srv.Census(); got.Queued == 0 || got.Held != 0 || got.Blocked != 1 {
		t.Errorf("blocked: %+v", got)
	}
	c.conn.Close()
	p.wantEnd(t, engine.TransportClose, nil)
	if got := srv.Census(); got.Queued != 0 || got.Blocked != 0 {
		t.Errorf("after the end: %+v", got)
	}
}
