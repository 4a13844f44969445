"""French."""

PHRASES: dict[str, str] = {
    "good_day": "Bonjour",
    "the_piece": "votre pièce « {title} »",
    "your_piece": "votre pièce",
    "us": "notre maison",
    "your_advisor": "la maison",
    "by_telephone": "Par téléphone",
    "at_boutique": "En boutique",
    "at": "{day}, {hour}",
    "here": "{time}, {city} ({offset})",
    "there": "{here}. À {city} ({offset}) : {time}",
    "entry": "{piece}. La salle, un autre horaire, ou annuler : {link}",
    "left": "{owner} n'est plus dans la maison. {advisor} s'occupe désormais de vous.",
    "looks_after": "{advisor} s'occupe désormais de vous.",
    "away": "{owner} est en congé.",
    "away_until": "{owner} est en congé jusqu'au {day}.",
    "off_shift": "{owner} n'est pas au travail en ce moment.",
    "off_shift_until": "{owner} est de retour le {day}.",
    "full": "{owner} est avec d'autres personnes.",
    "no_texts": "{owner} est en salon et difficile à joindre vite.",
    "meanwhile": "{reason} {advisor} s'occupe de vous entre-temps ; {owner} suit vos échanges et vous "
    "retrouve ensuite.",
    "somebody": "Une personne proche",
    "line_away": "Bonjour. {advisor} n'est pas au téléphone en ce moment. Nous vous envoyons des horaires. "
    "Vous pouvez aussi simplement nous répondre par écrit ; {advisor} vous lira.",
    "line_stranger": "Bonjour, et merci d'appeler {house}. Ce numéro suit les retours en cours.",
    "line_stranger_ring": "Vous pouvez nous joindre au {telephone}.",
    "line_gone": "Bonjour. Personne ne peut être joint à ce numéro.",
}
