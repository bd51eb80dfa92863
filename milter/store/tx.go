package store

import (
	"encoding/binary"
	"iter"

	bolt "go.etcd.io/bbolt"
)

// Tx is a look at the store, or a change of it. The buckets it is asked about are those the store was opened with;
// in a file that was opened to read, one that is missing is empty.
type Tx struct{ tx *bolt.Tx }

func (t *Tx) bucket(name string) *bolt.Bucket { return t.tx.Bucket([]byte(name)) }

// Get is a value; nil: there is none.
func (t *Tx) Get(bucket string, key []byte) []byte {
	if b := t.bucket(bucket); b != nil {
		return b.Get(key)
	}
	return nil
}

// Put stores a value.
func (t *Tx) Put(bucket string, key, value []byte) error { return t.bucket(bucket).Put(key, value) }

// Delete removes a value, if it is there.
func (t *Tx) Delete(bucket string, key []byte) error { return t.bucket(bucket).Delete(key) }

// Append stores a value behind all that were appended before.
func (t *Tx) Append(bucket string, value []byte) error {
	n, err := t.bucket(bucket).NextSequence()
	if err != nil {
		return err
	}
	return t.bucket(bucket).Put(binary.BigEndian.AppendUint64(nil, n), value)
}

// All are the keys and values in the order of their bytes. Nothing may be changed meanwhile.
func (t *Tx) All(bucket string) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		b := t.bucket(bucket)
		if b == nil {
			return
		}
		c := b.Cursor()
		for k, v := c.First(); k != nil && yield(k, v); k, v = c.Next() {
		}
	}
}
