"""The small words that go into messages, by language. Pure. Whole sentences are in notifications/templates.

A language is here when its messages are written; a client of another reads English, dates included.
"""

from collections.abc import Mapping

PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "good_day": "Good day",
        "the_piece": "the {title}",
        "your_piece": "your piece",
        "by_telephone": "By telephone",
        "at_boutique": "At the boutique",
        "there": "In {city} ({offset}): {time}",
        "entry": "The room, another time, or cancel: {link}",
        "left": "{owner} is no longer with us. {advisor} looks after you now.",
        "away": "{owner} is away.",
        "away_until": "{owner} is away until {day}.",
        "off_shift": "{owner} is not at work just now.",
        "off_shift_until": "{owner} is back at work on {day}.",
        "full": "{owner} is with other clients.",
        "no_texts": "{owner} is on the floor and can't be reached quickly.",
        "meanwhile": "{advisor} looks after you meanwhile; {owner} reads along, and is there for you again then.",
        "somebody": "Somebody close to you",
        "line_away": "Good day. {advisor} is not at the telephone just now. We are sending you times to talk. "
        "You may also simply answer us in writing; {advisor} reads it.",
        "line_stranger": "Good day, and thank you for ringing {house}. This number looks after returns under way.",
        "line_stranger_ring": "Please ring us on {telephone}.",
        "line_gone": "Good day. Nobody can be reached on this number.",
    },
    "fr": {
        "good_day": "Bonjour",
        "the_piece": "votre pièce « {title} »",
        "your_piece": "votre pièce",
        "by_telephone": "Par téléphone",
        "at_boutique": "En boutique",
        "there": "À {city} ({offset}) : {time}",
        "entry": "La salle, un autre horaire, ou annuler : {link}",
        "left": "{owner} n'est plus dans la maison. {advisor} s'occupe désormais de vous.",
        "away": "{owner} est en congé.",
        "away_until": "{owner} est en congé jusqu'au {day}.",
        "off_shift": "{owner} n'est pas au travail en ce moment.",
        "off_shift_until": "{owner} est de retour le {day}.",
        "full": "{owner} est avec d'autres personnes.",
        "no_texts": "{owner} est en salon et difficile à joindre vite.",
        "meanwhile": "{advisor} s'occupe de vous entre-temps ; {owner} suit vos échanges et vous retrouve ensuite.",
        "somebody": "Une personne proche",
        "line_away": "Bonjour. {advisor} n'est pas au téléphone en ce moment. Nous vous envoyons des horaires. "
        "Vous pouvez aussi simplement nous répondre par écrit ; {advisor} vous lira.",
        "line_stranger": "Bonjour, et merci d'appeler {house}. Ce numéro suit les retours en cours.",
        "line_stranger_ring": "Vous pouvez nous joindre au {telephone}.",
        "line_gone": "Bonjour. Personne ne peut être joint à ce numéro.",
    },
}


def language_of(locale: str) -> str:
    """The language we write to a client in: theirs where its messages are written, else English."""
    code = locale.replace("_", "-").split("-")[0].lower()
    return code if code in PHRASES else "en"


def spoken_locale(locale: str) -> str:
    """The client's own locale where we speak its language, so that hours are written as in their country."""
    return locale if language_of(locale) == locale.replace("_", "-").split("-")[0].lower() else "en"


def phrase(key: str, locale: str, **values: str) -> str:
    """A phrase in the client's language."""
    return PHRASES[language_of(locale)][key].format(**values)
