package lobby

import (
	"slices"
	"time"
)

// penalty keeps somebody out of a lobby, or from speaking in it.
type penalty struct {
	key          string // whom it is for: see keyOf
	player, name string // as they were then
	until        time.Time
}

// penalties is a bounded list: when it is full, who has least to wait goes free.
type penalties []penalty

const (
	maxPenalties = 256
	// maxPenalty bounds one; a lobby that lives longer is the studio's own.
	maxPenalty = 7 * 24 * time.Hour
)

// keyOf tells whom a penalty is for beyond one connection: the account, or for
// guests the address, which others may share. "" is for whom neither is known.
func keyOf(account, address string) string {
	switch {
	case account != "":
		return "account " + account
	case address != "":
		return "address " + address
	}
	return ""
}

// add notes a penalty in the place of an earlier one for the same person.
func (l *penalties) add(p penalty, now time.Time) {
	l.tidy(now)
	*l = slices.DeleteFunc(*l, func(q penalty) bool { return q.key == p.key })
	if len(*l) >= maxPenalties {
		first := 0
		for i, q := range *l {
			if q.until.Before((*l)[first].until) {
				first = i
			}
		}
		*l = slices.Delete(*l, first, first+1)
	}
	*l = append(*l, p)
}

// tidy forgets what is over.
func (l *penalties) tidy(now time.Time) {
	*l = slices.DeleteFunc(*l, func(q penalty) bool { return !now.Before(q.until) })
}

// lift ends the penalty that was given to a player of that id.
func (l *penalties) lift(player string) bool {
	before := len(*l)
	*l = slices.DeleteFunc(*l, func(q penalty) bool { return q.player == player })
	return len(*l) < before
}

// of returns until when there is a penalty for key; zero = none.
func (l penalties) of(key string, now time.Time) (until time.Time) {
	for i := range l {
		if l[i].key == key && key != "" && now.Before(l[i].until) {
			return l[i].until
		}
	}
	return time.Time{}
}
