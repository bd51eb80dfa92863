package ledger

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"time"

	"usher/milter/filter"
	"usher/milter/store"
)

// Two buckets: batches of charges in the order they were written, so that old ones are found at the beginning; and
// suspensions, by account.
const (
	charged   = "charged"
	suspended = "suspended"
)

// pruneEach is how many old batches each write takes along. More than one, so that the file shrinks again.
const pruneEach = 16

// kind is what an entry says.
type kind uint64

const (
	isCharge     kind = 1
	isResumption kind = 2 // what was charged before counts no more
	isSuspension kind = 3 // in a bucket of its own, and never in a batch
)

// entry is one thing that happened to an account.
type entry struct {
	kind       kind
	account    string
	counter    string
	at, amount int64
	suspension filter.Suspension
}

// joins tells whether two charges are as good as one.
func (e entry) joins(o entry) bool {
	return e.kind == isCharge && e.account == o.account && e.counter == o.counter && e.at == o.at
}

// write puts entries into the file.
func write(tx *store.Tx, all []entry) error {
	var batch []byte
	latest := int64(0)
	for _, e := range all {
		switch e.kind {
		case isSuspension:
			if err := putSuspension(tx, e); err != nil {
				return err
			}
			continue
		case isResumption:
			if err := tx.Delete(suspended, []byte(e.account)); err != nil {
				return err
			}
		case isCharge:
			latest = max(latest, e.at)
		}
		batch = e.append(batch)
	}
	if len(batch) == 0 {
		return nil
	}
	if latest != 0 { // only charges tell the time
		if err := prune(tx, latest-(memoryOf+slack).Microseconds()); err != nil {
			return err
		}
	}
	return tx.Append(charged, append(binary.BigEndian.AppendUint64(nil, uint64(latest)), batch...))
}

// prune removes the first batches if they are from before cutoff, a few at a time.
func prune(tx *store.Tx, cutoff int64) error {
	var old [][]byte
	for k, v := range tx.All(charged) {
		latest, _, ok := batchOf(v)
		recent := latest >= cutoff && latest-cutoff <= 2*(memoryOf+slack).Microseconds() // not of a clock that was wrong
		if len(old) == pruneEach || ok && recent {
			break
		}
		old = append(old, bytes.Clone(k))
	}
	for _, k := range old {
		if err := tx.Delete(charged, k); err != nil {
			return err
		}
	}
	return nil
}

// batchOf takes a batch apart: when its last charge was, and its entries.
func batchOf(v []byte) (latest int64, entries []byte, ok bool) {
	if len(v) < 8 {
		return 0, nil, false
	}
	return int64(binary.BigEndian.Uint64(v)), v[8:], true
}

func (e entry) append(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(e.kind))
	b = appendText(b, e.account)
	if e.kind == isResumption {
		return b
	}
	b = appendText(b, e.counter)
	b = binary.AppendVarint(b, e.at)
	return binary.AppendUvarint(b, uint64(e.amount))
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// maxMoment is the year 38000 and some, maxAmount more than anybody sends: beyond them a file is damaged.
const (
	maxMoment = 1 << 60
	maxAmount = 1 << 40
)

var errRecord = errors.New("not a batch of charges")

// next reads the first of some entries.
func next(b []byte) (e entry, rest []byte, err error) {
	r := reader{b: b}
	e.kind = kind(r.number())
	e.account = r.text()
	switch e.kind {
	case isCharge:
		e.counter = r.text()
		e.at = r.signed()
		e.amount = int64(r.number())
	case isResumption:
	default:
		r.bad = true
	}
	sane := e.amount > 0 && e.amount <= maxAmount && max(e.at, -e.at) <= maxMoment
	if r.bad || e.account == "" || e.kind == isCharge && !sane {
		return entry{}, nil, errRecord
	}
	return e, r.b, nil
}

// reader takes values off a text; once it is bad it stays so.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) number() uint64 {
	n, size := binary.Uvarint(r.b)
	r.bad = r.bad || size <= 0
	r.skip(size)
	return n
}

func (r *reader) signed() int64 {
	n, size := binary.Varint(r.b)
	r.bad = r.bad || size <= 0
	r.skip(size)
	return n
}

func (r *reader) text() string {
	n := r.number()
	if n > maxName || n > uint64(len(r.b)) {
		r.bad = true
		return ""
	}
	s := string(r.b[:n])
	r.skip(int(n))
	return s
}

// skip goes on behind a value.
func (r *reader) skip(size int) {
	if size < 0 || size > len(r.b) {
		r.bad, r.b = true, nil
		return
	}
	r.b = r.b[size:]
}

// storedSuspension is a suspension in the file.
type storedSuspension struct {
	Since time.Time `json:"since"`
	Why   string    `json:"why"`
	By    string    `json:"by,omitempty"`
}

func putSuspension(tx *store.Tx, e entry) error {
	value, err := json.Marshal(storedSuspension(e.suspension))
	if err != nil {
		return err
	}
	return tx.Put(suspended, []byte(e.account), value)
}
