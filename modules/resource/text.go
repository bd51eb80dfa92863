package resource

import (
	"usher/itip"
	"usher/milter/imip"
)

// How much of somebody's words gets into an answer, in characters.
const (
	maxTitle = 200
	maxName  = 100
)

// title is what an object is called in texts.
func title(o *itip.Object) string {
	for _, c := range o.Scheduled() {
		if s := imip.Line(c.Text("SUMMARY"), maxTitle); s != "" {
			return s
		}
	}
	return "?"
}
