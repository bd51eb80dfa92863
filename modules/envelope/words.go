package envelope

import ()

// language is what clients read.
type language struct {
	tag      string
	texts    map[reason]string // %s is the address it is about, where there is one
	stranger string            // all that somebody who did not log in reads about a recipient
	contact  string            // %s is whom to ask
	rate     string            // limit, window, used, when it resets
	cap      string            // limit
	size     string            // limit
	hour     string
	day      string
	clock    string // layout of package time
}

// languages are those there are; the first is for everybody else.
var languages = []language{{
	tag: "en",
	texts: map[reason]string{
		principalNone:          "please log in to send mail",
		principalUnknown:       "this login may not send mail",
		principalSuspended:     "this account is suspended",
		principalDisabled:      "this account is disabled",
		principalNetwork:       "you may not send from this network",
		senderNotOwned:         "<%s>: this address belongs to somebody else",
		senderUnknownLocal:     "<%s>: nobody here has this address",
		senderExternal:         "<%s>: you may not send from this outside address",
		senderOwnerDisabled:    "<%s>: the account this address belongs to is disabled",
		senderNull:             "an empty sender is not accepted here",
		senderNotLoggedIn:      "<%s>: please log in to send from this address",
		senderNullNotMDN:       "an empty sender is for read receipts only",
		rcptSenderRestricted:   "<%s>: you may not write to this address",
		rcptRecipientDenies:    "<%s>: this recipient does not accept your mail",
		rcptDisabled:           "<%s>: this mailbox is disabled",
		rcptUnknown:            "<%s>: nobody here has this address",
		rcptGroupClosed:        "<%s>: only some people may write to this list",
		rcptGroupMembers:       "<%s>: only members may write to this list",
		rcptGroupInternal:      "<%s>: only people of this organisation may write to this address",
		headerFromMalformed:    "the From field of this mail is missing or malformed",
		headerFromNotOwned:     "<%s>: you may not use this address in the From field",
		headerNotAligned:       "<%s>: the From field differs from the envelope sender",
		headerReplyToNotOwned:  "the Reply-To field names an address that belongs to somebody else",
		directoryUnavailable:   "temporary problem, please try again later",
		policyMalformed:        "<%s>: temporary problem, please try again later",
		moderationNotAvailable: "<%s>: temporary problem, please try again later",
	},
	stranger: "<%s>: this address does not accept your mail",
	contact:  "questions: %s",
	rate:     "%d recipients per %s are allowed, %d are used; please try again after %s",
	cap:      "at most %d recipients per mail are allowed",
	size:     "mails of at most %s are allowed",
	hour:     "hour", day: "day", clock: "2006-01-02 15:04 MST",
}, {
	tag: "de",
	texts: map[reason]string{
		principalNone:          "bitte zum Senden anmelden",
		principalUnknown:       "mit dieser Anmeldung darf nicht gesendet werden",
		principalSuspended:     "dieses Konto ist vorübergehend gesperrt",
		principalDisabled:      "dieses Konto ist stillgelegt",
		principalNetwork:       "aus diesem Netz dürfen Sie nicht senden",
		senderNotOwned:         "<%s>: diese Adresse gehört jemand anderem",
		senderUnknownLocal:     "<%s>: diese Adresse hat hier niemand",
		senderExternal:         "<%s>: von dieser fremden Adresse dürfen Sie nicht senden",
		senderOwnerDisabled:    "<%s>: das Konto zu dieser Adresse ist stillgelegt",
		senderNull:             "ein leerer Absender wird hier nicht angenommen",
		senderNotLoggedIn:      "<%s>: bitte anmelden, um von dieser Adresse zu senden",
		senderNullNotMDN:       "ein leerer Absender ist Lesebestätigungen vorbehalten",
		rcptSenderRestricted:   "<%s>: an diese Adresse dürfen Sie nicht schreiben",
		rcptRecipientDenies:    "<%s>: dieser Empfänger nimmt Ihre Mail nicht an",
		rcptDisabled:           "<%s>: dieses Postfach ist stillgelegt",
		rcptUnknown:            "<%s>: diese Adresse hat hier niemand",
		rcptGroupClosed:        "<%s>: an diese Liste dürfen nur bestimmte Personen schreiben",
		rcptGroupMembers:       "<%s>: an diese Liste dürfen nur Mitglieder schreiben",
		rcptGroupInternal:      "<%s>: an diese Adresse darf nur von innen geschrieben werden",
		headerFromMalformed:    "das Feld From dieser Mail fehlt oder ist fehlerhaft",
		headerFromNotOwned:     "<%s>: diese Adresse dürfen Sie im Feld From nicht verwenden",
		headerNotAligned:       "<%s>: das Feld From weicht vom Absender des Umschlags ab",
		headerReplyToNotOwned:  "das Feld Reply-To nennt eine Adresse, die jemand anderem gehört",
		directoryUnavailable:   "vorübergehende Störung, bitte später noch einmal versuchen",
		policyMalformed:        "<%s>: vorübergehende Störung, bitte später noch einmal versuchen",
		moderationNotAvailable: "<%s>: vorübergehende Störung, bitte später noch einmal versuchen",
	},
	stranger: "<%s>: diese Adresse nimmt Ihre Mail nicht an",
	contact:  "Fragen an %s",
	rate:     "%d Empfänger je %s sind erlaubt, %d sind verbraucht; bitte nach %s noch einmal versuchen",
	cap:      "höchstens %d Empfänger je Mail sind erlaubt",
	size:     "Mails bis %s sind erlaubt",
	hour:     "Stunde", day: "Tag", clock: "02.01.2006 15:04 MST",
}, {
	tag: "fr",
	texts: map[reason]string{
		principalNone:          "veuillez vous identifier pour envoyer du courrier",
		principalUnknown:       "cet identifiant ne peut pas envoyer de courrier",
		principalSuspended:     "ce compte est suspendu",
		principalDisabled:      "ce compte est désactivé",
		principalNetwork:       "l'envoi depuis ce réseau ne vous est pas permis",
		senderNotOwned:         "<%s>: cette adresse appartient à quelqu'un d'autre",
		senderUnknownLocal:     "<%s>: personne ici n'a cette adresse",
		senderExternal:         "<%s>: vous ne pouvez pas envoyer depuis cette adresse extérieure",
		senderOwnerDisabled:    "<%s>: le compte de cette adresse est désactivé",
		senderNull:             "un expéditeur vide n'est pas accepté ici",
		senderNotLoggedIn:      "<%s>: veuillez vous identifier pour envoyer depuis cette adresse",
		senderNullNotMDN:       "un expéditeur vide est réservé aux accusés de lecture",
		rcptSenderRestricted:   "<%s>: vous ne pouvez pas écrire à cette adresse",
		rcptRecipientDenies:    "<%s>: ce destinataire n'accepte pas votre courrier",
		rcptDisabled:           "<%s>: cette boîte est désactivée",
		rcptUnknown:            "<%s>: personne ici n'a cette adresse",
		rcptGroupClosed:        "<%s>: seules certaines personnes peuvent écrire à cette liste",
		rcptGroupMembers:       "<%s>: seuls les membres peuvent écrire à cette liste",
		rcptGroupInternal:      "<%s>: seules les personnes de l'organisation peuvent écrire à cette adresse",
		headerFromMalformed:    "le champ From de ce message manque ou est mal formé",
		headerFromNotOwned:     "<%s>: vous ne pouvez pas utiliser cette adresse dans le champ From",
		headerNotAligned:       "<%s>: le champ From diffère de l'expéditeur de l'enveloppe",
		headerReplyToNotOwned:  "le champ Reply-To nomme une adresse qui appartient à quelqu'un d'autre",
		directoryUnavailable:   "problème temporaire, veuillez réessayer plus tard",
		policyMalformed:        "<%s>: problème temporaire, veuillez réessayer plus tard",
		moderationNotAvailable: "<%s>: problème temporaire, veuillez réessayer plus tard",
	},
	stranger: "<%s>: cette adresse n'accepte pas votre courrier",
	contact:  "questions : %s",
	rate:     "%d destinataires par %s sont permis, %d sont utilisés ; veuillez réessayer après %s",
	cap:      "au plus %d destinataires par message sont permis",
	size:     "les messages de %s au plus sont permis",
	hour:     "heure", day: "jour", clock: "02/01/2006 15:04 MST",
}}
