package itip

import "time"

// Days are counted from 1970-01-01, a Thursday; weekdays from Monday, as ISO 8601 has it.

// daysOf is the number of a day in the Gregorian calendar. A year that begins in March has its leap day last.
func daysOf(y, m, d int) int64 {
	if m <= 2 {
		y--
		m += 12
	}
	return 365*int64(y) + int64(y/4-y/100+y/400) + int64((153*(m-3)+2)/5+d-1) - 719468
}

// civil is the date of a day.
func civil(days int64) (y, m, d int) {
	t := time.Unix(days*day, 0).UTC()
	return t.Year(), int(t.Month()), t.Day()
}

func isLeap(y int) bool { return y%4 == 0 && (y%100 != 0 || y%400 == 0) }

func monthLen(y, m int) int {
	switch m {
	case 2:
		if isLeap(y) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

func yearLen(y int) int {
	if isLeap(y) {
		return 366
	}
	return 365
}

// weekday is 0 for Monday.
func weekday(days int64) int { return int(mod(days+3, 7)) }

// weekOf numbers the week that a day is in (RFC 5545 3.3.10, BYWEEKNO): weeks begin on wkst, and the first one
// of a year has at least four days in it. weeks is how many its year has.
func weekOf(days int64, wkst int) (week, weeks int) {
	y, _, _ := civil(days)
	for year := y + 1; ; year-- {
		if first := firstWeek(year, wkst); first <= days {
			return int(days-first)/7 + 1, int(firstWeek(year+1, wkst)-first) / 7
		}
	}
}

// firstWeek is the day on which the first week of a year begins.
func firstWeek(y, wkst int) int64 {
	fourth := daysOf(y, 1, 4)
	return fourth - mod(int64(weekday(fourth)-wkst), 7)
}

// mod and floor divide downwards, also below zero.
func mod(a, n int64) int64 { return ((a % n) + n) % n }

func floor(a, n int64) int64 { return (a - mod(a, n)) / n }
