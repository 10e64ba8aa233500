package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	peer "tickwire/clients/go"
	"tickwire/codec/socketio"

	"github.com/google/go-cmp/cmp"
)

// The test binary is the server when this variable is set.
const asServer = "TICKWIRE_ACCEPTANCE_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(asServer) != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

const patience = 30 * time.Second

func command(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asServer+"=1")
	return cmd
}

// start runs the server and returns its URL.
func start(t *testing.T, flags ...string) (url string, cmd *exec.Cmd) {
	t.Helper()
	cmd = command(append([]string{"--listen=127.0.0.1:0"}, flags...)...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	lines := bufio.NewReader(stderr)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("server ended: %v", err)
		}
		var entry struct{ Addr string }
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Addr != "" {
			go io.Copy(io.Discard, lines) // ends with the process
			return "http://" + entry.Addr, cmd
		}
	}
}

func connect(t *testing.T, o peer.Options, prepare func(*peer.Conn)) *peer.Conn {
	t.Helper()
	c := peer.New(o)
	if prepare != nil {
		prepare(c)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := c.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// ask returns the values of the acknowledgement.
func ask(t *testing.T, c *peer.Conn, event string, args ...any) []any {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	answer, err := c.Call(ctx, event, args...)
	if err != nil {
		t.Fatalf("%s: %v", event, err)
	}
	var list []any
	for r := range answer.All() {
		v, _ := r.Any()
		list = append(list, v)
	}
	return list
}

func (st *stats) read(t *testing.T, url string) {
	t.Helper()
	res, err := http.Get(url + "/__stats")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(st); err != nil {
		t.Fatal(err)
	}
}

type obj = map[string]any

func TestStandardHandlers(t *testing.T) {
	url, _ := start(t)
	for _, parser := range []string{peer.JSON, peer.MsgPack} {
		t.Run(parser, func(t *testing.T) {
			auth, back := make(chan any, 1), make(chan any, 1)
			c := connect(t, peer.Options{URL: url, Parser: parser, Auth: obj{"a": 1}}, func(c *peer.Conn) {
				c.On("auth", func(args socketio.Args) { auth <- first(args) })
				c.On("message-back", func(args socketio.Args) { back <- first(args) })
			})
			want := func(got any, want any) {
				t.Helper()
				if diff := cmp.Diff(want, got); diff != "" {
					t.Error(diff)
				}
			}
			want(<-auth, obj{"a": int64(1)})
			c.Emit("message", "x")
			want(<-back, "x")
			want(ask(t, c, "message-with-ack", 1, []byte{2}), []any{int64(1), []byte{2}})
			want(ask(t, c, "describe", "é😀", 1.5, 1e21, []any{nil, true}, []byte("hi")), []any{[]any{
				"string:3:9c286deb5d7549eafd1dcb2b58e0b573bc1b4a97", "number:1.5", "number:1e+21", []any{"null", "boolean:true"},
				"binary:2:c22b5f9178342609428d6f51b2c5af4c0bde6a42"}})
			want(ask(t, c, "join", []any{"r1", "r2"}), []any{sorted(c.ID(), "r1", "r2")})
			want(ask(t, c, "leave", "r2"), []any{sorted(c.ID(), "r1")})
			want(ask(t, c, "set-data", obj{"k": 1}), []any{obj{"k": int64(1)}})
			want(ask(t, c, "mutate", "x"), []any{"mutated:x"})
			want(ask(t, c, "double-ack"), []any{"first"})
			want(ask(t, c, "late-ack", 10), []any{int64(10)})
			want(ask(t, c, "blob", 3, "binary"), []any{[]byte{0, 1, 2}})
			want(ask(t, c, "burst", 3, 3), []any{"done"})
			want(ask(t, c, "op", obj{"base": "nsp", "to": "r1", "do": "fetchSockets"}),
				[]any{[]any{obj{"id": c.ID(), "rooms": sorted(c.ID(), "r1"), "data": obj{"k": int64(1)}, "connected": true}}})
			want(ask(t, c, "op", obj{"base": "io", "do": "emitWithAck", "to": "nobody", "flags": obj{"timeout": 100}}),
				[]any{obj{"err": nil, "responses": []any{}}})
			if got := ask(t, c, "emit", obj{"event": "disconnect"}); got[0].(obj)["err"] == nil {
				t.Error("reserved name was emitted")
			}
			if log := ask(t, c, "any-log")[0].(obj)["out"].([]any); !slices.Contains(log, any("message-back")) {
				t.Errorf("outgoing log %v", log)
			}
			info := ask(t, c, "info")[0].(obj)
			if info["transport"] != "websocket" || info["nsp"] != "/" || info["handshake"].(obj)["address"] == "" {
				t.Errorf("info %v", info)
			}
		})
	}
}

func first(args socketio.Args) any {
	v, _ := args.At(0).Any()
	return v
}

func sorted(names ...string) []any {
	slices.Sort(names)
	var list []any
	for _, n := range names {
		list = append(list, n)
	}
	return list
}

// Wrong and missing arguments harm nobody.
func TestArgumentsOfEveryKind(t *testing.T) {
	url, _ := start(t)
	c := connect(t, peer.Options{URL: url}, nil)
	for _, event := range []string{"message", "describe", "info", "emit", "join", "leave", "op", "set-data", "burst", "volatile-burst",
		"blob", "late-ack", "flaky", "say", "mutate", "start-tick", "stop-tick", "gc", "no-ack", "forbidden"} {
		c.Emit(event)
		for _, arg := range []any{nil, 5, -1, "x", []any{}, []any{[]any{}}, obj{}, obj{"to": 5, "do": 7, "flags": 3, "args": "z"},
			obj{"event": 5, "args": obj{}}, obj{"do": "emitWithAck", "flags": obj{"timeout": "x"}}} {
			c.Emit(event, arg)
		}
	}
	ask(t, c, "info")
}

func TestNamespacesAndStats(t *testing.T) {
	url, _ := start(t, "--cleanup-empty-child-namespaces=true")
	enter := func(namespace string, auth any) error {
		c := peer.New(peer.Options{URL: url, Namespace: namespace, Auth: auth})
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		defer c.Close()
		return c.Connect(ctx)
	}
	for _, tt := range []struct {
		namespace string
		auth      any
		want      string
	}{
		{"/custom", nil, ""}, {"/slow", nil, ""}, {"/auth", nil, "missing token"}, {"/auth", obj{"token": 5}, "not authorized"},
		{"/auth", obj{"token": "secret"}, ""}, {"/auth", obj{"token": "deferred"}, ""}, {"/dyn-1", nil, ""},
		{"/dyn-x", nil, "Invalid namespace"}, {"/dyn-2", obj{"reject": 1}, "rejected by dyn"}, {"/fn/a", obj{"allow": true}, ""},
		{"/fn/b", obj{"allow": 1}, "Invalid namespace"}, {"/none", nil, "Invalid namespace"},
	} {
		err := enter(tt.namespace, tt.auth)
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%s %v: %v", tt.namespace, tt.auth, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s %v: %v, want %s", tt.namespace, tt.auth, err, tt.want)
		}
	}
	c := connect(t, peer.Options{URL: url}, nil)
	id := c.ID()
	ask(t, c, "join", "room")
	c.Close()
	res, err := http.Get(url + "/socket.io/?EIO=4&transport=polling&sid=none")
	if err != nil || res.StatusCode != 400 {
		t.Fatal(res, err)
	}
	res.Body.Close()

	var st stats
	mine := func(d disconnect) bool { return d.ID == id && d.Phase == "disconnect" }
	for deadline := time.Now().Add(patience); !slices.ContainsFunc(st.Disconnects, mine); {
		if time.Now().After(deadline) {
			t.Fatalf("no disconnect: %+v", st)
		}
		st = stats{}
		st.read(t, url)
	}
	i := slices.IndexFunc(st.Disconnects, func(d disconnect) bool { return d.ID == id })
	rooms := []string{id, "room"}
	slices.Sort(rooms)
	want := []disconnect{
		{"disconnecting", "/", id, "client namespace disconnect", rooms},
		{"disconnect", "/", id, "client namespace disconnect", []string{}},
	}
	if diff := cmp.Diff(want, st.Disconnects[i:i+2]); diff != "" {
		t.Error(diff)
	}
	if st.MiddlewareRuns["/"] != 1 || len(st.ConnectionErrors) != 1 || st.ConnectionErrors[0].Code != 1 {
		t.Errorf("%+v", st)
	}
}

