package ops

import (
	"encoding/json"
	"net/http"
)

// problem is a refusal: what the body of an answer that is no success says.
type problem struct {
	status int

	Code    string `json:"code"`
	Message string `json:"message"`
}

// The codes of this package; those of package lobby come beside them.
const (
	codeUnauthorized = "UNAUTHORIZED"
	codeForbidden    = "FORBIDDEN"
	codeRateLimited  = "RATE_LIMITED"
)

func (p *problem) Error() string { return p.Code + ": " + p.Message }

func (p *problem) write(w http.ResponseWriter) {
	if p.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="operator"`)
	}
	writeJSON(w, p.status, p)
}

func unauthorized(message string) *problem {
	return &problem{status: http.StatusUnauthorized, Code: codeUnauthorized, Message: message}
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the peer may be gone
}
