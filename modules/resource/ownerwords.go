package resource

// ownerWords are the texts that owners get, and those of answers that speak of owners, in one language. Who, resource,
// title and time stand in this order.
type ownerWords struct {
	ask        string // subject: resource, title
	request    string // who, resource, title, time
	repeats    string
	about      string // what the organizer wrote
	against    string // key of the rule
	howto      string
	first      string // who else is asked
	kept, open string // the time, while nobody has answered

	withdrawn string // subject: resource, title
	decided   string // who, what
	late      string // who
	changed   string
	cancelled string

	notice  string // subject: resource, what
	outcome string // resource, title, time, who, what
	waits   string
	states  map[string]string

	contact string // name and address
	word    string // what an owner wrote: his name, his words
}

var ownersLanguages = map[string]ownerWords{
	"en": {
		ask:       "Please decide: %s for %s",
		request:   "%s asks for %s: \"%s\", %s.",
		repeats:   "This is a series; its next time is shown.",
		about:     "About it: %s",
		against:   "You are asked because it is against the rule %s.",
		howto:     "Accept this invitation to agree to the booking, or decline it to refuse. A comment of yours is passed on.",
		first:     "Also asked: %s. The first answer counts.",
		kept:      "The time is kept until then.",
		open:      "The time is not kept until then.",
		withdrawn: "Nothing to decide any more: %s for %s",
		decided:   "%s has decided: %s.",
		late:      "%s has agreed, but the time had been given away meanwhile.",
		changed:   "The request has changed; the new one is another question.",
		cancelled: "The request has been withdrawn.",
		notice:    "%s: %s",
		outcome:   "%s, \"%s\", %s, asked for by %s: %s.",
		waits:     "Nobody has answered the organizer. Whoever looks after the calendar of the resource decides.",
		states:    map[string]string{accepted: "accepted", declined: "declined", tentative: "tentative", needsAction: "waits for an answer"},
		contact:   "Contact: %s",
		word:      "%s writes: %s",
	},
	"de": {
		ask:       "Bitte entscheiden: %s für %s",
		request:   "%s fragt nach %s: „%s“, %s.",
		repeats:   "Es ist eine Serie; gezeigt ist ihr nächster Termin.",
		about:     "Dazu: %s",
		against:   "Sie werden gefragt, weil es der Regel %s widerspricht.",
		howto:     "Sagen Sie diese Einladung zu, um der Buchung zuzustimmen, oder lehnen Sie sie ab. Ein Kommentar wird weitergegeben.",
		first:     "Auch gefragt: %s. Die erste Antwort zählt.",
		kept:      "Bis dahin ist die Zeit reserviert.",
		open:      "Bis dahin ist die Zeit nicht reserviert.",
		withdrawn: "Nichts mehr zu entscheiden: %s für %s",
		decided:   "%s hat entschieden: %s.",
		late:      "%s hat zugestimmt, aber die Zeit war inzwischen vergeben.",
		changed:   "Die Anfrage hat sich geändert; zur neuen kommt eine eigene Frage.",
		cancelled: "Die Anfrage wurde zurückgezogen.",
		notice:    "%s: %s",
		outcome:   "%s, „%s“, %s, angefragt von %s: %s.",
		waits:     "Der Organisator hat keine Antwort bekommen. Es entscheidet, wer den Kalender der Ressource betreut.",
		states:    map[string]string{accepted: "zugesagt", declined: "abgelehnt", tentative: "vorläufig", needsAction: "wartet auf Antwort"},
		contact:   "Kontakt: %s",
		word:      "%s schreibt: %s",
	},
	"fr": {
		ask:       "À décider : %s pour %s",
		request:   "%s demande %s : « %s », %s.",
		repeats:   "C'est une série ; la prochaine date est indiquée.",
		about:     "À ce sujet : %s",
		against:   "Vous êtes consulté parce que c'est contraire à la règle %s.",
		howto:     "Acceptez cette invitation pour approuver la réservation, ou refusez-la. Votre commentaire sera transmis.",
		first:     "Également consulté : %s. La première réponse compte.",
		kept:      "L'horaire est gardé jusque-là.",
		open:      "L'horaire n'est pas gardé jusque-là.",
		withdrawn: "Plus rien à décider : %s pour %s",
		decided:   "%s a décidé : %s.",
		late:      "%s a donné son accord, mais l'horaire avait été attribué entre-temps.",
		changed:   "La demande a changé ; la nouvelle fait l'objet d'une autre question.",
		cancelled: "La demande a été retirée.",
		notice:    "%s : %s",
		outcome:   "%s, « %s », %s, demandé par %s : %s.",
		waits:     "L'organisateur n'a pas reçu de réponse. La décision revient à qui gère le calendrier de la ressource.",
		states:    map[string]string{accepted: "accepté", declined: "refusé", tentative: "provisoire", needsAction: "en attente de réponse"},
		contact:   "Contact : %s",
		word:      "%s écrit : %s",
	},
}

// forOwners are the texts in the language of whoever is written to.
func (b *booking) forOwners() ownerWords { return ownersLanguages[b.words().language] }
