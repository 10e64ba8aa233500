package ops

import (
	"github.com/prometheus/client_golang/prometheus"

	"tickwire/lobby"
)

// metric is one name in /metrics.
type metric struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
}

func counter(name, help string, labels ...string) metric {
	return metric{prometheus.NewDesc("tickwire_"+name, help, labels, nil), prometheus.CounterValue}
}

func gauge(name, help string, labels ...string) metric {
	return metric{prometheus.NewDesc("tickwire_"+name, help, labels, nil), prometheus.GaugeValue}
}

// number is what a metric can count in.
type number interface {
	~int | ~int64 | ~uint64 | ~float64
}

// send sends the value for these labels, which are as many as the metric has.
func send[N number](ch chan<- prometheus.Metric, m metric, value N, labels ...string) {
	ch <- prometheus.MustNewConstMetric(m.desc, m.kind, float64(value), labels...)
}

// timing is a histogram of durations whose buckets double.
type timing struct {
	desc     *prometheus.Desc
	from, to int // the first and last of lobby.Histogram's buckets that is told
}

func newTiming(name, help string, from, to int) timing {
	return timing{prometheus.NewDesc("tickwire_"+name+"_seconds", help, []string{"game"}, nil), from, to}
}

func (t timing) send(ch chan<- prometheus.Metric, v *lobby.Timing, game string) {
	buckets := make(map[float64]uint64, t.to-t.from+1)
	below := uint64(0)
	for i, n := range v.Histogram {
		below += n
		if i >= t.from && i <= t.to {
			buckets[v.Bound(i).Seconds()] = below
		}
	}
	ch <- prometheus.MustNewConstHistogram(t.desc, below, v.Sum.Seconds(), buckets, game)
}
