package state_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tickwire/codec/state"
)

type inner struct {
	Depth uint16 `sync:""`
}

func TestTags(t *testing.T) {
	type Target struct {
		A bool `sync:""`
	}
	type All struct {
		On       bool     `sync:""`
		Byte     uint8    `sync:""`
		Few      uint8    `sync:"bits=3"`
		Top      int      `sync:"max=100"`
		Signed   int      `sync:"min=-50,max=50"`
		Whole    int64    `sync:""`
		X        float32  `sync:"min=0,max=4096,step=0.125,pred"`
		Unit     float64  `sync:"min=-1,max=1,bits=12"`
		Steps    float64  `sync:"bits=10,step=0.5"`
		Turn     float32  `sync:"angle,bits=10"`
		Raw      float64  `sync:""`
		Name     string   `sync:"max=16"`
		Anything string   `sync:""`
		Blob     []byte   `sync:"max=1000"`
		Cards    []byte   `sync:"list,bits=6,max=7"`
		Wide     []uint32 `sync:""`
		To       state.ID `sync:"ref=Target"`
		HPMax    uint8    `sync:"name=life"`
		URLPath  string   `sync:""`
		inner
		secret int `sync:"-"`
		hidden int
	}
	w := state.NewWorld(state.Options{})
	state.Register[Target](w, "Target")
	state.Register[All](w, "All")
	_ = All{}.secret + All{}.hidden
	want := []state.Field{
		{Name: "on", Kind: state.Bool, Bits: 1},
		{Name: "byte", Kind: state.Uint, Bits: 8},
		{Name: "few", Kind: state.Uint, Bits: 3},
		{Name: "top", Kind: state.Uint, Bits: 7},
		{Name: "signed", Kind: state.Int, Bits: 7},
		{Name: "whole", Kind: state.Int, Bits: 32},
		{Name: "x", Kind: state.Quantised, Bits: 15, Step: 0.125, Pred: true},
		{Name: "unit", Kind: state.Quantised, Bits: 12, Min: -1, Step: 2.0 / 4095},
		{Name: "steps", Kind: state.Quantised, Bits: 10, Step: 0.5},
		{Name: "turn", Kind: state.Angle, Bits: 10, Step: 2 * math.Pi / 1024},
		{Name: "raw", Kind: state.Float, Bits: 32},
		{Name: "name", Kind: state.String, Bits: 8, Max: 16},
		{Name: "anything", Kind: state.String, Bits: 8, Max: 255},
		{Name: "blob", Kind: state.Bytes, Bits: 8, Max: 1000},
		{Name: "cards", Kind: state.List, Bits: 6, Max: 7},
		{Name: "wide", Kind: state.List, Bits: 32, Max: 255},
		{Name: "to", Kind: state.Ref, Bits: 16, Ref: "Target"},
		{Name: "life", Kind: state.Uint, Bits: 8},
		{Name: "urlPath", Kind: state.String, Bits: 8, Max: 255},
		{Name: "depth", Kind: state.Uint, Bits: 16},
	}
	if diff := cmp.Diff(want, w.Schema().Types[1].Fields); diff != "" {
		t.Error(diff)
	}
	r, err := state.NewReplica(w.Schema().Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(w.Schema().Types, r.Schema().Types); diff != "" {
		t.Errorf("the schema arrives changed: %s", diff)
	}
}

func TestMistakesInTags(t *testing.T) {
	for name, register := range map[string]func(*state.World){
		"unknown word": func(w *state.World) {
			state.Register[struct {
				A int `sync:"bitz=3"`
			}](w, "T")
		},
		"no number": func(w *state.World) {
			state.Register[struct {
				A int `sync:"bits=three"`
			}](w, "T")
		},
		"cannot replicate": func(w *state.World) {
			state.Register[struct {
				A map[string]int `sync:""`
			}](w, "T")
		},
		"takes 1 to 24 bits": func(w *state.World) {
			state.Register[struct {
				A float64 `sync:"min=0,max=1e9,step=0.001"`
			}](w, "T")
		},
		"pred needs": func(w *state.World) {
			state.Register[struct {
				A string `sync:"pred"`
			}](w, "T")
		},
		"0 fields": func(w *state.World) { state.Register[struct{ A int }](w, "T") },
		"is not a struct": func(w *state.World) {
			state.Register[int](w, "T")
		},
		"twice": func(w *state.World) {
			type T struct {
				A int `sync:""`
			}
			state.Register[T](w, "T")
			state.Register[T](w, "T")
		},
		"unknown type": func(w *state.World) {
			state.Register[struct {
				A state.ID `sync:"ref=Nobody"`
			}](w, "T")
			w.Commit()
		},
		"before the first Commit": func(w *state.World) {
			w.Commit()
			state.Register[struct {
				A int `sync:""`
			}](w, "T")
		},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if text := fmt.Sprint(recover()); name != "no number" && !strings.Contains(text, name) || text == "<nil>" {
					t.Errorf("panic %q does not say %q", text, name)
				}
			}()
			register(state.NewWorld(state.Options{}))
		})
	}
}

// TestValuesOutOfRange: what lies outside the grid saturates, angles wrap,
// nonsense becomes the minimum, texts are cut between characters.
func TestValuesOutOfRange(t *testing.T) {
	type Odd struct {
		Q    float32 `sync:"min=-10,max=10,bits=8"`
		Turn float64 `sync:"angle,bits=8"`
		Few  uint8   `sync:"bits=3"`
		Less int16   `sync:"bits=4"`
		Name string  `sync:"max=5"`
	}
	w := state.NewWorld(state.Options{})
	odds := state.Register[Odd](w, "Odd")
	for _, o := range []Odd{
		{Q: 1e30, Turn: 7 * math.Pi, Few: 200, Less: 100, Name: "abcdef"},
		{Q: float32(math.Inf(-1)), Turn: -math.Pi / 2, Less: -100, Name: "abcdé"},
		{Q: float32(math.NaN()), Turn: math.NaN(), Name: "a\xffb"},
		{Q: 0, Turn: math.Inf(1), Name: ""},
	} {
		odds.Spawn(o)
	}
	w.Commit()
	for _, form := range []state.Form{state.MForm, state.BForm} {
		r, err := state.NewReplica(w.Schema().Append(nil))
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Apply(w.Everybody().Keyframe(form)); err != nil {
			t.Fatal(err)
		}
		seen, err := state.Bind[Odd](r, "Odd")
		if err != nil {
			t.Fatal(err)
		}
		want := []Odd{
			{Q: 10, Turn: math.Pi, Few: 7, Less: 7, Name: "abcde"},
			{Q: -10, Turn: 1.5 * math.Pi, Less: -8, Name: "abcd"},
			{Q: -10, Name: "a\uFFFDb"},
			{Q: 0.0392, Name: ""},
		}
		i := 0
		near := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-3 })
		near32 := cmp.Comparer(func(a, b float32) bool { return math.Abs(float64(a-b)) < 1e-3 })
		for _, o := range seen.All() {
			if diff := cmp.Diff(want[i], o, near, near32); diff != "" {
				t.Errorf("form %d, entity %d: %s", form, i, diff)
			}
			i++
		}
	}
}
