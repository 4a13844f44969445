"""Italian."""

_BOSS = r"(?:responsabil[ei]|direttor[ei]|direttric[ei]|capo|superior[ei]|manager)"

PHRASES: dict[str, tuple[str, str]] = {
    "final_sale": (
        r"vendit[ae] (?:(?:e|sono|era) )?(?:final[ei]|definitiv[ae]|non rimborsabil[ei])"
        r"|non (?:si )?(?:accett\w+|effettu\w+) (?:resi|cambi|rimborsi)|non (?:e|sono) rimborsabil[ei]",
        "Le dico che cosa è possibile per questo gioiello.",
    ),
    "unfortunately": (
        r"purtroppo|sfortunatamente|siamo spiacenti|sono spiacente|con (?:nostro |mio )?rammarico"
        r"|ci (?:rincresce|dispiace) (?:informar|comunicar|dover)\w*",
        "Ecco che cosa posso fare, ed entro quando.",
    ),
    "policy": (
        r"(?:nostr[ae]) (?:politic(?:a|he)|polic(?:y|ies))|polic(?:y|ies) aziendal[ei]"
        r"|politic(?:a|he) (?:aziendal[ei]|di (?:resi?|rimbors[oi]|vendita|cambio)|della (?:casa|boutique))",
        "Ecco come faremo, ed entro quale giorno.",
    ),
    "store_credit": (
        r"buon[oi] (?:d'acquisto|di acquisto|acquisto|spesa)|credit[oi] (?:in|del|nel|presso il) negozio"
        r"|not[ae] di credito",
        "un credito per un altro gioiello",
    ),
    "screens": (
        r"scherm[oi] (?:possono|puo|variano|differiscono)|da schermo a schermo"
        r"|(?:color[ei]|tonalita|tint[ae]) [^.]{0,25}(?:vari|differ|cambi)\w+ [^.]{0,20}(?:scherm[oi]|monitor)",
        "Lo immaginava diverso. Mi permetta di mostrarglielo alla luce del giorno.",
    ),
    "manager": (
        r"(?:chied|chiest|sent|parl|verific|consult|domand)\w*\s(?:(?:lo|ne|prima|a|al|alla|con|il|la|col) ){0,4}"
        r"(?:mi[oa]|nostr[oa]) " + _BOSS + r"|(?:chied|parl|domand)\w*\s(?:prima )?(?:al|alla|con il"
        r"|con la) " + _BOSS,
        "Me ne occupo io.",
    ),
    "refused": (
        r"(?:richiest[ae]|res[oi]|cambi?o?|rimbors[oi]) (?:\w+ ){0,3}(?:respint|rifiutat|negat)[oaie]\b"
        r"|(?:dobbiamo|devo) (?:rifiutare|respingere|negare)",
        "Ecco che cosa è possibile.",
    ),
    "fee": (
        r"(?:spes[ae]|cost[oi]|commission[ei]|tariff[ae]) di (?:rifornimento|riassortimento|restocking|ristoccaggio)",
        "un importo per il lavoro al banco, concordato prima con Lei",
    ),
    "hurry": (
        r"ultim[ae] (?:occasion[ei]|possibilita)|si affretti|affrettatevi|affrettarsi|sol[oi] \d+ (?:rimast[ie]"
        r"|pezzi|disponibil[ei])"
        r"|(?:restano|rimangono) sol[oi] \d+|tempo limitato|scade (?:tra|fra)",
        "È riservato a Lei fino al giorno concordato.",
    ),
    "inconvenience": (
        r"(?:scus\w+|spiacent[ei]|dispiace) [^.]{0,30}(?:disagi[o]?|inconvenient[ei])\b",
        "Tocca a noi rimediare. Ecco che cosa succede adesso.",
    ),
    "system": (
        r"sistema non (?:me lo |ce lo |lo |ci |mi )?(?:permette|consente)|non sono autorizzat[oa]|non mi e permesso",
        "Le dico che cosa posso fare, ed entro quando.",
    ),
    "your_fault": (
        r"lei avrebbe dovuto|avreste dovuto|avresti dovuto|(?:doveva|dovevate) (?:leggere|controllare|misurare"
        r"|dirlo|chiedere)",
        "Guardiamolo insieme.",
    ),
}  # fmt: skip
