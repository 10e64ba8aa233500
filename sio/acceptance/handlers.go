package main

import (
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"tickwire/sio"
	"tickwire/sio/engine"
)

// client is what the standard handlers remember of one socket.
type client struct {
	*sio.Socket
	app  *app
	room string   // its broadcast room
	in   []string // events received

	mu  sync.Mutex // guards the following: broadcasts come from everywhere
	out []string   // events sent
}

var errForbidden = errors.New("forbidden event")

// standard registers the standard handlers on a new socket.
func (a *app) standard(s *sio.Socket) {
	c := &client{Socket: s, app: a}
	s.OnDisconnecting(func(r sio.Reason) { a.left("disconnecting", s, r) })
	s.OnDisconnect(func(r sio.Reason) { a.left("disconnect", s, r) })
	if a.logs {
		c.log()
	}
	s.Use(func(e *sio.Event) error {
		switch e.Name {
		case "forbidden":
			return errForbidden
		case "mutate":
			v, _ := e.Args().At(0).Any()
			text, _ := v.(string)
			return e.SetArgs("mutated:" + text)
		}
		return nil
	})
	s.OnError(func(err error) {
		if errors.Is(err, errForbidden) {
			s.Emit("mw-error", err.Error())
		}
	})
	c.messages()
	c.rooms()
	c.endings()
	c.acks()
	c.load()
	c.greet()
}

// maxLog bounds the names that are kept of each direction.
const maxLog = 10_000

// log notes the names of events for any-log.
func (c *client) log() {
	c.OnAny(func(e *sio.Event) {
		if len(c.in) < maxLog {
			c.in = append(c.in, e.Name)
		}
	})
	c.OnAnyOutgoing(func(event string, _ sio.Args) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if len(c.out) < maxLog {
			c.out = append(c.out, event)
		}
	})
}

// greet emits what a client gets right after connecting.
func (c *client) greet() {
	auth := any(c.Auth())
	if len(c.Auth()) == 0 {
		auth = map[string]any{}
	}
	c.Emit("auth", auth)
	var o struct {
		Burst  int `json:"burst"`
		Spread struct {
			N     int `json:"n"`
			Every int `json:"every"`
		} `json:"spread"`
	}
	if c.Auth().Decode(&o) != nil {
		return
	}
	for i := range o.Burst {
		c.Emit("burst-item", i)
	}
	if o.Spread.N > 0 {
		go c.spread(o.Spread.N, ms(max(1, o.Spread.Every))) // ends with the socket
	}
}

func (c *client) spread(n int, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for i := range n {
		select {
		case <-tick.C:
			c.Emit("burst-item", i)
		case <-c.Context().Done():
			return
		}
	}
}

func (c *client) messages() {
	c.On("message", func(e *sio.Event) { c.Emit("message-back", e.Args().Spread()...) })
	c.On("message-with-ack", func(e *sio.Event) { e.Ack(e.Args().Spread()...) })
	c.On("describe", func(e *sio.Event) {
		list := []any{}
		for r := range e.Args().All() {
			list = append(list, describe(r))
		}
		e.Ack(list)
	})
	c.On("info", func(e *sio.Event) { e.Ack(c.info()) })
	c.On("emit", c.emitBack)
	c.On("forbidden", func(*sio.Event) { c.Emit("forbidden-ran") })
	c.On("mutate", func(e *sio.Event) { e.Ack(e.Args().At(0)) })
	c.On("any-log", func(e *sio.Event) {
		c.mu.Lock()
		defer c.mu.Unlock()
		e.Ack(map[string]any{"in": c.in, "out": append([]string{}, c.out...)})
	})
}

