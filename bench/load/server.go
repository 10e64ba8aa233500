package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime/debug"
	"runtime/pprof"
	"strconv"

	"tickwire"
	"tickwire/lobby"
)

// serverVariable makes a process of this command the server of a profile; its
// value is the tick rate. The two talk in lines: a command on standard input,
// a JSON answer on standard output.
const serverVariable = "TICKWIRE_LOAD_SERVER"

// profileVariable names the file for the CPU profile of that server; none if
// empty.
const profileVariable = "TICKWIRE_LOAD_CPUPROFILE"

// duesVariable names the file of its dues; none if empty.
const duesVariable = "TICKWIRE_LOAD_DUES"

// counts is what the server of a profile tells about itself.
type counts struct {
	Addr string // only at the start

	lobby.Stats
	LateP99 float64 // of the steps since the last command, ms
}

// runServer serves until standard input ends.
func runServer(hz string, in io.Reader, out io.Writer) error {
	rate, err := strconv.Atoi(hz)
	if err != nil {
		return err
	}
	if file := os.Getenv(profileVariable); file != "" {
		f, err := os.Create(file)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	var due *dues
	if file := os.Getenv(duesVariable); file != "" {
		if due, err = openDues(file); err != nil {
			return err
		}
	}
	late := &lateness{hist: newHistogram()}
	s, err := tickwire.New(tickwire.Options{
		Games: profileGames(rate, late, due),
		Lobby: lobby.Options{MaxLobbies: 100_000, MaxLobbiesPerAddress: -1},
		// All clients come from one address, and at once.
		Network: tickwire.Network{MaxSessions: -1, MaxSessionsPerAddress: -1, MaxConnsPerAddress: -1, ConnectRate: -1, ConnectRatePerAddress: -1},
	})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, listener) }()
	answers := json.NewEncoder(out)
	answers.Encode(counts{Addr: listener.Addr().String()})
	for commands := bufio.NewScanner(in); commands.Scan(); {
		if commands.Text() == "gc" {
			debug.FreeOSMemory()
		}
		answers.Encode(counts{Stats: s.Lobbies().Stats(), LateP99: late.take()})
	}
	stop()
	return <-served
}

// server is a server in a process of its own.
type server struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	answers *json.Decoder
	url     string
	dues    *dues
}

// startServer starts the server of a profile.
func startServer(o options) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	dues, file, err := newDues()
	if err != nil {
		return nil, err
	}
	if file != "" {
		defer os.Remove(file) // the server has it by then
	}
	s := &server{cmd: exec.Command(self), dues: dues}
	if o.ServerCPUs != "" {
		s.cmd = exec.Command("taskset", "-c", o.ServerCPUs, self) // which becomes the server: the same process
	}
	s.cmd.Env = append(os.Environ(), serverVariable+"="+strconv.Itoa(o.TickHz), profileVariable+"="+o.CPUProfile, duesVariable+"="+file)
	s.cmd.Stderr = os.Stderr
	if s.in, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}
	s.answers = json.NewDecoder(out)
	var first counts
	if err := s.answers.Decode(&first); err != nil {
		s.stop()
		return nil, fmt.Errorf("start the server: %w", err)
	}
	s.url = "http://" + first.Addr
	return s, nil
}

// ask sends a command, "counts" or "gc", and returns the answer.
func (s *server) ask(command string) (c counts, err error) {
	if _, err := fmt.Fprintln(s.in, command); err != nil {
		return c, err
	}
	return c, s.answers.Decode(&c)
}

func (s *server) usage() (usage, error) { return usageOf(s.cmd.Process.Pid) }

// stop ends the server and waits for its process.
func (s *server) stop() error {
	return errors.Join(s.in.Close(), s.cmd.Wait())
}
