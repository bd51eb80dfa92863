package resource

// collectionWords are what a collection says, in one language.
type collectionWords struct {
	subject string // takes the title
	text    string // takes collection, title, time and member
	none    string // before what each member says
	refused string // of a member: it was for its owner to decide
	others  string // above others that could be invited instead
	nobody  string // there is no member that could be booked
}

var collectionLanguages = map[string]collectionWords{
	"en": {
		subject: "Passed on: %s",
		text:    "%s passes the invitation to \"%s\", %s, on to %s, which answers by itself.",
		none:    "None of its members can be booked:",
		refused: "its owner could not agree",
		others:  "These are free at that time:",
		nobody:  "It has no member that could be booked.",
	},
	"de": {
		subject: "Weitergegeben: %s",
		text:    "%s gibt die Einladung zu „%s“, %s, weiter an %s; die Antwort kommt von dort.",
		none:    "Nichts davon kann gebucht werden:",
		refused: "wurde von der zuständigen Person nicht vergeben",
		others:  "Zu dieser Zeit sind frei:",
		nobody:  "Es gehört nichts dazu, das gebucht werden könnte.",
	},
	"fr": {
		subject: "Transmis : %s",
		text:    "%s transmet l'invitation à « %s », %s, à %s, qui répond à son tour.",
		none:    "Aucun de ses membres ne peut être réservé :",
		refused: "son responsable n'a pas pu donner son accord",
		others:  "Sont libres à cette heure :",
		nobody:  "Aucun membre ne pourrait être réservé.",
	},
}

func (b *booking) collectionWords() collectionWords { return collectionLanguages[b.words().language] }
