package ops

import (
	"time"

	"tickwire/lobby"
)

type matchList struct {
	Matches []*matchDetail `json:"matches" doc:"those of the oldest lobbies first"`
	Total   int            `json:"total" doc:"how many run"`
}

// matchDetail is a match that runs. Counts are since it began.
type matchDetail struct {
	Lobby      string    `json:"lobby"`
	Code       string    `json:"code,omitempty"`
	Name       string    `json:"name"`
	Game       string    `json:"game"`
	ID         string    `json:"id"`
	Hz         int       `json:"hz"`
	SendHz     int       `json:"sendHz"`
	Players    int       `json:"players"`
	Spectators int       `json:"spectators"`
	Began      time.Time `json:"began"`
	Ticks      uint64    `json:"ticks" doc:"steps run"`
	Dropped    uint64    `json:"ticksDropped" doc:"deadlines that never got a step"`
	Overruns   uint64    `json:"overruns" doc:"steps that took longer than their budget, which is their interval unless the game says otherwise"`
	TickSum    float64   `json:"tickSumMs" doc:"that all steps took together"`
	Buckets    []uint64  `json:"tickBuckets" doc:"a histogram of the steps: bucket i holds those below 2^i µs that no earlier one holds"`
	TickP50    float64   `json:"tickP50Ms" doc:"an upper bound of the median, less than twice the true one"`
	TickP99    float64   `json:"tickP99Ms" doc:"likewise of the 99th percentile"`
	LateP99    float64   `json:"lateP99Ms" doc:"likewise of how late steps began"`
	Frames     uint64    `json:"frames" doc:"state frames sent"`
	Skipped    uint64    `json:"framesSkipped" doc:"held back from clients that are behind"`
	Coalesced  uint64    `json:"framesCoalesced" doc:"frames that covered several sends"`
	Keyframes  uint64    `json:"keyframes"`
	BytesM     uint64    `json:"bytesM" doc:"of state frames in M-form"`
	BytesB     uint64    `json:"bytesB" doc:"of state frames in B-form"`
	Inputs     uint64    `json:"inputs" doc:"accepted"`
	Lost       uint64    `json:"inputsDropped" doc:"out of order, or too many for a tick"`
}

func newMatchDetail(m *lobby.RunningMatch) *matchDetail {
	s := &m.Stats
	return &matchDetail{
		Lobby: m.Lobby, Code: m.Code, Name: m.Name, Game: m.Game, ID: m.Match, Hz: m.Hz, SendHz: m.SendHz,
		Players: m.Players, Spectators: m.Spectators, Began: m.Began,
		Ticks: s.Ticks, Dropped: s.Dropped, Overruns: s.Overruns,
		TickSum: ms(m.Took.Sum), Buckets: m.Took.Histogram[:],
		TickP50: ms(m.Took.Quantile(0.5)), TickP99: ms(m.Took.Quantile(0.99)), LateP99: ms(m.Late.Quantile(0.99)),
		Frames: s.Frames, Skipped: s.Skipped, Coalesced: s.Coalesced, Keyframes: s.Keyframes,
		BytesM: s.Bytes - s.BytesB, BytesB: s.BytesB, Inputs: s.Inputs, Lost: s.StaleInputs + s.SurplusInputs,
	}
}

type profileSwitch struct {
	On bool `json:"on" doc:"count from now on; false stops. While it is on the match encodes about everything twice"`
}

// profile is what the state frames of a match were made of.
type profile struct {
	Frames int    `json:"frames" doc:"each counts once, however many clients got it"`
	Bytes  int    `json:"bytes"`
	Costs  []cost `json:"costs" doc:"the dearest first"`
}

// cost is what one field took.
type cost struct {
	Type  string  `json:"type" doc:"of entities"`
	Field string  `json:"field" doc:"empty for what is no field: which entities, which fields"`
	Count int     `json:"count" doc:"values sent"`
	Bytes float64 `json:"bytes"`
	Share float64 `json:"share" doc:"of all bytes, 0 to 1"`
}

var matchEndpoints = []*endpoint{
	{method: "GET", path: "/matches", name: "listMatches", summary: "The matches that run, with tick and bandwidth statistics.",
		query:  append([]param{{"lobby", "string", "id of the only lobby to look at"}}, windowParams...),
		answer: matchList{}, status: 200, refusals: []int{400}, serve: listMatches},
	{method: "POST", path: "/lobbies/{lobby}/profile", name: "profileMatch", summary: "Bandwidth by field: what has been counted until now; switches the counting on or off.",
		body: profileSwitch{}, answer: profile{}, status: 200, refusals: []int{400, 404, 409, 503, 504}, looks: true, serve: profileMatch},
}

func listMatches(c *call) (any, error) {
	offset, limit, err := c.window()
	if err != nil {
		return nil, err
	}
	found, total := c.opt.Lobbies.Matches(c.r.URL.Query().Get("lobby"), offset, limit)
	list := matchList{Matches: make([]*matchDetail, 0, len(found)), Total: total}
	for i := range found {
		list.Matches = append(list.Matches, newMatchDetail(&found[i]))
	}
	return list, nil
}

func profileMatch(c *call) (any, error) {
	var in profileSwitch
	if err := c.read(&in); err != nil {
		return nil, err
	}
	type outcome struct {
		lobby.Profile
		err error
	}
	done := make(chan outcome, 1)
	c.opt.Lobbies.Profile(c.lobbyID(), in.On, func(p lobby.Profile, err error) { done <- outcome{p, err} })
	select {
	case got := <-done:
		if got.err != nil {
			return nil, got.err
		}
		return newProfile(&got.Profile), nil
	case <-c.ctx().Done():
		return nil, c.ctx().Err()
	}
}

func newProfile(p *lobby.Profile) profile {
	out := profile{Frames: p.Frames, Bytes: p.Bytes, Costs: make([]cost, 0, len(p.Costs))}
	for _, c := range p.Costs {
		out.Costs = append(out.Costs, cost{c.Type, c.Field, c.Count, c.Bytes, c.Share})
	}
	return out
}
