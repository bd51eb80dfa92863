package calendar

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"usher/itip"
)

// stored is an object as the stores of this package keep it.
type stored struct {
	object  *itip.Object
	data    []byte
	version Version
}

// prepare makes of a Put what will be stored. Nothing is stored that could not be read back: it would make
// the whole calendar unreadable.
func prepare(p Put) (stored, error) {
	if p.UID == "" || p.Object == nil {
		return stored{}, fmt.Errorf("store in %s: an object and its UID are needed", p.Calendar)
	}
	data := p.Object.Encode()
	objects, err := itip.Parse(data)
	if err != nil {
		return stored{}, fmt.Errorf("store %q in %s: it could not be read back: %w", p.UID, p.Calendar, err)
	}
	if len(objects) != 1 || objects[0].UID() != p.UID {
		return stored{}, fmt.Errorf("store %q in %s: it holds something else", p.UID, p.Calendar)
	}
	return keep(objects[0]), nil
}

// keep gives an object its version. The version is a digest of the content, so that all hosts agree on it
// and what is stored twice is stored once.
func keep(o *itip.Object) stored {
	data := o.Encode()
	sum := sha256.Sum256(data)
	return stored{o, data, Version(hex.EncodeToString(sum[:16]))}
}

// VersionOf is the version of an object as every store gives it that keeps objects unchanged: a digest of
// the content.
func VersionOf(o *itip.Object) Version { return keep(o).version }

// mixture is the version of a whole calendar: the digests of its objects in any order.
type mixture [sha256.Size]byte

// mix takes an object in, or out again.
func (m *mixture) mix(uid string, v Version) {
	sum := sha256.Sum256([]byte(string(v) + "\x00" + uid))
	for i := range m {
		m[i] ^= sum[i]
	}
}

// version is "" for a calendar without objects, whether it is there or not.
func (m *mixture) version() Version {
	if *m == (mixture{}) {
		return ""
	}
	return Version(hex.EncodeToString(m[:16]))
}
