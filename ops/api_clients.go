package ops

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"

	"tickwire/lobby"
	"tickwire/lobby/gateway"
)

type clientList struct {
	Clients []clientDetail `json:"clients"`
	Total   int            `json:"total" doc:"how many there are of this kind"`
}

// clientDetail is a connection to the default namespace, on which lobbies are.
type clientDetail struct {
	ID        string    `json:"id" doc:"of its socket"`
	Address   string    `json:"address"`
	Transport string    `json:"transport" doc:"websocket or polling"`
	Parser    string    `json:"parser" doc:"json or msgpack"`
	Joined    time.Time `json:"joined"`
	Account   string    `json:"account,omitempty" doc:"none: a guest"`
	Bot       bool      `json:"bot,omitempty"`
	Lobby     string    `json:"lobby,omitempty"`
	Player    string    `json:"player,omitempty" doc:"id in the lobby"`
	Name      string    `json:"name,omitempty" doc:"in the lobby"`
	Sent      uint64    `json:"sentBytes"`
	Received  uint64    `json:"receivedBytes"`
	Packets   uint64    `json:"receivedPackets"`
	Queued    int       `json:"queuedBytes" doc:"that the peer does not take"`
	RoundTrip *float64  `json:"roundTripMs,omitempty" doc:"the latest, in whole ticks; none: not known"`
	Skipped   uint64    `json:"framesSkipped" doc:"state frames held back from it"`
	Slow      bool      `json:"slow" doc:"it does not take what is sent, or the last state frame was held back from it"`
}

var clientEndpoints = []*endpoint{
	{method: "GET", path: "/clients", name: "listClients", summary: "Who is connected.",
		query: append([]param{
			{"slow", "boolean", "only those that do not keep up"},
			{"lobby", "string", "only those in the lobby with this id"},
		}, windowParams...),
		answer: clientList{}, status: 200, refusals: []int{400, 503}, serve: listClients},
	{method: "DELETE", path: "/clients/{client}", name: "disconnect", summary: "Close a connection; the client may come back.",
		status: 204, refusals: []int{404, 503}, serve: disconnect},
}

var errNoConnections = &problem{http.StatusServiceUnavailable, codeUnavailable, "this server does not know its connections"}

// found is a client that a list may show.
type found struct {
	gateway.Client
	backlog int
	flow    lobby.Flow
}

func (f *found) slow() bool { return f.backlog > 0 || f.flow.Behind }

func listClients(c *call) (any, error) {
	offset, limit, err := c.window()
	if err != nil {
		return nil, err
	}
	slow, err := c.flag("slow")
	if err != nil {
		return nil, err
	}
	if c.opt.IO == nil || c.opt.Gateway == nil {
		return nil, errNoConnections
	}
	all := c.findClients(slow, c.r.URL.Query().Get("lobby"))
	out := clientList{Clients: []clientDetail{}, Total: len(all)}
	for i := min(offset, len(all)); i < min(offset+limit, len(all)); i++ {
		out.Clients = append(out.Clients, newClientDetail(&all[i]))
	}
	return out, nil
}

// findClients returns the clients of a kind: those with most that waits first,
// then in an order that stays.
func (c *call) findClients(slow bool, lobbyID string) (all []found) {
	for s := range c.opt.IO.Of("/").Sockets() {
		f := found{Client: c.opt.Gateway.ClientOf(s), backlog: s.Backlog()}
		if f.Member != nil {
			f.flow = f.Member.Flow()
		}
		if slow && !f.slow() || lobbyID != "" && (f.Member == nil || f.Member.LobbyID() != lobbyID) {
			continue
		}
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(b.backlog, a.backlog), cmp.Compare(a.Socket.ID(), b.Socket.ID()))
	})
	return all
}

func newClientDetail(f *found) clientDetail {
	s, traffic := f.Socket, f.Socket.Session().Traffic()
	out := clientDetail{
		ID: s.ID(), Address: f.Identity.Address, Transport: string(s.Session().Transport()), Parser: parserNames[s.Parser()],
		Joined: s.Handshake().Issued, Account: f.Identity.Account, Bot: f.Bot,
		Sent: traffic.Sent, Received: traffic.Received, Packets: traffic.Packets,
		Queued: f.backlog, Skipped: f.flow.Skipped, Slow: f.slow(),
	}
	if m := f.Member; m != nil {
		if trip := ms(f.flow.RoundTrip); trip >= 0 {
			out.RoundTrip = &trip
		}
		out.Lobby, out.Player, out.Name = m.LobbyID(), m.ID(), m.Name()
	}
	return out
}

func disconnect(c *call) (any, error) {
	if c.opt.IO == nil {
		return nil, errNoConnections
	}
	id := c.r.PathValue("client")
	s := c.opt.IO.Of("/").Socket(id)
	if s == nil {
		return nil, &problem{http.StatusNotFound, codeNotFound, "no client " + strconv.Quote(id[:min(len(id), 32)]) + " is connected"}
	}
	s.Disconnect(true)
	return nil, nil
}
