package main

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	client "tickwire/clients/go"
)

//go:embed node/package.json node/package-lock.json node/server.mjs
var nodeFiles embed.FS

// peer is a server to compare.
type peer struct {
	name, parser string
	command      func(ctx context.Context, port string) *exec.Cmd
}

// prepare builds our server and installs the reference; ours come first.
func prepare(ctx context.Context, dir string) ([]peer, error) {
	ours := filepath.Join(dir, "acceptance")
	build := exec.CommandContext(ctx, "go", "build", "-o", ours, "tickwire/sio/acceptance")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build: %w\n%s", err, out)
	}
	node := filepath.Join(dir, "node")
	if err := installNode(ctx, node); err != nil {
		return nil, err
	}
	startOurs := func(ctx context.Context, port string) *exec.Cmd {
		return exec.CommandContext(ctx, ours, "--listen=127.0.0.1:"+port, "--any-log=false")
	}
	startNode := func(parser string) func(context.Context, string) *exec.Cmd {
		return func(ctx context.Context, port string) *exec.Cmd {
			cmd := exec.CommandContext(ctx, "node", filepath.Join(node, "server.mjs"), parser)
			cmd.Env = append(os.Environ(), "PORT="+port, "NODE_ENV=production")
			return cmd
		}
	}
	return []peer{
		{"Tickwire, MessagePack", client.MsgPack, startOurs},
		{"Tickwire, JSON", client.JSON, startOurs},
		{"Socket.IO on Node, MessagePack", client.MsgPack, startNode("msgpack")},
		{"Socket.IO on Node, JSON", client.JSON, startNode("default")},
	}, nil
}

func installNode(ctx context.Context, dir string) error {
	files, err := fs.Sub(nodeFiles, "node")
	if err != nil {
		return err
	}
	if err := os.CopyFS(dir, files); err != nil {
		return err
	}
	npm := exec.CommandContext(ctx, "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
	npm.Dir = dir
	if out, err := npm.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w\n%s", err, out)
	}
	return nil
}

// start runs the server until stop is called.
func (p peer) start(ctx context.Context) (url string, process *os.Process, stop func(), err error) {
	port, err := freePort()
	if err != nil {
		return "", nil, nil, err
	}
	cmd := p.command(ctx, port)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return "", nil, nil, err
	}
	stop = func() {
		_ = cmd.Process.Signal(syscall.SIGKILL) // nothing of it is needed any more
		_ = cmd.Wait()
	}
	url = "http://127.0.0.1:" + port
	if err := waitFor(ctx, url); err != nil {
		stop()
		return "", nil, nil, err
	}
	return url, cmd.Process, stop, nil
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port), nil
}

// waitFor returns when the server answers anything.
func waitFor(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/socket.io/", nil)
		if err != nil {
			return err
		}
		if answer, err := http.DefaultClient.Do(req); err == nil {
			return answer.Body.Close()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("no answer from %s: %w", url, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}
