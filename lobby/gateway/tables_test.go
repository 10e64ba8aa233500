package gateway_test

import (
	"testing"

	"tickwire/clients/go"
	"tickwire/lobby"
)

// TestLearnedTables plays until the match has learned tables: those who take
// the B-form are told before the first frame that needs them, late joiners have
// them in their schema, and the others need nothing.
func TestLearnedTables(t *testing.T) {
	for _, game := range []string{"tally", "half"} {
		for _, parser := range parsers {
			t.Run(game+" "+parser, func(t *testing.T) { learnedTables(t, game, parser) })
		}
	}
}

func learnedTables(t *testing.T, game, parser string) {
	s := serve(t, lobby.Options{Check: true}) // the CRC of the state, too
	play := func(form string) *player {
		p := s.connect(t, client.Options{Parser: parser})
		_, err := p.Quick(p.ctx, client.Request{Game: game, Form: form})
		p.must(err)
		return p
	}
	ann, plain := play("B"), play("M")
	if first := wait(ann, ann.frame, "a frame", nil); first.epoch != 0 {
		t.Errorf("starts with the tables of epoch %d", first.epoch)
	}
	sum := 0
	for learned := false; !learned; sum++ {
		_, err := ann.SendInput(1)
		ann.must(err)
		got := wait(ann, ann.frame, "the effect", func(f frame) bool { return f.counts[0] == sum+1 })
		learned = got.epoch == 1
	}
	late := play("B")
	if first := wait(late, late.frame, "a frame", nil); first.epoch != 1 || !first.Keyframe {
		t.Errorf("the late joiner's first frame has the tables of epoch %d, keyframe: %v", first.epoch, first.Keyframe)
	}
	for range 20 {
		_, err := ann.SendInput(2)
		ann.must(err)
		sum += 2
		for _, p := range []*player{ann, plain, late} {
			wait(p, p.frame, "the effect", func(f frame) bool { return f.counts[0] == sum })
		}
	}
	if stats := s.lobbies.Stats(); stats.Keyframes != 3 { // an error would have asked for another
		t.Errorf("%+v", stats)
	}
}
