package client

import "context"

// QueueStatus is how a search for a match goes.
type QueueStatus struct {
	Game       string   `json:"game"`
	Matched    bool     `json:"matched"`    // a match is found and begins when all are in
	Size       int      `json:"size"`       // players who wait together
	WaitedMs   float64  `json:"waitedMs"`   //
	Window     *float64 `json:"window"`     // how far skills may lie apart now; nil: no limit
	Latency    *float64 `json:"latency"`    // limit to the region in ms; nil: none
	Candidates int      `json:"candidates"` // others within these limits
	Needed     int      `json:"needed"`     // of them
	Reason     string   `json:"reason"`     // why there is no match yet
	EstimateMs *float64 `json:"estimateMs"` // that others like this one still waited; nil: unknown
	Waiting    int      `json:"waiting"`    // players in the queue
}

// Matched says that a match is found: join with Request{Ticket: …}.
type Matched struct {
	Game      string  `json:"game"`
	Lobby     string  `json:"lobby"`
	Code      string  `json:"code"`
	Ticket    string  `json:"ticket"`
	Team      int     `json:"team"`
	Region    string  `json:"region"`
	Players   int     `json:"players"`
	ExpiresMs float64 `json:"expiresMs"`
}

// QueueClosed tells why the player waits no more.
type QueueClosed struct {
	Game    string `json:"game"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// QueueJoin has the player, or the party that it leads, wait for a match.
// latency maps regions to round trips in ms; nil: all are near.
func (g *Game) QueueJoin(ctx context.Context, game string, latency map[string]float64) (QueueStatus, error) {
	arg := map[string]any{"game": game}
	if latency != nil {
		arg["latency"] = latency
	}
	return call[QueueStatus](ctx, g.conn, "queue:join", arg)
}

// QueueStatus asks how the search goes.
func (g *Game) QueueStatus(ctx context.Context) (QueueStatus, error) {
	return call[QueueStatus](ctx, g.conn, "queue:status", struct{}{})
}

// QueueLeave ends the search, or declines the match that was found.
func (g *Game) QueueLeave(ctx context.Context) error {
	return g.do(ctx, "queue:leave", struct{}{})
}
