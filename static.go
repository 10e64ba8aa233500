package tickwire

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// mimeTypes names the types itself: what the operating system's table says
// differs from machine to machine, and a browser runs no module that arrives
// as text/plain.
var mimeTypes = map[string]string{
	".css":         "text/css; charset=utf-8",
	".gif":         "image/gif",
	".html":        "text/html; charset=utf-8",
	".ico":         "image/x-icon",
	".jpg":         "image/jpeg",
	".js":          "text/javascript; charset=utf-8",
	".json":        "application/json",
	".map":         "application/json",
	".mjs":         "text/javascript; charset=utf-8",
	".mp3":         "audio/mpeg",
	".ogg":         "audio/ogg",
	".png":         "image/png",
	".svg":         "image/svg+xml",
	".txt":         "text/plain; charset=utf-8",
	".wasm":        "application/wasm",
	".webmanifest": "application/manifest+json",
	".webp":        "image/webp",
	".woff2":       "font/woff2",
}

// static serves the files of a file system. Each answer carries an ETag made
// from the content and asks the browser to come back with it, so a new build
// is seen at the next load and an old one costs a 304.
type static struct {
	files fs.FS
	etags sync.Map // name → ETag, of files that never change
}

func (s *static) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	name, file, ok := s.find(r.URL.Path)
	if !ok {
		http.NotFound(w, r)
		return
	}
	defer file.Close()
	content, etag, err := s.read(name, file)
	if err != nil { // a folder, for one
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("ETag", etag)
	h.Set("Cache-Control", "no-cache")
	if t, ok := mimeTypes[path.Ext(name)]; ok {
		h.Set("Content-Type", t)
	}
	http.ServeContent(w, r, name, time.Time{}, content)
}

// read returns a file's content and its ETag. A file without a time is part of
// the binary: it is hashed once, and later sent from where it lies.
func (s *static) read(name string, file fs.File) (content io.ReadSeeker, etag string, err error) {
	if etag, ok := s.etags.Load(name); ok {
		if content, ok := file.(io.ReadSeeker); ok {
			return content, etag.(string), nil
		}
	}
	info, err := file.Stat()
	if err != nil {
		return nil, "", err
	}
	body, err := io.ReadAll(file)
	if err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(body)
	etag = `"` + hex.EncodeToString(sum[:12]) + `"`
	if info.ModTime().IsZero() {
		s.etags.Store(name, etag)
	}
	return bytes.NewReader(body), etag, nil
}

// warn tells of a page that is not there, which is mostly one of os.DirFS whose
// folder is not below the working directory.
func (s *static) warn(log zerolog.Logger) {
	_, file, ok := s.find("/")
	if ok {
		file.Close()
		return
	}
	folder, _ := filepath.Abs(".")
	log.Warn().Str("folder", folder).Msg("the page has no index.html, so / is not found; os.DirFS looks in the working directory")
}

// find opens the file for a URL path; a directory is its index.html. Go
// sources that lie beside embedded files are nobody's business.
func (s *static) find(url string) (name string, file fs.File, ok bool) {
	name = strings.TrimPrefix(path.Clean("/"+url), "/")
	if name == "" || strings.HasSuffix(url, "/") {
		name = path.Join(name, "index.html")
	}
	if !fs.ValidPath(name) || path.Ext(name) == ".go" {
		return "", nil, false
	}
	file, err := s.files.Open(name)
	return name, file, err == nil
}

// pagePolicy lets a page have what this server serves and what stands in it, and
// talk to other services, such as one for accounts; scripts, images and frames of
// other sites it does not let in.
const pagePolicy = "default-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' data: blob:; connect-src 'self' https: wss: ws: data: blob:; " +
	"object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"

// secured adds the headers that the answers of a page should have; own replace
// them by name.
func secured(next http.Handler, own map[string]string) http.Handler {
	headers := map[string]string{
		"X-Content-Type-Options":     "nosniff",
		"Referrer-Policy":            "no-referrer",
		"Cross-Origin-Opener-Policy": "same-origin-allow-popups", // a login may open one
		"Content-Security-Policy":    pagePolicy,
	}
	maps.Copy(headers, own)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range headers {
			w.Header().Set(name, value)
		}
		next.ServeHTTP(w, r)
	})
}
