package ops

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/rs/zerolog"
)

// endpoint is one operation of the control API: what answers it and, for the
// OpenAPI document, what it takes and gives.
type endpoint struct {
	method, path string // of http.ServeMux, below apiRoot
	name         string // operationId, and what the audit log calls it
	summary      string
	query        []param
	body         any // a value of the type that is read; nil: no body
	answer       any // a value of the type that is given; nil: no content
	status       int // of success
	refusals     []int
	creates      bool // takes an Idempotency-Key
	looks        bool // changes nothing that the audit log should know of, though it is no GET
	serve        func(*call) (any, error)
}

// param is a parameter of the query.
type param struct{ name, kind, doc string }

const apiRoot = "/api/v1"

// changes tells whether the audit log wants to know.
func (e *endpoint) changes() bool { return e.method != http.MethodGet && !e.looks }

func endpoints() []*endpoint {
	var all []*endpoint
	for _, group := range [][]*endpoint{serverEndpoints, lobbyEndpoints, memberEndpoints, matchEndpoints, clientEndpoints} {
		all = append(all, group...)
	}
	return all
}

// call is one request under way.
type call struct {
	*Server
	r     *http.Request
	about []string // key and value, for the audit log
}

func (c *call) ctx() context.Context { return c.r.Context() }

// note has the audit log tell what the path does not.
func (c *call) note(key, value string) { c.about = append(c.about, key, value) }

// callTimeout bounds what waits for a lobby.
const callTimeout = 5 * time.Second

func (s *Server) mountAPI() {
	for _, e := range endpoints() {
		s.mux.Handle(e.method+" "+apiRoot+e.path, s.guard.before(s.handler(e)))
	}
	s.mux.Handle("GET /api/openapi.json", openAPI())
	s.mux.HandleFunc("/api/", s.noSuchEndpoint)
}

func (s *Server) handler(e *endpoint) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), callTimeout)
		defer cancel()
		if e.body != nil {
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(callTimeout))
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		}
		c := &call{Server: s, r: r.WithContext(ctx)}
		a := s.once.do(c, e)
		if e.changes() {
			c.audit(e, &a)
		}
		a.write(w)
	})
}

// audit logs what was done, by whom, and how it ended.
func (c *call) audit(e *endpoint, a *answer) {
	level := zerolog.InfoLevel
	if a.status >= http.StatusInternalServerError {
		level = zerolog.WarnLevel
	}
	log := c.opt.Log.WithLevel(level).Str("who", bearerOf(c.ctx())).Str("operation", e.name).Str("path", c.r.URL.Path).Int("status", a.status)
	for i := 0; i+1 < len(c.about); i += 2 {
		log = log.Str(c.about[i], c.about[i+1])
	}
	if a.code != "" {
		log = log.Str("code", a.code)
	}
	log.Msg("operator")
}

// noSuchEndpoint tells a wrong method from a wrong path.
func (s *Server) noSuchEndpoint(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		probe := r.Clone(r.Context())
		probe.Method = method
		if _, pattern := s.mux.Handler(probe); strings.HasPrefix(pattern, method+" ") {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		(&problem{http.StatusMethodNotAllowed, codeBadMethod, "this path takes " + strings.Join(allowed, ", ")}).write(w)
		return
	}
	(&problem{http.StatusNotFound, codeNotFound, "no such path: see /api/openapi.json"}).write(w)
}
