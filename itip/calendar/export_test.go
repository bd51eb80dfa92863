package calendar

import "time"

// OnStep lets a test stand beside every step on the disk.
func (d *Dir) OnStep(f func(step string)) { d.disk.step = f }

// Recheck sets how long an index is believed.
func (d *Dir) Recheck(after time.Duration) { d.recheck = after }

// What tests look for in folders.
const (
	HoldFolder = holdFolder
	NewFile    = newFile
)

// FileName is where an object lies.
func FileName(uid string) string { return fileName(uid) }
