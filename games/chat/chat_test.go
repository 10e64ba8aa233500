package chat_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	client "tickwire/clients/go"
	"tickwire/codec/socketio"
	"tickwire/games/chat"
	"tickwire/lobby/gateway"
	"tickwire/sio"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func serve(t *testing.T, io *sio.Server) (url string) {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/socket.io/", io)
	server := httptest.NewServer(mux)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := io.Close(ctx); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	return server.URL
}

// visitor connects and hands out the lines that it hears.
func visitor(t *testing.T, url, parser string) (*client.Conn, <-chan string) {
	t.Helper()
	heard := make(chan string, 16)
	c := client.New(client.Options{URL: url, Parser: parser})
	c.On(chat.Event, func(args socketio.Args) {
		var line string
		if err := args.Decode(&line); err != nil {
			t.Error(err)
		}
		heard <- line
	})
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := c.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); <-c.Done() })
	return c, heard
}

func expect(t *testing.T, heard <-chan string, want string) {
	t.Helper()
	select {
	case got := <-heard:
		if got != want {
			t.Errorf("heard %q, want %q", got, want)
		}
	case <-time.After(5 * time.Second):
		t.Fatalf("heard nothing, want %q", want)
	}
}

func TestLinesReachEverybodyWithEitherParser(t *testing.T) {
	server := sio.New(sio.Options{})
	chat.Attach(server)
	url := serve(t, server)
	ann, annHears := visitor(t, url, client.JSON)
	_, bobHears := visitor(t, url, client.MsgPack)
	if err := ann.Emit(chat.Event, "héllo 🛰"); err != nil {
		t.Fatal(err)
	}
	expect(t, annHears, "héllo 🛰")
	expect(t, bobHears, "héllo 🛰")
}

func TestOnlyLinesOfTextAreRepeated(t *testing.T) {
	server := sio.New(sio.Options{})
	chat.Attach(server)
	ann, hears := visitor(t, serve(t, server), client.JSON)
	for _, args := range [][]any{{}, {7}, {""}, {"  \n"}, {map[string]any{"a": 1}}, {[]byte{0xff}}, {strings.Repeat("x", chat.MaxText+1)}} {
		if err := ann.Emit(chat.Event, args...); err != nil {
			t.Fatal(err)
		}
	}
	longest := strings.Repeat("ж", chat.MaxText)
	if err := ann.Emit(chat.Event, longest); err != nil {
		t.Fatal(err)
	}
	expect(t, hears, longest) // and nothing before it
}

func TestPlayersAreLeftAlone(t *testing.T) {
	server := sio.New(sio.Options{})
	chat.Attach(server)
	server.Of("/").On("play", func(e *sio.Event) {
		_ = e.Socket().Join(gateway.RoomPlayers)
		_ = e.Ack()
	})
	server.Of("/").On("stop", func(e *sio.Event) {
		e.Socket().Leave(gateway.RoomPlayers)
		_ = e.Ack()
	})
	url := serve(t, server)
	ann, annHears := visitor(t, url, client.JSON)
	player, playerHears := visitor(t, url, client.MsgPack)
	call := func(event string) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if _, err := player.Call(ctx, event); err != nil {
			t.Fatal(err)
		}
	}
	say := func(line string) {
		if err := ann.Emit(chat.Event, line); err != nil {
			t.Fatal(err)
		}
		expect(t, annHears, line)
	}
	call("play")
	say("one")
	call("stop")
	say("two")
	expect(t, playerHears, "two")
}

func TestPageIsServedBelowAnyPath(t *testing.T) {
	mux := http.NewServeMux()
	mux.Handle("/talk/", http.StripPrefix("/talk", chat.Handler()))
	answer := httptest.NewRecorder()
	mux.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/talk/", nil))
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<script src="/socket.io/socket.io.js">`, "var socket = io();"} {
		if !strings.Contains(string(body), want) {
			t.Errorf("page lacks %s", want)
		}
	}
	if p := answer.Header().Get("Content-Security-Policy"); !strings.Contains(p, "base-uri 'none'") {
		t.Errorf("policy %q", p)
	}
}
