package ops

import (
	"embed"
	"io/fs"
	"net/http"
)

//go:embed web
var web embed.FS

// pagePolicy lets the page load its own files and ask its own server.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// page serves the operator's page below /ops/. It shows nothing without the
// control API, so it needs no key.
func page() http.Handler {
	folder, err := fs.Sub(web, "web")
	if err != nil {
		panic(err) // it is part of the program
	}
	files := http.StripPrefix("/ops/", http.FileServerFS(folder))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-cache")
		files.ServeHTTP(w, r)
	})
}
