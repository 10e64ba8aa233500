package lobby

// An account has one seat on the server, whatever device it plays from. Who
// asks for a seat where the account sits already takes that seat over, as the
// token of the place does; who asks elsewhere moves there: the new seat is taken
// first, then the old one is given up. Guests have their token alone.

var (
	errReplaced = &Error{Code: Replaced, Message: "you are playing from another connection"}
	errMoved    = &Error{Code: Replaced, Message: "your account has taken a seat in another lobby"}
	errNoSeat   = &Error{Code: NotFound, Message: "your account has no seat: join a lobby"}
)

// claim makes m the seat of its account. The one that it had in another lobby
// is given up.
func (d *Directory) claim(m *Member) {
	account := m.player.account
	if account == "" {
		return
	}
	d.mu.Lock()
	old := d.accounts[account]
	d.accounts[account] = m
	d.mu.Unlock()
	if old != nil && old.lobby != m.lobby {
		_ = old.lobby.inbox.force(command{ // at most one for each claim; closed is fine
			do:   func(l *lobby) { l.remove(old, errMoved) },
			fail: func(error) {},
		})
	}
}

// unclaim is called when a player's seat is given up.
func (d *Directory) unclaim(m *Member) {
	if m.player.account == "" {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.accounts[m.player.account] == m {
		delete(d.accounts, m.player.account)
	}
}

// homeLocked returns the lobby where an account sits, or nil.
func (d *Directory) homeLocked(account string) *lobby {
	if m := d.accounts[account]; account != "" && m != nil {
		return m.lobby
	}
	return nil
}

// takeOver gives the seat that j's account has in l to j. Should it be gone by
// then, otherwise is called.
func (d *Directory) takeOver(l *lobby, j *Joiner, otherwise func(), done func(Joined, error)) {
	_, err := d.gameFor(l.game.Name, j)
	if err == nil {
		err = l.inbox.push(command{
			do: func(l *lobby) {
				old := l.seatOf(j.Account)
				if old == nil {
					otherwise()
					return
				}
				if len(j.With) > 0 {
					l.sendBack(old)
				}
				if err := d.group(l, j); err != nil {
					done(Joined{}, err)
					return
				}
				l.succeed(old, j, done)
			},
			fail: func(error) { otherwise() },
		})
	}
	if err != nil {
		done(Joined{}, err)
	}
}

// seatOf returns the player of an account.
func (l *lobby) seatOf(account string) *Member { return ofAccount(l.members, account) }

func ofAccount(group []*Member, account string) *Member {
	if account == "" {
		return nil
	}
	for _, m := range group {
		if m.player.account == account {
			return m
		}
	}
	return nil
}

// succeed gives old's seat to another connection of the same player, whether
// the earlier one is known to be broken or not.
func (l *lobby) succeed(old *Member, j *Joiner, done func(Joined, error)) {
	if old.conn != nil {
		l.tellOne(old, EventClosed, Closed{Code: errReplaced.Code, Message: errReplaced.Message})
		old.out.flush(old.conn)
	}
	m := old.successor(j)
	old.inputs.close()
	old.gone.Store(true)
	old.conn = nil
	for i := range l.members {
		if l.members[i] == old {
			l.members[i] = m
		}
	}
	l.seats[m.player.seat] = m
	l.replaceSeated(old, m)
	if l.leader == old {
		l.leader = m
	}
	l.dir.claim(m)
	m.player.away = false
	l.note(LogBack, m, "", "")
	l.changed = true
	if h := j.hold; h != nil {
		h.of.members[h.at] = m
	}
	l.welcome(m, j, done)
}

// successor returns a place for the same player on another connection. What
// the earlier one still sends reaches a member that is gone.
func (m *Member) successor(j *Joiner) *Member {
	next := &Member{
		player: m.player, lobby: m.lobby, token: m.token, form: formIndex(j.Form), conn: j.Conn,
		ready: m.ready, moderator: j.Moderator, manners: m.manners, brings: m.brings,
	}
	next.seat.Store(m.seat.Load())
	return next
}
