package gateway_test

import (
	"testing"

	"tickwire/clients/go"
	"tickwire/codec/socketio"
	"tickwire/lobby"
)

// TestInputsTellWhatThePlayerSaw through both parsers, as a number of any kind.
func TestInputsTellWhatThePlayerSaw(t *testing.T) {
	for _, parser := range parsers {
		s := serve(t, lobby.Options{})
		p := s.connect(t, client.Options{Parser: parser})
		views := make(chan float64, 9)
		p.OnEvent = func(name string, payload socketio.Raw) {
			var view float64
			if name == "view" && payload.Decode(&view) == nil {
				views <- view
			}
		}
		_, err := p.Quick(p.ctx, client.Request{Game: "tally"})
		p.must(err)
		f := wait(p, p.frame, "five ticks", func(f frame) bool { return f.Tick >= 5 })
		saw := float64(f.Tick) - 0.75
		_, err = p.SendInputAt(client.When{View: saw}, 97)
		p.must(err)
		if view := <-views; view != saw {
			t.Errorf("%s: the rules were told %v, the client said %v", parser, view, saw)
		}
		_, err = p.SendInputAt(client.When{View: 1e30, For: f.Tick}, 97)
		p.must(err)
		if view := <-views; view < saw || view > 1e9 {
			t.Errorf("%s: a liar saw %v", parser, view)
		}
		p.must(p.Conn().Emit("i", 3, f.Tick, 97, int(f.Tick)+1, nil))
		p.must(p.Conn().Emit("i", 4, f.Tick, 97, nil))
		for range 2 {
			if view := <-views; view < saw {
				t.Errorf("%s: the view went back to %v", parser, view)
			}
		}
		p.Conn().Close()
	}
}
