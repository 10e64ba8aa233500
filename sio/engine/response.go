package engine

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	contentText   = "text/plain; charset=UTF-8"
	contentHTML   = "text/html" // of "ok": some old agents offered text/plain as a download
	contentBinary = "application/octet-stream"
)

// reply writes the answer to a request of a session. An error means that the
// client did not get it.
func (srv *Server) reply(w http.ResponseWriter, r *http.Request, content string, body []byte) error {
	h := w.Header()
	h.Set("Content-Type", content)
	h.Set("Cache-Control", "no-store")
	if f := srv.opts.Headers; f != nil {
		f(h, r)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	return write(w, http.StatusOK, body)
}

// write writes a whole response under a deadline: a client that does not read
// must not keep a goroutine.
func write(w http.ResponseWriter, status int, body []byte) error {
	rc := http.NewResponseController(w)
	_ = rc.SetWriteDeadline(time.Now().Add(replyTimeout))
	defer rc.SetWriteDeadline(time.Time{})
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil {
		return err
	}
	return rc.Flush()
}

// firstHeaders adds what only the answer to a handshake has.
func (srv *Server) firstHeaders(h http.Header, r *http.Request, sid string) {
	if srv.opts.Cookie != nil {
		c := *srv.opts.Cookie
		c.Value = sid
		h.Add("Set-Cookie", c.String())
	}
	if f := srv.opts.InitialHeaders; f != nil {
		f(h, r)
	}
}

// maxContext bounds what the hook and the log are told of a peer's words.
const maxContext = 128

// begin is enough of a peer's word to know it by. Session ids are keys, and some
// clients put tokens where they do not belong: neither belongs into a log.
func begin(word string) string {
	if len(word) > 8 {
		return word[:8] + "…"
	}
	return word
}

// report counts a refusal and tells the hook.
func (srv *Server) report(e ConnectionError) {
	// A copy: who keeps it must not keep the request's memory.
	e.Context = strings.ToValidUTF8(strings.Clone(e.Context[:min(len(e.Context), maxContext)]), "")
	srv.stats.refused[e.Code].Add(1)
	srv.opts.Log.Debug().Int("code", int(e.Code)).Str("context", e.Context).Msg("connection refused")
	if f := srv.opts.OnConnectionError; f != nil {
		f(e)
	}
}

// refuse answers a request that is not served.
func (srv *Server) refuse(w http.ResponseWriter, r *http.Request, e ConnectionError) {
	if e.Message == "" {
		e.Message = e.Code.String()
	}
	e.Request = r
	srv.report(e)
	status := e.status
	switch {
	case status != 0:
	case e.Code == Forbidden:
		status = http.StatusForbidden
	default:
		status = http.StatusBadRequest
	}
	writeError(w, status, e.Code, e.Message)
}

// refuseCode answers a request of a known session that breaks the rules. It is
// the session's end that is reported, not the request.
func refuseCode(w http.ResponseWriter, code Code) {
	writeError(w, http.StatusBadRequest, code, code.String())
}

// retryAfter is when a client that was turned away for a rate or for want of
// room should come again, in seconds. Clients of Socket.IO have a back-off of
// their own; proxies and programs look here.
const retryAfter = "5"

// writeError writes the protocol's error body.
func writeError(w http.ResponseWriter, status int, code Code, message string) {
	body, err := json.Marshal(struct {
		Code    Code   `json:"code"`
		Message string `json:"message"`
	}{code, message})
	if err != nil {
		panic(err) // a number and a string always marshal
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		h.Set("Retry-After", retryAfter)
	}
	_ = write(w, status, body)
}
