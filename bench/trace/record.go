package main

import (
	"encoding/hex"
	"encoding/json"
	"os"

	"tickwire/codec/state"
)

// recording is a stream as a client gets it, in the shape of the golden vectors
// in codec/state/testdata, without checksums. decode.mjs replays it.
type recording struct {
	Schema string          `json:"schema"` // all bytes in hex
	Steps  []recordedFrame `json:"steps"`
}

type recordedFrame struct {
	Tables string `json:"tables,omitempty"` // a new epoch, before the frame
	Frame  string `json:"frame"`
}

// record writes the frames of a client that misses no tick.
func record(t *trace, form state.Form, o options, file string) error {
	g := newGame(t, o.learn)
	name := o.viewers(t)[0]
	g.watch(name)
	rec := recording{Schema: hex.EncodeToString(g.world.Schema().Append(nil))}
	epoch := g.world.Schema().Epoch()
	for i := range t.ticks {
		g.play(&t.ticks[i])
		g.world.Commit()
		var f recordedFrame
		if e := g.world.Schema().Epoch(); e != epoch {
			epoch = e
			f.Tables = hex.EncodeToString(g.world.Schema().AppendTables(nil))
		}
		frame := g.view(name).Steady(form)
		if i == 0 {
			frame = g.view(name).Keyframe(form)
		}
		f.Frame = hex.EncodeToString(frame)
		rec.Steps = append(rec.Steps, f)
	}
	text, err := json.Marshal(rec)
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o644)
}
