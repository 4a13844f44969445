"""English."""

PHRASES: dict[str, str] = {
    "good_day": "Good day",
    "the_piece": "the {title}",
    "your_piece": "your piece",
    "us": "us",
    "your_advisor": "your advisor",
    "by_telephone": "By telephone",
    "at_boutique": "At the boutique",
    "at": "{day}, {hour}",
    "here": "{time}, {city} ({offset})",
    "there": "{here}. In {city} ({offset}): {time}",
    "entry": "{piece}. The room, another time, or cancel: {link}",
    "left": "{owner} is no longer with us. {advisor} looks after you now.",
    "away": "{owner} is away.",
    "away_until": "{owner} is away until {day}.",
    "off_shift": "{owner} is not at work just now.",
    "off_shift_until": "{owner} is back at work on {day}.",
    "full": "{owner} is with other clients.",
    "no_texts": "{owner} is on the floor and can't be reached quickly.",
    "meanwhile": "{reason} {advisor} looks after you meanwhile; {owner} reads along, and is there for you again then.",
    "somebody": "Somebody close to you",
    "line_away": "Good day. {advisor} is not at the telephone just now. We are sending you times to talk. "
    "You may also simply answer us in writing; {advisor} reads it.",
    "line_stranger": "Good day, and thank you for ringing {house}. This number looks after returns under way.",
    "line_stranger_ring": "Please ring us on {telephone}.",
    "line_gone": "Good day. Nobody can be reached on this number.",
}
