package sio_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tickwire/codec/socketio"
	"tickwire/sio"
)

// bus connects the adapters of several servers, as Redis would.
type bus struct {
	mu       sync.Mutex
	adapters []*clusterAdapter
}

// clusterAdapter shows what an adapter for a cluster has to do.
type clusterAdapter struct {
	*sio.MemoryAdapter
	bus *bus
}

func (b *bus) join(_ *sio.Namespace, local *sio.MemoryAdapter) sio.Adapter {
	a := &clusterAdapter{local, b}
	b.mu.Lock()
	b.adapters = append(b.adapters, a)
	b.mu.Unlock()
	return a
}

func (a *clusterAdapter) others() (list []*clusterAdapter) {
	a.bus.mu.Lock()
	defer a.bus.mu.Unlock()
	for _, other := range a.bus.adapters {
		if other != a {
			list = append(list, other)
		}
	}
	return list
}

func (a *clusterAdapter) ServerCount() int { return 1 + len(a.others()) }

func (a *clusterAdapter) Broadcast(p *sio.Prepared, o sio.BroadcastOptions) error {
	if !o.Local {
		wire := p.Data().Clone() // what would go through Redis
		for _, other := range a.others() {
			remote, err := sio.PrepareRaw(wire)
			if err != nil {
				return err
			}
			other.Deliver(remote, o)
		}
	}
	return a.MemoryAdapter.Broadcast(p, o)
}

func (a *clusterAdapter) BroadcastAck(p *sio.Prepared, o sio.BroadcastOptions, clients func(int), ack func(sio.Args)) (func(), error) {
	var cancels []func()
	for _, adapter := range append(a.others(), a) {
		cancel, err := adapter.MemoryAdapter.BroadcastAck(p, o, clients, ack)
		if err != nil {
			return nil, err
		}
		cancels = append(cancels, cancel)
	}
	return func() {
		for _, cancel := range cancels {
			cancel()
		}
	}, nil
}

func (a *clusterAdapter) FetchSockets(ctx context.Context, o sio.BroadcastOptions) ([]sio.RemoteSocket, error) {
	list, err := a.MemoryAdapter.FetchSockets(ctx, o)
	for _, other := range a.others() {
		more, _ := other.MemoryAdapter.FetchSockets(ctx, o)
		for i := range more {
			more[i].Adapter = a
		}
		list = append(list, more...)
	}
	return list, err
}

func (a *clusterAdapter) SocketsJoin(o sio.BroadcastOptions, rooms []string) {
	for _, adapter := range append(a.others(), a) {
		adapter.MemoryAdapter.SocketsJoin(o, rooms)
	}
}

func (a *clusterAdapter) ServerSideEmit(event sio.Raw) error {
	for _, other := range a.others() {
		if err := other.ServerSideEvent(event, nil); err != nil {
			return err
		}
	}
	return nil
}

func (a *clusterAdapter) ServerSideEmitAck(event sio.Raw, timeout time.Duration, done func([]sio.Args, error)) error {
	var answers []sio.Args
	missing := len(a.others())
	for _, other := range a.others() {
		other.ServerSideEvent(event, func(answer sio.Raw) {
			answers = append(answers, socketio.ArgsOf(answer))
			if missing--; missing == 0 {
				done(answers, nil)
			}
		})
	}
	time.AfterFunc(timeout, func() {
		if missing > 0 {
			done(answers, sio.ErrTimeout)
		}
	})
	return nil
}

func TestAdapterOfACluster(t *testing.T) {
	inBubble(t, sio.Options{}, func(t *testing.T, _ *rig) {
		shared := &bus{}
		one := newBubbleRig(t, sio.Options{NewAdapter: shared.join})
		two := newBubbleRig(t, sio.Options{NewAdapter: shared.join})
		p1, p2 := one.client(sio.JSON), two.client(sio.MsgPack)
		s1, s2 := one.enter(p1, "/"), two.enter(p2, "/")
		ns := one.srv.Of("/")

		ns.Emit("all", 1)
		p1.expect("all", 1)
		p2.expect("all", 1)
		ns.All().Local().Emit("local")
		p1.expect("local")
		s1.Broadcast().Emit("others")
		p2.expect("others")
		ns.To(s2.ID()).Emit("personal")
		p2.expect("personal")

		ns.All().SocketsJoin("room")
		list, err := ns.To("room").FetchSockets(context.Background())
		if err != nil || len(list) != 2 || !slices.Contains(list[1].Rooms, "room") || list[1].Handshake.URL == "" {
			t.Fatal(list, err)
		}
		list[1].Emit("far", 5)
		p2.expect("far", 5)

		var answers []string
		ns.All().EmitAck(func(list []sio.Args, err error) {
			for _, a := range list {
				answers = append(answers, show(a.At(0)))
			}
			if err != nil {
				t.Error(err)
			}
		}, "q")
		p1.answer(p1.packet().ID, "one")
		p2.answer(p2.packet().ID, "two")
		synctest.Wait()
		slices.Sort(answers)
		if !slices.Equal(answers, []string{"one", "two"}) {
			t.Errorf("answers %v", answers)
		}

		var log diary
		two.srv.Of("/").OnServerSide("hello", func(e *sio.ServerEvent) {
			log.add("%s %s", e.Name, show(e.Args().At(0)))
			e.Ack("hi")
			e.Ack("twice")
		})
		two.srv.Of("/").OnServerSide("panic", func(*sio.ServerEvent) { panic("on purpose") })
		ns.ServerSideEmit("hello", 1)
		ns.ServerSideEmit("panic")
		ns.ServerSideEmitAck(time.Second, func(list []sio.Args, err error) {
			log.add("%d answers, %v", len(list), err)
		}, "hello", 2)
		ns.ServerSideEmitAck(time.Second, func(list []sio.Args, err error) {
			log.add("%d answers, timeout %v", len(list), errors.Is(err, sio.ErrTimeout))
		}, "nobody listens")
		time.Sleep(2 * time.Second)
		log.want(t, "hello 1", "hello 2", "1 answers, <nil>", "0 answers, timeout true")
	})
}

func TestServerSideEmitAlone(t *testing.T) {
	inBubble(t, sio.Options{}, func(t *testing.T, r *rig) {
		ns := r.srv.Of("/")
		called := 0
		err := ns.ServerSideEmitAck(time.Second, func(list []sio.Args, err error) {
			called++
			if len(list) != 0 || err != nil {
				t.Error(list, err)
			}
		}, "x")
		if err != nil || called != 1 || ns.ServerSideEmit("x") != nil {
			t.Error(err, called)
		}
	})
}
