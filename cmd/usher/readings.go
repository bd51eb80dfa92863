package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"usher/ldapdir"
)

// readings are taken from a service when somebody looks.
func readings(s *service) []prometheus.Collector {
	build := prometheus.Labels{"version": release()}
	return []prometheus.Collector{
		directoryReadings{s},
		calendarReadings{s},
		gauge("usher_build_info", "Always 1; the label says which version this is.", build, func() float64 { return 1 }),
		gauge("usher_connections", "Connections of mail servers.", nil, func() float64 { return float64(s.server.Connections()) }),
		gauge("usher_suspended_accounts", "Accounts that are suspended here.", nil, func() float64 { return float64(s.ledger.SuspendedAccounts()) }),
		gauge("usher_spool_bytes", "Bytes of bodies that are kept for mails in work.", prometheus.Labels{"in": "memory"}, func() float64 {
			memory, _ := s.budget.InUse()
			return float64(memory)
		}),
		gauge("usher_spool_bytes", "Bytes of bodies that are kept for mails in work.", prometheus.Labels{"in": "files"}, func() float64 {
			_, files := s.budget.InUse()
			return float64(files)
		}),
	}
}

func gauge(name, help string, labels prometheus.Labels, read func() float64) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels}, read)
}

// directoryReadings are the counters of the directory in use.
type directoryReadings struct{ s *service }

var directoryMetrics = []struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(ldapdir.Stats) float64
}{
	{describe("usher_directory_lookups_total", "Questions to the directory."), prometheus.CounterValue,
		func(s ldapdir.Stats) float64 { return float64(s.Lookups) }},
	{describe("usher_directory_hits_total", "Questions answered from the cache."), prometheus.CounterValue,
		func(s ldapdir.Stats) float64 { return float64(s.Hits) }},
	{describe("usher_directory_searches_total", "Searches sent to a directory server or file."), prometheus.CounterValue,
		func(s ldapdir.Stats) float64 { return float64(s.Asked) }},
	{describe("usher_directory_stale_total", "Questions answered from beyond the ttl, because the directory did not answer."), prometheus.CounterValue,
		func(s ldapdir.Stats) float64 { return float64(s.Stale) }},
	{describe("usher_directory_errors_total", "Questions that were not answered."), prometheus.CounterValue,
		func(s ldapdir.Stats) float64 { return float64(s.Errors) }},
	{describe("usher_directory_cached", "Answers in the cache."), prometheus.GaugeValue,
		func(s ldapdir.Stats) float64 { return float64(s.Cached) }},
}

func describe(name, help string) *prometheus.Desc { return prometheus.NewDesc(name, help, nil, nil) }

// Describe implements prometheus.Collector.
func (directoryReadings) Describe(ch chan<- *prometheus.Desc) {
	for _, m := range directoryMetrics {
		ch <- m.desc
	}
}

// Collect implements prometheus.Collector. Counters begin anew with a reload, as Prometheus expects of counters.
func (d directoryReadings) Collect(ch chan<- prometheus.Metric) {
	g := d.s.engines.now()
	if g == nil {
		return // the service is about to end
	}
	stats := g.directory.Stats()
	for _, m := range directoryMetrics {
		ch <- prometheus.MustNewConstMetric(m.desc, m.kind, m.value(stats))
	}
}
