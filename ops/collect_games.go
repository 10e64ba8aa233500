package ops

import (
	"github.com/prometheus/client_golang/prometheus"

	"tickwire/lobby"
	"tickwire/tick"
)

var (
	lobbies       = gauge("lobbies", "Lobbies, by the phase that they are in.", "game", "phase")
	matches       = gauge("matches", "Matches that run.", "game")
	players       = gauge("players", "Seats that are taken, bots included.", "game")
	reserved      = gauge("seats_reserved", "Seats that are kept for the bearers of tickets.", "game")
	spectators    = gauge("spectators", "Who watches.", "game")
	ticks         = counter("ticks_total", "Steps that matches ran.", "game")
	ticksDropped  = counter("ticks_dropped_total", "Deadlines that never got a step, by the game's policy for being late.", "game", "policy")
	overruns      = counter("tick_overruns_total", "Steps that took longer than their budget, which is their interval unless the game says otherwise, by the game's policy for being late.", "game", "policy")
	frames        = counter("state_frames_total", "State frames sent, by kind: delta = from the last send, coalesced = from an earlier one, keyframe = everything.", "game", "kind")
	skipped       = counter("state_frames_skipped_total", "State frames held back from clients that are behind.", "game")
	stateBytes    = counter("state_bytes_total", "Bytes of state frames, by wire form.", "game", "form")
	inputs        = counter("inputs_total", "Inputs that were accepted.", "game")
	inputsDropped = counter("inputs_dropped_total", "Inputs that were dropped, by reason: stale = out of order, surplus = too many for a tick, invalid = malformed or outside of a lobby.", "reason")
	mistimed      = counter("inputs_mistimed_total", "Inputs that came at another time than the rules could use, by what became of it: merged into a newer one, repeated for a tick without one, late or early for the tick that they were meant for.", "game", "how")
	flooders      = counter("players_removed_total", "Players who were removed for sending too many inputs.", "game")
	stuck         = counter("matches_stuck_total", "Matches that were given up because their rules did not come back.", "game")
	replaysLost   = counter("replays_lost_total", "Logs of matches that were given up because they could not be written.")

	gameMetrics = []metric{
		lobbies, matches, players, reserved, spectators, ticks, ticksDropped, overruns, frames, skipped, stateBytes,
		inputs, inputsDropped, mistimed, flooders, stuck, replaysLost,
	}
)

// The buckets go from 16 µs to 2 s, for round trips from 1 ms to 8 s.
var (
	tickTook   = newTiming("tick_duration", "How long steps took: inputs, rules and commit.", 4, 21)
	tickLate   = newTiming("tick_lateness", "How long after their deadline steps began.", 4, 21)
	encodeTook = newTiming("state_encode", "How long a send took to make the frames that members share.", 4, 21)
	fanTook    = newTiming("state_fanout", "How long a send took to hand frames to the connections.", 4, 21)
	roundTrips = newTiming("round_trip", "From the send of a tick to the step that finds its acknowledgement, in whole ticks.", 10, 23)

	gameTimings = []timing{tickTook, tickLate, encodeTook, fanTook, roundTrips}
)

var policyNames = map[tick.Policy]string{tick.CatchUp: "catch_up", tick.Skip: "skip", tick.Stretch: "stretch"}

// games tells of lobbies and matches.
func (c collector) games(ch chan<- prometheus.Metric) {
	var faults, stale, surplus uint64
	for _, g := range c.s.opt.Lobbies.GameStats() {
		c.game(ch, &g)
		faults += g.Faults
		stale += g.StaleInputs
		surplus += g.SurplusInputs
	}
	send(ch, panics, faults, "rules")
	send(ch, replaysLost, c.s.opt.Lobbies.LostReplays())
	send(ch, inputsDropped, stale, "stale")
	send(ch, inputsDropped, surplus, "surplus")
	if gateway := c.s.opt.Gateway; gateway != nil {
		send(ch, inputsDropped, gateway.DroppedInputs(), "invalid")
	}
}

func (c collector) game(ch chan<- prometheus.Metric, g *lobby.GameStats) {
	for _, phase := range []lobby.Phase{lobby.Gathering, lobby.Countdown, lobby.Playing, lobby.Finished} {
		send(ch, lobbies, g.Lobbies[phase], g.Game, string(phase))
	}
	send(ch, matches, g.Lobbies[lobby.Playing], g.Game)
	send(ch, players, g.Players, g.Game)
	send(ch, reserved, g.Reserved, g.Game)
	send(ch, spectators, g.Spectators, g.Game)
	send(ch, ticks, g.Ticks, g.Game)
	send(ch, ticksDropped, g.Dropped, g.Game, policyNames[g.Policy])
	send(ch, overruns, g.Overruns, g.Game, policyNames[g.Policy])
	send(ch, frames, g.Frames-g.Keyframes-g.Coalesced, g.Game, "delta")
	send(ch, frames, g.Coalesced, g.Game, "coalesced")
	send(ch, frames, g.Keyframes, g.Game, "keyframe")
	send(ch, skipped, g.Skipped, g.Game)
	send(ch, stateBytes, g.Bytes-g.BytesB, g.Game, "M")
	send(ch, stateBytes, g.BytesB, g.Game, "B")
	send(ch, inputs, g.Inputs, g.Game)
	send(ch, mistimed, g.MergedInputs, g.Game, "merged")
	send(ch, mistimed, g.RepeatedInputs, g.Game, "repeated")
	send(ch, mistimed, g.LateInputs, g.Game, "late")
	send(ch, mistimed, g.EarlyInputs, g.Game, "early")
	send(ch, flooders, g.Flooders, g.Game)
	send(ch, stuck, g.Stuck, g.Game)
	for timing, value := range map[timing]*lobby.Timing{
		tickTook: &g.Took, tickLate: &g.Late, encodeTook: &g.Encode, fanTook: &g.Fan, roundTrips: &g.Trips,
	} {
		timing.send(ch, value, g.Game)
	}
}
