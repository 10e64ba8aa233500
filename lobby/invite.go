package lobby

import (
	"crypto/subtle"
	"time"
)

// An invitation lets people into a lobby by a ticket, whatever its visibility,
// password and lock. It reserves nothing: a full lobby is full, and who is
// banned stays out.

// Invitation is a ticket that the leader made.
type Invitation struct {
	Ticket  string // for JoinRequest.Ticket; a secret
	Uses    int
	Expires time.Time
}

type invite struct {
	ticket  string
	uses    int
	expires time.Time
}

const (
	maxInvites    = 64 // of one lobby; what expires first makes room
	maxInviteUses = 1000
	maxInviteTime = 7 * 24 * time.Hour
)

// Invite makes a ticket that lets so many people in, 1 to 1000, for up to 7
// days. Leader only.
func (m *Member) Invite(uses int, keep time.Duration, done func(Invitation, error)) {
	var made Invitation
	m.ask(func(err error) { done(made, err) }, func(l *lobby) (err error) {
		if err = l.leads(m, "invites"); err == nil {
			made, err = l.invite(m, uses, keep)
		}
		return err
	})
}

// Revoke makes all tickets of invitations worthless. Leader only.
func (m *Member) Revoke(done func(error)) {
	m.ask(done, func(l *lobby) error {
		if err := l.leads(m, "takes invitations back"); err != nil {
			return err
		}
		l.dir.mu.Lock()
		defer l.dir.mu.Unlock()
		l.listing.invites = nil
		return nil
	})
}

func (l *lobby) invite(m *Member, uses int, keep time.Duration) (Invitation, error) {
	switch {
	case uses < 1 || uses > maxInviteUses:
		return Invitation{}, refuse(BadRequest, "uses must be 1 to %d", maxInviteUses)
	case keep < time.Second || keep > maxInviteTime:
		return Invitation{}, refuse(BadRequest, "seconds must be 1 to %d", int(maxInviteTime.Seconds()))
	}
	made := Invitation{Ticket: l.id + "." + secret(), Uses: uses, Expires: l.turnBegan.Add(keep)}
	l.dir.mu.Lock()
	defer l.dir.mu.Unlock()
	if len(l.listing.invites) >= maxInvites {
		l.dropInviteLocked()
	}
	l.listing.invites = append(l.listing.invites, &invite{made.Ticket, uses, made.Expires})
	l.note(LogInvited, m, "", keep.String())
	return made, nil
}

// dropInviteLocked forgets what expires first.
func (l *lobby) dropInviteLocked() {
	all := l.listing.invites
	first := 0
	for i, v := range all {
		if v.expires.Before(all[first].expires) {
			first = i
		}
	}
	all[first] = all[len(all)-1]
	l.listing.invites = all[:len(all)-1]
}

// useInvite takes a place for who brings the ticket of an invitation.
func (d *Directory) useInvite(l *lobby, req *JoinRequest) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var found *invite
	for _, v := range l.listing.invites { // to the end, so that the time tells nothing
		if subtle.ConstantTimeCompare([]byte(v.ticket), []byte(req.Ticket)) == 1 {
			found = v
		}
	}
	if found == nil || found.uses == 0 || !time.Now().Before(found.expires) {
		return errTicket
	}
	err := d.placeLocked(l, req)
	if err == nil {
		found.uses--
		req.invite = found
	}
	return err
}

func (d *Directory) placeLocked(l *lobby, req *JoinRequest) error {
	switch {
	case d.draining:
		return errDraining
	case req.Spectate:
		return l.takeWatcherLocked()
	}
	return d.takeSeatLocked(l)
}

// unuse gives a use back when the lobby did not let j in after all.
func (d *Directory) unuse(j *Joiner) {
	if j.invite == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	j.invite.uses++
}
