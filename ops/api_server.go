package ops

import (
	"net/http"
	"time"

	"github.com/rs/zerolog"

	"tickwire/lobby"
)

// serverInfo is how the server is.
type serverInfo struct {
	Version    string   `json:"version"`
	Started    string   `json:"started" doc:"RFC 3339"`
	Uptime     float64  `json:"uptimeSeconds"`
	Ready      bool     `json:"ready" doc:"new players are welcome"`
	NotReady   string   `json:"notReady,omitempty" doc:"why they are not"`
	Alive      bool     `json:"alive" doc:"the watchdog finds nothing that hangs"`
	NotAlive   string   `json:"notAlive,omitempty" doc:"what hangs"`
	Sessions   int      `json:"sessions" doc:"open connections"`
	Blocked    int      `json:"sessionsBlocked" doc:"of these, connections whose peer does not take what was sent"`
	QueueBytes int      `json:"queueBytes" doc:"bytes that wait for all clients"`
	Sent       uint64   `json:"sentBytes" doc:"since the start"`
	Received   uint64   `json:"receivedBytes" doc:"since the start"`
	Lobbies    int      `json:"lobbies"`
	Matches    int      `json:"matches" doc:"that run"`
	Players    int      `json:"players" doc:"seats that are taken, bots included"`
	Spectators int      `json:"spectators"`
	Ticks      uint64   `json:"ticks" doc:"steps of all matches since the start"`
	Overruns   uint64   `json:"overruns" doc:"steps that took longer than their budget, which is their interval unless the game says otherwise"`
	Dropped    uint64   `json:"ticksDropped" doc:"deadlines that never got a step"`
	Buckets    []uint64 `json:"tickBuckets" doc:"a histogram of all steps: bucket i holds those below 2^i µs that no earlier one holds"`
	TickP50    float64  `json:"tickP50Ms" doc:"an upper bound of the median, less than twice the true one"`
	TickP99    float64  `json:"tickP99Ms" doc:"likewise of the 99th percentile"`
	LateP99    float64  `json:"lateP99Ms" doc:"likewise of how late steps began"`
	LogLevel   string   `json:"logLevel"`
}

type gameList struct {
	Games []lobby.GameInfo `json:"games"`
}

type logLevel struct {
	Level string `json:"level" doc:"debug, info, warn, error or disabled"`
}

type drainStarted struct {
	Draining bool `json:"draining"`
}

var serverEndpoints = []*endpoint{
	{method: "GET", path: "/server", name: "getServer", summary: "How the server is.", answer: serverInfo{}, status: 200, serve: getServer},
	{method: "GET", path: "/games", name: "listGames", summary: "The games that lobbies can be opened of.", answer: gameList{}, status: 200,
		serve: func(c *call) (any, error) { return gameList{c.opt.Lobbies.Games()}, nil }},
	{method: "POST", path: "/drain", name: "drain", answer: drainStarted{}, status: http.StatusAccepted, refusals: []int{503},
		summary: "Begin to shut down as SIGTERM does: not ready, no new lobbies, matches end, connections close, the process ends.", serve: startDrain},
	{method: "GET", path: "/log-level", name: "getLogLevel", summary: "The least important level that is logged.", answer: logLevel{}, status: 200,
		serve: func(c *call) (any, error) { return logLevel{c.opt.LogLevel().String()}, nil }},
	{method: "PUT", path: "/log-level", name: "setLogLevel", summary: "Log more or less, until the next start or reload.", body: logLevel{}, answer: logLevel{}, status: 200,
		refusals: []int{400}, serve: setLogLevel},
}

func getServer(c *call) (any, error) {
	info := serverInfo{
		Version: c.opt.Version, Started: c.started.UTC().Format(time.RFC3339), Uptime: time.Since(c.started).Seconds(),
		Lobbies: c.opt.Lobbies.Lobbies(), LogLevel: c.opt.LogLevel().String(),
	}
	info.Ready, info.NotReady = verdict(c.Ready())
	info.Alive, info.NotAlive = verdict(c.Alive())
	for _, g := range c.opt.Lobbies.GameStats() {
		info.Matches += g.Lobbies[lobby.Playing]
		info.Players += g.Players
		info.Spectators += g.Spectators
		info.Ticks += g.Ticks
		info.Overruns += g.Overruns
		info.Dropped += g.Dropped
	}
	took, late := c.opt.Lobbies.StepDurations(), c.opt.Lobbies.StepLateness()
	info.Buckets = took[:]
	info.TickP50, info.TickP99, info.LateP99 = ms(took.Quantile(0.5)), ms(took.Quantile(0.99)), ms(late.Quantile(0.99))
	if c.opt.IO != nil {
		census := c.opt.IO.Engine().Census()
		info.Sessions, info.Blocked, info.QueueBytes = census.Polling+census.WebSocket, census.Blocked, census.Queued
		info.Sent, info.Received = census.Sent, census.Received
	}
	return info, nil
}

func verdict(err error) (fine bool, why string) {
	if err != nil {
		return false, err.Error()
	}
	return true, ""
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func startDrain(c *call) (any, error) {
	if c.opt.Drain == nil {
		return nil, &problem{http.StatusServiceUnavailable, codeUnavailable, "this server is not told to drain here"}
	}
	c.opt.Drain()
	return drainStarted{true}, nil
}

func setLogLevel(c *call) (any, error) {
	var in logLevel
	if err := c.read(&in); err != nil {
		return nil, err
	}
	level, err := zerolog.ParseLevel(in.Level)
	if err != nil || in.Level == "" || level < zerolog.DebugLevel {
		return nil, badRequest("level must be debug, info, warn, error or disabled")
	}
	c.opt.SetLogLevel(level)
	c.note("level", level.String())
	return logLevel{level.String()}, nil
}
