package client_test

import (
	"context"
	"errors"
	"net"
	"testing"

	"tickwire/clients/go"
)

// Closing what never was connected does nothing.
func TestCloseWithoutAConnection(t *testing.T) {
	refused := errors.New("refused")
	c := client.New(client.Options{URL: "http://localhost", Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, refused
	}})
	if err := c.Connect(t.Context()); !errors.Is(err, refused) {
		t.Errorf("connect: %v", err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}
