package tickwire

import (
	"cmp"
	"flag"
	"time"

	"tickwire/config"
)

func (s *settings) networkFlags(flags *flag.FlagSet) {
	n := &s.options.Network
	n.ProxyHeader = n.withDefaults().ProxyHeader
	flags.Var((*originsValue)(&n.Origins), "origins", "`list` of origins whose pages may connect besides the server's own, such as https://game.example,https://*.game.example; * = all")
	flags.Var((*prefixesValue)(&n.TrustedProxies), "trusted-proxies", "`list` of networks whose proxies are trusted to tell players' addresses, such as 127.0.0.1,10.0.0.0/8")
	flags.StringVar(&n.ProxyHeader, "proxy-header", n.ProxyHeader, "`header` that the trusted proxies set: X-Forwarded-For, Forwarded, or one with the address alone")
	n.RequestTimeout = cmp.Or(n.RequestTimeout, Network{}.withDefaults().RequestTimeout)
	flags.BoolVar(&s.options.Socket.Engine.DisableIOUring, "io-uring-off", s.options.Socket.Engine.DisableIOUring, "`true` sends with a system call for each player, also where the kernel (Linux) would take several by io_uring")
	flags.Var((*config.OffTime)(&n.RequestTimeout), "request-timeout", "`time` for the body of an HTTP request to come and its answer to leave; 0 = no bound")
}

func (s *settings) tlsFlags(flags *flag.FlagSet) {
	t := &s.options.TLS
	flags.StringVar(&t.CertFile, "tls-cert-file", t.CertFile, "`file` with the certificate and its chain in PEM; read anew when it changes, and by SIGHUP")
	flags.StringVar(&t.KeyFile, "tls-key-file", t.KeyFile, "`file` with the certificate's key in PEM")
	flags.Var((*config.List)(&t.ACME.Hosts), "acme-hosts", "`list` of hosts to get certificates for by ACME, from Let's Encrypt unless told otherwise, whose terms you accept by it")
	flags.StringVar(&t.ACME.Cache, "acme-cache", t.ACME.Cache, "`folder` that keeps the certificates; needed for ACME")
	flags.StringVar(&t.ACME.Email, "acme-email", t.ACME.Email, "`address` that the ACME authority may write to")
	flags.StringVar(&t.ACME.Directory, "acme-directory", t.ACME.Directory, "`URL` of the directory of another ACME authority")
	flags.StringVar(&t.RedirectAddr, "tls-redirect-addr", t.RedirectAddr, "`host:port`, such as :80, to send browsers from to https")
	flags.Var((*config.Time)(&t.HSTS), "tls-hsts", "`time` that browsers stay with https for, such as 8760h; 0 = not told")
}

// limitFlags are what DoS protection is made of. An address is an IPv4 address
// or an IPv6 /64.
func (s *settings) limitFlags(flags *flag.FlagSet) {
	o := s.options
	fill := Network{}.withDefaults()
	bound := func(value *int, otherwise int, name, usage string) {
		*value = cmp.Or(*value, otherwise)
		flags.Var((*config.Bound)(value), name, usage+"; 0 = no bound")
	}
	size := func(value *int, otherwise, least int, name, usage string) {
		*value = cmp.Or(*value, otherwise)
		if least == 0 {
			usage += "; 0 = no bound"
		}
		flags.Var(config.Size{Bytes: value, Least: least}, name, usage)
	}
	n, e := &o.Network, &o.Socket.Engine
	bound(&n.MaxSessions, fill.MaxSessions, "max-sessions", "`number` of players' connections")
	bound(&n.MaxSessionsPerAddress, fill.MaxSessionsPerAddress, "max-sessions-per-address", "`number` of players' connections from one address (IPv4, or IPv6 /64)")
	bound(&n.MaxConnsPerAddress, fill.MaxConnsPerAddress, "max-http-conns-per-address", "`number` of HTTP connections, websockets not counted, from one address")
	bound(&n.ConnectRate, fill.ConnectRate, "connect-rate", "`number` of new players' connections per second, five times as many at once")
	bound(&n.ConnectRatePerAddress, fill.ConnectRatePerAddress, "connect-rate-per-address", "`number` of new players' connections per second from one address, five times as many at once")
	bound(&n.RequestRatePerAddress, fill.RequestRatePerAddress, "request-rate-per-address", "`number` of HTTP requests per second from one address that are not Socket.IO, five times as many at once")
	bound(&e.MaxPacketRate, maxPacketRate, "packet-rate", "`number` of packets per second from one player")
	size(&e.MaxByteRate, maxByteRate, 0, "byte-rate", "`bytes` per second from one player")
	size(&e.MaxPayload, maxPayload, 1024, "max-payload", "`bytes` of one message from a player")
	size(&e.MaxQueueBytes, maxQueueBytes, 4096, "max-queue", "`bytes` that may wait for a player who does not read")
	e.PingInterval = cmp.Or(e.PingInterval, 25*time.Second)
	e.PingTimeout = cmp.Or(e.PingTimeout, 20*time.Second)
	flags.Var((*config.PositiveTime)(&e.PingInterval), "ping-interval", "`time` between two pings of a player")
	flags.Var((*config.PositiveTime)(&e.PingTimeout), "ping-timeout", "`time` that a player may take for the answer, until the connection is given up")
	bound(&o.Lobby.MaxLobbies, 10_000, "max-lobbies", "`number` of lobbies")
	bound(&o.Lobby.MaxLobbiesPerAddress, maxLobbiesPerAddress, "max-lobbies-per-address", "`number` of lobbies that players of one address have opened")
	size(&o.Lobby.MaxInput, 1024, 1, "max-input", "`bytes` of one input of a player in a match")
	bound(&o.Lobby.MaxSurplus, maxSurplus, "max-surplus", "`number` of a player's inputs that are dropped within 10 s, until the player is removed")
	o.Lobby.ChatEvery = cmp.Or(o.Lobby.ChatEvery, time.Second)
	flags.Var((*config.PositiveTime)(&o.Lobby.ChatEvery), "chat-every", "`time` that one player's lines of chat are apart on average, five at once")
	o.Lobby.StepLimit = cmp.Or(o.Lobby.StepLimit, 5*time.Second)
	flags.Var((*config.OffTime)(&o.Lobby.StepLimit), "step-limit", "`time` that a game may take for one step, until its match is given up; 0 = no bound")
	bound(&o.Lobby.MaxInbox, 1024, "max-inbox", "`number` of requests that may wait for one lobby")
	n.HandshakeTimeout = cmp.Or(n.HandshakeTimeout, fill.HandshakeTimeout)
	flags.Var((*config.PositiveTime)(&n.HandshakeTimeout), "handshake-timeout", "`time` that a peer may take for a TLS handshake and the head of a request")
	e.UpgradeTimeout = cmp.Or(e.UpgradeTimeout, 10*time.Second)
	flags.Var((*config.PositiveTime)(&e.UpgradeTimeout), "upgrade-timeout", "`time` that the upgrade of a connection from polling to websocket may take")
	o.Socket.ConnectTimeout = cmp.Or(o.Socket.ConnectTimeout, 45*time.Second)
	flags.Var((*config.PositiveTime)(&o.Socket.ConnectTimeout), "connect-timeout", "`time` from a player's connection to its joining a namespace, with a good token where one is needed")
}
