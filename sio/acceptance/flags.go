package main

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"tickwire/sio"
	"tickwire/sio/engine"

	"github.com/rs/zerolog"
)

// options are the command line. Times are milliseconds, sizes bytes.
type options struct {
	listen, mode, parser, path     string
	slash                          bool
	pingInterval, pingTimeout      int
	upgradeTimeout, connectTimeout int
	maxBuffer                      int
	transports                     string
	allowUpgrades, allowEIO3       bool
	serveClient                    bool
	compression, deflate           bool
	cookie, corsOrigin             string
	corsCredentials                bool
	recovery                       int
	recoverySkip, cleanup          bool
	log                            bool
}

// parseFlags parses the command line; a flag that is unknown or has a bad
// value ends the process with status 2.
func parseFlags() *options {
	o := new(options)
	flag.StringVar(&o.listen, "listen", "127.0.0.1:3000", "address")
	flag.StringVar(&o.mode, "mode", "socketio", "socketio or engine-echo")
	flag.StringVar(&o.parser, "parser", "auto", "auto, json or msgpack")
	flag.StringVar(&o.path, "path", "/socket.io/", "path")
	flag.BoolVar(&o.slash, "add-trailing-slash", true, "the path ends with a slash")
	flag.IntVar(&o.pingInterval, "ping-interval", 25000, "ms between a pong and the next ping")
	flag.IntVar(&o.pingTimeout, "ping-timeout", 20000, "ms that a pong may take")
	flag.IntVar(&o.upgradeTimeout, "upgrade-timeout", 10000, "ms that an upgrade may take")
	flag.IntVar(&o.connectTimeout, "connect-timeout", 45000, "ms within which a namespace must be joined")
	flag.IntVar(&o.maxBuffer, "max-http-buffer-size", 1_000_000, "bytes of one message or POST body")
	flag.StringVar(&o.transports, "transports", "polling,websocket", "enabled transports")
	flag.BoolVar(&o.allowUpgrades, "allow-upgrades", true, "offer the upgrade to websocket")
	flag.BoolVar(&o.allowEIO3, "allow-eio3", false, "accept clients of Engine.IO protocol 3")
	flag.BoolVar(&o.serveClient, "serve-client", true, "serve the browser client")
	flag.BoolVar(&o.compression, "http-compression", true, "compress answers to polls from 1024 bytes")
	flag.BoolVar(&o.deflate, "per-message-deflate", false, "compress websocket messages from 1024 bytes")
	flag.StringVar(&o.cookie, "cookie", "", "name of a cookie with the session id")
	flag.StringVar(&o.corsOrigin, "cors-origin", "", "* or a list of origins")
	flag.BoolVar(&o.corsCredentials, "cors-credentials", false, "allow credentials")
	flag.IntVar(&o.recovery, "recovery-ms", 0, "ms that a client may be away; 0: recovery off")
	flag.BoolVar(&o.recoverySkip, "recovery-skip-middlewares", true, "recovered sockets skip middleware")
	flag.BoolVar(&o.cleanup, "cleanup-empty-child-namespaces", false, "remove dynamic namespaces nobody is in")
	flag.BoolVar(&o.log, "any-log", true, "note the names of events for any-log; listening to all that is sent costs each broadcast a call per member")
	flag.Parse()
	if flag.NArg() > 0 || o.mode != "socketio" && o.mode != "engine-echo" {
		fmt.Fprintln(os.Stderr, "unknown argument or mode")
		os.Exit(2)
	}
	return o
}

func ms(n int) time.Duration { return time.Duration(n) * time.Millisecond }

// engine returns the options of the transports for the Socket.IO mode.
func (o *options) engine() engine.Options {
	e := o.echoEngine()
	e.Path = o.path
	if o.slash && !strings.HasSuffix(e.Path, "/") {
		e.Path += "/"
	} else if !o.slash {
		e.Path = strings.TrimSuffix(e.Path, "/")
	}
	e.UpgradeTimeout = ms(o.upgradeTimeout)
	e.Transports = nil
	for _, t := range strings.Split(o.transports, ",") {
		e.Transports = append(e.Transports, engine.Transport(t))
	}
	e.DisableUpgrades = !o.allowUpgrades
	e.DisableHTTPCompression = !o.compression
	e.PerMessageDeflate = o.deflate
	if o.cookie != "" {
		e.Cookie = &http.Cookie{Name: o.cookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}
	}
	return e
}

// echoEngine returns the options that apply in both modes.
func (o *options) echoEngine() engine.Options {
	e := engine.Options{
		PingInterval: ms(o.pingInterval), PingTimeout: ms(o.pingTimeout),
		MaxPayload: o.maxBuffer,
		// Bursts of the test suites are larger than a game's: room for them.
		MaxQueueBytes: 8 << 20,
		Log:           logger(),
	}
	if o.corsOrigin != "" {
		e.CORS = &engine.CORS{Origins: strings.Split(o.corsOrigin, ","), Credentials: o.corsCredentials}
	}
	return e
}

func (o *options) sio() sio.Options {
	s := sio.Options{
		Engine:                      o.engine(),
		ConnectTimeout:              ms(o.connectTimeout),
		CleanupEmptyChildNamespaces: o.cleanup,
		DisableClient:               !o.serveClient,
		Log:                         logger(),
	}
	switch o.parser {
	case "json":
		s.Parser = sio.JSON
	case "msgpack":
		s.Parser = sio.MsgPack
	}
	if o.recovery > 0 {
		s.Recovery = sio.Recovery{MaxDisconnection: ms(o.recovery), RunMiddlewares: !o.recoverySkip}
	}
	return s
}

func logger() zerolog.Logger {
	return zerolog.New(os.Stderr).Level(zerolog.InfoLevel).With().Timestamp().Logger()
}
