package detect

import "strings"

// Check digits. All take the number without separators, in capitals; digits only unless said otherwise.

const alnum = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// digit is the value of the digit at i.
func digit(s string, i int) int { return int(s[i] - '0') }

// num is the value of a short run of digits; -1 where there is anything else.
func num(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' || n > 1<<56 {
			return -1
		}
		n = n*10 + digit(s, i)
	}
	return n
}

// digits tells whether s has digits and nothing else.
func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// value is a digit's or a letter's value with A as 10.
func value(c byte) int {
	if c <= '9' {
		return int(c) - '0'
	}
	return int(c) - 'A' + 10
}

// luhn is ISO/IEC 7812-1 annex B.
func luhn(s string) bool { return digits(s) && luhnSum(s, 10)%10 == 0 }

// luhnSum doubles every second place from the right, in a base of m.
func luhnSum(s string, m int) int {
	sum := 0
	for i := range len(s) {
		v := value(s[len(s)-1-i])
		if i%2 == 1 {
			v *= 2
			v = v/m + v%m
		}
		sum += v
	}
	return sum
}

// weigh sums the digits, each times its weight; places without a weight do not count.
func weigh(s string, weights ...int) int {
	sum := 0
	for i, w := range weights {
		if i < len(s) {
			sum += w * value(s[i])
		}
	}
	return sum
}

// mod is n modulo m, never negative.
func mod(n, m int) int { return (n%m + m) % m }

// rest is a long number of digits and letters modulo m, letters as two digits (ISO 7064, mod 97-10).
func rest(s string, m int) int {
	n := 0
	for i := range len(s) {
		if v := value(s[i]); v > 9 {
			n = (n*100 + v) % m
		} else {
			n = (n*10 + v) % m
		}
	}
	return n
}

// pure is an ISO 7064 pure system with one check character from the alphabet: mod 11-2, 37-2.
func pure(s string, m, radix int, alphabet string) bool {
	n := 0
	for i := range len(s) {
		v := strings.IndexByte(alphabet, s[i])
		if v < 0 {
			return false
		}
		n = (n*radix + v) % m
	}
	return n == 1
}

// hybrid is an ISO 7064 hybrid system: mod 11-10, 37-36.
func hybrid(s string, m int) bool {
	check := m
	for i := range len(s) - 1 {
		check = (check + value(s[i])) % m
		if check == 0 {
			check = m
		}
		check = check * 2 % (m + 1)
	}
	return (check+value(s[len(s)-1]))%m == 1
}

// iso1110 is mod 11-10.
func iso1110(s string) bool { return hybrid(s, 10) }

// verhoeff multiplies in the dihedral group of ten elements; it sees every changed digit and every swap of neighbours.
func verhoeff(s string) bool {
	c := 0
	for i := range len(s) {
		c = dihedral(c, permute(digit(s, len(s)-1-i), i%8))
	}
	return c == 0
}

// dihedral is the product of two elements: rotations are 0 to 4, reflections 5 to 9.
func dihedral(a, b int) int {
	switch {
	case a < 5 && b < 5:
		return (a + b) % 5
	case a < 5:
		return 5 + (a+b)%5
	case b < 5:
		return 5 + mod(a-b, 5)
	}
	return mod(a-b, 5)
}

// permute applies Verhoeff's permutation n times.
func permute(d, n int) int {
	for range n {
		d = int("1576283094"[d] - '0')
	}
	return d
}

// ean is the GS1 check digit: weights 3 and 1 from the right.
func ean(s string) bool {
	sum := 0
	for i := range len(s) {
		sum += digit(s, len(s)-1-i) * (1 + i%2*2)
	}
	return sum%10 == 0
}

// last tells whether the last character is the n-th of the alphabet.
func last(s, alphabet string, n int) bool {
	return n >= 0 && n < len(alphabet) && alphabet[n] == s[len(s)-1]
}

// tail tells whether the last digit is n.
func tail(s string, n int) bool { return int(s[len(s)-1])-'0' == n }

// sum makes a check of weights: their sum is a multiple of m.
func sum(m int, weights ...int) func(string) bool {
	return func(s string) bool { return weigh(s, weights...)%m == 0 }
}

// sums11 makes a check of weights over all but the last digit, which is the sum modulo 11, a ten as 0.
func sums11(weights ...int) func(string) bool {
	return func(s string) bool { return tail(s, weigh(s, weights...)%11%10) }
}

// minus11 makes a check of weights over all but the last digit, which is what lacks to a multiple of 11; ten has no digit.
func minus11(weights ...int) func(string) bool {
	return func(s string) bool { return tail(s, mod(-weigh(s, weights...), 11)) }
}

// minus11or0 is minus11 with ten as 0.
func minus11or0(weights ...int) func(string) bool {
	return func(s string) bool { return tail(s, mod(-weigh(s, weights...), 11)%10) }
}

// all and oneOf combine checks.
func all(checks ...func(string) bool) func(string) bool {
	return func(s string) bool {
		for _, ok := range checks {
			if !ok(s) {
				return false
			}
		}
		return true
	}
}

func oneOf(checks ...func(string) bool) func(string) bool {
	return func(s string) bool {
		for _, ok := range checks {
			if ok(s) {
				return true
			}
		}
		return false
	}
}

// first checks that the first character is one of some.
func first(chars string) func(string) bool {
	return func(s string) bool { return strings.IndexByte(chars, s[0]) >= 0 }
}

// starts checks that the number starts with one of some prefixes.
func starts(prefixes string) func(string) bool {
	list := strings.Fields(prefixes)
	return func(s string) bool {
		for _, p := range list {
			if strings.HasPrefix(s, p) {
				return true
			}
		}
		return false
	}
}

// not turns a check round.
func not(check func(string) bool) func(string) bool {
	return func(s string) bool { return !check(s) }
}

// same tells whether all characters are one.
func same(s string) bool { return strings.Count(s, s[:1]) == len(s) }

// part checks a piece of the number.
func part(from, to int, check func(string) bool) func(string) bool {
	return func(s string) bool { return check(s[from:to]) }
}

// between checks that a piece of the number lies in a range.
func between(from, to, low, high int) func(string) bool {
	return func(s string) bool { n := num(s[from:to]); return low <= n && n <= high }
}
