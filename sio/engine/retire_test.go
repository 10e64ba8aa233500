package engine_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/sio/engine"
)

// TestRetire ends ten sessions within ten seconds, one each second.
func TestRetire(t *testing.T) {
	bubble(t, engine.Options{PingInterval: time.Minute}, func(srv *pipeServer) {
		var peers []*peer
		for range 9 {
			c := srv.openWS()
			go c.conn.Read(make([]byte, 64)) // takes the close frame
			peers = append(peers, <-srv.peers)
		}
		poll, _ := srv.poll(srv.openPolling())
		peers = append(peers, <-srv.peers)
		synctest.Wait() // the poll must be there when the first session is ended
		start := time.Now()
		done := make(chan struct{})
		go func() { srv.Retire(context.Background(), 10*time.Second); close(done) }()
		pass(500 * time.Millisecond)
		for second := range 10 {
			if got, want := srv.Sessions(), 9-second; got != want {
				t.Errorf("%d sessions after %v, want %d", got, time.Since(start), want)
			}
			if second == 4 {
				srv.get(polling).wantCode(t, 503, engine.Forbidden)
			}
			pass(time.Second)
		}
		<-done
		(<-poll).want(t, 200, "1")
		for _, p := range peers {
			if got := <-p.ended; got.reason != engine.ServerShutdown {
				t.Errorf("ended by %q", got.reason)
			}
		}
	})
}

func TestRetireEndsWithItsContext(t *testing.T) {
	bubble(t, engine.Options{PingInterval: time.Minute}, func(srv *pipeServer) {
		for range 10 {
			srv.openPolling()
		}
		ctx, cancel := context.WithTimeout(context.Background(), 3500*time.Millisecond)
		defer cancel()
		start := time.Now()
		srv.Retire(ctx, 10*time.Second)
		at(t, start, 3500*time.Millisecond)
		if got := srv.Sessions(); got != 6 {
			t.Errorf("%d sessions are left, want 6", got)
		}
	})
}
