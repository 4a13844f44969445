"""German. Umlauts may be written as two letters."""

_BOSS = (
    r"(?:chef(?:in)?|vorgesetzten?|manager(?:in)?|leiter(?:in)?|filialleit(?:er|erin|ung)|geschaeftsfuehrer(?:in)?"
    r"|geschaeftsfuehrung|leitung)"
)
_ASK = r"(?:abzu|nachzu|rueckzu|zu |be|ab|nach|rueck)?(?:sprech|spraech|klaer|frag|stimm|red|halt)\w*"

PHRASES: dict[str, tuple[str, str]] = {
    "final_sale": (
        r"(?:vom|von der|von) (?:umtausch|rueckgabe) ausgeschlossen|(?:end|final)verk(?:auf|aeuf)\w*"
        r"|verk(?:auf|aeufe) (?:ist|sind|war) (?:endgueltig|final)|endgueltige[rnms]? (?:ver)?k(?:auf|aeuf)\w*",
        "Ich sage Ihnen gern, was bei diesem Stück möglich ist.",
    ),
    "unfortunately": (
        r"leider|bedauerlicherweise|ungluecklicherweise|zu (?:unserem|meinem) (?:grossen )?bedauern"
        r"|(?:wir|ich) (?:bedauern|bedaure)|muss(?:en)? ich ihnen mit bedauern",
        "Das kann ich für Sie tun, und bis wann.",
    ),
    "policy": (
        r"unsere[rnms]? (?:\w*richtlinie|\w*bedingung|\w*politik)(?:n|en)?"
        r"|allgemeine[nr]? geschaeftsbedingungen|agbs?\b"
        r"|(?:rueckgabe|umtausch|erstattungs|firmen|haus)(?:richtlinie|bedingung|politik)(?:n|en)?",
        "So werden wir es machen, und bis zu welchem Tag.",
    ),
    "store_credit": (
        r"(?:laden|shop|store|geschaefts|einkaufs|waren)-?(?:guthaben|gutschein|kredit)\w*",
        "ein Guthaben für ein anderes Stück",
    ),
    "screens": (
        r"(?:bildschirm|monitor|display)(?:e|en|s)? (?:koennen |kann )?(?:weichen|abweich|unterscheid|variier)\w*"
        r"|farb\w* [^.]{0,25}(?:bildschirm|monitor|display)\w*[^.]{0,20}(?:abweich|variier|unterscheid|anders aus)\w*"
        r"|von bildschirm zu bildschirm",
        "Sie hatten es sich anders vorgestellt. Ich zeige es Ihnen gern bei Tageslicht.",
    ),
    "manager": (
        r"(?:mit|bei) (?:meine[mr]|unsere[mr]|dem|der) " + _BOSS + r" (?:\w+ )?" + _ASK
        + r"|(?:frag|sprech|klaer|red)\w* (?:(?:ich|wir|das|es|noch|kurz|erst|mal|mit|bei) ){0,4}"
        r"(?:meine[nmr]|unsere[nmr]) " + _BOSS + r"|(?:meine[nmr]|unsere[nmr]) " + _BOSS + r" (?:\w+ )?(?:frag"
        r"|konsultier)\w*",
        "Ich kümmere mich darum.",
    ),
    "refused": (
        r"(?:anfrage|rueckgabe|umtausch|erstattung|antrag|ruecksendung) (?:\w+ ){0,3}(?:abgelehnt"
        r"|zurueckgewiesen|verweigert)"
        r"|(?:rueckzahlung|erstattung) (?:\w+ )?verweiger\w*"
        r"|muss(?:en)? (?:\w+ ){0,4}(?:ablehnen|verweigern|zurueckweisen)|muessen (?:\w+ ){0,4}(?:ablehnen"
        r"|verweigern|zurueckweisen)"
        r"|lehnen? (?:wir |ich )?(?:ihre[nrm]?|den|die) (?:\w+ )?ab\b",
        "Das ist möglich.",
    ),
    "fee": (
        r"(?:wiedereinlagerungs|bearbeitungs|ruecknahme|restocking-?)gebuehr(?:en)?",
        "ein Betrag für die Arbeit am Werktisch, vorher mit Ihnen vereinbart",
    ),
    "hurry": (
        r"nur noch \d+ (?:stueck|verfuegbar|auf lager|uebrig|da)|letzte[rn]? (?:chance|gelegenheit)|beeilen sie sich"
        r"|laeuft in [^.]{1,20} ab\b|zeitlich begrenzt\w*|nur fuer kurze zeit|solange der vorrat reicht",
        "Es liegt bis zum vereinbarten Tag für Sie bereit.",
    ),
    "inconvenience": (
        r"(?:entschuldig\w+|verzeih\w+|leid) [^.]{0,40}unannehmlichkeit\w*"
        r"|unannehmlichkeit\w* [^.]{0,25}entschuldig\w*",
        "Das bringen wir in Ordnung. So geht es weiter.",
    ),
    "system": (
        r"system (?:laesst|erlaubt|gestattet) [^.]{0,25}(?:nicht|kein\w*)\b|das darf ich nicht|ich bin nicht befugt",
        "Ich sage Ihnen, was ich tun kann, und bis wann.",
    ),
    "your_fault": (
        r"sie haetten [^.]{0,40}(?:sollen|muessen)|haetten sie [^.]{0,40}(?:sollen|muessen)",
        "Sehen wir es uns gemeinsam an.",
    ),
}  # fmt: skip
