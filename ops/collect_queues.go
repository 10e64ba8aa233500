package ops

import (
	"github.com/prometheus/client_golang/prometheus"
)

var (
	queueTickets   = gauge("queue_tickets", "Tickets, parties or single players, that wait for a match.", "game")
	queuePlayers   = gauge("queue_players", "Players that wait for a match.", "game")
	queueJoined    = counter("queue_joined_total", "Tickets that came.", "game")
	queueMatches   = counter("queue_matches_total", "Lobbies that were opened for a match that was found.", "game")
	queueBackfills = counter("queue_backfills_total", "Times that players were sent into a running match.", "game")
	queueNoShows   = counter("queue_no_shows_total", "Tickets, or single players, that did not take their seat.", "game")
	queueReturned  = counter("queue_returned_total", "Tickets that came back to the queue since others did not take their seat.", "game")
	ratedMatches   = counter("matches_rated_total", "Matches of the queue that are over, by what became of them for the ratings: rated, or lost to a rush or to the rules of the rating.", "as")
	queueWait      = prometheus.NewDesc("tickwire_queue_wait_seconds", "How long tickets waited until a match was found.", []string{"game"}, nil)
	queuePass      = prometheus.NewDesc("tickwire_queue_pass_seconds", "How long the search took for all tickets of a game.", []string{"game"}, nil)

	queueMetrics = []metric{queueTickets, queuePlayers, queueJoined, queueMatches, queueBackfills, queueNoShows, queueReturned, ratedMatches}
)

// queues tells of the matchmaking, and returns how many rules panicked there.
func (c collector) queues(ch chan<- prometheus.Metric) (faults uint64) {
	if c.s.opt.Queue == nil {
		return 0
	}
	for _, q := range c.s.opt.Queue.Stats() {
		send(ch, queueTickets, q.Tickets, q.Game)
		send(ch, queuePlayers, q.Players, q.Game)
		send(ch, queueJoined, q.Joined, q.Game)
		send(ch, queueMatches, q.Matches, q.Game)
		send(ch, queueBackfills, q.Backfills, q.Game)
		send(ch, queueNoShows, q.NoShows, q.Game)
		send(ch, queueReturned, q.Returned, q.Game)
		ch <- prometheus.MustNewConstSummary(queueWait, q.Matched, q.MatchedAfter.Seconds(), nil, q.Game)
		ch <- prometheus.MustNewConstSummary(queuePass, q.Passes, q.PassTime.Seconds(), nil, q.Game)
		faults += q.Faults
	}
	rated, unrated := c.s.opt.Queue.Ratings()
	send(ch, ratedMatches, rated, "rated")
	send(ch, ratedMatches, unrated, "lost")
	return faults
}
