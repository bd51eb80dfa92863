package imip

import (
	"slices"
	"strings"

	"usher/milter/message"
)

// maxThread bounds the mails before it that an answer names: the first and the latest.
const maxThread = 20

// thread are the fields that tie an answer to a mail (RFC 5322 3.6.4), none if it has no Message-ID to be tied to.
// They are other people's words: what is no Message-ID is not passed on.
func thread(answered message.Header) []message.Field {
	id := messageID(answered.Get("Message-ID"))
	if id == "" {
		return nil
	}
	before := messageIDs(answered.Get("References"))
	if len(before) == 0 {
		if before = messageIDs(answered.Get("In-Reply-To")); len(before) > 1 {
			before = nil // nobody knows which of them is the parent
		}
	}
	before = slices.DeleteFunc(before, func(s string) bool { return s == id })
	if n := len(before); n >= maxThread {
		before = slices.Delete(before, 1, n-maxThread+2)
	}
	return []message.Field{
		message.NewField("In-Reply-To", id),
		message.NewField("References", strings.Join(append(before, id), " ")),
	}
}

// messageIDs are those of a list.
func messageIDs(list string) []string {
	var ids []string
	for word := range strings.FieldsSeq(strings.ReplaceAll(list, "><", "> <")) {
		if id := messageID(word); id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// messageID is a Message-ID an answer may name, or "": what is none, and what no line could hold, is not passed on.
func messageID(s string) string {
	ok := len(s) > 2 && len(s) <= 250 && s[0] == '<' && s[len(s)-1] == '>'
	for i := 0; ok && i < len(s); i++ {
		ok = s[i] > ' ' && s[i] < 0x7f && (s[i] != '<' || i == 0) && (s[i] != '>' || i == len(s)-1)
	}
	if !ok {
		return ""
	}
	return s
}
