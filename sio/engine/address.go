package engine

import (
	"errors"
	"net/http"
	"net/netip"
)

// Block returns what one household, phone or machine has of the address space:
// an IPv4 address, or the /64 of an IPv6 one, whose hosts choose their addresses
// themselves. The address may have a port. There is none for what is no IP
// address, and none for this machine itself: proxies on it, which stand for
// everybody, and bots are not counted.
func Block(address string) (block netip.Prefix, ok bool) {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		withPort, err := netip.ParseAddrPort(address)
		if err != nil {
			return netip.Prefix{}, false
		}
		ip = withPort.Addr()
	}
	if ip = ip.Unmap(); ip.IsLoopback() {
		return netip.Prefix{}, false
	}
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	block, err = ip.Prefix(bits) // without the zone
	return block, err == nil
}

// Refusal is an error of Options.AllowRequest with an HTTP status of its own.
type Refusal struct {
	Status  int // such as http.StatusTooManyRequests
	Message string
}

func (e *Refusal) Error() string { return e.Message }

var errAddressFull = &Refusal{Status: http.StatusTooManyRequests, Message: "too many connections from your address"}

// refused makes the answer to a handshake that an error stands against.
func refused(err error) *ConnectionError {
	e := &ConnectionError{Code: Forbidden, Message: err.Error()}
	if own, ok := errors.AsType[*Refusal](err); ok {
		e.status = own.Status
	}
	return e
}

// takeAddressLocked counts a session of address; false means that it has as many
// as it may have.
func (srv *Server) takeAddressLocked(address string) bool {
	limit := srv.opts.MaxSessionsPerAddress
	if limit <= 0 {
		return true
	}
	block, ok := Block(address)
	if !ok {
		return true
	}
	if srv.byAddress[block] >= limit {
		return false
	}
	srv.byAddress[block]++
	return true
}

// freeAddressLocked undoes takeAddressLocked.
func (srv *Server) freeAddressLocked(address string) {
	if srv.opts.MaxSessionsPerAddress <= 0 {
		return
	}
	block, ok := Block(address)
	switch {
	case !ok:
	case srv.byAddress[block] == 1:
		delete(srv.byAddress, block)
	default:
		srv.byAddress[block]--
	}
}
