package main

import (
	"errors"
	"reflect"

	"usher/milter/config"
)

// reload swaps in what the file says now. A bad file changes nothing.
func (s *service) reload() {
	e, err := open(s.file, s.log)
	s.metrics.reloaded(err == nil)
	if err != nil {
		s.refuse(err)
		return
	}
	s.use(e)
	if keys := changed(s.frame, e.config); len(keys) > 0 {
		s.log.Warn("these change only with a restart", "config", s.file, "keys", keys)
	}
	s.log.Info("configuration loaded", "config", s.file)
}

// refuse logs every mistake in a line of its own, as a log is read line by line.
func (s *service) refuse(err error) {
	var mistakes config.Mistakes
	if !errors.As(err, &mistakes) {
		s.log.Error("configuration not loaded, the old one stays", "config", s.file, "err", err)
		return
	}
	for _, m := range mistakes {
		s.log.Error("configuration", "mistake", m)
	}
	s.log.Error("configuration not loaded, the old one stays", "config", s.file, "mistakes", len(mistakes))
}

// changed names the keys that count from the start of the process to its end and are no longer what they were.
func changed(frame, c *config.Config) (keys []string) {
	for _, k := range []struct {
		name string
		same bool
	}{
		{"listen", reflect.DeepEqual(frame.Listen, c.Listen)},
		{"limits", frame.Limits == c.Limits},
		{"metrics", frame.Metrics == c.Metrics},
		{"log", frame.Log == c.Log},
		{"state_dir", frame.StateDir == c.StateDir},
	} {
		if !k.same {
			keys = append(keys, k.name)
		}
	}
	return keys
}
