package main

import (
	"fmt"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"usher/ldapdir"
	"usher/milter"
)

// metrics are what Usher counts. The list in the README is checked against what is registered here.
type metrics struct {
	registry *prometheus.Registry
	mails    *prometheus.CounterVec
	rcpts    *prometheus.CounterVec
	bytes    prometheus.Counter
	busy     *prometheus.HistogramVec
	reloads  *prometheus.CounterVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		mails: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "usher_mails_total",
			Help: "Mails done, by listener and what became of them."}, []string{"listener", "result"}),
		rcpts: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "usher_recipients_total",
			Help: "Recipients, by listener and whether they were taken."}, []string{"listener", "result"}),
		bytes: prometheus.NewCounter(prometheus.CounterOpts{Name: "usher_mail_bytes_total",
			Help: "Bytes of header and body that were looked at, or declared."}),
		busy: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "usher_mail_seconds",
			Help:    "Time Usher took for a mail, without waiting for its client.",
			Buckets: []float64{.0001, .0003, .001, .003, .01, .03, .1, .3, 1, 3, 10, 30, 100, 300}}, []string{"listener"}),
		reloads: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "usher_config_reloads_total",
			Help: "Configurations loaded by SIGHUP, or found wrong."}, []string{"result"}),
	}
	m.registry.MustRegister(m.mails, m.rcpts, m.bytes, m.busy, m.reloads,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// mail counts a mail that is done.
func (m *metrics) mail(r milter.Record) {
	m.mails.WithLabelValues(r.Listener, string(r.Result)).Inc()
	m.rcpts.WithLabelValues(r.Listener, "taken").Add(float64(r.Rcpts))
	m.rcpts.WithLabelValues(r.Listener, "refused").Add(float64(r.Refused))
	m.bytes.Add(float64(r.Size))
	m.busy.WithLabelValues(r.Listener).Observe(r.Busy.Seconds())
}

func (m *metrics) reloaded(ok bool) {
	result := "loaded"
	if !ok {
		result = "wrong"
	}
	m.reloads.WithLabelValues(result).Inc()
}

// handler serves /metrics and /healthz. Healthy is: a pipeline is at work; a peer that is down is not our illness.
func (m *metrics) handler(s *service) http.Handler {
	m.registry.MustRegister(directoryCollector{s})
	mux := http.NewServeMux()
	mux.Handle("/metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	return mux
}

// directoryCollector reads the counters of the directory in use.
type directoryCollector struct{ s *service }

var directoryMetrics = []struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(ldapdir.Stats) float64
}{
	{prometheus.NewDesc("usher_directory_lookups_total", "Questions to the directory.", nil, nil), prometheus.CounterValue,
		func(s ldapdir.Stats) float64 { return float64(s.Lookups) }},
	{prometheus.NewDesc("usher_directory_hits_total", "Questions answered from the cache.", nil, nil), prometheus.CounterValue,
		func(s ldapdir.Stats) float64 { return float64(s.Hits) }},
	{prometheus.NewDesc("usher_directory_searches_total", "Searches sent to a directory server or file.", nil, nil), prometheus.CounterValue,
		func(s ldapdir.Stats) float64 { return float64(s.Asked) }},
	{prometheus.NewDesc("usher_directory_stale_total", "Questions answered from beyond the ttl, because the directory did not answer.", nil, nil), prometheus.CounterValue,
		func(s ldapdir.Stats) float64 { return float64(s.Stale) }},
	{prometheus.NewDesc("usher_directory_errors_total", "Questions that were not answered.", nil, nil), prometheus.CounterValue,
		func(s ldapdir.Stats) float64 { return float64(s.Errors) }},
	{prometheus.NewDesc("usher_directory_cached", "Answers in the cache.", nil, nil), prometheus.GaugeValue,
		func(s ldapdir.Stats) float64 { return float64(s.Cached) }},
}

// Describe implements prometheus.Collector.
func (c directoryCollector) Describe(ch chan<- *prometheus.Desc) {
	for _, m := range directoryMetrics {
		ch <- m.desc
	}
}

// Collect implements prometheus.Collector. Counters begin anew with a reload, as Prometheus expects of counters.
func (c directoryCollector) Collect(ch chan<- prometheus.Metric) {
	stats := c.s.current.Load().directory.Stats()
	for _, m := range directoryMetrics {
		ch <- prometheus.MustNewConstMetric(m.desc, m.kind, m.value(stats))
	}
}
