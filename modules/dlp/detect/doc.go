// Package detect finds payment cards, IBANs, national identifiers and secrets in text. It knows text alone: no mail,
// no configuration, no clock. Text is what a reader would see, decoded and without tags.
//
// A number becomes a finding on this way: words of digits and letters are taken from the text with what people put
// between them (spaces of all widths, dashes, dots, for ids slashes; invisible characters count as nothing, digits of all
// scripts as digits), a form says which words can be that number, a check digit or date says whether they are, and words
// nearby say how sure that is.
//
// The score says how sure we are, from 1 to 100. With n the share of random numbers of that form that pass (1 in n):
//
//	                                       alone   near a keyword of its kind
//	id without check digit (n = 1)            —       60
//	id, one check digit (n = 10, 11)         30       80
//	id, check letter or rest of 20 to 40     45       85
//	id, two check digits or 97 (n ≥ 80)      55       95
//	with a country's letters before it      +10       +5
//	card, grouped as issuers do or not       80      100
//	card, grouped otherwise                  60       80
//	card, reserved test number               20       20 (left out unless asked for)
//	IBAN of a known country                  95      100
//	secret: a vendor's format            70 to 95     100
//	secret: entropy after a word like key    60
//
// Numbers of less than seven digits and numbers in more pieces than anybody writes only count near a keyword.
//
// A number can be several things; every kind it may be is a finding of its own.
package detect
