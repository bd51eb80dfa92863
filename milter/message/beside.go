package message

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Beside is the mail with a part more beside the one at path: both become parts of a multipart/mixed in its place, the
// new one first or last. The part that was there keeps its bytes and its Content fields; for the root the others stay
// those of the mail. It is ErrStructure where ReplacePart is, but the part may have parts of its own, signed ones too.
func (m *Message) Beside(path Path, added *Message, first bool) (*Message, error) {
	p, ok := m.Part(path)
	if !ok || p.Sealed || len(path) > 0 && m.openMail(path) || m.Truncated() && len(path) > 0 {
		return nil, fmt.Errorf("part beside %s: %w", path, ErrStructure)
	}
	eol := m.eol()
	boundary, err := m.boundaryBeside(p, added)
	if err != nil {
		return nil, fmt.Errorf("part beside %s: %w", path, err)
	}
	part, line := partBytes(added, eol), "--"+boundary
	before, behind := []byte(line+eol), []byte(eol+line+"--"+eol)
	if first {
		before = slices.Concat(before, part, []byte(eol+line+eol))
	} else {
		behind = slices.Concat([]byte(eol+line+eol), part, behind)
	}
	outer := NewField("Content-Type", `multipart/mixed; boundary="`+boundary+`"`)
	if p.head < 0 {
		h, inner := m.enclosed(outer)
		before = append(append(before, inner...), eol...)
		return m.WithHeader(h).spliceAll([]splice{{0, 0, before}, {m.Body().Size(), m.Body().Size(), behind}}), nil
	}
	before = append([]byte(render(outer, eol)+eol), before...)
	behind = bytes.TrimSuffix(behind, []byte(eol)) // the line break is the delimiter's
	if p.flush {
		return nil, fmt.Errorf("part beside %s: %w: it is empty", path, ErrStructure)
	}
	return m.spliceAll([]splice{{p.head, p.head, before}, {p.end, p.end, behind}}), nil
}

// enclosed is the header of a mail whose content becomes a part, and that part's.
func (m *Message) enclosed(outer Field) (h Header, inner []byte) {
	h = m.Header
	for _, f := range m.Header {
		if strings.HasPrefix(strings.ToLower(f.Name), "content-") {
			inner = m.appendField(inner, f, false)
			if !f.Is("Content-Type") {
				h = h.Without(f.Name)
			}
		}
	}
	h = h.Set(outer)
	if e := m.Root().Encoding(); e == "8bit" || e == "binary" { // RFC 2045 6.4
		h = h.With(NewField("Content-Transfer-Encoding", e))
	}
	if !h.Has("MIME-Version") {
		h = h.With(NewField("MIME-Version", "1.0"))
	}
	return h, inner
}

// partBytes is a mail as a part: its Content fields and its body.
func partBytes(m *Message, eol string) (b []byte) {
	for _, f := range m.Header {
		if strings.HasPrefix(strings.ToLower(f.Name), "content-") {
			b = append(b, render(f, eol)...)
		}
	}
	b = append(b, eol...)
	body := m.read(0, m.Body().Size())
	return append(b, bytes.ReplaceAll(bytes.TrimSuffix(body, []byte("\r\n")), []byte("\r\n"), []byte(eol))...)
}

// boundaryBeside is one that is not in the part, the same for the same mail.
func (m *Message) boundaryBeside(p *Part, added *Message) (string, error) {
	sum := sha256.Sum256(fmt.Appendf(partBytes(added, "\n"), "%d %s %s", m.Body().Size(), m.Header.Get("Message-ID"), p.Path))
	for range 8 {
		b := "=_usher_" + hex.EncodeToString(sum[:12])
		in, err := holdsLine(p.Raw(), []byte("--"+b))
		if err != nil || !in {
			return b, err
		}
		sum = sha256.Sum256(sum[:])
	}
	return "", fmt.Errorf("%w: no boundary is free", ErrStructure)
}

// holdsLine looks for bytes block by block.
func holdsLine(r io.Reader, what []byte) (bool, error) {
	block := blocks.Get().(*[blockSize]byte)
	defer blocks.Put(block)
	kept := 0
	for {
		n, err := r.Read(block[kept:])
		if bytes.Contains(block[:kept+n], what) {
			return true, nil
		}
		if err == io.EOF {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		all := block[:kept+n]
		kept = copy(block[:], all[max(0, len(all)-len(what)+1):])
	}
}
