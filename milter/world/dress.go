package world

import (
	"time"

	"usher/itip"
	"usher/milter/filter"
	"usher/milter/message"
)

// Dress is the mail of a Send as it goes out. A branch is somebody else's and goes as it is, but for the mark of what is ours:
// where our mail comes back in, that is what it is believed by. An automatic one gets the mark and what it lacks: a
// Message-ID by its meaning, so that two copies of it are one; a Date; and Auto-Submitted, so that nobody answers it
// (RFC 3834 5).
func (w *World) Dress(s filter.Send) *message.Message {
	h := s.Mail.Header
	switch {
	case s.Branch && h.Has(message.OwnField):
		return s.Mail.WithHeader(h.Without(message.OwnField))
	case s.Branch:
		return s.Mail
	}
	h = h.Set(message.NewField(message.OwnField, w.hostname))
	for _, f := range []message.Field{
		message.NewField("Date", w.clock().Format(time.RFC1123Z)),
		message.NewField("Message-ID", "<"+digest(s.Key())+"@"+w.hostname+">"),
		message.NewField("Auto-Submitted", "auto-replied"),
	} {
		if !h.Has(f.Name) {
			h = h.With(f)
		}
	}
	return s.Mail.WithHeader(h)
}

// marked is a copy of an object that says what made us write it.
func marked(o *itip.Object, cause itip.Cause) *itip.Object {
	if o == nil || cause == "" {
		return o
	}
	m := o.Clone()
	m.SetCause(cause)
	return m
}
