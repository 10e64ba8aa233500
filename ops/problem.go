package ops

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"tickwire/lobby"
)

// problem is a refusal: what the body of an answer that is no success says.
type problem struct {
	status int

	Code    string `json:"code" doc:"stable: what programs branch on"`
	Message string `json:"message" doc:"what to do, for people"`
}

// The codes of this package; those of package lobby come beside them.
const (
	codeUnauthorized = "UNAUTHORIZED"
	codeForbidden    = "FORBIDDEN"
	codeRateLimited  = "RATE_LIMITED"
	codeBadRequest   = "BAD_REQUEST"
	codeNotFound     = "NOT_FOUND"
	codeBadMethod    = "METHOD_NOT_ALLOWED"
	codeTooLarge     = "TOO_LARGE"
	codeWrongType    = "UNSUPPORTED_MEDIA_TYPE"
	codeKeyReused    = "IDEMPOTENCY_KEY_REUSED"
	codeTimeout      = "TIMEOUT"
	codeUnavailable  = "UNAVAILABLE"
)

func (p *problem) Error() string { return p.Code + ": " + p.Message }

func (p *problem) write(w http.ResponseWriter) {
	if p.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="operator"`)
	}
	writeJSON(w, p.status, p)
}

func unauthorized(message string) *problem {
	return &problem{http.StatusUnauthorized, codeUnauthorized, message}
}

func badRequest(message string) *problem {
	return &problem{http.StatusBadRequest, codeBadRequest, message}
}

// statuses of the refusals of package lobby; the others are conflicts.
var statuses = map[lobby.Code]int{
	lobby.BadRequest: http.StatusBadRequest, lobby.UnknownGame: http.StatusNotFound, lobby.NotFound: http.StatusNotFound,
	lobby.RateLimited: http.StatusTooManyRequests, lobby.Draining: http.StatusServiceUnavailable,
	lobby.LobbyLimit: http.StatusServiceUnavailable, lobby.Busy: http.StatusServiceUnavailable,
	lobby.Internal: http.StatusInternalServerError,
}

// problemOf returns what is answered to an error.
func problemOf(err error) *problem {
	if p, ok := errors.AsType[*problem](err); ok {
		return p
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return &problem{http.StatusGatewayTimeout, codeTimeout, "the lobby did not answer in time: its rules may hang; what was asked for may still happen"}
	}
	e := lobby.AsError(err)
	status, ok := statuses[e.Code]
	if !ok {
		status = http.StatusConflict
	}
	return &problem{status, string(e.Code), e.Message}
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil { // a type of ours that has no JSON form
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	(&answer{status: status, body: body}).write(w)
}

// answer is a response, kept for those who ask twice.
type answer struct {
	status   int
	body     []byte // JSON; nil: none
	code     string // of a refusal
	replayed bool
}

func (a *answer) write(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	if a.replayed {
		h.Set("Idempotency-Replayed", "true")
	}
	if a.body != nil {
		h.Set("Content-Type", "application/json")
	}
	w.WriteHeader(a.status)
	if a.body != nil {
		_, _ = w.Write(append(a.body[:len(a.body):len(a.body)], '\n')) // the peer may be gone; a terminal wants the end of the line
	}
}

// answerTo turns what an endpoint returned into a response.
func answerTo(e *endpoint, v any, err error) answer {
	if err != nil {
		p := problemOf(err)
		body, _ := json.Marshal(p)
		return answer{status: p.status, body: body, code: p.Code}
	}
	if e.answer == nil {
		return answer{status: e.status}
	}
	body, err := json.Marshal(v)
	if err != nil { // a type of ours that has no JSON form
		return answerTo(e, nil, &problem{http.StatusInternalServerError, string(lobby.Internal), "internal error"})
	}
	return answer{status: e.status, body: body}
}
