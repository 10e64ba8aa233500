package sio_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"tickwire/sio"
	"tickwire/sio/engine"
)

func TestStats(t *testing.T) {
	inBubble(t, twoMinutes, func(t *testing.T, r *rig) {
		ns := r.srv.Of("/")
		ns.On("boom", func(*sio.Event) { panic("boom") })
		r.srv.Of("/closed").Use(func(*sio.Socket) error { return errors.New("closed") })

		r.enter(r.client(sio.JSON), "/")
		p := r.client(sio.MsgPack)
		r.enter(p, "/")
		r.enter(r.client(sio.MsgPack), "/")
		r.client(sio.JSON) // joins nothing: nobody knows how it talks
		got := r.srv.Connections()
		if len(got) != 2 || got[sio.Wire{Transport: engine.WebSocket, Parser: sio.JSON}] != 1 ||
			got[sio.Wire{Transport: engine.WebSocket, Parser: sio.MsgPack}] != 2 {
			t.Errorf("connections: %v", got)
		}

		p.emit("boom")
		synctest.Wait()
		if st := r.srv.Stats(); st.Panics != 1 || st.Disconnected[sio.ServerNamespaceDisconnect] != 1 {
			t.Errorf("after a panic: %+v", st)
		}
		tr := r.traveller(sio.JSON)
		synctest.Wait()
		tr.cut()
		tr.connect()
		synctest.Wait()
		if st := r.srv.Stats(); st.Recovered != 1 || st.Disconnected[sio.TransportClose] != 1 {
			t.Errorf("after a recovery: %+v", st)
		}
	})
}
