package detect

import (
	"math"
	"regexp"
	"strings"
)

// secret is one format of secrets. A literal has to be there before the pattern is asked at its place.
type secret struct {
	kind     string
	literals string // separated by blanks
	pattern  string // from the literal on
	score    int
	entropy  float64           // bits a character that the match has at least
	check    func(string) bool // nil: none
	anyCase  bool

	re *regexp.Regexp
}

// window is how much of the text a pattern sees.
const window = 4096

// gram is a table of the first two bytes of all literals, which lets prose pass with one look-up a byte.
type gram [1 << 16 / 8]byte

func (g *gram) set(a, b byte) { n := int(a)<<8 | int(b); g[n>>3] |= 1 << (n & 7) }
func (g *gram) has(a, b byte) bool {
	n := int(a)<<8 | int(b)
	return g[n>>3]&(1<<(n&7)) != 0
}

// trigger is a literal of a secret.
type trigger struct {
	literal string
	of      *secret
}

var (
	grams    gram
	triggers = map[[2]byte][]trigger{}
	secretOf = map[string]bool{}
)

func init() {
	for i := range secretFormats {
		r := &secretFormats[i]
		secretOf[r.kind] = true
		flags := `\A(?s:`
		if r.anyCase {
			flags = `\A(?is:`
		}
		r.re = regexp.MustCompile(flags + r.pattern + `)`)
		for _, l := range strings.Fields(r.literals) {
			for _, key := range heads(l, r.anyCase) {
				grams.set(key[0], key[1])
				triggers[key] = append(triggers[key], trigger{l, r})
			}
		}
	}
}

// heads are the first two bytes of a literal, in all cases if these do not matter.
func heads(l string, anyCase bool) [][2]byte {
	if !anyCase {
		return [][2]byte{{l[0], l[1]}}
	}
	low, up := strings.ToLower(l[:2]), strings.ToUpper(l[:2])
	all := [][2]byte{{low[0], low[1]}}
	if up[0] != low[0] {
		all = append(all, [2]byte{up[0], low[1]})
	}
	if up[1] != low[1] {
		all = append(all, [2]byte{low[0], up[1]})
		if up[0] != low[0] {
			all = append(all, [2]byte{up[0], up[1]})
		}
	}
	return all
}

// secrets finds the secrets of a text.
func (s *search) secrets(text string) {
	for i := 0; i+1 < len(text); i++ {
		if !grams.has(text[i], text[i+1]) {
			continue
		}
		for _, t := range triggers[[2]byte{text[i], text[i+1]}] {
			if len(text)-i >= len(t.literal) && s.wants(Secret, t.of.kind) && t.starts(text[i:]) {
				s.secret(t.of, text, i)
			}
		}
	}
}

func (t trigger) starts(text string) bool {
	if t.of.anyCase {
		return strings.EqualFold(text[:len(t.literal)], t.literal)
	}
	return text[:len(t.literal)] == t.literal
}

// secret asks the pattern at one place. A first group is the secret itself, else all of the match is.
func (s *search) secret(r *secret, text string, at int) {
	if at > 0 && (wordByte(text[at-1]) || text[at-1] == '-') && wordByte(text[at]) && !r.anyCase {
		return
	}
	if list := s.found[r.kind]; len(list) > 0 && list[len(list)-1].To > at {
		return // inside the one before
	}
	m := r.re.FindStringSubmatchIndex(text[at:min(len(text), at+window)])
	if m == nil {
		return
	}
	from, to := at+m[0], at+m[1]
	if len(m) > 2 && m[2] >= 0 {
		from, to = at+m[2], at+m[3]
	}
	value := text[from:to]
	if to < len(text) && wordByte(text[to]) && wordByte(text[to-1]) || r.entropy > 0 && entropy(value) < r.entropy ||
		r.check != nil && !r.check(value) {
		return
	}
	score := r.score
	if score < 100 && score >= 70 && near(text, at, to, secretWords) {
		score = 100
	}
	s.add(Finding{Secret, r.kind, from, to, score, maskSecret(value)})
}

var secretWords = keywords("password passwort kennwort secret token api_key apikey api-key credential credentials zugangsdaten mot_de_passe contraseña geheim")

func wordByte(c byte) bool {
	return c-'0' < 10 || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
}

// maskSecret shows the end of a long token; of anything people choose themselves nothing.
func maskSecret(value string) string {
	if len(value) < 20 || strings.ContainsAny(value, " \n:@") || value[len(value)-1] >= 0x80 {
		return strings.Repeat("*", min(len(value), 8))
	}
	end := value[len(value)-4:]
	for i := range len(end) {
		if !wordByte(end[i]) && end[i] != '-' && end[i] != '=' {
			return "********"
		}
	}
	return "********" + end
}

// entropy is how many bits a character of a text carries, from how often each is there.
func entropy(s string) float64 {
	var n [256]int
	for i := range len(s) {
		n[s[i]]++
	}
	bits := 0.0
	for _, c := range n {
		if c > 0 {
			p := float64(c) / float64(len(s))
			bits -= p * math.Log2(p)
		}
	}
	return bits
}
