package main

import (
	"encoding/json"
	"net/http"
	"os"
	"runtime"
	"slices"

	"tickwire/sio"
	"tickwire/sio/engine"
)

const kept = 2000 // entries of each list

type refusal struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Context string `json:"context"`
}

type disconnect struct {
	Phase     string   `json:"phase"`
	Namespace string   `json:"nsp"`
	ID        string   `json:"id"`
	Reason    string   `json:"reason"`
	Rooms     []string `json:"rooms"`
}

type namespaceStats struct {
	Sockets  int `json:"sockets"`
	Rooms    int `json:"rooms"`
	SIDs     int `json:"sids"`
	Sessions int `json:"sessions"`
	Packets  int `json:"packets"`
}

type stats struct {
	PID               int                       `json:"pid"`
	EngineClients     int                       `json:"engineClients"`
	EngineConnections int64                     `json:"engineConnections"`
	Goroutines        int                       `json:"goroutines"`
	Namespaces        map[string]namespaceStats `json:"namespaces"`
	MiddlewareRuns    map[string]int64          `json:"middlewareRuns"`
	ConnectionErrors  []refusal                 `json:"connectionErrors"`
	Disconnects       []disconnect              `json:"disconnects"`
}

// ServeHTTP answers the observation endpoint.
func (a *app) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	st := stats{
		PID:               os.Getpid(),
		EngineClients:     a.srv.Engine().Sessions(),
		EngineConnections: a.opened.Load(),
		Goroutines:        runtime.NumGoroutine(),
		Namespaces:        make(map[string]namespaceStats),
		MiddlewareRuns:    map[string]int64{"/": a.middlewareRuns.Load()},
	}
	for ns := range a.srv.Namespaces() {
		n := ns.Stats()
		st.Namespaces[ns.Name()] = namespaceStats{n.Sockets, n.Rooms, n.Sockets, n.Sessions, n.Packets}
	}
	a.mu.Lock()
	st.ConnectionErrors = append([]refusal{}, a.refusals...)
	st.Disconnects = append([]disconnect{}, a.disconnects...)
	a.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(st)
}

func (a *app) refused(e engine.ConnectionError) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.refusals = last(append(a.refusals, refusal{int(e.Code), e.Message, e.Context}))
}

func (a *app) left(phase string, s *sio.Socket, reason sio.Reason) {
	rooms := append([]string{}, s.Rooms()...)
	slices.Sort(rooms)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.disconnects = last(append(a.disconnects, disconnect{phase, s.Namespace().Name(), s.ID(), string(reason), rooms}))
}

// last keeps the newest entries of a list.
func last[T any](list []T) []T { return list[max(0, len(list)-kept):] }
