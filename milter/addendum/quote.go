package addendum

import (
	"regexp"
	"strings"
)

// original is the line that stands before what is answered or forwarded, in the languages mailers speak.
var original = regexp.MustCompile(`(?i)^[\s>]*[-_–—]{2,}\s*(` + strings.Join([]string{
	"original message", "original appointment", "forwarded message", "reply message", "begin forwarded message",
	"urspr(ü|ue)ngliche nachricht", "urspr(ü|ue)nglicher termin", "originalnachricht", "weitergeleitete nachricht",
	"message d['’]origine", "message original", "message transf(é|e)r(é|e)", "mensaje original", "mensaje reenviado",
	"messaggio originale", "messaggio inoltrato", "mensagem original", "mensagem encaminhada",
	"oorspronkelijk bericht", "doorgestuurd bericht", "ursprungligt meddelande", "originalmeddelande", "vidarebefordrat meddelande",
	"oprindelig meddelelse", "original meddelelse", "opprinnelig melding", "videresendt melding", "alkuperäinen viesti",
	"wiadomość oryginalna", "oryginalna wiadomość", "wiadomość przekazana", "původní zpráva", "pôvodná správa",
	"eredeti üzenet", "mesaj original", "izvorna poruka", "izvirno sporočilo", "algne kiri", "sākotnējais ziņojums",
	"исходное сообщение", "пересланное сообщение", "первоначальное сообщение", "оригінальне повідомлення", "оригинално съобщение",
	"αρχικό μήνυμα", "orijinal ileti", "özgün ileti", "orijinal mesaj", "הודעה מקורית", "رسالة أصلية", "الرسالة الأصلية",
	"原始邮件", "原始郵件", "原始信息", "原邮件", "转发邮件", "元のメッセージ", "転送メッセージ", "원본 메시지", "원본 메일",
}, "|") + `)\s*[-_–—]*\s*$`)

// said are the verbs of the line that names who is quoted.
var said = regexp.MustCompile(`(?i)(^|[\s,>)])(wrote|writes|schrieb|schreef|a écrit|écrit|escribió|ha scritto|scrisse|escreveu|skrev|skreiv|kirjoitti|` +
	`napisał|napisała|napisał\(a\)|pisze|napsal|napsala|napísal|írta|scris|a scris|napisao|je napisao|je napisal|kirjutas|rakstīja|rašė|` +
	`написал|написала|написал\(a\)|пишет|писал|пише|написав|написа|έγραψε|yazdı|şunu yazdı|כתב|כתבה|كتب)` +
	`([\s,:：<>"'(]|$)|写道|寫道|书写|書きました|のメール|작성`)

// from are the labels of the header block that Outlook puts before what is answered.
var from = regexp.MustCompile(`(?i)^\s*\*?(from|von|de|da|van|från|fra|lähettäjä|od|feladó|от|від|gönderen|kimden|από|מאת|من|发件人|寄件者|差出人|보낸 사람|saatja|no|nuo|expeditor|pošiljatelj|šalje)\*?\s?[:：]`)

// isOriginal looks at such a line.
func isOriginal(line string) bool {
	return len(line) < 200 && strings.ContainsAny(line[:min(len(line), 3)], "-_–—") && original.MatchString(line)
}

// endsAsIntroduction is what any line before a quotation does: it ends with a colon.
func endsAsIntroduction(text string) bool {
	return strings.HasSuffix(text, ":") || strings.HasSuffix(text, "：")
}

// attribution tells whether a text introduces a quotation: "On … wrote:", on up to three lines.
func attribution(text string) bool {
	text = strings.TrimSpace(text)
	return len(text) < 600 && endsAsIntroduction(text) && said.MatchString(text)
}

// begins is how such a line begins: a preposition and a date, or a date.
var begins = regexp.MustCompile(`(?i)^\W*(on|am|le|el|il|em|op|den|på|dnia|w dniu|dne|în|u|v|в|στις|tarihinde|\d{1,4}|\pL{2,12}[.,] ?\d|\pL{3}, \pL{3})[\s\d,./年-]`)

// dated tells whether it also says when, or whose address it was: that is not said in passing.
func dated(text string) bool { return year.MatchString(text) && strings.ContainsAny(text, "@,<") }

var year = regexp.MustCompile(`(^|\D)(19|20)\d\d(\D|$)`)

func isRule(line string) bool { return len(line) >= 20 && strings.Trim(line, "_-") == "" }
