package calendar

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"usher/itip"
)

// Holds lie in a folder of their own below the calendar, as <number>.hold: a line of JSON that says who
// claims what, then the object it is for.
const (
	holdFolder = ".holds"
	holdSuffix = ".hold"
)

// maxHold is how large a hold may be: the object, and a claim of as many periods as an object may have instances.
const maxHold = 2*itip.MaxSize + itip.MaxInstances*128

// holds implements ledger.
func (s *section) holds() ([]*claimed, error) {
	entries, err := os.ReadDir(filepath.Join(s.path, holdFolder))
	if err != nil && !notThere(err) {
		return nil, unreadable(s.ctx, err)
	}
	var hs []*claimed
	for _, e := range entries {
		number, suffix, _ := strings.Cut(e.Name(), ".")
		n, err := strconv.ParseUint(number, 10, 64)
		if err != nil || "."+suffix != holdSuffix || n == 0 || n == math.MaxUint64 {
			continue
		}
		h, err := s.readHold(n)
		if err != nil {
			return nil, unreadable(s.ctx, err)
		}
		hs = append(hs, h)
	}
	slices.SortFunc(hs, func(a, b *claimed) int { return cmp.Compare(a.Number, b.Number) })
	return hs, nil
}

// readHold reads one hold. What cannot be understood may want any time until it expires.
func (s *section) readHold(n uint64) (*claimed, error) {
	path := s.holdPath(n)
	data, id, err := readWhole(path, maxHold)
	if err != nil {
		return nil, err
	}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	h, err := decodeHold(line)
	if err != nil || h.Number != n {
		always := Span{time.Unix(math.MinInt32, 0), time.Unix(math.MaxUint32, 0)}
		h = &claimed{Number: n, Claim: Claim{Periods: []Span{always}}, Taken: time.Unix(0, id.mtime)}
	}
	return h, nil
}

// hold implements ledger.
func (s *section) hold(h *claimed, o stored) error {
	line, err := encodeHold(h)
	if err != nil {
		return err
	}
	data := slices.Concat(line, []byte("\n"), o.data)
	if len(data) > maxHold {
		return errors.New("claim too large")
	}
	if err := s.dir.disk.mkdir(s.path, holdFolder); err != nil {
		return err
	}
	if err := s.dir.disk.write(filepath.Join(s.path, holdFolder), filepath.Base(s.holdPath(h.Number)), data); err != nil {
		return err
	}
	return s.touched()
}

// unhold implements ledger.
func (s *section) unhold(h *claimed) error {
	return s.dir.disk.discard(filepath.Join(s.path, holdFolder), filepath.Base(s.holdPath(h.Number)))
}

func (s *section) holdPath(n uint64) string {
	return filepath.Join(s.path, holdFolder, strconv.FormatUint(n, 10)+holdSuffix)
}

// encodeHold writes what a hold says. UID and key may be any bytes, which JSON cannot hold; and only in UTC
// has every time an offset of whole minutes.
func encodeHold(h *claimed) ([]byte, error) {
	c := *h
	c.UID, c.Key = url.PathEscape(h.UID), url.PathEscape(h.Key)
	c.Claim.Periods = slices.Clone(h.Claim.Periods)
	for i, s := range c.Claim.Periods {
		c.Claim.Periods[i] = Span{s.From.UTC(), s.To.UTC()}
	}
	return json.Marshal(c)
}

// decodeHold reads what encodeHold wrote.
func decodeHold(line []byte) (*claimed, error) {
	h := &claimed{}
	err := json.Unmarshal(line, h)
	if err == nil {
		h.UID, err = url.PathUnescape(h.UID)
	}
	if err == nil {
		h.Key, err = url.PathUnescape(h.Key)
	}
	return h, err
}
