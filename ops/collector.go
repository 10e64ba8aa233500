package ops

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// collector reads the atomics of the packages below when somebody asks. Nothing
// is registered, locked or allocated where they are counted.
type collector struct{ s *Server }

var (
	serverReady = gauge("ready", "Whether new players are welcome.")
	serverAlive = gauge("alive", "Whether the watchdog finds that the process does its work.")
)

// Describe names the metrics, so that one that is defined twice shows at once.
func (c collector) Describe(ch chan<- *prometheus.Desc) {
	for _, m := range allMetrics() {
		ch <- m
	}
}

// Collect reads them.
func (c collector) Collect(ch chan<- prometheus.Metric) {
	send(ch, serverReady, fraction(c.s.Ready() == nil))
	send(ch, serverAlive, fraction(c.s.Alive() == nil))
	c.sessions(ch)
	c.games(ch)
	send(ch, panics, c.queues(ch), "queue")
}

func fraction(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

func allMetrics() (all []*prometheus.Desc) {
	for _, m := range []metric{serverReady, serverAlive} {
		all = append(all, m.desc)
	}
	for _, m := range sessionMetrics {
		all = append(all, m.desc)
	}
	for _, m := range append(gameMetrics, queueMetrics...) {
		all = append(all, m.desc)
	}
	for _, t := range gameTimings {
		all = append(all, t.desc)
	}
	return append(all, queueWait, queuePass)
}

const (
	scrapeTimeout = 10 * time.Second
	scrapes       = 4 // at a time
)

// metrics serves /metrics.
func (s *Server) metrics() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collector{s}, collectors.NewGoCollector(), collectors.NewBuildInfoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{MaxRequestsInFlight: scrapes, Timeout: scrapeTimeout})
}
