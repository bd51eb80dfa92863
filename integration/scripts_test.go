package integration

import (
	"context"

	"usher/address"
	"usher/milter/filter"
	"usher/milter/message"
)

// ending is what a pipeline does at the end of message.
type ending = func(context.Context, *filter.Tx) filter.Outcome

// refuseIfFor refuses a mail that has this recipient.
func refuseIfFor(addr address.Address) ending {
	return func(_ context.Context, tx *filter.Tx) filter.Outcome {
		for _, r := range tx.Rcpts {
			if r.Address == addr {
				return filter.Outcome{Refuse: &filter.Refusal{Code: 550, Enhanced: "5.7.1", Text: "Not to " + addr.String()}}
			}
		}
		return filter.Outcome{}
	}
}

// editing lets a mail go as edit makes it.
func editing(edit func(*message.Message) *message.Message) ending {
	return func(_ context.Context, tx *filter.Tx) filter.Outcome {
		return filter.Outcome{Message: edit(tx.Message)}
	}
}

// always ends every mail in the same way.
func always(o filter.Outcome) ending {
	return func(context.Context, *filter.Tx) filter.Outcome { return o }
}