func (c *client) info() map[string]any {
	h := c.Handshake()
	headers, query := map[string]any{}, map[string]any{}
	for name, values := range h.Headers {
		headers[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	for name := range h.Query {
		query[name] = h.Query.Get(name)
	}
	auth := any(h.Auth)
	if len(h.Auth) == 0 {
		auth = map[string]any{}
	}
	return map[string]any{
		"id": c.ID(), "nsp": c.Namespace().Name(), "connected": c.Connected(), "recovered": c.Recovered(),
		"transport": string(c.Session().Transport()), "protocol": 4,
		"rooms": c.sortedRooms(), "data": c.data(),
		"handshake": map[string]any{
			"auth": auth, "query": query, "url": h.URL, "xdomain": h.XDomain, "secure": h.Secure,
			"address": h.Address, "issued": h.Issued.UnixMilli(), "time": h.Issued.Format(time.RFC3339Nano), "headers": headers,
		},
	}
}

func (c *client) data() map[string]any {
	if m, ok := c.Data().(map[string]any); ok {
		return m
	}
	return map[string]any{}
}

func (c *client) sortedRooms() []string {
	rooms := c.Rooms()
	slices.Sort(rooms)
	return rooms
}

// emitBack emits what the client asks for, with its flags.
func (c *client) emitBack(e *sio.Event) {
	var spec struct {
		Event string    `json:"event"`
		Args  []sio.Raw `json:"args"`
		Opts  struct {
			Volatile bool  `json:"volatile"`
			Compress *bool `json:"compress"`
			Timeout  int   `json:"timeout"`
			Ack      bool  `json:"ack"`
		} `json:"opts"`
	}
	if err := e.Decode(&spec); err != nil {
		e.Ack(map[string]any{"err": err.Error()})
		return
	}
	args := make([]any, len(spec.Args))
	for i, r := range spec.Args {
		args[i] = r
	}
	to := c.Compress(spec.Opts.Compress == nil || *spec.Opts.Compress)
	if spec.Opts.Volatile {
		to = to.Volatile()
	}
	if !spec.Opts.Ack {
		e.Ack(map[string]any{"err": errText(notDropped(to.Emit(spec.Event, args...)))})
		return
	}
	err := to.EmitAck(ms(spec.Opts.Timeout), func(answer sio.Args, err error) {
		e.Ack(map[string]any{"err": errText(err), "args": answer.Spread()})
	}, spec.Event, args...)
	if err != nil {
		e.Ack(map[string]any{"err": err.Error()})
	}
}

// notDropped forgives what is no error for a volatile event.
func notDropped(err error) error {
	if errors.Is(err, sio.ErrDropped) {
		return nil
	}
	return err
}

func errText(err error) any {
	if err == nil {
		return nil
	}
	return err.Error()
}

func (c *client) rooms() {
	c.On("join", func(e *sio.Event) {
		rooms := names(e.Args().At(0))
		if len(rooms) > 0 {
			c.room = rooms[0]
		}
		c.Join(rooms...)
		e.Ack(c.sortedRooms())
	})
	c.On("leave", func(e *sio.Event) {
		for _, room := range names(e.Args().At(0)) {
			c.Leave(room)
		}
		e.Ack(c.sortedRooms())
	})
	c.On("set-data", func(e *sio.Event) {
		more := map[string]any{}
		e.Decode(&more)
		data := c.data()
		merged := make(map[string]any, len(data)+len(more))
		for _, from := range []map[string]any{data, more} {
			for k, v := range from {
				merged[k] = v
			}
		}
		c.SetData(merged)
		e.Ack(merged)
	})
	c.On("op", c.op)
}

func (c *client) endings() {
	c.On("disconnect-me", func(e *sio.Event) {
		var closeSession bool
		e.Decode(&closeSession)
		c.Disconnect(closeSession)
	})
	c.On("close-engine", func(*sio.Event) { c.Session().Close(engine.ForcedClose) })
	c.On("kill", func(*sio.Event) { c.Session().Kill() })
	c.On("panic", func(*sio.Event) { panic("asked for by a client") })
}

func (c *client) acks() {
	c.On("no-ack", func(*sio.Event) {})
	c.On("double-ack", func(e *sio.Event) {
		e.Ack("first")
		e.Ack("second")
	})
	c.On("late-ack", func(e *sio.Event) {
		var delay int
		e.Decode(&delay)
		time.AfterFunc(ms(delay), func() { e.Ack(delay) })
	})
	c.On("flaky", func(e *sio.Event) {
		var key string
		e.Decode(&key)
		c.app.mu.Lock()
		c.app.flaky[key]++
		n := c.app.flaky[key]
		c.app.mu.Unlock()
		if n > 1 {
			e.Ack(n)
		}
	})
	c.On("gc", func(e *sio.Event) {
		runtime.GC()
		runtime.GC()
		e.Ack()
	})
}
