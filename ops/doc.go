// Package ops is the operator's side of a game server: an http.Handler for a
// listener of its own, which players never reach.
//
//	GET /livez          200 while the process does its work; 503 and the reason otherwise: restart it
//	GET /readyz         200 while new players are welcome; 503 while starting and draining
//	GET /metrics        what there is to graph, for Prometheus
//	GET /ops/           a page for people, on top of the control API
//	    /api/v1/        the control API; /api/openapi.json describes it
//	GET /debug/pprof/   profiles of the Go runtime
//
// [New] makes a [Server] from what it looks at and starts nothing.
// [Server.Run] keeps the watchdog going that /livez asks; programs that tell a
// supervisor that they are alive ask [Server.Alive].
//
// # Who may do what
//
// Health and metrics are for whoever reaches the listener: they name nobody. The
// rest shows or changes what is going on and wants an API key ([Options.Keys]):
// "Authorization: Bearer <key>". Without keys it is open to this machine alone: to
// peers and for Host headers of the loopback interface, so that a web page which
// gets itself a name for 127.0.0.1 reads nothing.
//
// # Concurrency and bounds
//
// Everything may be called by any goroutine. Nothing here runs on the path of a
// frame: what is told is read from atomics, or asked of one lobby at a time.
package ops
