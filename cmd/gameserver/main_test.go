package main_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"tickwire/clients/go"
)

const patience = 60 * time.Second // the race detector and a busy machine

// process is the real binary.
type process struct {
	cmd *exec.Cmd
	url string // of the game
	ops string // of the operator's listener

	mu   sync.Mutex // guards the following
	logs []logLine

	news chan struct{} // gets something when there is more log
	read chan struct{} // closed when all of its log was read
}

type logLine struct {
	Level, Message, Addr, Error string
	Settings                    []string

	raw string
}

func start(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(build(t), append([]string{"--addr=127.0.0.1:0"}, args...)...), news: make(chan struct{}, 1), read: make(chan struct{})}
	logs, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.cmd.Process.Kill() })
	listening, operator := make(chan string, 1), ""
	go func() {
		defer close(p.read)
		for lines := bufio.NewScanner(logs); lines.Scan(); {
			var l logLine
			if json.Unmarshal(lines.Bytes(), &l) != nil {
				l = logLine{Level: "not JSON", Message: lines.Text()}
			}
			l.raw = lines.Text()
			switch l.Message {
			case "operator's listener":
				operator = "http://" + l.Addr // ahead of the game's
			case "listening":
				listening <- l.Addr
			}
			p.mu.Lock()
			p.logs = append(p.logs, l)
			p.mu.Unlock()
			select {
			case p.news <- struct{}{}:
			default:
			}
		}
	}()
	select {
	case addr := <-listening:
		p.url, p.ops = "http://"+addr, operator
	case <-p.read:
		t.Fatalf("it ended: %+v", p.logs)
	case <-time.After(patience):
		t.Fatal("it does not listen")
	}
	return p
}

// TestTermEndsMatchesPolitely plays against the bots of the demo until SIGTERM.
func TestTermEndsMatchesPolitely(t *testing.T) {
	p := start(t, "--bots=5")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	game := client.NewGame(client.New(client.Options{URL: p.url}))
	var told []string
	playing := make(chan struct{})
	game.OnFrame = func(f *client.Frame) {
		if f.Tick > 10 && f.Replica.Len("Player") == 6 && playing != nil {
			close(playing)
			playing = nil
		}
	}
	seen := playing
	game.OnDrain = func(time.Duration) { told = append(told, "drain") }
	game.OnEnd = func(reason string, _ client.Raw) { told = append(told, "end "+reason) }
	game.OnClosed = func(c client.Closed) { told = append(told, "closed "+c.Code) }
	if err := game.Conn().Connect(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := game.Quick(ctx, client.Request{Game: "arena", Player: "visitor"}); err != nil {
		t.Fatal(err)
	}
	select {
	case <-seen:
	case <-ctx.Done():
		t.Fatal("the arena does not fill with bots")
	}
	began := time.Now()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-p.read
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("exit: %v", err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v to end", took)
	}
	<-game.Conn().Done()
	if got := strings.Join(told, ", "); got != "drain, end drain, closed DRAINING" {
		t.Errorf("the player was told: %s", got)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.logs {
		if !slices.Contains([]string{"info", "debug"}, l.Level) {
			t.Errorf("log: %+v", l)
		}
	}
}

func TestExitStatusOfWrongFlags(t *testing.T) {
	for args, want := range map[string]int{"--help": 0, "--port=1": 2, "--addr=nowhere:99999": 1} {
		if got, _ := run(t, args); got != want {
			t.Errorf("%s: exit status %d, want %d", args, got, want)
		}
	}
}

// run runs the real binary until it ends by itself.
func run(t *testing.T, args ...string) (status int, logs string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, build(t), args...)
	out, _ := cmd.CombinedOutput()
	return cmd.ProcessState.ExitCode(), string(out)
}

// build makes the binary, once for all tests.
func build(t *testing.T) (binary string) {
	t.Helper()
	binary, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return binary
}

var folder string // of the binary; set and removed by TestMain

var built = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(folder, "gameserver")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return binary, nil
})

func TestMain(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "gameserver"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}
