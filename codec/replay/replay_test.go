package replay_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/vmihailenco/msgpack/v5"

	"tickwire/codec/replay"
)

var header = replay.Header{Build: "v1", Game: "duel", Match: "m1", Seed: 1 << 63, Hz: 60, SendHz: 20, MaxPlayers: 2, Started: 1e12}

// script is one record of each kind as written, and as it must be read.
func script() (raw []byte, want []replay.Record) {
	ann := replay.Player{Seat: 1, Team: 2, ID: "p1", Name: "ann", Account: "a@b", Bot: true}
	raw = replay.AppendStart(nil, &header)
	raw = replay.AppendBytes(raw, replay.Schema, []byte("schema"))
	raw = replay.AppendJoin(raw, &ann)
	raw = replay.AppendInput(raw, 1, 7, 256, true, []byte{0x93, 1, 2, 3})
	raw = replay.AppendSum(raw, replay.Step, 0xdeadbeef, 0xabcd)
	raw = replay.AppendBytes(raw, replay.Key, []byte("key"))
	raw = replay.AppendEvent(raw, -1, "hit", []byte{0x01})
	raw = replay.AppendAway(raw, 1, true)
	raw = replay.AppendSum(raw, replay.Step, 2, 3)
	raw = replay.AppendBytes(raw, replay.Tables, []byte("tables"))
	raw = replay.AppendBytes(raw, replay.Frame, []byte("frame"))
	raw = replay.AppendEvent(raw, 1, "you", []byte{0xc0})
	raw = replay.AppendLeave(raw, 1)
	raw = replay.AppendSum(raw, replay.Close, 4, 5)
	raw = replay.AppendEnd(raw, "finished", []byte{0xa3, 'a', 'n', 'n'})
	return raw, []replay.Record{
		{Kind: replay.Start, Header: header},
		{Kind: replay.Schema, Data: []byte("schema")},
		{Kind: replay.Join, Player: ann},
		{Kind: replay.Input, Seat: 1, Seq: 7, View: 256, Flag: true, Data: []byte{0x93, 1, 2, 3}},
		{Kind: replay.Step, Sum: 0xdeadbeef, Rand: 0xabcd},
		{Kind: replay.Key, Data: []byte("key")},
		{Kind: replay.Event, Seat: -1, Name: "hit", Data: []byte{1}},
		{Kind: replay.Away, Seat: 1, Flag: true},
		{Kind: replay.Step, Sum: 2, Rand: 3},
		{Kind: replay.Tables, Data: []byte("tables")},
		{Kind: replay.Frame, Data: []byte("frame")},
		{Kind: replay.Event, Seat: 1, Name: "you", Data: []byte{0xc0}},
		{Kind: replay.Leave, Seat: 1},
		{Kind: replay.Close, Sum: 4, Rand: 5},
		{Kind: replay.End, Name: "finished", Data: []byte{0xa3, 'a', 'n', 'n'}},
	}
}

var packer replay.Packer // kept: making one costs more than the rest

// file seals batches of records.
func file(batches ...[]byte) []byte {
	p := &packer
	f := replay.AppendMagic(nil)
	for i, b := range batches {
		f = p.AppendChunk(f, b, uint32(i+1))
	}
	return f
}

func readAll(f []byte) (all []replay.Record, err error) {
	r := replay.NewReader(bytes.NewReader(f))
	for {
		var rec replay.Record
		if err := r.Next(&rec); err != nil {
			var again replay.Record
			if second := r.Next(&again); second != err {
				return all, errors.Join(err, second)
			}
			return all, err
		}
		rec.Data = bytes.Clone(rec.Data)
		all = append(all, rec)
	}
}

