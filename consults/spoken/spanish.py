"""Spanish."""

PHRASES: dict[str, str] = {
    "good_day": "Buenos días",
    "the_piece": "«{title}»",
    "your_piece": "su pieza",
    "us": "nuestra casa",
    "your_advisor": "nuestra casa",
    "by_telephone": "Por teléfono",
    "at_boutique": "En la boutique",
    "at": "{day}, {hour}",
    "here": "{time}, {city} ({offset})",
    "there": "{here}. En {city} ({offset}): {time}",
    "entry": "{piece}. La sala, otra hora o cancelar: {link}",
    "left": "{owner} ya no está con nosotros. {advisor} le atiende a partir de ahora.",
    "looks_after": "{advisor} le atiende a partir de ahora.",
    "away": "{owner} está de permiso.",
    "away_until": "{owner} está de permiso hasta el {day}.",
    "off_shift": "{owner} no está de servicio en este momento.",
    "off_shift_until": "{owner} vuelve el {day}.",
    "full": "{owner} está con otras personas.",
    "no_texts": "{owner} está en la boutique y no es fácil de localizar enseguida.",
    "meanwhile": "{reason} Mientras tanto le atiende {advisor}; {owner} sigue los mensajes y después vuelve "
    "a estar a su disposición.",
    "somebody": "una persona cercana a usted",
    "line_away": "Buenos días. {advisor} no está al teléfono en este momento. Le enviamos varias horas para "
    "hablar. También puede contestarnos simplemente por escrito; {advisor} lo leerá.",
    "line_stranger": "Buenos días, y gracias por llamar a {house}. Este número es para las devoluciones en curso.",
    "line_stranger_ring": "Puede llamarnos al {telephone}.",
    "line_gone": "Buenos días. En este número no se puede localizar a nadie.",
}
