package ops

import (
	"time"

	"tickwire/lobby"
)

type lobbyList struct {
	Lobbies []lobby.Summary `json:"lobbies" doc:"the oldest first"`
	Total   int             `json:"total" doc:"how many there are"`
}

// openLobby is what a new lobby should be like.
type openLobby struct {
	Game        string           `json:"game"`
	Name        string           `json:"name,omitempty" doc:"default the game's title"`
	Visibility  lobby.Visibility `json:"visibility,omitempty" doc:"default public"`
	Max         int              `json:"max,omitempty" doc:"seats; default the game's"`
	Password    string           `json:"password,omitempty"`
	Meta        map[string]any   `json:"meta,omitempty" doc:"up to 16 labels: strings, numbers, booleans"`
	Seats       []seat           `json:"seats,omitempty" doc:"to be reserved at once: all or none"`
	SeatSeconds int              `json:"seatSeconds,omitempty" doc:"how long the seats are kept; default 30, limit 3600"`
	KeepSeconds int              `json:"keepSeconds,omitempty" doc:"how long the lobby stays open though nobody is in it; default 60 without seats, limit 86400"`
	AutoStart   int              `json:"autoStart,omitempty" doc:"begin the match with this many players, once each reserved seat is taken or given up"`
}

type seat struct {
	Account string `json:"account,omitempty" doc:"who alone may take it; default whoever brings the ticket"`
	Team    int    `json:"team,omitempty" doc:"from 1; default the smallest when the player comes"`
}

// openedLobby is a lobby that was opened.
type openedLobby struct {
	ID      string     `json:"id"`
	Code    string     `json:"code" doc:"for players to type"`
	Game    string     `json:"game"`
	Tickets []string   `json:"tickets" doc:"secrets, as the seats were asked for: hand each to one player, for lobby:join {ticket}"`
	Expires *time.Time `json:"expires,omitempty" doc:"when the seats are given up"`
}

type reserveSeats struct {
	Seats       []seat `json:"seats" doc:"all or none"`
	SeatSeconds int    `json:"seatSeconds,omitempty" doc:"how long they are kept; default 30, limit 3600"`
}

type reservation struct {
	Lobby   string    `json:"lobby"`
	Code    string    `json:"code"`
	Tickets []string  `json:"tickets" doc:"secrets, as the seats were asked for: hand each to one player, for lobby:join {ticket}"`
	Expires time.Time `json:"expires"`
}

// lobbyDetail is all that is known of a lobby.
type lobbyDetail struct {
	Lobby      lobby.View         `json:"lobby" doc:"players is null: see players"`
	Players    []lobby.PlayerInfo `json:"players"`
	Spectators []lobby.PlayerInfo `json:"spectators"`
	Bans       []lobby.Ban        `json:"bans"`
	Opened     time.Time          `json:"opened"`
	Match      *matchDetail       `json:"match,omitempty" doc:"that is running"`
}

type eventList struct {
	Events []lobby.LobbyEvent `json:"events" doc:"the oldest first"`
}

type announcement struct {
	Text string `json:"text" doc:"1 to 500 characters"`
}

type announced struct {
	Lobbies int `json:"lobbies" doc:"how many lobbies were told"`
}

var lobbyEndpoints = []*endpoint{
	{method: "GET", path: "/lobbies", name: "listLobbies", summary: "All lobbies, also those that players do not find.", query: windowParams,
		answer: lobbyList{}, status: 200, refusals: []int{400}, serve: listLobbies},
	{method: "POST", path: "/lobbies", name: "openLobby", summary: "Open a lobby without a player, with seats reserved.", body: openLobby{},
		answer: openedLobby{}, status: 201, refusals: []int{400, 404, 409, 503}, creates: true, serve: createLobby},
	{method: "GET", path: "/lobbies/{lobby}", name: "getLobby", summary: "All that is known of a lobby.", answer: lobbyDetail{}, status: 200,
		refusals: []int{404, 503, 504}, serve: getLobby},
	{method: "DELETE", path: "/lobbies/{lobby}", name: "closeLobby", summary: "Close a lobby: its match ends with a last state, everybody is told.",
		query: []param{{"reason", "string", "what players are told, up to 500 characters"}}, status: 204, refusals: []int{404, 503, 504}, serve: closeLobby},
	{method: "POST", path: "/lobbies/{lobby}/reservations", name: "reserveSeats", summary: "Reserve seats and issue their tickets.", body: reserveSeats{},
		answer: reservation{}, status: 201, refusals: []int{400, 404, 409, 503}, creates: true, serve: reserve},
	{method: "GET", path: "/lobbies/{lobby}/events", name: "listEvents", summary: "The log of a lobby: its last 128 events, also for a while after it has closed.",
		answer: eventList{}, status: 200, refusals: []int{404}, serve: listEvents},
	{method: "POST", path: "/lobbies/{lobby}/announce", name: "announceToLobby", summary: "Say something to everybody in a lobby.", body: announcement{},
		answer: announced{}, status: 200, refusals: []int{400, 404}, serve: announce},
	{method: "POST", path: "/announce", name: "announce", summary: "Say something to everybody in all lobbies.", body: announcement{},
		answer: announced{}, status: 200, refusals: []int{400}, serve: announce},
}