func TestProcess(t *testing.T) {
	var exit *exec.ExitError
	if err := command("--unknown=1").Run(); !errors.As(err, &exit) || exit.ExitCode() != 2 {
		t.Errorf("unknown flag: %v", err)
	}
	if err := command("extra").Run(); !errors.As(err, &exit) || exit.ExitCode() != 2 {
		t.Errorf("extra argument: %v", err)
	}
	url, cmd := start(t)
	for path, want := range map[string]int{"/healthz": 200, "/": 404, "/other": 404, "/socket.io/socket.io.js": 200, "/engine.io/?EIO=4&transport=polling": 404} {
		res, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
	c := connect(t, peer.Options{URL: url}, nil)
	cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-c.Done():
	case <-time.After(patience):
		t.Error("client was not told")
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("exit: %v", err)
	}
}

func TestEcho(t *testing.T) {
	url, _ := start(t, "--mode=engine-echo")
	res, err := http.Get(url + "/engine.io/?EIO=4&transport=polling")
	if err != nil {
		t.Fatal(err)
	}
	open, _ := io.ReadAll(res.Body)
	res.Body.Close()
	var o struct{ Sid string }
	if err := json.Unmarshal(open[1:], &o); err != nil {
		t.Fatal(err)
	}
	session := url + "/engine.io/?EIO=4&transport=polling&sid=" + o.Sid
	if res, err = http.Post(session, "text/plain", strings.NewReader("4hello\x1ebAQID")); err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res, err = http.Get(session); err != nil {
		t.Fatal(err)
	}
	got, _ := io.ReadAll(res.Body)
	res.Body.Close()
	if string(got) != "4hello\x1ebAQID" {
		t.Errorf("%q", got)
	}
}
