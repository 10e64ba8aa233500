package state_test

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"tickwire/codec/state"
)

var update = flag.Bool("update", false, "write the golden vectors anew")

// golden is a file of testdata, see the README there.
type golden struct {
	Form   string       `json:"form"`
	Schema string       `json:"schema"`
	Steps  []goldenStep `json:"steps"`
}

type goldenStep struct {
	Tables string `json:"tables,omitempty"` // a new epoch, ahead of the frame
	Frame  string `json:"frame"`
	Tick   uint32 `json:"tick"`
	CRC    uint32 `json:"crc"`
}

func makeGolden(t *testing.T, form state.Form, name string, skip func(i int) int) golden {
	t.Helper()
	s := newScene(7, 20)
	s.step()
	c := newClient(t, s.world, form)
	g := golden{Form: name, Schema: hex.EncodeToString(s.world.Schema().Append(nil))}
	for i := range 80 {
		tables, frame, err := c.next(s.world, s.world.Everybody())
		if err != nil {
			t.Fatal(err)
		}
		s.check(t, c.Replica)
		g.Steps = append(g.Steps, goldenStep{Tables: hex.EncodeToString(tables), Frame: hex.EncodeToString(frame), Tick: c.Tick(), CRC: c.CRC()})
		for range 1 + skip(i) {
			s.step()
		}
	}
	return g
}

func TestGolden(t *testing.T) {
	everyTick := func(int) int { return 0 }
	skipping := func(i int) int { return skips[i*7%len(skips)] }
	for _, test := range []struct {
		file string
		got  golden
	}{
		{"m-normal.json", makeGolden(t, state.MForm, "M", everyTick)},
		{"m-skipping.json", makeGolden(t, state.MForm, "M", skipping)},
		{"b-normal.json", makeGolden(t, state.BForm, "B", everyTick)},
		{"b-skipping.json", makeGolden(t, state.BForm, "B", skipping)},
	} {
		t.Run(test.file, func(t *testing.T) {
			path := filepath.Join("testdata", test.file)
			got, err := json.MarshalIndent(test.got, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				if err := os.WriteFile(path, append(got, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if string(want) != string(got)+"\n" {
				t.Errorf("%s differs: the format has changed; if that is meant, run go test -update ./codec/state", path)
			}
		})
	}
}