func TestEveryRecordIsReadAsItWasWritten(t *testing.T) {
	raw, want := script()
	start := replay.AppendStart(nil, &header)
	for name, f := range map[string][]byte{"one chunk": file(raw), "two": file(raw[:len(start)], raw[len(start):])} {
		got, err := readAll(f)
		if err != io.EOF {
			t.Fatalf("%s: %v", name, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", name, got, want)
		}
	}
}

func TestBrokenLogsAreToldApart(t *testing.T) {
	raw, _ := script()
	whole := file(raw, replay.AppendLeave(nil, 0))
	flipped := bytes.Clone(whole)
	flipped[30] ^= 4
	for name, tc := range map[string]struct {
		file []byte
		want error
	}{
		"empty":            {nil, replay.ErrMalformed},
		"something else":   {[]byte("TWREPLAZ\x01"), replay.ErrMalformed},
		"another version":  {[]byte("TWREPLAY\x02"), replay.ErrMalformed},
		"nothing inside":   {[]byte("TWREPLAY\x01"), io.EOF},
		"cut in a head":    {whole[:11], replay.ErrCut},
		"cut in a chunk":   {whole[:40], replay.ErrCut},
		"flipped bit":      {flipped, replay.ErrMalformed},
		"giant chunk":      {append(replay.AppendMagic(nil), 0xff, 0xff, 0xff, 0xff, 0x0f, 1, 1, 0, 0, 0, 0), replay.ErrMalformed},
		"no start":         {file(replay.AppendLeave(nil, 0)), replay.ErrMalformed},
		"two starts":       {file(append(replay.AppendStart(nil, &header), replay.AppendStart(nil, &header)...)), replay.ErrMalformed},
		"unknown record":   {file([]byte{99}), replay.ErrMalformed},
		"data overrun":     {file(append(replay.AppendStart(nil, &header), byte(replay.Frame), 0xff, 0xff, 0xff, 0x7f)), replay.ErrMalformed},
		"cut but a record": {file(raw[:len(raw)-1]), replay.ErrMalformed},
	} {
		if _, err := readAll(tc.file); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", name, err, tc.want)
		}
	}
}

func TestLastTickNeedsNoUnpacking(t *testing.T) {
	raw, _ := script()
	f := file(raw, nil, nil)
	if tick, err := replay.LastTick(bytes.NewReader(f)); tick != 3 || err != nil {
		t.Errorf("tick %d, %v", tick, err)
	}
	if tick, err := replay.LastTick(bytes.NewReader(f[:len(f)-1])); tick != 2 || !errors.Is(err, replay.ErrCut) {
		t.Errorf("cut: tick %d, %v", tick, err)
	}
}

func TestStreamIsWhatAViewerPlays(t *testing.T) {
	raw, _ := script()
	var out bytes.Buffer
	if err := replay.Stream(&out, bytes.NewReader(file(raw))); err != nil {
		t.Fatal(err)
	}
	dec := msgpack.NewDecoder(&out)
	next := func() any {
		v, err := dec.DecodeInterfaceLoose()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	head := next().(map[string]any)
	if head["game"] != "duel" || fmt.Sprint(head["hz"]) != "60" || string(head["schema"].([]byte)) != "schema" || len(head["players"].([]any)) != 1 {
		t.Errorf("head %v", head)
	}
	want := []any{
		[]any{int64(1), nil, []byte("key"), nil, []any{[]any{int64(-1), "hit", int64(1)}}},
		[]any{int64(2), []byte("frame"), nil, []byte("tables"), []any{[]any{int64(1), "you", nil}}},
		[]any{int64(3), nil, nil, nil, []any{}},
		map[string]any{"reason": "finished", "result": "ann"},
	}
	for _, w := range want {
		if v := next(); fmt.Sprint(v) != fmt.Sprint(w) { // whatever the widths of the numbers
			t.Errorf("got %v, want %v", v, w)
		}
	}
	if out.Len() != 0 {
		t.Errorf("%d bytes follow", out.Len())
	}
}

func TestStreamOfACutLogSaysSo(t *testing.T) {
	raw, _ := script()
	f := file(raw[:len(raw)-14], nil)
	var out bytes.Buffer
	if err := replay.Stream(&out, bytes.NewReader(f[:len(f)-3])); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "cut") {
		t.Errorf("%q", out.String())
	}
	if err := replay.Stream(&out, strings.NewReader("nonsense")); !errors.Is(err, replay.ErrMalformed) {
		t.Errorf("nonsense: %v", err)
	}
}

func FuzzReader(f *testing.F) {
	raw, _ := script()
	f.Add(file(raw))
	f.Add(file(raw[:40], raw[40:]))
	f.Add(file(raw)[:60])
	f.Add(append(replay.AppendMagic(nil), 0xff, 0xff, 0xff, 1, 1, 0, 0, 0, 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = readAll(b)
		_, _ = readAll(file(b)) // past the checksum
		if replay.Stream(io.Discard, bytes.NewReader(file(b))) == nil {
			var out bytes.Buffer
			_ = replay.Stream(&out, bytes.NewReader(file(b)))
			for dec := msgpack.NewDecoder(&out); out.Len() > 0; {
				if err := dec.Skip(); err != nil {
					t.Fatalf("the stream is no MessagePack: %v", err)
				}
			}
		}
	})
}

func TestAppendDoesNotAllocate(t *testing.T) {
	buf, payload := make([]byte, 0, 1<<16), []byte{0x93, 1, 2, 3}
	if n := testing.AllocsPerRun(100, func() {
		buf = replay.AppendInput(buf[:0], 1, 7, 256, true, payload)
		buf = replay.AppendSum(buf, replay.Step, 1, 2)
		buf = replay.AppendBytes(buf, replay.Frame, payload)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
