package sio

import "net/http"

// serveClient answers requests for the browser client.
func (srv *Server) serveClient(w http.ResponseWriter, r *http.Request) bool {
	return false
}
