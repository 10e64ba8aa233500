package edge_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"tickwire/edge"
)

func prefixes(list ...string) (all []netip.Prefix) {
	for _, p := range list {
		all = append(all, netip.MustParsePrefix(p))
	}
	return all
}

func TestPeer(t *testing.T) {
	many := strings.TrimSuffix(strings.Repeat("10.0.0.1, ", 100), ", ")
	for _, test := range []struct {
		name, header, remote string
		values               []string
		want                 string // "" means the connection's own
	}{
		{"no proxy", "", "192.0.2.1:5", nil, ""},
		{"the header of a peer", "", "192.0.2.1:5", []string{"203.0.113.9"}, ""},
		{"one proxy", "", "10.0.0.1:5", []string{"192.0.2.1"}, "192.0.2.1"},
		{"what the peer says first", "", "10.0.0.1:5", []string{"203.0.113.9, 192.0.2.1"}, "192.0.2.1"},
		{"in a line of its own", "", "10.0.0.1:5", []string{"203.0.113.9", "192.0.2.1"}, "192.0.2.1"},
		{"two proxies", "", "10.0.0.1:5", []string{"203.0.113.9,192.0.2.1,10.0.0.2"}, "192.0.2.1"},
		{"trusted ones alone", "", "10.0.0.1:5", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		{"no header", "", "10.0.0.1:5", nil, ""},
		{"unknown", "", "10.0.0.1:5", []string{"192.0.2.1, unknown"}, ""},
		{"unknown behind a proxy", "", "10.0.0.1:5", []string{"192.0.2.1, unknown, 10.0.0.2"}, "10.0.0.2"},
		{"empty", "", "10.0.0.1:5", []string{""}, ""},
		{"empty last line", "", "10.0.0.1:5", []string{"192.0.2.1", ""}, ""},
		{"empty hop", "", "10.0.0.1:5", []string{"192.0.2.1,"}, ""},
		{"empty first hop", "", "10.0.0.1:5", []string{",10.0.0.2"}, "10.0.0.2"},
		{"port", "", "10.0.0.1:5", []string{"192.0.2.1:80"}, "192.0.2.1"},
		{"IPv6", "", "[2001:db8::1]:5", []string{"2001:db8:9::1"}, "2001:db8:9::1"},
		{"IPv6 with port", "", "[2001:db8::1]:5", []string{"[2001:db8:9::1]:80"}, "2001:db8:9::1"},
		{"IPv4 in IPv6", "", "[::ffff:10.0.0.1]:5", []string{"::ffff:192.0.2.1"}, "192.0.2.1"},
		{"a unix socket", "", "@", []string{"192.0.2.1"}, "192.0.2.1"},
		{"a thousand hops", "", "10.0.0.1:5", []string{"192.0.2.1, " + many}, "10.0.0.1"},
		{"another header", "CF-Connecting-IP", "10.0.0.1:5", []string{"192.0.2.1"}, "192.0.2.1"},
		{"Forwarded", "forwarded", "10.0.0.1:5", []string{`for=203.0.113.9, by=x;For="192.0.2.1:80";proto=https`}, "192.0.2.1"},
		{"Forwarded IPv6", "Forwarded", "10.0.0.1:5", []string{`for="[2001:db8:9::1]:80"`}, "2001:db8:9::1"},
		{"Forwarded, hidden", "Forwarded", "10.0.0.1:5", []string{`for=192.0.2.1, for=_secret`}, ""},
		{"Forwarded, quoted commas", "Forwarded", "10.0.0.1:5", []string{`for="a,for=203.0.113.9`}, "203.0.113.9"},
	} {
		p := edge.Proxies{Trusted: prefixes("10.0.0.0/8", "2001:db8::/64"), Header: test.header}
		name := test.header
		if name == "" {
			name = edge.DefaultHeader
		}
		r := &http.Request{RemoteAddr: test.remote, Header: http.Header{}}
		for _, v := range test.values {
			r.Header.Add(name, v)
		}
		peer, ok := p.Peer(r)
		got := ""
		if ok {
			got = peer.String()
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestHandlerChangesTheAddress(t *testing.T) {
	for from, want := range map[string]string{"10.0.0.1:5": "[2001:db8:9::1]:0", "192.0.2.1:5": "192.0.2.1:5"} {
		got := ""
		h := edge.Proxies{Trusted: prefixes("10.0.0.0/8")}.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.RemoteAddr }))
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = from
		r.Header.Set(edge.DefaultHeader, "2001:db8:9::1")
		h.ServeHTTP(httptest.NewRecorder(), r)
		if got != want || r.RemoteAddr != from {
			t.Errorf("from %s: %s, want %s; the request has %s", from, got, want, r.RemoteAddr)
		}
	}
}

// FuzzPeer: whatever a header says, an address that a trusted proxy has
// appended is found, and what comes before it does not matter.
func FuzzPeer(f *testing.F) {
	f.Add("203.0.113.9", false)
	f.Add(`for="[::1]`, true)
	f.Add(",,\x00", false)
	f.Fuzz(func(t *testing.T, forged string, forwarded bool) {
		p := edge.Proxies{Trusted: prefixes("10.0.0.0/8")}
		appended := forged + ", 192.0.2.1"
		if forwarded {
			p.Header, appended = "Forwarded", forged+", for=192.0.2.1"
		}
		r := &http.Request{RemoteAddr: "10.0.0.1:5", Header: http.Header{}}
		name := edge.DefaultHeader
		if forwarded {
			name = "Forwarded"
		}
		r.Header[name] = []string{forged}
		p.Peer(r)
		r.Header[name] = []string{appended}
		if peer, ok := p.Peer(r); !ok || peer.String() != "192.0.2.1" {
			t.Errorf("%q: %v, %v", appended, peer, ok)
		}
	})
}
