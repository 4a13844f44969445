"""German. What a piece is called stands in the nominative or the accusative, which are the same here."""

PHRASES: dict[str, str] = {
    "good_day": "Guten Tag",
    "the_piece": "„{title}“",
    "your_piece": "Ihr Stück",
    "us": "unser Haus",
    "your_advisor": "unser Haus",
    "by_telephone": "Am Telefon",
    "at_boutique": "In der Boutique",
    "at": "{day}, {hour}",
    "here": "{time}, {city} ({offset})",
    "there": "{here}. In {city} ({offset}): {time}",
    "entry": "{piece}. Der Raum, ein anderer Termin oder absagen: {link}",
    "left": "{owner} ist nicht mehr in unserem Haus. {advisor} ist nun für Sie da.",
    "looks_after": "{advisor} ist nun für Sie da.",
    "away": "{owner} ist zurzeit nicht im Haus.",
    "away_until": "{owner} ist bis {day} nicht im Haus.",
    "off_shift": "{owner} ist im Moment nicht im Dienst.",
    "off_shift_until": "{owner} ist wieder im Haus: {day}.",
    "full": "{owner} ist gerade im Gespräch.",
    "no_texts": "{owner} ist in der Boutique und nicht rasch zu erreichen.",
    "meanwhile": "{reason} {advisor} ist in der Zwischenzeit für Sie da; {owner} liest mit und ist danach "
    "wieder für Sie da.",
    "somebody": "Jemand, der Ihnen nahesteht,",
    "line_away": "Guten Tag. {advisor} ist gerade nicht am Telefon. Wir senden Ihnen Termine für ein "
    "Gespräch. Sie können uns auch einfach schriftlich antworten; {advisor} liest es.",
    "line_stranger": "Guten Tag, und danke für Ihren Anruf bei {house}. Diese Nummer ist für laufende Rückgaben da.",
    "line_stranger_ring": "Sie erreichen uns unter {telephone}.",
    "line_gone": "Guten Tag. Unter dieser Nummer ist niemand zu erreichen.",
}
