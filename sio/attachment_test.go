package sio_test

import (
	"testing"
	"time"

	"tickwire/codec/socketio"
	"tickwire/sio"
)

func TestAttachments(t *testing.T) {
	inBubble(t, sio.Options{AttachmentTimeout: 10 * time.Second}, func(t *testing.T, r *rig) {
		ns := answering(r.srv.Of("/"))
		ns.On("b", func(e *sio.Event) { e.Socket().Emit("b", e.Args().Spread()...) })
		bystander := r.client(sio.MsgPack)
		bystander.join("/")

		p := r.client(sio.JSON)
		p.join("/")
		p.text(`52-["b",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}]`)
		p.binary([]byte{1})
		time.Sleep(9 * time.Second)
		p.binary([]byte{2})
		p.expect("b", []byte{2}, []byte{1})
		time.Sleep(time.Minute)
		p.silent()

		start := time.Now()
		p.text(`51-["b",{"_placeholder":true,"num":0}]`)
		p.closed()
		if waited := time.Since(start); waited != 10*time.Second {
			t.Errorf("closed after %v", waited)
		}
		bystander.silent()
	})
}

func TestAttachmentsThatEndTheSession(t *testing.T) {
	big := make([]byte, 600_000)
	for name, send := range map[string]func(p *peer){
		"not announced":     func(p *peer) { p.binary([]byte{1}) },
		"text in between":   func(p *peer) { p.text(`51-["b",{"_placeholder":true,"num":0}]`); p.text(`2["a"]`) },
		"too many":          func(p *peer) { p.text(`511-["b"]`) },
		"index too large":   func(p *peer) { p.text(`51-["b",{"_placeholder":true,"num":1}]`) },
		"too many bytes":    func(p *peer) { p.text(`53-["b"]`); p.binary(big); p.binary(big) },
		"event name forged": func(p *peer) { p.text(`51-[{"_placeholder":true,"num":0}]`); p.binary([]byte("disconnect")) },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, sio.Options{Limits: socketio.Limits{MaxAttachmentBytes: 1 << 20}}, func(t *testing.T, r *rig) {
				ns := answering(r.srv.Of("/"))
				ns.OnAny(func(e *sio.Event) {
					if e.Name != "are you there" {
						t.Errorf("event %q", e.Name)
					}
				})
				bystander, p := r.client(sio.JSON), r.client(sio.JSON)
				bystander.join("/")
				p.join("/")
				send(p)
				p.closed()
				bystander.silent()
			})
		})
	}
}

// A client of the MessagePack parser cannot make the server send JSON clients
// a packet that ends their connections.
func TestForgedPlaceholderHarmsNobody(t *testing.T) {
	inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
		ns := answering(r.srv.Of("/"))
		ns.On("say", func(e *sio.Event) { e.Socket().Broadcast().Emit("say", e.Args().Spread()...) })
		mallory, victim := r.client(sio.MsgPack), r.client(sio.JSON)
		mallory.join("/")
		victim.join("/")
		mallory.emit("say", map[string]any{"_placeholder": true, "num": 7}, []byte{1})
		victim.expect("say", map[string]any{"num": 7}, []byte{1})
		victim.silent()
	})
}

func TestTooManyBinaryValuesAreNotSent(t *testing.T) {
	inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
		ns := answering(r.srv.Of("/"))
		p := r.client(sio.JSON)
		s := r.enter(p, "/")
		var list []any
		for range 11 {
			list = append(list, []byte{1})
		}
		for _, err := range []error{s.Emit("x", list), ns.Emit("x", list)} {
			if err == nil {
				t.Error("no error")
			}
		}
		p.silent()
	})
}
