package edge

import (
	"net/http"
	"time"
)

// Deadlines bound how long a request's body may take to come and the answer to
// leave: a peer that stalls must not keep a connection and a goroutine. A
// handler may set others by http.ResponseController, as for a stream.
func Deadlines(next http.Handler, limit time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rc, until := http.NewResponseController(w), time.Now().Add(limit)
		if r.ContentLength != 0 {
			_ = rc.SetReadDeadline(until) // not without a body: net/http would take it for the peer's leaving
		}
		_ = rc.SetWriteDeadline(until) // net/http takes both away before the next request
		next.ServeHTTP(w, r)
	})
}

// Bodies bounds the time that the body of any request may take, also of one
// that nobody wants: net/http reads a body before it lets an answer go, that of
// a mux to a wrong path too, and waits for it without an end. Handlers may set
// another deadline. No limit means no bound.
func Bodies(next http.Handler, limit time.Duration) http.Handler {
	if limit <= 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength != 0 {
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(limit))
		}
		next.ServeHTTP(w, r)
	})
}
