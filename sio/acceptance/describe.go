package main

import (
	"crypto/sha1"
	"fmt"
	"math"
	"strconv"
	"time"
	"unicode/utf16"

	"tickwire/sio"
)

// describe tells what the server sees in a value.
func describe(r sio.Raw) any {
	v, err := r.Any()
	if err != nil {
		return "error:" + err.Error()
	}
	return describeValue(v)
}

func describeValue(v any) any {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean:" + strconv.FormatBool(v)
	case int64:
		return "number:" + jsNumber(float64(v))
	case uint64:
		return "number:" + jsNumber(float64(v))
	case float64:
		return "number:" + jsNumber(v)
	case string:
		return fmt.Sprintf("string:%d:%x", len(utf16.Encode([]rune(v))), sha1.Sum([]byte(v)))
	case []byte:
		return fmt.Sprintf("binary:%d:%x", len(v), sha1.Sum(v))
	case time.Time:
		return "date:" + strconv.FormatInt(v.UnixMilli(), 10)
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = describeValue(v[i])
		}
		return list
	case map[string]any:
		m := make(map[string]any, len(v))
		for k := range v {
			m[k] = describeValue(v[k])
		}
		return m
	}
	return fmt.Sprintf("unknown:%T", v)
}

// jsNumber is JavaScript's String(f).
func jsNumber(f float64) string {
	switch abs := math.Abs(f); {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case f == 0:
		return "0"
	case abs >= 1e-6 && abs < 1e21:
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	s := []byte(strconv.FormatFloat(f, 'e', -1, 64))
	if n := len(s); s[n-2] == '0' && s[n-4] == 'e' { // e-07 is e-7
		s = append(s[:n-2], s[n-1])
	}
	return string(s)
}
