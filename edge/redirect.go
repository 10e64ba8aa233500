package edge

import (
	"net"
	"net/http"
	"strconv"
	"strings"
)

// Redirect sends browsers from http to https on a port of the same host. Other
// programs, whose requests may carry something by now, get an error.
func Redirect(port int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		host = strings.Trim(host, "[]")
		if r.Method != http.MethodGet && r.Method != http.MethodHead || host == "" {
			http.Error(w, "use https", http.StatusBadRequest)
			return
		}
		switch {
		case port != 443:
			host = net.JoinHostPort(host, strconv.Itoa(port))
		case strings.Contains(host, ":"):
			host = "[" + host + "]"
		}
		w.Header().Set("Connection", "close")
		http.Redirect(w, r, "https://"+host+r.URL.RequestURI(), http.StatusPermanentRedirect)
	})
}