// lobbyID is the {lobby} of the path; "" where there is none.
func (c *call) lobbyID() string { return c.r.PathValue("lobby") }

func listLobbies(c *call) (any, error) {
	offset, limit, err := c.window()
	if err != nil {
		return nil, err
	}
	list, total := c.opt.Lobbies.Overview(offset, limit)
	return lobbyList{orEmpty(list), total}, nil
}

// orEmpty makes [] of what would be null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func createLobby(c *call) (any, error) {
	var in openLobby
	if err := c.read(&in); err != nil {
		return nil, err
	}
	hold, err := seconds("seatSeconds", in.SeatSeconds)
	if err != nil {
		return nil, err
	}
	keep, err := seconds("keepSeconds", in.KeepSeconds)
	if err != nil {
		return nil, err
	}
	info, err := c.opt.Lobbies.Open(lobby.OpenRequest{
		Game: in.Game, LobbyName: in.Name, Visibility: in.Visibility, Max: in.Max, Password: in.Password, Meta: in.Meta,
		Seats: seatRequests(in.Seats), For: hold, Keep: keep, AutoStart: in.AutoStart,
	})
	if err != nil {
		return nil, err
	}
	c.note("lobby", info.ID)
	out := openedLobby{ID: info.ID, Code: info.Code, Game: info.Game, Tickets: orEmpty(info.Reserved.Tickets)}
	if len(out.Tickets) > 0 {
		out.Expires = &info.Reserved.Expires
	}
	return out, nil
}

func seatRequests(seats []seat) (all []lobby.SeatRequest) {
	for _, s := range seats {
		all = append(all, lobby.SeatRequest{Account: s.Account, Team: s.Team})
	}
	return all
}

func reserve(c *call) (any, error) {
	var in reserveSeats
	if err := c.read(&in); err != nil {
		return nil, err
	}
	hold, err := seconds("seatSeconds", in.SeatSeconds)
	if err != nil {
		return nil, err
	}
	r, err := c.opt.Lobbies.Reserve(lobby.ReserveRequest{Lobby: c.lobbyID(), Seats: seatRequests(in.Seats), For: hold})
	if err != nil {
		return nil, err
	}
	return reservation{r.Lobby, r.Code, r.Tickets, r.Expires}, nil
}

func getLobby(c *call) (any, error) {
	info, err := c.opt.Lobbies.Inspect(c.ctx(), c.lobbyID())
	if err != nil {
		return nil, err
	}
	info.View.Players = []lobby.PlayerView{}
	detail := lobbyDetail{info.View, orEmpty(info.Players), orEmpty(info.Spectators), orEmpty(info.Bans), info.Opened, nil}
	if list, _ := c.opt.Lobbies.Matches(c.lobbyID(), 0, 1); len(list) == 1 {
		detail.Match = newMatchDetail(&list[0])
	}
	return detail, nil
}

func closeLobby(c *call) (any, error) {
	reason := c.r.URL.Query().Get("reason")
	c.note("reason", reason)
	return nil, c.opt.Lobbies.CloseLobby(c.ctx(), c.lobbyID(), reason)
}

func listEvents(c *call) (any, error) {
	events, err := c.opt.Lobbies.Events(c.lobbyID())
	if err != nil {
		return nil, err
	}
	return eventList{orEmpty(events)}, nil
}

func announce(c *call) (any, error) {
	var in announcement
	if err := c.read(&in); err != nil {
		return nil, err
	}
	c.note("text", in.Text)
	n, err := c.opt.Lobbies.Announce(c.lobbyID(), in.Text)
	if err != nil {
		return nil, err
	}
	return announced{n}, nil
}
