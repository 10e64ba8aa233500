package ops

// member names somebody in a lobby.
type member struct {
	Player string `json:"player" doc:"id, as getLobby tells it"`
}

// penalty is for somebody in a lobby.
type penalty struct {
	Player  string `json:"player" doc:"id, as getLobby tells it"`
	Seconds int    `json:"seconds" doc:"1 to 604800"`
}

type mute struct {
	Player  string `json:"player" doc:"id, as getLobby tells it"`
	Seconds int    `json:"seconds" doc:"1 to 604800; 0 lifts it"`
}

var memberEndpoints = []*endpoint{
	{method: "POST", path: "/lobbies/{lobby}/kick", name: "kick", summary: "Remove somebody from a lobby.", body: member{},
		status: 204, refusals: []int{400, 404, 503, 504}, serve: kick},
	{method: "POST", path: "/lobbies/{lobby}/ban", name: "ban", summary: "Remove somebody from a lobby and keep the person out.", body: penalty{},
		status: 204, refusals: []int{400, 404, 503, 504}, serve: ban},
	{method: "POST", path: "/lobbies/{lobby}/unban", name: "unban", summary: "Let in again who was banned as that player.", body: member{},
		status: 204, refusals: []int{400, 404, 503, 504}, serve: unban},
	{method: "POST", path: "/lobbies/{lobby}/mute", name: "mute", summary: "Keep somebody from chatting.", body: mute{},
		status: 204, refusals: []int{400, 404, 503, 504}, serve: silence},
}

func (c *call) readMember() (player string, err error) {
	var in member
	if err := c.read(&in); err != nil {
		return "", err
	}
	return in.Player, c.whom(in.Player)
}

// whom checks that somebody is named, and tells the audit log.
func (c *call) whom(player string) error {
	if player == "" {
		return badRequest("player is missing")
	}
	c.note("player", player[:min(len(player), 32)])
	return nil
}

func kick(c *call) (any, error) {
	player, err := c.readMember()
	if err != nil {
		return nil, err
	}
	return nil, c.opt.Lobbies.Kick(c.ctx(), c.lobbyID(), player)
}

func unban(c *call) (any, error) {
	player, err := c.readMember()
	if err != nil {
		return nil, err
	}
	return nil, c.opt.Lobbies.Unban(c.ctx(), c.lobbyID(), player)
}

func ban(c *call) (any, error) {
	var in penalty
	if err := c.read(&in); err != nil {
		return nil, err
	}
	keep, err := seconds("seconds", in.Seconds)
	if err != nil {
		return nil, err
	}
	if err := c.whom(in.Player); err != nil {
		return nil, err
	}
	return nil, c.opt.Lobbies.Ban(c.ctx(), c.lobbyID(), in.Player, keep)
}

func silence(c *call) (any, error) {
	var in mute
	if err := c.read(&in); err != nil {
		return nil, err
	}
	keep, err := seconds("seconds", in.Seconds)
	if err != nil {
		return nil, err
	}
	if err := c.whom(in.Player); err != nil {
		return nil, err
	}
	return nil, c.opt.Lobbies.Mute(c.ctx(), c.lobbyID(), in.Player, keep)
}
