package engine_test

import (
	"testing"

	"tickwire/sio/engine"
)

// The write path of a tick allocates nothing while the client takes what it
// gets.
func TestSendingDoesNotAllocate(t *testing.T) {
	srv := serve(t, engine.Options{}, nil)
	c, _ := srv.openWS()
	p := srv.peer()
	clients, peers := srv.many(20)
	var b engine.Batch
	for _, c := range append(clients, c) {
		go func() { // drains without allocating, or it would be counted
			buf := make([]byte, 64<<10)
			for {
				if _, err := c.conn.Read(buf); err != nil {
					return
				}
			}
		}()
	}
	shared := engine.NewBinary(make([]byte, 256))
	event := engine.NewText([]byte(`2["match:event","hit",{"by":1,"seat":2}]`))
	var st engine.Stamped
	st.ResetBinary(make([]byte, 256), 251, 5)
	frame := make([]byte, 300)
	stamp := []byte{0xce, 0, 0, 0, 1}

	for name, send := range map[string]func() error{
		"Send":        func() error { return p.Send(shared) },
		"SendStamped": func() error { return p.SendStamped(&st, stamp) },
		"Reset and SendStamped": func() error {
			st.ResetBinary(frame, 100, 5)
			return p.SendStamped(&st, stamp)
		},
		"Batch of one": func() error { _ = b.SendStamped(p.Session, &st, stamp); b.Flush(); return nil },
		"Batch of many": func() error {
			for _, p := range peers {
				_ = b.SendStamped(p.Session, &st, stamp)
			}
			b.Flush()
			return nil
		},
		"Hold, Hold, SendStamped": func() error { _ = p.Hold(event); _ = p.Hold(event); return p.SendStamped(&st, stamp) },
		"Hold, Flush":             func() error { _ = p.Hold(event); return p.Flush() },
		"SendVolatile":            func() error { return p.SendVolatile(shared) },
		"Backlog":                 func() error { _ = p.Backlog(); return nil },
	} {
		if raceEnabled && (name == "Hold, Hold, SendStamped" || name == "Hold, Flush") {
			continue // the race detector empties pools at random
		}
		if n := testing.AllocsPerRun(500, func() {
			if err := send(); err != nil && err != engine.ErrDropped {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations, want 0", name, n)
		}
	}
}
