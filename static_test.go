package tickwire

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestStatic(t *testing.T) {
	files := static{fstest.MapFS{
		"index.html":    {Data: []byte("<p>home")},
		"js/main.js":    {Data: []byte("let a")},
		"js/index.html": {Data: []byte("<p>js")},
		"embed.go":      {Data: []byte("package x")},
		"a.weird":       {Data: []byte("text")},
	}}
	get := func(method, path, etag string) *http.Response {
		r := httptest.NewRequest(method, "/", nil)
		r.URL.Path = path
		if etag != "" {
			r.Header.Set("If-None-Match", etag)
		}
		w := httptest.NewRecorder()
		secured(files, map[string]string{"Referrer-Policy": "origin"}).ServeHTTP(w, r)
		return w.Result()
	}
	for _, test := range []struct {
		method, path string
		status       int
		mime, body   string
	}{
		{"GET", "/", 200, "text/html; charset=utf-8", "<p>home"},
		{"GET", "/index.html", 200, "text/html; charset=utf-8", "<p>home"},
		{"GET", "/js/main.js", 200, "text/javascript; charset=utf-8", "let a"},
		{"GET", "/js/", 200, "text/html; charset=utf-8", "<p>js"},
		{"GET", "/a.weird", 200, "text/plain; charset=utf-8", "text"},
		{"HEAD", "/js/main.js", 200, "text/javascript; charset=utf-8", ""},
		{"POST", "/", 405, "text/plain; charset=utf-8", "method not allowed\n"},
		{"GET", "/js", 404, "text/plain; charset=utf-8", "404 page not found\n"},
		{"GET", "/embed.go", 404, "text/plain; charset=utf-8", "404 page not found\n"},
		{"GET", "/../static_test.go", 404, "text/plain; charset=utf-8", "404 page not found\n"},
		{"GET", "/%00", 404, "text/plain; charset=utf-8", "404 page not found\n"},
	} {
		resp := get(test.method, test.path, "")
		body, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != test.status || resp.Header.Get("Content-Type") != test.mime || string(body) != test.body {
			t.Errorf("%s %s: %d %q %q", test.method, test.path, resp.StatusCode, resp.Header.Get("Content-Type"), body)
		}
		if h := resp.Header; h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors") || h.Get("Referrer-Policy") != "origin" {
			t.Errorf("%s %s: headers %v", test.method, test.path, h)
		}
	}
	etag := get("GET", "/", "").Header.Get("ETag")
	if got := get("GET", "/", etag).StatusCode; got != http.StatusNotModified {
		t.Errorf("second visit: %d", got)
	}
	if other := get("GET", "/js/", "").Header.Get("ETag"); other == etag || etag == "" {
		t.Errorf("two files, one ETag: %q", etag)
	}
}
