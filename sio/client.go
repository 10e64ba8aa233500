package sio

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"

	clientjs "tickwire/clients/js"
)

// asset is a file of the browser client.
type asset struct {
	body, zipped []byte
	etag         string
}

// packedIO makes the classic script speak MessagePack by default, like the
// reference's socket.io.msgpack.min.js.
const packedIO = `;(()=>{const io=globalThis.io,f=(t,o)=>typeof t==="object"?io({parser:"msgpack",...t}):io(t,{parser:"msgpack",...o});` +
	`globalThis.io=Object.assign(f,io,{io:f,connect:f})})();`

// esmIO is the entry of the ES modules, which are served below esm/.
const esmIO = `export { io, io as connect, io as default } from "./esm/socket/io.js";
export { Manager } from "./esm/socket/manager.js";
export { Socket } from "./esm/socket/socket.js";
export const protocol = 5;
`

// loadAssets makes the files by their path below the server's.
func loadAssets() map[string]asset {
	classic, err := clientjs.FS.ReadFile("dist/socket.io.js")
	if err != nil {
		panic(err) // it is part of the binary
	}
	packed := append(bytes.Clone(classic), packedIO...)
	assets := map[string]asset{}
	for name, body := range map[string][]byte{
		"socket.io.js": classic, "socket.io.min.js": classic,
		"socket.io.msgpack.js": packed, "socket.io.msgpack.min.js": packed,
		"socket.io.esm.js": []byte(esmIO), "socket.io.esm.min.js": []byte(esmIO),
	} {
		assets[name] = newAsset(body)
	}
	fs.WalkDir(clientjs.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && path.Ext(name) == ".js" && !strings.HasPrefix(name, "dist/") {
			body, _ := clientjs.FS.ReadFile(name)
			assets["esm/"+name] = newAsset(body)
		}
		return err
	})
	return assets
}

func newAsset(body []byte) asset {
	sum := sha256.Sum256(body)
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write(body)
	z.Close()
	return asset{body: body, zipped: zipped.Bytes(), etag: `"` + hex.EncodeToString(sum[:8]) + `"`}
}

// serveClient answers requests for the browser client.
func (srv *Server) serveClient(w http.ResponseWriter, r *http.Request) bool {
	name, ok := strings.CutPrefix(r.URL.Path, strings.TrimSuffix(srv.opts.Engine.Path, "/")+"/")
	if !ok || !strings.HasSuffix(name, ".js") || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	a, ok := srv.assets()[name]
	if !ok {
		return false
	}
	h := w.Header()
	h.Set("Content-Type", "application/javascript; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=0")
	h.Set("ETag", a.etag)
	h.Set("Vary", "Accept-Encoding")
	h.Set("X-Content-Type-Options", "nosniff")
	if srv.opts.Engine.CORS != nil {
		h.Set("Access-Control-Allow-Origin", "*") // a public file, sent without credentials
	}
	if strings.Contains(r.Header.Get("If-None-Match"), a.etag) {
		w.WriteHeader(http.StatusNotModified)
		return true
	}
	body := a.body
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = a.zipped
	}
	if r.Method == http.MethodGet {
		w.Write(body)
	}
	return true
}
