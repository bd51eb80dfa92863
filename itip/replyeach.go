package itip

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"usher/address"
)

// Said is an answer to one instance, or to all that have no other.
type Said struct {
	Instance time.Time // original start; not used for the answer to the whole
	Partstat string
	Comment  string
	Code     string // of REQUEST-STATUS such as "4.0"; "" is none, which means 2.0
	Text     string // of REQUEST-STATUS
	Data     string // of REQUEST-STATUS, such as the times that clash; may be ""
}

// ReplyEach is one REPLY with different answers to single instances of a series (D-13): whole for what Reply would
// answer, and a component with RECURRENCE-ID for each of parts. REQUEST-STATUS is that of each component; codes of
// class 3 and 5 do not go with others (RFC 5546 3.6). ErrNoInstance: the request has no such instance.
func ReplyEach(request *Object, attendee address.Address, whole Said, parts []Said, at time.Time) (*Object, error) {
	if err := sameClass(append([]Said{whole}, parts...)); err != nil {
		return nil, err
	}
	t, err := request.timeline()
	if err != nil {
		return nil, err
	}
	asked, said := request.asking(attendee), map[*Component]Said{}
	made := map[int64]*Component{}
	for _, p := range parts {
		c := made[p.Instance.Unix()]
		if c == nil {
			if c, err = t.component(p.Instance); err != nil {
				return nil, err
			}
			made[p.Instance.Unix()] = c
		}
		if _, listed := c.Attendee(attendee); !slices.Contains(asked, c) && (listed || !c.stands(t)) {
			asked = append(asked, c)
		}
		said[c] = p
	}
	reply := New("REPLY")
	for _, c := range asked {
		s, own := said[c]
		if !own {
			s = whole
		}
		a := answer(c, attendee, s.Partstat, at, s.Comment)
		a.addRequestStatus(s.Code, s.Text, s.Data)
		reply.Root.Parts = append(reply.Root.Parts, a)
	}
	reply.bringZones(request)
	return reply, nil
}

// stands tells an override from a component that was made for an instance.
func (c *Component) stands(t *timeline) bool {
	return slices.ContainsFunc(t.overrides, func(v *override) bool { return v.c == c })
}

// sameClass holds that what cannot be done at all is not said of a part only (S5546-66).
func sameClass(said []Said) error {
	classes := map[byte]bool{}
	for _, s := range said {
		if s.Code == "" {
			continue
		}
		if !statusCode(s.Code) {
			return fmt.Errorf("REQUEST-STATUS %.20q is no code", s.Code)
		}
		classes[s.Code[0]] = true
	}
	if (classes['3'] || classes['5']) && len(classes) > 1 {
		return errors.New("REQUEST-STATUS of class 3 or 5 beside another class")
	}
	return nil
}
