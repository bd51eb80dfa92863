package main

import (
	"errors"
	"io"
	"os"

	"usher/milter/message"
)

// alone tells whether the envelope is asked about without a mail: with -n or -header-from; and, when recipients are
// told and no mail is named, with a standard input that nobody writes to, a terminal or /dev/null.
func (t *told) alone(name string, in io.Reader) (bool, error) {
	switch {
	case (t.none || t.headerFrom != "") && name != "":
		return false, errors.New("-n and -header-from go without a mail")
	case t.none || t.headerFrom != "":
		return true, nil
	case name != "" || len(t.rcpts) == 0:
		return false, nil
	}
	f, ok := in.(*os.File)
	if !ok {
		return false, nil
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0, nil
}

// header is all that is known of a mail that is not there.
func (t *told) header() message.Header {
	if t.headerFrom == "" {
		return nil
	}
	return message.Header{message.NewField("From", t.headerFrom)}
}
