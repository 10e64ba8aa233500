package tickwire

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"tickwire/edge"
	"tickwire/ops"
)

// Values of Options.OpsAddr that are no address.
const (
	opsAuto = "auto"
	opsOff  = "off"
)

// Why Ready of the operator's side refuses.
var (
	errStarting    = errors.New("starting")
	errNotWelcome  = errors.New("draining")
	errOpsNoSocket = errors.New("ops-addr: auto needs a TCP listener for the game; name an address")
)

// Ops is the operator's side as a handler, for programs with listeners of their
// own. See package ops.
func (s *Server) Ops() *ops.Server { return s.ops }

func (s *Server) newOps() (*ops.Server, error) {
	keys, err := s.opt.opsKeys()
	if err != nil {
		return nil, err
	}
	return ops.New(ops.Options{
		Keys:    keys,
		Drain:   s.Drain,
		Version: Version(),
		Lobbies: s.lobbies,
		IO:      s.io,
		Gateway: s.gateway,
		Queue:   s.queue,
		Alarm:   s.opt.Lobby.Timers,
		Ready:   s.welcome,
		Refused: s.refused,
		Log:     s.opt.Log,
	})
}

// reloadOpsKeys reads the file of API keys anew. With an error the old ones hold.
func (s *Server) reloadOpsKeys() error {
	keys, err := s.opt.opsKeys()
	if err != nil {
		return err
	}
	return s.ops.SetKeys(keys)
}

// opsKeys are those of the options and those of the file.
func (o *Options) opsKeys() ([]ops.Key, error) {
	if o.OpsKeysFile == "" {
		return o.OpsKeys, nil
	}
	file, err := os.Open(o.OpsKeysFile)
	if err != nil {
		return nil, fmt.Errorf("API keys: %w", err)
	}
	defer file.Close()
	keys, err := ops.ParseKeys(file)
	if err != nil {
		return nil, fmt.Errorf("API keys: %s: %w", o.OpsKeysFile, err)
	}
	return append(slices.Clone(o.OpsKeys), keys...), nil
}

// welcome tells whether new players are, and else why not.
func (s *Server) welcome() error {
	switch {
	case s.draining.Load():
		return errNotWelcome
	case !s.serving.Load():
		return errStarting
	}
	return nil
}

// opsBodyTimeout bounds bodies that an endpoint has not asked for.
const opsBodyTimeout = 10 * time.Second

// operator is the second listener while Serve runs.
type operator struct {
	listener net.Listener
	web      *http.Server
	wg       sync.WaitGroup
}

// listenOps opens the operator's listener; nil if there is none. game is what
// players connect to.
func (s *Server) listenOps(ctx context.Context, game net.Addr) (*operator, error) {
	addr, err := opsAddr(s.opt.OpsAddr, s.opt.Addr, game)
	if err != nil || addr == "" {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("operator's listener (--ops-addr takes another address, or off): %w", err)
	}
	return &operator{listener: listener, web: &http.Server{
		Handler:           edge.Bodies(s.ops, opsBodyTimeout),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(s.opt.Log, "", 0),
	}}, nil
}

// opsAddr is the address to listen on, "" for none. Automatic is the port after
// that of the game, or a free one if the game's is any that was free.
func opsAddr(option, asked string, game net.Addr) (string, error) {
	switch cmp.Or(option, opsOff) {
	case opsOff:
		return "", nil
	case opsAuto:
	default:
		return option, nil
	}
	tcp, ok := game.(*net.TCPAddr)
	if !ok {
		return "", errOpsNoSocket
	}
	port := tcp.Port%65535 + 1
	if _, p, err := net.SplitHostPort(asked); err == nil && p == "0" {
		port = 0
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), nil
}

// serveOps serves the operator's listener until close is called.
func (s *Server) serveOps(o *operator) {
	if o == nil {
		return
	}
	o.wg.Go(func() { _ = o.web.Serve(o.listener) }) // ends by close
	s.opt.Log.Info().Str("addr", o.listener.Addr().String()).Msg("operator's listener")
}

// close cuts what the operator still asks.
func (o *operator) close() {
	if o == nil {
		return
	}
	_ = o.listener.Close()
	_ = o.web.Close()
	o.wg.Wait()
}
