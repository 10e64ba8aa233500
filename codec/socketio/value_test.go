package socketio_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"tickwire/codec/socketio"

	"github.com/google/go-cmp/cmp"
)

var someDate = time.Date(2021, 3, 4, 5, 6, 7, 89e6, time.UTC)

func TestValuesSurvive(t *testing.T) {
	deep := any("bottom")
	for range 100 {
		deep = []any{deep}
	}
	long := map[string]any{}
	list := []any{}
	for i := range 70_000 {
		list = append(list, int64(i))
	}
	for i := range 20 {
		long[strings.Repeat("k", i)] = int64(i)
	}
	for _, v := range []any{
		nil, true, false, "", "é😀", strings.Repeat("x", 31), strings.Repeat("x", 32), strings.Repeat("x", 300), strings.Repeat("x", 70_000),
		int64(0), int64(127), int64(128), int64(255), int64(256), int64(65535), int64(65536), int64(math.MaxUint32), int64(math.MaxInt64),
		int64(-1), int64(-32), int64(-33), int64(-128), int64(-129), int64(-32769), int64(math.MinInt32) - 1, int64(math.MinInt64),
		uint64(math.MaxUint64), 1.5, -0.1, 1e300, math.SmallestNonzeroFloat64,
		[]any{}, []any{int64(1), "two", nil}, map[string]any{}, map[string]any{"a": map[string]any{"b": []any{false}}},
		deep, long, list, "\x00\x1f\"\\\u2028",
	} {
		raw := mustAppend(t, v)
		if n, err := socketio.Validate(raw, socketio.Limits{}); n != len(raw) || err != nil {
			t.Errorf("%.40v: validate: %d of %d, %v", v, n, len(raw), err)
		}
		got, _ := raw.Any()
		if !reflect.DeepEqual(v, got) {
			t.Errorf("%.40v: MessagePack gives %.40v", v, got)
		}
		text, attachments := socketio.RawToJSON(nil, raw)
		if !json.Valid(text) || len(attachments) != 0 {
			t.Errorf("%.40v: JSON %.80s", v, text)
		}
		back, err := socketio.JSONToRaw(nil, text, nil, socketio.Limits{})
		if err != nil {
			t.Fatalf("%.80s: %v", text, err)
		}
		if !bytes.Equal(raw, back) {
			t.Errorf("%.40v: back from %.80s: %.80x, was %.80x", v, text, back, raw)
		}
	}
}

func TestValuesThatOnlyMessagePackHas(t *testing.T) {
	for _, tt := range []struct {
		v    any
		hex  string
		text string
	}{
		{math.NaN(), "cb7ff8000000000001", "null"},
		{math.Inf(-1), "cbfff0000000000000", "null"},
		{math.Copysign(0, -1), "cb8000000000000000", "0"},
		{someDate, "d70000000177fba0fa71", `"2021-03-04T05:06:07.089Z"`},
		{time.UnixMilli(-62198755200001).UTC(), "", `"-000002-12-31T23:59:59.999Z"`},
		{time.UnixMilli(253402300800000).UTC(), "", `"+010000-01-01T00:00:00.000Z"`},
		{time.UnixMilli(8640000000000001).UTC(), "", `null`},
	} {
		raw := mustAppend(t, tt.v)
		if tt.hex != "" && !bytes.Equal(raw, unhex(t, tt.hex)) {
			t.Errorf("%v: %x", tt.v, []byte(raw))
		}
		if text, _ := socketio.RawToJSON(nil, raw); string(text) != tt.text {
			t.Errorf("%v: JSON %s, want %s", tt.v, text, tt.text)
		}
	}
	if got, _ := mustAppend(t, someDate).Any(); !got.(time.Time).Equal(someDate) {
		t.Errorf("date comes back as %v", got)
	}
}

// Numbers as JavaScript writes and reads them.
func TestNumbersOfJSON(t *testing.T) {
	for text, want := range map[string]any{
		"0": int64(0), "-0": int64(0), "1.0": int64(1), "1e3": int64(1000), "-1.5e-3": -0.0015, "1E+2": int64(100),
		"9007199254740993": int64(9007199254740993), "18446744073709551615": uint64(math.MaxUint64), "-9223372036854775808": int64(math.MinInt64),
		"18446744073709551616": 18446744073709551616.0, "1e999": math.Inf(1), "123456789012345678901234567890": 123456789012345678901234567890.0,
	} {
		raw, err := socketio.JSONToRaw(nil, []byte(text), nil, socketio.Limits{})
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got, _ := raw2any(raw); got != want {
			t.Errorf("%s is %v (%T), want %v", text, got, got, want)
		}
	}
	for f, want := range map[float64]string{
		1e21: "1e+21", 1e20: "100000000000000000000", 1.5e-7: "1.5e-7", 1e-6: "0.000001", 5e-324: "5e-324", 1.25: "1.25", -1e300: "-1e+300",
	} {
		if text, _ := socketio.RawToJSON(nil, mustAppend(t, f)); string(text) != want {
			t.Errorf("%v is written %s, want %s", f, text, want)
		}
	}
}

