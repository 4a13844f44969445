"""Italian."""

PHRASES: dict[str, str] = {
    "good_day": "Buongiorno",
    "the_piece": "«{title}»",
    "your_piece": "la Sua creazione",
    "us": "la nostra maison",
    "your_advisor": "la nostra maison",
    "by_telephone": "Al telefono",
    "at_boutique": "In boutique",
    "at": "{day}, {hour}",
    "here": "{time}, {city} ({offset})",
    "there": "{here}. A {city} ({offset}): {time}",
    "entry": "{piece}. La sala, un altro orario o annullare: {link}",
    "left": "{owner} non lavora più con noi. Ora è {advisor} a occuparsi di Lei.",
    "looks_after": "Ora è {advisor} a occuparsi di Lei.",
    "away": "{owner} è in congedo.",
    "away_until": "{owner} è in congedo fino a {day}.",
    "off_shift": "{owner} in questo momento non è in servizio.",
    "off_shift_until": "{owner} torna in servizio {day}.",
    "full": "{owner} è in colloquio con altre persone.",
    "no_texts": "{owner} è in boutique e non si può raggiungere subito.",
    "meanwhile": "{reason} Nel frattempo si occupa di Lei {advisor}; {owner} segue i messaggi e sarà poi di "
    "nuovo a Sua disposizione.",
    "somebody": "una persona a Lei vicina",
    "line_away": "Buongiorno. {advisor} in questo momento non è al telefono. Le inviamo alcuni orari per un "
    "colloquio. Può anche risponderci semplicemente per iscritto; {advisor} La leggerà.",
    "line_stranger": "Buongiorno, e grazie di aver chiamato {house}. Questo numero segue i resi in corso.",
    "line_stranger_ring": "Può chiamarci al {telephone}.",
    "line_gone": "Buongiorno. A questo numero non risponde nessuno.",
}
