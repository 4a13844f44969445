"""French."""

_BOSS = r"(?:responsable|manager|direct(?:eur|rice)|superieure?|chef(?:fe)?|hierarchie)s?"

PHRASES: dict[str, tuple[str, str]] = {
    "final_sale": (
        r"ventes? (?:fermes?|definitives?|finales?)|ventes? (?:est|sont|etait|etaient) (?:fermes?|definitives?"
        r"|finales?)"
        r"|ni repris(?:e|es)? ni (?:echang|rembours)e(?:e|s|es)?",
        "Laissez-moi vous dire ce qui est possible pour cette pièce.",
    ),
    "unfortunately": (
        r"malheureusement|helas|nous (?:regrettons|sommes au regret)|(?:nous avons|j'ai) le regret"
        r"|a (?:notre|mon) (?:grand |vif )?regret|je (?:regrette de|suis au regret)",
        "Voici ce que je peux faire, et pour quel jour.",
    ),
    "policy": (
        r"(?:notre|nos) politiques?|politiques? (?:commerciales?|de (?:retours?|remboursements?|la maison"
        r"|la boutique)"
        r"|d'echanges?)|conditions generales de vente",
        "Voici comment nous allons faire, et pour quel jour.",
    ),
    "store_credit": (
        r"(?:un|cet|votre|sous forme d'|par) ?avoir|(?:des|vos|les) avoirs|bons? d'achats?"
        r"|credits? (?:en )?(?:boutique|magasin)",
        "un crédit pour une autre pièce",
    ),
    "screens": (
        r"ecrans (?:different|varient|peuvent)|d'un ecran a l'autre"
        r"|(?:couleur|teinte|nuance)s? [^.]{0,25}(?:var|differ|chang)\w+ [^.]{0,20}ecrans?",
        "Vous l’imaginiez autrement. Laissez-moi vous la montrer à la lumière du jour.",
    ),
    "manager": (
        r"(?:demand|voi|voy|verr|verif|parl|consult|refer|interrog)\w*\s(?:(?:en|cela|ca|a|avec|aupres de"
        r"|d'abord) ){0,3}"
        r"(?:mon|ma|notre) " + _BOSS + r"|(?:demand|parl)\w*\s(?:cela |ca )?(?:au|a la) " + _BOSS,
        "Je m’en occupe.",
    ),
    "refused": (
        r"(?:demande|retour|echange|remboursement)s? (?:\w+ ){0,3}(?:refuse|rejete|decline)(?:e|s|es)?\b"
        r"|(?:devons|dois|sommes obliges de|suis oblige de|suis obligee de) (?:\w+ )?(?:refuser|rejeter|decliner)"
        r"|nous (?:refusons|rejetons|declinons)",
        "Voici ce qui est possible.",
    ),
    "fee": (
        r"frais de (?:restockage|re-?stockage|reapprovisionnement|(?:re)?mise en (?:stock|rayon))",
        "un montant pour le travail à l’établi, convenu avec vous avant",
    ),
    "hurry": (
        r"plus que \d+ (?:pieces?|exemplaires?|en stock|disponibles?)|dernieres? (?:chance|occasion)s?"
        r"|depechez[ -]vous|offres? limitees?|duree limitee|ne manquez pas|expire dans",
        "Elle vous est réservée jusqu’au jour convenu.",
    ),
    "inconvenience": (
        r"(?:desolee?s?|excus\w*|pardon\w*) [^.]{0,30}(?:desagrement|inconvenient)s?|(?:desolee?s?"
        r"|excus\w*) [^.]{0,12}la gene",
        "C’est à nous d’y remédier. Voici la suite.",
    ),
    "system": (
        r"systeme ne (?:me |nous |vous )?(?:le |la )?(?:permet|autorise|laisse)"
        r"|je n'ai pas le droit|je ne suis pas autorisee?",
        "Je vous dis ce que je peux faire, et pour quel jour.",
    ),
    "your_fault": (r"vous auriez du|vous n'auriez pas du|il fallait (?:lire|verifier|mesurer|le dire|demander)",
                   "Regardons-la ensemble."),
}  # fmt: skip
