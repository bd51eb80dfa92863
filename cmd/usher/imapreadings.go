package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"usher/itip/imapcal"
)

// calendarReadings are the counters of the calendars in IMAP, where they lie there.
type calendarReadings struct{ s *service }

var calendarMetrics = []struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(imapcal.Stats) int64
}{
	{describe("usher_imap_connections", "Connections to the IMAP server."), prometheus.GaugeValue,
		func(s imapcal.Stats) int64 { return s.Connections }},
	{describe("usher_imap_dials_total", "Connections begun, whatever came of them."), prometheus.CounterValue,
		func(s imapcal.Stats) int64 { return s.Dials }},
	{describe("usher_imap_commands_total", "Batches of commands that were waited for together."), prometheus.CounterValue,
		func(s imapcal.Stats) int64 { return s.Commands }},
	{describe("usher_imap_errors_total", "Connections lost, and logins that failed."), prometheus.CounterValue,
		func(s imapcal.Stats) int64 { return s.Errors }},
	{describe("usher_imap_looks_total", "Looks at a calendar."), prometheus.CounterValue,
		func(s imapcal.Stats) int64 { return s.Looks }},
	{describe("usher_imap_lists_total", "Lists of all messages of a calendar that the server was asked for."), prometheus.CounterValue,
		func(s imapcal.Stats) int64 { return s.Lists }},
	{describe("usher_imap_messages_total", "Messages read."), prometheus.CounterValue,
		func(s imapcal.Stats) int64 { return s.Fetched }},
	{describe("usher_imap_cold_total", "Calendars of which nothing was known and all was read."), prometheus.CounterValue,
		func(s imapcal.Stats) int64 { return s.Cold }},
	{describe("usher_imap_holds_total", "Holds put into calendars."), prometheus.CounterValue,
		func(s imapcal.Stats) int64 { return s.Holds }},
	{describe("usher_imap_holds_resumed_total", "Holds that took the place of an earlier attempt's."), prometheus.CounterValue,
		func(s imapcal.Stats) int64 { return s.Resumed }},
	{describe("usher_imap_holds_reaped_total", "Holds of others that were given up, and were removed."), prometheus.CounterValue,
		func(s imapcal.Stats) int64 { return s.Reaped }},
	{describe("usher_imap_duplicates_total", "Times several objects with one UID were met."), prometheus.CounterValue,
		func(s imapcal.Stats) int64 { return s.Duplicates }},
	{describe("usher_imap_unreadable_total", "Messages met that cannot be read."), prometheus.CounterValue,
		func(s imapcal.Stats) int64 { return s.Unreadable }},
}

// Describe implements prometheus.Collector.
func (calendarReadings) Describe(ch chan<- *prometheus.Desc) {
	for _, m := range calendarMetrics {
		ch <- m.desc
	}
}

// Collect implements prometheus.Collector. Counters begin anew with a reload, as those of the directory do.
func (c calendarReadings) Collect(ch chan<- prometheus.Metric) {
	g := c.s.engines.now()
	if g == nil {
		return // the service is about to end
	}
	store, ok := g.imap()
	if !ok {
		return
	}
	stats := store.Stats()
	for _, m := range calendarMetrics {
		ch <- prometheus.MustNewConstMetric(m.desc, m.kind, float64(m.value(stats)))
	}
}
