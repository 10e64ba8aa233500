package sio_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tickwire/sio"
	"tickwire/sio/engine"
)

func TestBrowserClient(t *testing.T) {
	get := func(srv *sio.Server, path string, header ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		srv.ServeHTTP(w, r)
		return w
	}
	srv := sio.New(sio.Options{})
	for path, want := range map[string]string{
		"/socket.io/socket.io.js": "globalThis", "/socket.io/socket.io.min.js": "globalThis",
		"/socket.io/socket.io.msgpack.min.js": `parser:"msgpack"`, "/socket.io/socket.io.esm.min.js": "./esm/socket/io.js",
		"/socket.io/esm/socket/io.js": "export",
	} {
		w := get(srv, path)
		if w.Code != 200 || !strings.Contains(w.Body.String(), want) || !strings.Contains(w.Header().Get("Content-Type"), "javascript") {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
		if w.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Error("CORS header that nobody asked for")
		}
		etag := w.Header().Get("ETag")
		if w := get(srv, path, "If-None-Match", etag); w.Code != 304 || w.Body.Len() != 0 {
			t.Errorf("%s again: %d", path, w.Code)
		}
		if z := get(srv, path, "Accept-Encoding", "gzip, br"); z.Header().Get("Content-Encoding") != "gzip" || z.Body.Len() == w.Body.Len() {
			t.Errorf("%s zipped: %v", path, z.Header())
		}
	}
	for _, path := range []string{"/socket.io/embed.go", "/socket.io/esm/embed.go", "/socket.io/esm/../socket.io.js", "/other/socket.io.js", "/socket.io/x.js"} {
		if w := get(srv, path); w.Code != 404 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := get(sio.New(sio.Options{DisableClient: true}), "/socket.io/socket.io.js"); w.Code != 404 {
		t.Errorf("disabled: %d", w.Code)
	}
	open := sio.New(sio.Options{Engine: engine.Options{Path: "/io", CORS: &engine.CORS{Origins: []string{"*"}}}})
	if w := get(open, "/io/socket.io.js"); w.Code != 200 || w.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("own path: %d %v", w.Code, w.Header())
	}
}
