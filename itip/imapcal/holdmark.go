package imapcal

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"

	"usher/itip/calendar"
)

// keyword is on a message as long as it is a hold. It is set by the APPEND and cleared to confirm.
const keyword imap.Flag = "$UsherHold"

// The header fields of ours. They stay on the message when it is confirmed.
const (
	holdField  = "X-Usher-Hold"
	claimField = "X-Usher-Claim"
)

// hold is what a message tells about the hold that it is, or was.
type hold struct {
	owner    string           // drawn anew for every APPEND
	key      string           // of the Put; the same on every retry
	base     calendar.Version // what it replaces
	claim    calendar.Claim
	plain    bool      // it claims nothing and is confirmed at once: a Put
	place    imap.UID  // of the earlier attempt whose place it takes; 0 is its own
	received time.Time // on the server's clock
	seen     time.Time // when we saw it first, by our clock
}

// noBase stands for "there was nothing".
const noBase = "-"

// field writes the first header field, without its name.
func (h *hold) field() string {
	kind, base := "claim", string(h.base)
	if h.plain {
		kind = "put"
	}
	if base == "" {
		base = noBase
	}
	return strings.Join([]string{"1", kind, h.owner, keyWord(h.key), base, strconv.FormatUint(uint64(h.place), 10)}, " ")
}

// keyWord makes a key one word of a header.
func keyWord(key string) string { return noBase + base64.RawURLEncoding.EncodeToString([]byte(key)) }

// readHold reads what field and claimText wrote. What is not exactly that was not written by us.
func readHold(field, claim string) (*hold, error) {
	words := strings.Fields(field)
	if len(words) != 6 || words[0] != "1" || words[1] != "claim" && words[1] != "put" {
		return nil, errors.New("unknown " + holdField)
	}
	key, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(words[3], noBase))
	if err != nil {
		return nil, err
	}
	place, err := strconv.ParseUint(words[5], 10, 32)
	if err != nil {
		return nil, err
	}
	h := &hold{plain: words[1] == "put", owner: words[2], key: string(key), base: calendar.Version(words[4]), place: imap.UID(place)}
	if h.base == noBase {
		h.base = ""
	}
	h.claim, err = readClaim(claim)
	return h, err
}

// at is the place of a hold in the queue.
func (h *hold) at(own imap.UID) imap.UID {
	if h.place != 0 && h.place < own {
		return h.place
	}
	return own
}

// maxSpans bounds what a hold says about the time it wants. A claim of more spans is told with the gaps between
// neighbours closed: others wait for more than they need, and never for less.
const maxSpans = 1000

// claimText writes a claim: how many may overlap, then the spans as differences in seconds, from the first
// moment on, all as varints in base64, broken into words that a header can be folded between.
func claimText(c calendar.Claim) string {
	spans := coarse(c.Periods)
	data := binary.AppendUvarint(nil, uint64(max(c.Parallel, 1)))
	var at int64
	for _, s := range spans {
		from, to := s.From.Unix(), s.To.Unix()
		if !s.To.Equal(time.Unix(to, 0)) {
			to++
		}
		data = binary.AppendVarint(data, from-at)
		data = binary.AppendUvarint(data, uint64(to-from))
		at = to
	}
	text := base64.StdEncoding.EncodeToString(data)
	var words []string
	for chunk := range slices.Chunk([]byte(text), 72) {
		words = append(words, string(chunk))
	}
	return strings.Join(words, " ")
}

// coarse orders spans, leaves out empty ones and closes gaps until there are few enough.
func coarse(spans []calendar.Span) []calendar.Span {
	spans = slices.DeleteFunc(slices.Clone(spans), func(s calendar.Span) bool { return !s.From.Before(s.To) })
	slices.SortFunc(spans, func(a, b calendar.Span) int { return a.From.Compare(b.From) })
	for len(spans) > maxSpans {
		var half []calendar.Span
		for pair := range slices.Chunk(spans, 2) {
			s := pair[0]
			if len(pair) == 2 && pair[1].To.After(s.To) {
				s.To = pair[1].To
			}
			half = append(half, s)
		}
		spans = half
	}
	return spans
}

// readClaim reads what claimText wrote.
func readClaim(text string) (c calendar.Claim, err error) {
	data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		return c, err
	}
	parallel, n := binary.Uvarint(data)
	if n <= 0 || parallel == 0 || parallel > 1<<30 {
		return c, errors.New("unknown " + claimField)
	}
	c.Parallel = int(parallel)
	var at int64
	for data = data[n:]; len(data) > 0; {
		gap, n := binary.Varint(data)
		if n <= 0 {
			return c, errors.New("cut " + claimField)
		}
		length, m := binary.Uvarint(data[n:])
		if m <= 0 || length > 1<<40 || gap > 1<<40 || gap < -1<<40 || len(c.Periods) >= maxSpans {
			return c, errors.New("cut or too long " + claimField)
		}
		data = data[n+m:]
		from := at + gap
		at = from + int64(length)
		c.Periods = append(c.Periods, calendar.Span{From: time.Unix(from, 0).UTC(), To: time.Unix(at, 0).UTC()})
	}
	return c, nil
}

// clock is what is known of a server's clock: it showed received, cut to seconds, when an APPEND of ours was
// answered at answered by our own.
type clock struct{ received, answered time.Time }

// younger is the most by which the dates of two messages can mislead about what lies between them.
const younger = time.Second

// age is how old a hold is at least; 0 if nothing is known. What counts is the server's clock, and how long we
// have seen the hold ourselves.
func (c clock) age(h *hold, now time.Time) time.Duration {
	age := max(now.Sub(h.seen), 0)
	if !c.answered.IsZero() {
		age = max(age, c.received.Sub(h.received)-younger+now.Sub(c.answered))
	}
	return age
}