func raw2any(r []byte) (any, error) { return socketio.Raw(r).Any() }

func TestEscapesOfJSON(t *testing.T) {
	for text, want := range map[string]string{
		`"\"\\\/\b\f\n\r\t"`: "\"\\/\b\f\n\r\t", `"\u00e9\u20AC"`: "é€", `"\ud83d\ude00"`: "😀",
		`"\ud83d"`: "\uFFFD", `"\ude00\ud83dx"`: "\uFFFD\uFFFDx", `"\ud83d\ud83d\ude00"`: "\uFFFD😀",
		`"` + strings.Repeat(`\u0041`, 100) + `"`: strings.Repeat("A", 100),
	} {
		raw, err := socketio.JSONToRaw(nil, []byte(text), nil, socketio.Limits{})
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got, _ := raw2any(raw); got != want {
			t.Errorf("%s is %q, want %q", text, got, want)
		}
	}
}

func TestEscapedPlaceholderKeyIsSeen(t *testing.T) {
	p, err := decodeJSON(`51-["a",{"\u005fplaceholder":true,"n\u0075m":0}]`, []byte{9})
	if err != nil {
		t.Fatal(err)
	}
	if b, ok := p.Data.At(1).Bytes(); !ok || !bytes.Equal(b, []byte{9}) {
		t.Errorf("argument is %x", []byte(p.Data.At(1)))
	}
}

func TestForgedPlaceholderIsNotWritten(t *testing.T) {
	forged := map[string]any{"_placeholder": true, "num": 5, "x": 1}
	text, _, err := socketio.AppendJSON(nil, socketio.Packet{Type: socketio.Event, Namespace: "/", Data: mustAppend(t, []any{"a", forged, []byte{1}})})
	if err != nil || string(text) != `51-["a",{"num":5,"x":1},{"_placeholder":true,"num":0}]` {
		t.Errorf("%s %v", text, err)
	}
	text, _, err = socketio.AppendJSON(nil, socketio.Packet{Type: socketio.Event, Namespace: "/", Data: mustAppend(t, []any{"a", forged})})
	if err != nil || string(text) != `2["a",{"_placeholder":true,"num":5,"x":1}]` {
		t.Errorf("%s %v", text, err)
	}
}

type inner struct {
	When  time.Time `json:"when"`
	Bytes []byte    `json:"bytes"`
}

type outer struct {
	Name    string          `json:"name"`
	Count   int             `json:"count,omitempty"`
	Skip    string          `json:"-"`
	Price   float64         `json:"price"`
	Inner   *inner          `json:"in"`
	List    []inner         `json:"list"`
	Raw     socketio.Raw    `json:"raw"`
	Raws    []socketio.Raw  `json:"raws"`
	Map     map[string]bool `json:"map"`
	Any     any             `json:"any"`
	Untaged int
	inner
}

