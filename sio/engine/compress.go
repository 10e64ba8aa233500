package engine

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"sync"
)

// gzipWriters are large (some 800 KB): as many as answers are compressed at
// the same time.
var gzipWriters = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed)
	if err != nil {
		panic(err) // the level is valid
	}
	return w
}}

// compress returns body as gzip, with the headers for it, if the client takes
// that and it is worth it. Clients that know deflate know gzip, so there is
// nothing else.
func (srv *Server) compress(h http.Header, r *http.Request, body []byte) []byte {
	if srv.opts.DisableHTTPCompression || len(body) < srv.opts.CompressionThreshold {
		return body
	}
	h.Add("Vary", "Accept-Encoding")
	if !acceptsGzip(r.Header.Values("Accept-Encoding")) {
		return body
	}
	var out bytes.Buffer
	w := gzipWriters.Get().(*gzip.Writer)
	defer gzipWriters.Put(w)
	w.Reset(&out)
	// A bytes.Buffer takes everything: neither call can fail.
	_, _ = w.Write(body)
	_ = w.Close()
	h.Set("Content-Encoding", "gzip")
	return out.Bytes()
}

// acceptsGzip reads Accept-Encoding. Source: RFC 9110, 12.5.3.
func acceptsGzip(values []string) bool {
	star := false
	for _, v := range values {
		for part := range strings.SplitSeq(v, ",") {
			coding, params, _ := strings.Cut(part, ";")
			refused := isZeroWeight(params)
			switch strings.ToLower(strings.TrimSpace(coding)) {
			case "gzip", "x-gzip":
				return !refused
			case "*":
				star = !refused
			}
		}
	}
	return star
}

// isZeroWeight reports whether a parameter such as " q=0.00" refuses a coding.
func isZeroWeight(params string) bool {
	_, weight, found := strings.Cut(strings.ReplaceAll(params, " ", ""), "q=")
	return found && strings.Trim(weight, "0.") == ""
}
