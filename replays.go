package tickwire

import (
	"encoding/json"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"

	"tickwire/codec/replay"
	"tickwire/lobby"
	"tickwire/sio/engine"
)

// replays serves the logs of matches, for the page to play and for support to
// run again. Those of matches that run are nobody's business yet: they show what
// players hide from each other.
//
//	GET /replays/             JSON: the list, the youngest first
//	GET /replays/{id}         the log
//	GET /replays/{id}/stream  what a viewer plays, see docs/replay.md
type replays struct {
	server *Server

	mu   sync.Mutex           // guards the following
	busy int                  // answers that are under way
	by   map[netip.Prefix]int // of them, those to an address
}

// The matches come first: viewers are bounded.
const (
	maxStreams     = 4           // at a time
	maxStreamsEach = 2           // of them to one address: who reads slowly leaves some to the others
	streamTime     = time.Minute // for each
)

func (s *Server) handleReplays() {
	r := &replays{server: s, by: map[netip.Prefix]int{}}
	s.Handle("GET /replays/{$}", secured(http.HandlerFunc(r.list), nil))
	s.Handle("GET /replays/{id}", secured(http.HandlerFunc(r.log), nil))
	s.mux.Handle("GET /replays/{id}/stream", s.door.requests.Handler(secured(http.HandlerFunc(r.stream), nil)))
}

func (r *replays) list(w http.ResponseWriter, _ *http.Request) {
	infos := r.server.lobbies.Replays()
	infos = slices.DeleteFunc(infos, func(i lobby.ReplayInfo) bool { return i.Running })
	slices.Reverse(infos)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(map[string]any{"replays": infos}) // fails when the client is gone
}

func (r *replays) log(w http.ResponseWriter, req *http.Request) {
	r.send(w, req, func(w io.Writer, log io.Reader) error {
		_, err := io.Copy(w, log)
		return err
	})
}

func (r *replays) stream(w http.ResponseWriter, req *http.Request) {
	r.send(w, req, replay.Stream)
}

// send answers with what write makes of a log.
func (r *replays) send(w http.ResponseWriter, req *http.Request, write func(io.Writer, io.Reader) error) {
	leave, ok := r.enter(req.RemoteAddr)
	if !ok {
		w.Header().Set("Retry-After", "1")
		http.Error(w, "others are being served: try again", http.StatusServiceUnavailable)
		return
	}
	defer leave()
	id := req.PathValue("id")
	log, err := r.server.lobbies.OpenReplay(id)
	if err != nil {
		http.NotFound(w, req)
		return
	}
	defer log.Close()
	if slices.ContainsFunc(r.server.lobbies.Replays(), func(i lobby.ReplayInfo) bool { return i.ID == id && i.Running }) {
		http.Error(w, "the match is running", http.StatusForbidden)
		return
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(streamTime)) // else a slow reader keeps others out
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Cache-Control", "no-store")
	_ = write(w, log) // the client is gone, or the log is broken: what came is what there is
}

// enter takes a place for an answer, until leave is called. This machine has no
// bound of its own: see Network.
func (r *replays) enter(address string) (leave func(), ok bool) {
	block, counts := engine.Block(address)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.busy == maxStreams || counts && r.by[block] == maxStreamsEach {
		return nil, false
	}
	r.busy++
	if counts {
		r.by[block]++
	}
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.busy--
		if r.by[block]--; r.by[block] <= 0 {
			delete(r.by, block)
		}
	}, true
}
