package calendar

import (
	"cmp"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"usher/itip"
)

// index is what is remembered of one calendar folder: which objects lie in which file, and when they take
// place. It is used by whoever holds the calendar's lock, and by nobody else.
type index struct {
	folder     identity  // of the folder when it was read
	generation uint64    // of the calendar then
	until      time.Time // when the files will be looked at one by one again
	files      map[string]*file
	places     map[string][]*item // by UID, the one that counts first
	bad        map[string]*file   // those that cannot be read
	objects    int
	overview   Overview[*item] // of those that count
}

// file is one file with objects as it was read.
type file struct {
	name  string
	id    identity
	fresh bool     // changed so recently that another change need not show in id
	sum   [32]byte // of its content
	bad   error    // why it cannot be read
	items []*item
}

// item is one object in a file.
type item struct {
	Outline[*item]

	file   *file
	number int  // in the file
	counts bool // and no other file with the same UID does
}

// identity tells one state of a file from another without reading it. A change within the resolution of the
// file system's clock may hide; fresh says when that is possible.
type identity struct {
	dev, ino     uint64
	size         int64
	mtime, ctime int64
}

// settled is after what time a change shows in the time stamps on every file system (FAT counts in 2 s).
const settled = 2 * time.Second

func newIndex() *index {
	return &index{files: map[string]*file{}, places: map[string][]*item{}, bad: map[string]*file{}}
}

// identify gives the identity and the type (S_IFREG and the like) of what a path leads to.
func identify(path string) (id identity, mode uint32, err error) {
	var st unix.Stat_t
	for {
		err = unix.Stat(path, &st)
		if err != unix.EINTR {
			break
		}
	}
	if err != nil {
		return identity{}, 0, err
	}
	return identityOf(&st), uint32(st.Mode) & unix.S_IFMT, nil
}

func identityOf(st *unix.Stat_t) identity {
	return identity{uint64(st.Dev), st.Ino, st.Size, st.Mtim.Nano(), st.Ctim.Nano()}
}

// fresh tells whether a file that was read at this time may have changed since without showing it.
func (id identity) fresh(read time.Time) bool {
	return read.UnixNano()-max(id.mtime, id.ctime) < int64(settled)
}

// list makes the items of a file.
func (f *file) list(objects []*itip.Object, local *time.Location) {
	for i, o := range objects {
		it := &item{file: f, number: i}
		it.Outline = OutlineOf(o, keep(o).version, local, it)
		f.items = append(f.items, it)
	}
}

// set takes a file into the index in the place of what had its name.
func (x *index) set(f *file) {
	x.drop(f.name)
	x.files[f.name] = f
	if f.bad != nil {
		x.bad[f.name] = f
	}
	for _, it := range f.items {
		x.settle(it.UID, append(x.places[it.UID], it))
	}
	x.objects += len(f.items)
}

// drop takes a file out of the index.
func (x *index) drop(name string) {
	f := x.files[name]
	if f == nil {
		return
	}
	delete(x.files, name)
	delete(x.bad, name)
	for _, it := range f.items {
		x.count(it, false)
		x.settle(it.UID, slices.DeleteFunc(x.places[it.UID], func(o *item) bool { return o == it }))
	}
	x.objects -= len(f.items)
}

// settle says which of the objects with one UID counts: the one in the file that we would write, else the
// first by name. A copy that somebody made by hand must not count twice, nor this one today and that one
// tomorrow. Objects without a UID all count.
func (x *index) settle(uid string, same []*item) {
	if len(same) == 0 {
		delete(x.places, uid)
		return
	}
	if uid != "" && len(same) > 1 {
		own := fileName(uid)
		slices.SortFunc(same, func(a, b *item) int {
			if a.file.name != b.file.name && (a.file.name == own || b.file.name == own) {
				return map[bool]int{true: -1, false: 1}[a.file.name == own]
			}
			return cmp.Or(cmp.Compare(a.file.name, b.file.name), cmp.Compare(a.number, b.number))
		})
	}
	for i, it := range same {
		x.count(it, uid == "" || i == 0)
	}
	x.places[uid] = same
}

// count says whether an object counts.
func (x *index) count(it *item, counts bool) {
	switch {
	case it.counts == counts:
		return
	case counts:
		x.overview.Add(&it.Outline)
	default:
		x.overview.Remove(&it.Outline)
	}
	it.counts = counts
}

// find gives the object with this UID that counts.
func (x *index) find(uid string) *item {
	if same := x.places[uid]; uid != "" && len(same) > 0 {
		return same[0]
	}
	return nil
}
