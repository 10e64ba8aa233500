package main

import (
	"cmp"
	"context"
	"slices"
	"time"

	"tickwire/sio"
)

// names reads a room or a list of rooms.
func names(r sio.Raw) []string {
	if s, ok := r.Text(); ok {
		return []string{string(s)}
	}
	var list []string
	for item := range r.All() {
		if s, ok := item.Text(); ok {
			list = append(list, string(s))
		}
	}
	return list
}

// spec is the argument of the event op.
type spec struct {
	Base   string  `json:"base"`
	Parent string  `json:"parent"`
	To     sio.Raw `json:"to"`
	Except sio.Raw `json:"except"`
	Flags  struct {
		Volatile bool  `json:"volatile"`
		Local    bool  `json:"local"`
		Compress *bool `json:"compress"`
		Timeout  int   `json:"timeout"`
	} `json:"flags"`
	Do    string    `json:"do"`
	Event string    `json:"event"`
	Args  []sio.Raw `json:"args"`
	Rooms sio.Raw   `json:"rooms"`
	Close bool      `json:"close"`
	Delay int       `json:"delay"`
}

func (c *client) op(e *sio.Event) {
	var sp spec
	if err := e.Decode(&sp); err != nil {
		e.Ack(map[string]any{"err": err.Error()})
		return
	}
	if sp.Delay > 0 {
		e.Ack(map[string]any{"scheduled": true})
		time.AfterFunc(ms(sp.Delay), func() { c.perform(&sp, func(...any) error { return nil }) })
		return
	}
	c.perform(&sp, e.Ack)
}

// operator builds the chain that the spec describes.
func (c *client) operator(sp *spec) sio.Broadcast {
	b := c.Namespace().All()
	switch sp.Base {
	case "io":
		b = c.app.srv.Of("/").All()
	case "parent":
		b = c.app.dyn.All()
	case "socket":
		b = c.Broadcast()
	}
	b = b.To(names(sp.To)...).Except(names(sp.Except)...)
	if sp.Flags.Volatile {
		b = b.Volatile()
	}
	if sp.Flags.Local {
		b = b.Local()
	}
	if sp.Flags.Compress != nil {
		b = b.Compress(*sp.Flags.Compress)
	}
	return b.Timeout(ms(sp.Flags.Timeout))
}

func (c *client) perform(sp *spec, ack func(...any) error) {
	b := c.operator(sp)
	args := make([]any, len(sp.Args))
	for i, r := range sp.Args {
		args[i] = r
	}
	var err error
	switch sp.Do {
	case "emit":
		err = b.Emit(sp.Event, args...)
	case "emitWithAck":
		err = b.EmitAck(func(answers []sio.Args, err error) {
			responses := []any{}
			for _, a := range answers {
				responses = append(responses, a.At(0))
			}
			ack(map[string]any{"err": errText(err), "responses": responses})
		}, sp.Event, args...)
		if err == nil {
			return
		}
	case "fetchSockets":
		var list []any
		if list, err = fetch(b); err == nil {
			ack(list)
			return
		}
	case "socketsJoin":
		b.SocketsJoin(names(sp.Rooms)...)
	case "socketsLeave":
		b.SocketsLeave(names(sp.Rooms)...)
	case "disconnectSockets":
		b.DisconnectSockets(sp.Close)
	}
	if err != nil {
		ack(map[string]any{"err": err.Error()})
		return
	}
	ack(map[string]any{"ok": true})
}

func fetch(b sio.Broadcast) ([]any, error) {
	sockets, err := b.FetchSockets(context.Background())
	if err != nil {
		return nil, err
	}
	slices.SortFunc(sockets, func(a, b sio.RemoteSocket) int { return cmp.Compare(a.ID, b.ID) })
	list := []any{}
	for _, s := range sockets {
		slices.Sort(s.Rooms)
		data := any(s.Data)
		if s.Data.IsNil() {
			data = map[string]any{}
		}
		list = append(list, map[string]any{"id": s.ID, "rooms": s.Rooms, "data": data, "connected": true})
	}
	return list, nil
}
