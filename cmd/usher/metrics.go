package main

import (
	"fmt"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"usher/milter"
	"usher/milter/filter"
)

// metrics are what Usher counts. The list in the README is checked against what is registered here.
type metrics struct {
	registry     *prometheus.Registry
	mails        *prometheus.CounterVec
	rcpts        *prometheus.CounterVec
	bytes        prometheus.Counter
	busy         *prometheus.HistogramVec
	moduleBusy   *prometheus.HistogramVec
	moduleErrors *prometheus.CounterVec
	reloads      *prometheus.CounterVec
	charges      *prometheus.CounterVec
}

// seconds are the limits between what is fast, slow and broken.
var seconds = []float64{.0001, .0003, .001, .003, .01, .03, .1, .3, 1, 3, 10, 30, 100, 300}

func newMetrics(s *service) *metrics {
	m := &metrics{
		registry:     prometheus.NewRegistry(),
		mails:        counter("usher_mails_total", "Mails done, by listener and what became of them.", "listener", "result"),
		rcpts:        counter("usher_recipients_total", "Recipients, by listener and whether they were taken.", "listener", "result"),
		bytes:        prometheus.NewCounter(prometheus.CounterOpts{Name: "usher_mail_bytes_total", Help: "Bytes of header and body that were looked at, or declared."}),
		busy:         histogram("usher_mail_seconds", "Time Usher took for a mail, without waiting for its client.", "listener"),
		moduleBusy:   histogram("usher_module_seconds", "Time a module took for a mail it was interested in.", "module"),
		moduleErrors: counter("usher_module_errors_total", "Times a module could not do its work.", "module"),
		reloads:      counter("usher_config_reloads_total", "Configurations loaded by SIGHUP, or found wrong.", "result"),
		charges:      counter("usher_charges_total", "What was charged to accounts, by counter.", "counter"),
	}
	m.registry.MustRegister(m.mails, m.rcpts, m.bytes, m.busy, m.moduleBusy, m.moduleErrors, m.reloads, m.charges,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.registry.MustRegister(readings(s)...)
	return m
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func histogram(name, help string, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: seconds}, labels)
}

// mail counts a mail that is done.
func (m *metrics) mail(r milter.Record) {
	m.mails.WithLabelValues(r.Listener, string(r.Result)).Inc()
	m.rcpts.WithLabelValues(r.Listener, "taken").Add(float64(r.Rcpts))
	m.rcpts.WithLabelValues(r.Listener, "refused").Add(float64(r.Refused))
	m.bytes.Add(float64(r.Size))
	m.busy.WithLabelValues(r.Listener).Observe(r.Busy.Seconds())
}

// modules counts what the steps of the pipeline said about a mail.
func (m *metrics) modules(reasons []filter.Reason) {
	for _, r := range reasons {
		if r.Took > 0 { // not one that was left out
			m.moduleBusy.WithLabelValues(r.Step).Observe(r.Took.Seconds())
		}
		if r.Err != nil {
			m.moduleErrors.WithLabelValues(r.Step).Inc()
		}
	}
}

// expect lets the counters of modules begin at 0, so that their first error is a change.
func (m *metrics) expect(steps []filter.Step) {
	for _, s := range steps {
		m.moduleErrors.WithLabelValues(s.Name)
	}
}

func (m *metrics) reloaded(ok bool) {
	result := "loaded"
	if !ok {
		result = "wrong"
	}
	m.reloads.WithLabelValues(result).Inc()
}

// charged counts what was charged to accounts.
func (m *metrics) charged(charges []filter.Charge) {
	for _, c := range charges {
		if c.Amount > 0 {
			m.charges.WithLabelValues(c.Counter).Add(float64(c.Amount))
		}
	}
}

// handler serves /metrics and /healthz. Healthy is: a pipeline is at work; a peer that is down is not our illness.
func (m *metrics) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	return mux
}
