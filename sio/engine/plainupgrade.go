package engine

import (
	"bytes"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// Bounds of what parseUpgrade takes. Browsers send some fifteen fields.
const (
	maxPlainUpgrade = 4 << 10
	maxPlainFields  = 64
)

// parseUpgrade reads a websocket's upgrade request if b is a whole one, nothing
// else, and its target begins with prefix, which ends in "?". It takes only what
// has one meaning, the one that net/http would see; nil says that net/http has to
// look at it, not that it is wrong.
func parseUpgrade(b []byte, prefix string) *http.Request {
	const method, version, end = "GET ", " HTTP/1.1", "\r\n\r\n"
	head, behind, ok := bytes.Cut(b, []byte(end))
	if !ok || len(behind) > 0 || len(b) > maxPlainUpgrade {
		return nil
	}
	rest, ok := bytes.CutPrefix(head, []byte(method))
	if !ok || len(rest) < len(prefix) || string(rest[:len(prefix)]) != prefix {
		return nil
	}
	line, fields, _ := strings.Cut(string(rest), "\r\n") // all that the request holds is cut out of this string
	target, ok := strings.CutSuffix(line, version)
	if !ok || !plainTarget(target) {
		return nil
	}
	u, err := url.ParseRequestURI(target)
	header := plainHeader(fields)
	if err != nil || header == nil || !plainUpgrade(header) {
		return nil
	}
	host := header["Host"][0]
	delete(header, "Host")
	return &http.Request{
		Method: http.MethodGet, URL: u, RequestURI: target, Host: host, Header: header, Body: http.NoBody,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
}

// plainHeader reads the lines of a header; nil if one is unusual or comes twice.
func plainHeader(fields string) http.Header {
	n := 1 + strings.Count(fields, "\r\n")
	if n > maxPlainFields {
		return nil
	}
	header, values := make(http.Header, n), make([]string, n)
	for line := range strings.SplitSeq(fields, "\r\n") {
		name, value, colon := strings.Cut(line, ":")
		value = strings.Trim(value, " \t")
		if !plainName(name) || !plainValue(value) || !colon {
			return nil
		}
		name = textproto.CanonicalMIMEHeaderKey(name)
		if header[name] != nil {
			return nil
		}
		values[0] = value
		header[name], values = values[:1:1], values[1:]
	}
	return header
}

// plainUpgrade reports whether a header asks for a websocket and for nothing that
// net/http would act on.
func plainUpgrade(h http.Header) bool {
	for _, name := range [...]string{"Content-Length", "Transfer-Encoding", "Trailer", "Expect"} {
		if h[name] != nil {
			return false
		}
	}
	connection := h.Get("Connection")
	return plainHost(h.Get("Host")) && strings.EqualFold(h.Get("Upgrade"), "websocket") &&
		(strings.EqualFold(connection, "Upgrade") || strings.EqualFold(connection, "keep-alive, Upgrade")) &&
		(h["Pragma"] == nil || h["Cache-Control"] != nil) // net/http would make the other of the one
}

func plainTarget(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c >= 0x7f || c == '#' || c == ';' {
			return false
		}
	}
	return true
}

func plainValue(s string) bool {
	for _, c := range []byte(s) {
		if c < ' ' && c != '\t' || c >= 0x7f {
			return false
		}
	}
	return true
}

func plainName(s string) bool {
	for _, c := range []byte(s) {
		if !isAlnum(c) && c != '-' && c != '_' {
			return false
		}
	}
	return s != ""
}

func plainHost(s string) bool {
	for _, c := range []byte(s) {
		if !isAlnum(c) && strings.IndexByte("-_.:[]", c) < 0 {
			return false
		}
	}
	return s != ""
}

func isAlnum(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
