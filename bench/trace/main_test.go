package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// TestTargets holds the bytes of the recorded traces to what was reached: the
// figures of docs/state-format.md, one per cent more at most.
func TestTargets(t *testing.T) {
	for _, test := range []struct {
		args []string
		want result // upper bounds
	}{
		{[]string{"testdata/A.jsonl.gz"}, result{MeanBytes: 138.1, KeyframeBytes: 2014, Coalesced3: 287.5, Coalesced8: 405.8, Coalesced20: 586.5}},
		{[]string{"testdata/A.jsonl.gz", "-learn", "0"}, result{MeanBytes: 204.9, KeyframeBytes: 2014, Coalesced3: 355.9, Coalesced8: 481.6, Coalesced20: 677.3}},
		{[]string{"testdata/A.jsonl.gz", "-form", "M"}, result{MeanBytes: 642.2, KeyframeBytes: 2616, Coalesced3: 707.5, Coalesced8: 826.2, Coalesced20: 984.9}},
		{[]string{"testdata/C.jsonl.gz"}, result{MeanBytes: 13, KeyframeBytes: 110, Coalesced3: 14.4, Coalesced8: 12, Coalesced20: 14.8}},
	} {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) {
			var out bytes.Buffer
			if err := run(append(test.args, "-json", "-runs", "1"), &out); err != nil {
				t.Fatal(err)
			}
			var got result
			if err := json.Unmarshal(out.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			for _, f := range []struct {
				name      string
				got, want float64
			}{
				{"mean", got.MeanBytes, test.want.MeanBytes},
				{"keyframe", got.KeyframeBytes, test.want.KeyframeBytes},
				{"coalesced 3", got.Coalesced3, test.want.Coalesced3},
				{"coalesced 8", got.Coalesced8, test.want.Coalesced8},
				{"coalesced 20", got.Coalesced20, test.want.Coalesced20},
			} {
				if f.got > f.want*1.01 || f.got == 0 {
					t.Errorf("%s: %.2f bytes, recorded %.2f", f.name, f.got, f.want)
				}
			}
			if got.Frames == 0 || got.AllocsPerTick > 0.1 {
				t.Errorf("%d frames, %.2f allocations per tick", got.Frames, got.AllocsPerTick)
			}
		})
	}
}

func TestBadTraces(t *testing.T) {
	for name, in := range map[string]string{
		"empty":   "",
		"no json": "{",
		"kind":    `{"types":[{"name":"A","fields":[{"name":"x","kind":"z"}]}]}`,
		"op":      `{"types":[]}` + "\n" + `{"t":0,"ops":[["?",1]]}`,
		"field":   `{"types":[]}` + "\n" + `{"t":0,"ops":[["=",1,0,5]]}`,
	} {
		if _, err := parse(strings.NewReader(in)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
