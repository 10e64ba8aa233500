package lobby

// LeaderPolicy says who leads a lobby once its leader is gone.
type LeaderPolicy string

// The policies of Game.Leader. A leader may also hand over while being there,
// except under LeaderServer.
const (
	LeaderOldest LeaderPolicy = "oldest" // who has been in the lobby longest; the default
	LeaderChosen LeaderPolicy = "chosen" // whom the leader chose; who goes without choosing leaves nobody to lead
	LeaderNone   LeaderPolicy = "none"   // nobody ever leads
	LeaderServer LeaderPolicy = "server" // whom Directory.Lead names, and nobody else
)

// valid tells whether p is one of the policies.
func (p LeaderPolicy) valid() bool {
	return p == LeaderOldest || p == LeaderChosen || p == LeaderNone || p == LeaderServer
}

// handOver finds a leader, as the game wants it, when there is none any more.
// Bots lead only among themselves. Strangers whom quick join brought together in
// a drop-in game have no leader: nothing waits for one, and nobody there should
// be able to put the others out.
func (l *lobby) handOver() {
	if m := l.leader; m != nil && !m.gone.Load() && !m.watches() && !m.player.bot {
		return
	}
	l.setLeader(l.nextLeader())
}

func (l *lobby) nextLeader() *Member {
	policy := l.game.Leader
	if l.unled || policy == LeaderNone || policy == LeaderServer || policy == LeaderChosen && l.led {
		return nil
	}
	for _, m := range l.members {
		if !m.player.bot {
			return m
		}
	}
	if len(l.members) > 0 {
		return l.members[0]
	}
	return nil
}

func (l *lobby) setLeader(m *Member) {
	if l.leader == m {
		return
	}
	l.leader, l.changed = m, true
	if m != nil && !l.draining {
		l.led = l.led || !m.player.bot
		l.note(LogLed, m, "", "")
	}
}

// leads refuses what only the leader does.
func (l *lobby) leads(m *Member, does string) error {
	switch {
	case m == l.leader:
		return nil
	case l.leader == nil:
		return refuse(NotLeader, "nobody leads this lobby: create one of your own")
	}
	return refuse(NotLeader, "only the leader %s", does)
}

// polices refuses what only the leader and moderators do.
func (l *lobby) polices(m *Member, does string) error {
	if m.moderator {
		return nil
	}
	return l.leads(m, does)
}

// lead hands the lobby over to another player.
func (l *lobby) lead(by *Member, player string) error {
	if err := l.leads(by, "hands the lobby over"); err != nil {
		return err
	}
	if l.game.Leader == LeaderServer {
		return refuse(NotLeader, "the server chooses who leads")
	}
	return l.appoint(player)
}

// appoint makes a player the leader.
func (l *lobby) appoint(player string) error {
	m, err := l.find(player)
	switch {
	case err != nil:
		return err
	case m.player.bot:
		return refuse(BadRequest, "%s is a bot and cannot lead", m.player.name)
	}
	l.setLeader(m)
	return nil
}
