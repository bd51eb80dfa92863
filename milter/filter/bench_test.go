package filter

import (
	"testing"

	"usher/address"
	"usher/milter/message"
)

// bystander has nothing to do with most mail.
type bystander struct{ fake }

func (bystander) Match(*Envelope, message.Header) Interest { return Nothing }

func bystanders() *Pipeline {
	p := &Pipeline{}
	for _, name := range []string{"envelope", "dlp", "resource", "invitation", "signature", "footer", "encrypt"} {
		p.Steps = append(p.Steps, Step{Name: name, PerRecipient: name == "resource", Setting: Setting{Module: bystander{}, OnError: Defer}})
	}
	return p
}

var notForUs = message.Header{{Name: "From", Raw: " a@example.org"}, {Name: "Content-Type", Raw: " multipart/mixed; boundary=x"}}

// BenchmarkHeader is what a mail costs that is not for us.
func BenchmarkHeader(b *testing.B) {
	plain, varied := bystanders(), bystanders()
	for i := range varied.Steps {
		varied.Steps[i].Variants = []Variant{{Listener: "mx"}, {Domain: "school.example"}}
	}
	one := &Envelope{Role: Inbound, Listener: "in", Rcpts: []Recipient{{Address: jane}}}
	many := &Envelope{Role: Inbound, Listener: "in"}
	for range 100 {
		many.Rcpts = append(many.Rcpts, Recipient{Address: address.Address("jane@example.org")})
	}
	own := &Envelope{Role: Own, Listener: "own", Rcpts: many.Rcpts}
	for _, bb := range []struct {
		name string
		p    *Pipeline
		env  *Envelope
	}{{"one", plain, one}, {"many", plain, many}, {"one/variants", varied, one}, {"many/variants", varied, many}, {"own", plain, own}} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if i, _ := bb.p.Header(b.Context(), bb.env, notForUs); i != Nothing {
					b.Fatal(i)
				}
			}
		})
	}
}