func TestStructs(t *testing.T) {
	in := outer{
		Name: "n", Skip: "must not travel", Price: 2, Inner: &inner{When: someDate, Bytes: []byte{1}},
		List: []inner{{Bytes: []byte{2}}, {When: someDate.Add(time.Hour)}}, Raw: mustAppend(t, []any{someDate, "x"}),
		Raws: []socketio.Raw{mustAppend(t, 1), mustAppend(t, nil)}, Map: map[string]bool{"t": true}, Any: "any", Untaged: 3,
		inner: inner{When: time.Unix(0, 0).UTC()},
	}
	raw := mustAppend(t, in)
	if n, err := socketio.Validate(raw, socketio.Limits{}); n != len(raw) || err != nil {
		t.Fatal(n, err)
	}
	if len(raw.Get("Skip")) != 0 || len(raw.Get("count")) != 0 {
		t.Error("omitted fields travel")
	}
	if !bytes.Equal(raw.Get("raw"), in.Raw) {
		t.Errorf("raw field %x, want %x", []byte(raw.Get("raw")), []byte(in.Raw))
	}
	var out outer
	if err := raw.Decode(&out); err != nil {
		t.Fatal(err)
	}
	in.Skip = ""
	in.List[0].When = in.List[0].When.UTC()
	equal := cmp.Options{cmp.AllowUnexported(outer{}, inner{}), cmp.Comparer(func(a, b time.Time) bool {
		return a.Equal(b) || a.UnixMilli() == b.UnixMilli()
	})}
	if diff := cmp.Diff(in, out, equal); diff != "" {
		t.Error(diff)
	}

	// The same from a JSON client: dates are strings there.
	text, attachments := socketio.RawToJSON(nil, raw)
	back, err := socketio.JSONToRaw(nil, text, attachments, socketio.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var fromJSON outer
	if err := socketio.Raw(back).Decode(&fromJSON); err != nil {
		t.Fatal(err)
	}
	fromJSON.Raw = in.Raw // holds a string in place of the date
	if diff := cmp.Diff(in, fromJSON, equal); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeErrorsNameThePlace(t *testing.T) {
	raw := mustAppend(t, map[string]any{
		"name": "n", "list": []any{map[string]any{}, map[string]any{"bytes": []any{"x"}}},
	})
	var out outer
	err := raw.Decode(&out)
	if want := "socketio: value does not fit the Go type: list[1].bytes[0]: a string does not fit uint8"; !errors.Is(err, socketio.ErrType) || err.Error() != want {
		t.Errorf("error %v", err)
	}
	var n int
	var s string
	for _, err := range []error{
		mustAppend(t, "x").Decode(&n), mustAppend(t, 1.5).Decode(&n), mustAppend(t, 5).Decode(&s), mustAppend(t, []any{1}).Decode(&n),
		mustAppend(t, 300).Decode(new(uint8)), mustAppend(t, -1).Decode(new(uint32)), mustAppend(t, uint64(math.MaxUint64)).Decode(new(int64)),
		mustAppend(t, 1).Decode(nil), mustAppend(t, 1).Decode(n), mustAppend(t, 1).Decode((*int16)(nil)), mustAppend(t, 1e300).Decode(&n),
		mustAppend(t, math.NaN()).Decode(&n),
	} {
		if !errors.Is(err, socketio.ErrType) {
			t.Errorf("error %v", err)
		}
	}
	if err := socketio.ArgsOf(mustAppend(t, []any{1, "x"})).Decode(&n, &n); err == nil || !strings.Contains(err.Error(), "argument 1") {
		t.Errorf("error %v", err)
	}
}

func TestDecodeTargets(t *testing.T) {
	var (
		i8   int8
		u16  uint16
		u8   uint8
		i    int
		f32  float32
		f    float64
		b    bool
		s    string
		by   []byte
		raw  socketio.Raw
		v    any
		ptr  *int
		m    map[string]int
		l    []string
		when time.Time
	)
	args := socketio.ArgsOf(mustAppend(t, []any{-5, 65535, 255, 3.0, 1.5, 7, true, "s", []byte{1}, []any{1}, map[string]any{"x": 1}, 9, map[string]any{"k": 2}, []any{"a"}, someDate}))
	if err := args.Decode(&i8, &u16, &u8, &i, &f32, &f, &b, &s, &by, &raw, &v, &ptr, &m, &l, &when, new(int)); err != nil {
		t.Fatal(err)
	}
	if i8 != -5 || u16 != 65535 || u8 != 255 || i != 3 || f32 != 1.5 || f != 7 || !b || s != "s" || !bytes.Equal(by, []byte{1}) ||
		raw.Len() != 1 || *ptr != 9 || m["k"] != 2 || l[0] != "a" || !when.Equal(someDate) {
		t.Error(i8, u16, u8, i, f32, f, b, s, by, raw, v, *ptr, m, l, when)
	}
}

func TestEncodeErrors(t *testing.T) {
	loop := map[string]any{}
	loop["self"] = loop
	for name, v := range map[string]any{
		"channel": make(chan int), "function": func() {}, "cycle": loop, "in a list": []any{make(chan int)},
	} {
		if _, err := socketio.AppendValue(nil, v); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestEncodeMakesCanonical(t *testing.T) {
	raw := mustAppend(t, map[string]any{"bad\xff": "utf\xff8", "m": map[int]string{5: "five"}})
	again, err := socketio.Normalize(nil, raw, socketio.Limits{})
	if err != nil || !bytes.Equal(raw, again) {
		t.Errorf("%x %v", []byte(raw), err)
	}
	if got, _ := raw.Get("m").Any(); cmp.Diff(map[string]any{"5": "five"}, got) != "" {
		t.Errorf("map with integer keys: %v", got)
	}
}
