package sio_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"time"

	client "tickwire/clients/go"
	"tickwire/codec/socketio"
	"tickwire/sio"
)

// serve runs a server for an example until the returned function is called.
func serve(srv *sio.Server) (url string, stop func()) {
	mux := http.NewServeMux()
	mux.Handle("/socket.io/", srv)
	web := httptest.NewServer(mux)
	return web.URL, func() {
		srv.Close(context.Background())
		web.Close()
	}
}

// connect connects a client of an example; prepare registers its handlers.
func connect(o client.Options, prepare func(*client.Conn)) (*client.Conn, error) {
	c := client.New(o)
	if prepare != nil {
		prepare(c)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return c, c.Connect(ctx)
}

// refusal returns what the server said to a client that may not connect.
func refusal(err error) string {
	if refused, ok := errors.AsType[*client.Error](err); ok {
		return refused.Message
	}
	return fmt.Sprint(err)
}

// call asks the server and returns the first value of its answer.
func call(c *client.Conn, event string, args ...any) any {
	answer, err := c.Call(context.Background(), event, args...)
	if err != nil {
		return err
	}
	v, _ := answer.At(0).Any()
	return v
}

// printer returns a handler that prints the event, and a channel that tells.
func printer(name string) (handle func(socketio.Args), printed chan bool) {
	printed = make(chan bool, 16)
	return func(args socketio.Args) {
		v, _ := args.At(0).Any()
		fmt.Println(name, v)
		printed <- true
	}, printed
}

func Example() {
	srv := sio.New(sio.Options{})
	ns := srv.Of("/")
	ns.OnConnect(func(s *sio.Socket) { s.Join("room") })
	ns.On("say", func(e *sio.Event) {
		var text string
		if err := e.Decode(&text); err != nil {
			return
		}
		e.Socket().To("room").Emit("said", text) // everybody else in the room
	})
	url, stop := serve(srv)
	defer stop()

	hear, heard := printer("ann hears:")
	ann, _ := connect(client.Options{URL: url}, func(c *client.Conn) { c.On("said", hear) })
	bob, _ := connect(client.Options{URL: url, Parser: client.JSON}, nil)
	defer ann.Close()
	defer bob.Close()
	bob.Emit("say", "hello")
	<-heard
	// Output: ann hears: hello
}

// A client asks with an acknowledgement, emitWithAck in JavaScript.
func ExampleEvent_Ack() {
	srv := sio.New(sio.Options{})
	srv.Of("/").On("sum", func(e *sio.Event) {
		var a, b int
		if err := e.Decode(&a, &b); err != nil {
			e.Ack(map[string]any{"error": err.Error()})
			return
		}
		e.Ack(a + b)
	})
	url, stop := serve(srv)
	defer stop()
	c, _ := connect(client.Options{URL: url}, nil)
	defer c.Close()
	fmt.Println(call(c, "sum", 1, 2))
	fmt.Println(call(c, "sum", "one"))
	// Output:
	// 3
	// map[error:argument 0: socketio: value does not fit the Go type: a string does not fit int]
}

// The server asks the client, which answers by calling the callback that it
// gets as its last argument: socket.on("name?", (reply) => reply("ann")).
func ExampleSocket_EmitAck() {
	srv := sio.New(sio.Options{})
	done := make(chan bool)
	srv.Of("/").OnConnect(func(s *sio.Socket) {
		s.EmitAck(10*time.Millisecond, func(answer sio.Args, err error) {
			defer close(done)
			if errors.Is(err, sio.ErrTimeout) {
				fmt.Println("client does not answer:", err)
				return
			}
			var name string
			answer.Decode(&name)
			fmt.Println("client is", name)
		}, "name?")
	})
	url, stop := serve(srv)
	defer stop()
	c, _ := connect(client.Options{URL: url}, nil) // has no handler for it
	defer c.Close()
	<-done
	// Output: client does not answer: operation has timed out
}

// Handlers that decode their argument themselves.
func ExampleHandle() {
	type Move struct {
		X, Y float64
		Fast bool `json:"fast"`
	}
	srv := sio.New(sio.Options{})
	sio.Handle(srv.Of("/"), "move", func(e *sio.Event, m Move) {
		e.Ack(fmt.Sprintf("to %v, %v, fast: %v", m.X, m.Y, m.Fast))
	})
	url, stop := serve(srv)
	defer stop()
	c, _ := connect(client.Options{URL: url}, nil)
	defer c.Close()
	fmt.Println(call(c, "move", map[string]any{"X": 1.5, "Y": 2, "fast": true}))
	// Output: to 1.5, 2, fast: true
}

// Middleware decides who may connect.
func ExampleNamespace_Use() {
	srv := sio.New(sio.Options{})
	admin := srv.Of("/admin")
	admin.Use(func(s *sio.Socket) error {
		var auth struct {
			Token string `json:"token"`
		}
		if err := s.Auth().Decode(&auth); err != nil || auth.Token != "secret" {
			return &sio.ConnectError{Message: "not authorized", Data: map[string]any{"code": 401}}
		}
		s.SetData("an admin")
		return nil
	})
	admin.On("who am I", func(e *sio.Event) { e.Ack(e.Socket().Data()) })
	url, stop := serve(srv)
	defer stop()
	_, err := connect(client.Options{URL: url, Namespace: "/admin"}, nil)
	fmt.Println("without token:", refusal(err))
	c, _ := connect(client.Options{URL: url, Namespace: "/admin", Auth: map[string]any{"token": "secret"}}, nil)
	defer c.Close()
	fmt.Println(call(c, "who am I"))
	// Output:
	// without token: not authorized
	// an admin
}

// Namespaces made when a client asks for them.
func ExampleServer_OfPattern() {
	srv := sio.New(sio.Options{CleanupEmptyChildNamespaces: true})
	matches := srv.OfPattern(regexp.MustCompile(`^/match-\d+$`))
	matches.On("where am I", func(e *sio.Event) { e.Ack(e.Socket().Namespace().Name()) })
	url, stop := serve(srv)
	defer stop()
	c, _ := connect(client.Options{URL: url, Namespace: "/match-7"}, nil)
	defer c.Close()
	fmt.Println(call(c, "where am I"))
	_, err := connect(client.Options{URL: url, Namespace: "/match-x"}, nil)
	fmt.Println(refusal(err))
	// Output:
	// /match-7
	// Invalid namespace
}

// A broadcast is a value: built once, used each tick.
func ExampleBroadcast() {
	srv := sio.New(sio.Options{})
	ns := srv.Of("/")
	ns.On("join", func(e *sio.Event) {
		var room string
		e.Decode(&room)
		e.Ack(e.Socket().Join(room) == nil)
	})
	url, stop := serve(srv)
	defer stop()
	hear, heard := printer("red team:")
	c, _ := connect(client.Options{URL: url}, func(c *client.Conn) { c.On("news", hear) })
	defer c.Close()
	call(c, "join", "red")

	redNotCaptains := ns.To("red").Except("captains")
	redNotCaptains.Emit("news", "flag taken")
	event, _ := sio.Prepare("news", "encoded once") // for many broadcasts
	redNotCaptains.Send(event)
	redNotCaptains.Volatile().Emit("news", "dropped for whom is not ready")
	<-heard
	<-heard
	<-heard
	// Output:
	// red team: flag taken
	// red team: encoded once
	// red team: dropped for whom is not ready
}

// Acknowledgements of a whole room, those that came in time.
func ExampleBroadcast_EmitAck() {
	srv := sio.New(sio.Options{})
	done := make(chan bool)
	err := srv.Of("/").To("jury").Timeout(time.Second).EmitAck(func(votes []sio.Args, err error) {
		fmt.Println(len(votes), "votes,", err)
		close(done)
	}, "vote")
	<-done
	fmt.Println(err)
	srv.Close(context.Background())
	// Output:
	// 0 votes, <nil>
	// <nil>
}

// One frame to many, with a number that differs: here the last input of each.
func ExampleStamped() {
	srv := sio.New(sio.Options{})
	ns := srv.Of("/")
	joined := make(chan *sio.Socket, 1)
	ns.OnConnect(func(s *sio.Socket) { joined <- s })
	url, stop := serve(srv)
	defer stop()
	got := make(chan string, 1)
	c, _ := connect(client.Options{URL: url}, func(c *client.Conn) {
		c.On("s", func(args socketio.Args) {
			var frame []byte
			var input uint32
			args.Decode(&frame, &input)
			got <- fmt.Sprintf("%x, input %d", frame, input)
		})
	})
	defer c.Close()

	members := []*sio.Socket{<-joined}
	st := sio.NewStamped() // kept from tick to tick
	st.Reset("s", []byte{0xca, 0xfe})
	for i, s := range members {
		s.SendStamped(st, uint32(100+i))
	}
	fmt.Println(<-got)
	// Output: cafe, input 100
}

// Clients that lost their connection come back to their id, rooms, data and
// the events that they missed.
func ExampleRecovery() {
	srv := sio.New(sio.Options{Recovery: sio.Recovery{MaxDisconnection: 2 * time.Minute}})
	srv.Of("/").OnConnect(func(s *sio.Socket) {
		if s.Recovered() {
			return // it is in its rooms and gets what it missed
		}
		s.Join("room")
		s.SetData("state of a new client")
	})
	srv.Close(context.Background())
}
