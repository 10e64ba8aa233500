package ops

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"tickwire/sio"
	"tickwire/sio/engine"
)

var (
	sessionsOpen     = gauge("sessions", "Open connections, by transport and parser; none is said before a namespace is joined.", "transport", "parser")
	sessionsOpened   = counter("sessions_opened_total", "Connections ever opened.")
	sessionsClosed   = counter("sessions_closed_total", "Connections that have ended, by reason.", "reason")
	sessionsCut      = counter("sessions_cut_total", "Connections that were cut for what the client did, by limit: slow = it did not read, flooding = it sent too much.", "limit")
	sessionsUpgraded = counter("sessions_upgraded_total", "Upgrades from polling to websocket.")
	sessionsBlocked  = gauge("sessions_blocked", "Open websockets whose peer does not take what was sent.")
	refusals         = counter("handshakes_refused_total", "Requests that were refused, by reason.", "reason")
	doorRefusals     = counter("door_refused_total", "Players who were turned away at the door, by the setting that did it; jwt with the reason.", "bound")
	receivedBytes    = counter("received_bytes_total", "Bytes of the packets that clients sent.")
	receivedPackets  = counter("received_packets_total", "Packets that clients sent.")
	sentBytes        = counter("sent_bytes_total", "Bytes given to the connections, without headers of HTTP and TLS.")
	queueBytes       = gauge("send_queue_bytes", "Bytes that wait for all clients, who do not take them or whose next write they wait for.")
	blockedWrites    = counter("writes_blocked_total", "Writes that a connection did not take at once.")
	dropped          = counter("dropped_total", "Messages that were dropped, by reason: volatile = the client was not ready.", "reason")
	disconnects      = counter("disconnects_total", "Sockets that have left their namespace, by reason.", "reason")
	joinsRefused     = counter("joins_refused_total", "Attempts to join a namespace that were refused.")
	recoveries       = counter("recoveries_total", "Sockets that came back to their state after a broken connection.")
	panics           = counter("panics_total", "Panics of the studio's code that were contained, by where: handler = of an event, rules = of a match, queue = of the matchmaking.", "where")

	sessionMetrics = []metric{
		sessionsOpen, sessionsOpened, sessionsClosed, sessionsCut, sessionsUpgraded, sessionsBlocked, refusals, doorRefusals,
		receivedBytes, receivedPackets, sentBytes, queueBytes, blockedWrites, dropped, disconnects, joinsRefused, recoveries, panics,
	}
)

var parserNames = map[sio.Parser]string{sio.JSON: "json", sio.MsgPack: "msgpack"}

// sessions tells of the connections.
func (c collector) sessions(ch chan<- prometheus.Metric) {
	io := c.s.opt.IO
	if io == nil {
		return
	}
	census := io.Engine().Census()
	c.open(ch, &census)
	send(ch, sessionsBlocked, census.Blocked)
	send(ch, queueBytes, census.Queued)
	send(ch, receivedBytes, census.Received)
	send(ch, receivedPackets, census.Packets)
	send(ch, sentBytes, census.Sent)

	st := io.Engine().Stats()
	send(ch, sessionsOpened, st.Opened)
	send(ch, sessionsUpgraded, st.Upgraded)
	send(ch, sessionsCut, st.Slow, "slow")
	send(ch, sessionsCut, st.Flooded, "flooding")
	send(ch, blockedWrites, st.Blocked)
	send(ch, dropped, st.Dropped, "volatile")
	for reason, n := range st.Ended {
		send(ch, sessionsClosed, n, label(string(reason)))
	}
	for code, n := range st.Refused {
		send(ch, refusals, n, label(engine.Code(code).String()))
	}
	if refused := c.s.opt.Refused; refused != nil {
		for bound, n := range refused() {
			send(ch, doorRefusals, n, bound)
		}
	}
	c.sockets(ch)
}

// open tells of the open sessions; what has not joined a namespace yet has no
// parser.
func (c collector) open(ch chan<- prometheus.Metric, census *engine.Census) {
	joined := c.s.opt.IO.Connections()
	all := map[engine.Transport]int{engine.Polling: census.Polling, engine.WebSocket: census.WebSocket}
	for transport, n := range all {
		for parser, name := range parserNames {
			is := joined[sio.Wire{Transport: transport, Parser: parser}]
			send(ch, sessionsOpen, is, string(transport), name)
			n -= is
		}
		send(ch, sessionsOpen, max(n, 0), string(transport), "none")
	}
}

func (c collector) sockets(ch chan<- prometheus.Metric) {
	st := c.s.opt.IO.Stats()
	for reason, n := range st.Disconnected {
		send(ch, disconnects, n, label(string(reason)))
	}
	send(ch, joinsRefused, st.Refused)
	send(ch, recoveries, st.Recovered)
	send(ch, panics, st.Panics, "handler")
}

// label is a reason in the protocol's words as the value of a label.
func label(reason string) string { return strings.ReplaceAll(strings.ToLower(reason), " ", "_") }
