package tickwire

import (
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func TestStatic(t *testing.T) {
	files := &static{files: fstest.MapFS{
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

// countedFS counts the bytes that are read from its files.
type countedFS struct {
	fstest.MapFS
	read int
}

type countedFile struct {
	fs.File
	io.Seeker
	of *countedFS
}

func (c *countedFS) Open(name string) (fs.File, error) {
	f, err := c.MapFS.Open(name)
	if err != nil {
		return nil, err
	}
	return countedFile{f, f.(io.Seeker), c}, nil
}

func (f countedFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	f.of.read += n
	return n, err
}

// TestStaticIsHashedOnce: a file of the binary is not read to find that the
// browser has it; one on a disk may have changed.
func TestStaticIsHashedOnce(t *testing.T) {
	for _, test := range []struct {
		changed time.Time
		read    int // bytes, by the visit that is answered 304
	}{{time.Time{}, 0}, {time.Unix(1000, 0), 4}} {
		files := &countedFS{MapFS: fstest.MapFS{"a.txt": {Data: []byte("text"), ModTime: test.changed}}}
		handler := &static{files: files}
		visit := func(etag string) *http.Response {
			r := httptest.NewRequest("GET", "/a.txt", nil)
			r.Header.Set("If-None-Match", etag)
			w := httptest.NewRecorder()
			files.read = 0
			handler.ServeHTTP(w, r)
			return w.Result()
		}
		etag := visit("").Header.Get("ETag")
		if got := visit(etag); got.StatusCode != http.StatusNotModified || files.read != test.read {
			t.Errorf("changed %v: %d after %d bytes", test.changed, got.StatusCode, files.read)
		}
		again := visit("other")
		if body, _ := io.ReadAll(again.Body); string(body) != "text" || again.Header.Get("ETag") != etag {
			t.Errorf("changed %v: %q, ETag %s", test.changed, body, again.Header.Get("ETag"))
		}
		files.MapFS["a.txt"].Data = []byte("more")
		if fresh := visit("").Header.Get("ETag") != etag; fresh == test.changed.IsZero() {
			t.Errorf("changed %v: seen: %t", test.changed, fresh)
		}
	}
}
