package detect

import "time"

// latest is the last year of birth of who has a number. There is no clock here, and two-digit years have to end somewhere.
const latest = 2035

// isDate tells whether such a day exists; a year of -1 is not known, and then February has 29 days.
func isDate(year, month, day int) bool {
	if year == -1 {
		year = 2000
	}
	if month < 1 || month > 12 || day < 1 {
		return false
	}
	return day <= time.Date(year, time.Month(month+1), 0, 0, 0, 0, 0, time.UTC).Day()
}

// yymmdd and ddmmyy check dates with a year of two digits, whose century is not told.
func yymmdd(s string) bool {
	return isDate(1900+num(s[0:2]), num(s[2:4]), num(s[4:6])) || isDate(2000+num(s[0:2]), num(s[2:4]), num(s[4:6]))
}

func ddmmyy(s string) bool { return yymmdd(s[4:6] + s[2:4] + s[0:2]) }

// yyyymmdd checks a date with a full year.
func yyyymmdd(s string) bool {
	y := num(s[0:4])
	return y >= 1800 && isDate(y, num(s[4:6]), num(s[6:8]))
}
