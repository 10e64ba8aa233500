package tickwire_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws/wsutil"
	"github.com/golang-jwt/jwt/v5"

	"tickwire"
	"tickwire/auth"
	"tickwire/clients/go"
	"tickwire/lobby/gateway"
	"tickwire/sio"
)

var jwtSecret = []byte("the secret of the account service")

func tokenFor(t *testing.T, subject string, expires time.Duration) string {
	t.Helper()
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"sub": subject, "name": "Dr. " + subject, "roles": []string{"referee"}, "exp": time.Now().Add(expires).Unix(),
	}).SignedString(jwtSecret)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// connect returns what the client is told.
func connect(t *testing.T, url string, payload any) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	conn := client.New(client.Options{URL: url, Auth: payload})
	err := conn.Connect(ctx)
	if err == nil {
		conn.Close()
		<-conn.Done()
		return "connected"
	}
	if refused, ok := errors.AsType[*client.Error](err); ok && refused.Message != "" {
		return refused.Code + " " + refused.Reason
	}
	return err.Error()
}

func TestTokens(t *testing.T) {
	for _, guests := range []bool{true, false} {
		who := make(chan gateway.Identity, 1)
		bot := make(chan bool, 100)
		url, _ := serve(t, tickwire.Options{
			Tokens: auth.Options{Secret: jwtSecret}, RefuseGuests: !guests, Bots: 1,
			Setup: func(s *tickwire.Server) {
				s.IO().Of("/").OnConnect(func(socket *sio.Socket) {
					if name, _ := socket.Auth().Get("bot").Text(); len(name) == 0 {
						who <- s.Identity(socket)
					} else {
						bot <- true
					}
				})
			},
		})
		asGuest := "connected"
		if !guests {
			asGuest = "UNAUTHORIZED missing"
		}
		for _, test := range []struct {
			name string
			auth any
			want string
		}{
			{"good", map[string]any{"token": tokenFor(t, "ann", time.Hour)}, "connected"},
			{"expired", map[string]any{"token": tokenFor(t, "ann", -time.Hour)}, "UNAUTHORIZED expired"},
			{"nonsense", map[string]any{"token": "nonsense"}, "UNAUTHORIZED malformed"},
			{"a number", map[string]any{"token": 7}, "UNAUTHORIZED missing"},
			{"somebody who pretends to be a bot", map[string]any{"bot": "x", "token": "nonsense"}, "UNAUTHORIZED malformed"},
			{"empty", map[string]any{"token": ""}, asGuest},
			{"none", nil, asGuest},
		} {
			got := connect(t, url, test.auth)
			if got != test.want {
				t.Errorf("guests %v, %s: %s, want %s", guests, test.name, got, test.want)
			}
			if got != "connected" {
				continue
			}
			want := gateway.Identity{Address: "127.0.0.1"}
			if test.name == "good" {
				want.Account, want.Name, want.Roles = "ann", "Dr. ann", []string{"referee"}
			}
			if known := <-who; !reflect.DeepEqual(known, want) {
				t.Errorf("guests %v, %s: %+v, want %+v", guests, test.name, known, want)
			}
		}
		select {
		case <-bot:
		case <-time.After(patience):
			t.Error("the bot was refused")
		}
	}
}

// TestTokensOfOneAddress: a session that shows one token after another does not
// have the server check them all.
func TestTokensOfOneAddress(t *testing.T) {
	url, _ := serveFrom(t, "192.0.2.1", tickwire.Options{
		Tokens: auth.Options{Secret: jwtSecret}, Network: tickwire.Network{ConnectRatePerAddress: 2},
	})
	conn := dialWS(t, url, nil)
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	checked := 0
	for ; checked < 400; checked++ {
		if err := wsutil.WriteClientText(conn, []byte(`40{"token":"nonsense"}`)); err != nil {
			t.Fatal(err)
		}
		answer := ""
		for !strings.HasPrefix(answer, "44") { // nor the open packet, nor a ping
			text, err := wsutil.ReadServerText(conn)
			if err != nil {
				t.Fatal(err)
			}
			answer = string(text)
		}
		if strings.Contains(answer, `"RATE_LIMITED"`) {
			break
		}
		if !strings.Contains(answer, `"UNAUTHORIZED"`) {
			t.Fatalf("%s", answer)
		}
	}
	if checked < 20 || checked == 400 { // some more while the machine is slow
		t.Errorf("%d tokens were checked", checked)
	}
}
