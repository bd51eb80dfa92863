package imip

import "usher/milter/message"

// found are the leaves of a mail that have to do with calendars.
type found struct {
	calendars []*message.Part // text/calendar
	copies    []*message.Part // application/ics
}

// find goes through all multiparts and into no mail inside the mail (S6047-12, S5322-01). The type decides; a file
// name never does (S6047-16).
func find(p *message.Part) found {
	var f found
	f.add(p)
	return f
}

func (f *found) add(p *message.Part) {
	switch {
	case !p.IsLeaf() && !p.IsMultipart():
	case !p.IsLeaf():
		for _, c := range p.Children {
			f.add(c)
		}
	case p.MediaType() == "text/calendar":
		f.calendars = append(f.calendars, p)
	case p.MediaType() == "application/ics":
		f.copies = append(f.copies, p)
	}
}
