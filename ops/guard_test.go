package ops_test

import (
	"net/http"
	"strings"
	"testing"

	"tickwire/ops"
)

const secret = "correct-horse-battery"

func TestWithoutKeysOnlyThisMachine(t *testing.T) {
	s := newServer(t, ops.Options{})
	for _, test := range []struct {
		host, peer string
		status     int
	}{
		{"localhost:3001", "127.0.0.1:50000", 200},
		{"127.0.0.1:3001", "127.0.0.1:50000", 200},
		{"[::1]:3001", "[::1]:50000", 200},
		{"localhost", "[::ffff:127.0.0.1]:50000", 200},
		{"evil.example:3001", "127.0.0.1:50000", 403}, // its name resolves to us
		{"localhost:3001", "10.0.0.7:50000", 403},
		{"localhost.evil.example", "127.0.0.1:50000", 403},
	} {
		r := request(http.MethodGet, "/debug/pprof/", "")
		r.Host, r.RemoteAddr = test.host, test.peer
		status, body := do(s, r)
		if status != test.status || status != 200 && code(t, body) != "FORBIDDEN" {
			t.Errorf("%s from %s: %d %.80s", test.host, test.peer, status, body)
		}
	}
}

func TestKeys(t *testing.T) {
	s := newServer(t, ops.Options{Keys: []ops.Key{{Name: "ann", Secret: secret}, {Name: "ci", Secret: secret + "2"}}})
	for auth, want := range map[string]int{
		"":                        401,
		"Bearer ":                 401,
		"Bearer " + secret + "3":  401,
		secret:                    401,
		"Basic " + secret:         401,
		"Bearer " + secret:        200,
		"Bearer " + secret + "2":  200,
		"Bearer " + secret + "2 ": 401,
	} {
		r := request(http.MethodGet, "/debug/pprof/cmdline", "")
		r.RemoteAddr, r.Host = "10.0.0.7:50000", "ops.example"
		r.Header.Set("Authorization", auth)
		status, body := do(s, r)
		if status != want || want != 200 && code(t, body) != "UNAUTHORIZED" {
			t.Errorf("%q: %d %.80s", auth, status, body)
		}
	}
	if status, _ := get(s, "/livez"); status != 503 { // Run does not run: but no key is asked for
		t.Errorf("/livez: %d", status)
	}
}

func TestGuessingIsSlow(t *testing.T) {
	s := newServer(t, ops.Options{Keys: []ops.Key{{Name: "ann", Secret: secret}}})
	counts := map[int]int{}
	for range 200 {
		r := request(http.MethodGet, "/debug/pprof/cmdline", "")
		r.Header.Set("Authorization", "Bearer wrong")
		status, _ := do(s, r)
		counts[status]++
	}
	if counts[429] < 100 {
		t.Errorf("%v", counts)
	}
	r := request(http.MethodGet, "/debug/pprof/cmdline", "")
	r.Header.Set("Authorization", "Bearer "+secret)
	if status, _ := do(s, r); status != 200 {
		t.Errorf("the right key meanwhile: %d", status)
	}
}

func TestParseKeys(t *testing.T) {
	keys, err := ops.ParseKeys(strings.NewReader("# back office\n\n ann : " + secret + "\nci:0123456789abcdef, cd:0123456789abcdeF\n"))
	if err != nil || len(keys) != 3 || keys[0] != (ops.Key{Name: "ann", Secret: secret}) || keys[2].Name != "cd" {
		t.Errorf("%v, %v", keys, err)
	}
	for _, wrong := range []string{"ann", "ann:short", "\n:0123456789abcdef", "Ann:0123456789abcdef", "a b:0123456789abcdef"} {
		_, err := ops.ParseKeys(strings.NewReader(wrong))
		if err == nil {
			t.Errorf("%q was accepted", wrong)
		} else if strings.Contains(err.Error(), "0123456789abcdef") || !strings.Contains(err.Error(), "line ") {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

// TestWithoutKeysNoOtherSites: a page that the operator looks at elsewhere cannot
// have profiles made, nor can somebody behind a proxy on this machine.
func TestWithoutKeysNoOtherSites(t *testing.T) {
	s := newServer(t, ops.Options{})
	keyed := newServer(t, ops.Options{Keys: []ops.Key{{Name: "ann", Secret: secret}}})
	for _, test := range []struct {
		header, value string
		status        int
	}{
		{"Sec-Fetch-Site", "same-origin", 200},
		{"Sec-Fetch-Site", "none", 200},
		{"Sec-Fetch-Site", "same-site", 403}, // another port of this machine
		{"Sec-Fetch-Site", "cross-site", 403},
		{"X-Forwarded-For", "203.0.113.9", 403},
		{"Forwarded", "for=203.0.113.9", 403},
		{"Via", "1.1 proxy", 403},
	} {
		r := request(http.MethodGet, "/debug/pprof/cmdline", "")
		r.Host, r.RemoteAddr = "localhost:3001", "127.0.0.1:50000"
		r.Header.Set(test.header, test.value)
		status, body := do(s, r)
		if status != test.status || status != 200 && code(t, body) != "FORBIDDEN" {
			t.Errorf("%s: %s: %d %.80s", test.header, test.value, status, body)
		}
		r.Header.Set("Authorization", "Bearer "+secret)
		if status, body := do(keyed, r); status != 200 {
			t.Errorf("%s: %s with a key: %d %.80s", test.header, test.value, status, body)
		}
	}
}
