package main

import (
	"context"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
	"time"

	goclient "tickwire/clients/go"
)

// TestBehindAReverseProxy plays through a proxy that speaks HTTP/1.1 to the
// server, as nginx and load balancers do.
func TestBehindAReverseProxy(t *testing.T) {
	target, err := url.Parse(startServer(t))
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.SetXForwarded()
	}})
	t.Cleanup(proxy.Close)
	for _, parser := range []string{goclient.JSON, goclient.MsgPack} {
		t.Run("parser="+parser, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			c := goclient.New(goclient.Options{URL: proxy.URL, Parser: parser})
			if err := c.Connect(ctx); err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			answer, err := c.Call(ctx, "message-with-ack", "through", []byte{1, 2, 3})
			if err != nil {
				t.Fatal(err)
			}
			var text string
			var bytes []byte
			if err := answer.Decode(&text, &bytes); err != nil || text != "through" || len(bytes) != 3 {
				t.Errorf("came back as %q %v, %v", text, bytes, err)
			}
		})
	}
}
