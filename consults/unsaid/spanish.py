"""Spanish."""

_BOSS = r"(?:gerente|jef[ea]|superior|supervisora?|encargad[oa]|responsable|directora?)s?"

PHRASES: dict[str, tuple[str, str]] = {
    "final_sale": (
        r"ventas? (?:(?:es|son|era) )?(?:final(?:es)?|definitivas?|no reembolsables?)"
        r"|no se (?:admiten|aceptan|hacen) (?:devoluciones|cambios|reembolsos)",
        "Permítame decirle lo que es posible con esta pieza.",
    ),
    "unfortunately": (
        r"(?:desafortunada|desgraciada|lamentable|infortunada)mente|por desgracia"
        r"|(?:lamentamos|lamento|sentimos|siento) (?:informar|comunicar|tener que|decir)\w*",
        "Esto es lo que puedo hacer, y para cuándo.",
    ),
    "policy": (
        r"nuestras? politicas?|politicas? (?:comercial(?:es)?|de (?:devolucion(?:es)?|cambios?|reembolsos?|ventas?"
        r"|la (?:casa|tienda|empresa)))",
        "Así lo haremos, y para qué día.",
    ),
    "store_credit": (
        r"(?:creditos?|vales?|saldos?) (?:en|de|para) (?:la )?(?:tienda|compras?|boutique)",
        "un crédito para otra pieza",
    ),
    "screens": (
        r"pantallas? (?:pueden?|varian|difieren)|de una pantalla a otra"
        r"|(?:color(?:es)?|tonos?) [^.]{0,25}(?:vari|difer|difier|cambi)\w+ [^.]{0,20}(?:pantalla|monitor)\w*",
        "Lo imaginaba distinto. Permítame mostrárselo a la luz del día.",
    ),
    "manager": (
        r"(?:pregunt|consult|habl|verific|comprob|compruebo)\w*\s(?:(?:lo|antes|primero|a|con|al|la|el) ){0,4}"
        r"(?:mi|nuestr[oa]) " + _BOSS + r"|(?:pregunt|consult|habl)\w*\s(?:antes )?(?:al|a la|con el"
        r"|con la) " + _BOSS,
        "Yo me encargo.",
    ),
    "refused": (
        r"(?:solicitud|devolucion|cambio|reembolso|peticion)(?:es)? (?:\w+ ){0,3}(?:denegad|rechazad|negad)[oa]s?\b"
        r"|(?:tenemos que|debemos|tengo que|debo) (?:denegar|rechazar|negar)",
        "Esto es lo que es posible.",
    ),
    "fee": (
        r"(?:cargo|gasto|tarifa|comision|costo|coste)(?:s|es)? (?:de|por) (?:reposicion|reabastecimiento"
        r"|reingreso|restocking)",
        "un importe por el trabajo de taller, acordado antes con usted",
    ),
    "hurry": (
        r"ultimas? oportunidad(?:es)?|(?:dese|date|dense) prisa|(?:solo|solamente) quedan? \d+"
        r"|quedan? \d+ (?:piezas?|unidades)|tiempo limitado|(?:caduca|vence|expira) en \d+",
        "Queda reservada para usted hasta el día acordado.",
    ),
    "inconvenience": (
        r"(?:disculp|perdon|lament|sentimos|siento)\w* [^.]{0,30}(?:molestia|inconveniente)s?",
        "Nos corresponde arreglarlo. Esto es lo que sigue.",
    ),
    "system": (
        r"sistema no (?:me |nos |se )?(?:lo )?(?:permite|deja|admite)|no estoy autorizad[oa]|no tengo permitido",
        "Le diré qué puedo hacer, y para cuándo.",
    ),
    "your_fault": (
        r"usted(?:es)? (?:deberian?|tendrian? que|debieron?|debio) haber|deberias haber|tendrias que haber"
        r"|usted debio (?:leer|medir|preguntar|avisar)",
        "Mirémosla juntos.",
    ),
}  # fmt: skip
