package hostile_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"tickwire/sio"
	"tickwire/sio/engine"
)

// A session keeps the facts of its first request; they are bounded.
func TestHugeRequestsAreNotKept(t *testing.T) {
	long := strings.Repeat("x", 900_000)
	for name, request := range map[string]string{
		"long query":   "GET /socket.io/?" + polling + "&x=" + long + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"long header":  "GET /socket.io/?" + polling + " HTTP/1.1\r\nHost: x\r\nX: " + long + "\r\n\r\n",
		"long host":    "GET /socket.io/?" + polling + " HTTP/1.1\r\nHost: " + long + "\r\n\r\n",
		"many headers": "GET /socket.io/?" + polling + " HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X: y\r\n", 30_000) + "\r\n",
		"many params":  "GET /socket.io/?" + polling + strings.Repeat("&x=y", 100_000) + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"many cookies": "GET /socket.io/?" + polling + " HTTP/1.1\r\nHost: x\r\nCookie: " + strings.Repeat("x=y; ", 100_000) + "\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			tg := start(t, sio.Options{})
			tg.attack(8, func() {
				for range 10 {
					conn := tg.dial()
					_, _ = io.WriteString(conn, request)
					if r := tg.answer(conn); r.status < 400 {
						t.Fatalf("answered %d", r.status)
					}
					conn.Close()
				}
			})
		})
	}
}

// What the hook for refused requests is told may be kept: it holds on to
// nothing of the request.
func TestRefusalsPinNothing(t *testing.T) {
	long := strings.Repeat("x", 800_000)
	for name, query := range map[string]string{
		"transport": "EIO=4&transport=" + long,
		"protocol":  "transport=polling&EIO=" + long,
		"session":   polling + "&sid=" + long,
		"method":    polling + "&x=" + long,
	} {
		t.Run(name, func(t *testing.T) {
			var kept []engine.ConnectionError
			o := sio.Options{}
			o.Engine.OnConnectionError = func(e engine.ConnectionError) {
				e.Request = nil
				kept = append(kept, e)
			}
			tg := start(t, o)
			tg.attack(8, func() {
				for range 12 {
					conn := tg.dial()
					method := http.MethodGet
					if name == "method" {
						method = strings.Repeat("X", 20)
					}
					fmt.Fprintf(conn, "%s /socket.io/?%s HTTP/1.1\r\nHost: x\r\n\r\n", method, query)
					tg.answer(conn)
					conn.Close()
				}
			})
			if len(kept) != 12 {
				t.Errorf("%d refusals were told", len(kept))
			}
		})
	}
}

// Connections that stay in the middle of a request cost a connection each;
// they end by the HTTP server's deadlines, and do nobody harm until then.
func TestHalfRequests(t *testing.T) {
	tg := start(t, sio.Options{})
	q := tg.joinPolling()
	tg.attack(24, func() {
		for i := range 200 {
			conn := tg.dial()
			switch i % 4 {
			case 0:
				_, _ = io.WriteString(conn, "GET /socket.io/?"+websocket)
			case 1:
				_, _ = io.WriteString(conn, "GET /socket.io/?"+websocket+" HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n")
			case 2:
				_, _ = io.WriteString(conn, "POST /socket.io/?"+polling+"&sid=x HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n42")
			case 3:
				_ = conn.(*net.TCPConn).CloseWrite()
			}
		}
		// A declared body of 10 GB is refused before it is read.
		conn := tg.dial()
		fmt.Fprintf(conn, "POST /socket.io/?%s HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000000\r\n\r\n", q)
		if r := tg.answer(conn); r.status != http.StatusRequestEntityTooLarge {
			t.Errorf("10 GB: %d %s", r.status, r.body)
		}
	})
}
