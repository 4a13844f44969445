"""Which way a piece the client takes instead goes into Shopify. Pure. The paths are those of docs/decisions/0018.

Shopify takes an exchange only with `returnCreate`, so it is a matter of what there is already.
"""

from enum import StrEnum

from kit.languages import written_in


class Path(StrEnum):
    """`open`: nothing is there, one return is made with the piece. `anew`: a request is there that nobody approved; it
    makes way for one return with the piece. `beside`: the return is approved, or the piece is not of the catalogue;
    refund and sale go their own ways.
    """

    OPEN = "open"
    ANEW = "anew"
    BESIDE = "beside"


def path_for(*, is_there: bool, is_approved: bool, is_by_law: bool, has_variant: bool) -> Path:
    """The one movement of money that is still possible, else two. A piece without a variant is only sold beside.

    A withdrawal by law is never declined, for whatever reason: the request is the client's own declaration.
    """
    if not has_variant or is_approved or (is_there and is_by_law):
        return Path.BESIDE
    return Path.ANEW if is_there else Path.OPEN


DECLINE_NOTES = {
    "en": "As we agreed, your return goes on under a new number, together with the piece you take instead.",
    "fr": "Comme convenu, votre retour se poursuit sous un nouveau numéro, avec la pièce choisie à la place.",
    "de": "Wie vereinbart läuft Ihre Rückgabe unter einer neuen Nummer weiter, zusammen mit dem Stück Ihrer Wahl.",
    "it": "Come concordato, il Suo reso prosegue con un nuovo numero, insieme alla creazione scelta al suo posto.",
    "es": "Como acordamos, su devolución sigue con un número nuevo, junto con la pieza que ha elegido a cambio.",
    "ja": "お約束のとおり、ご返品は新しい番号で、代わりにお選びいただいたお品物と合わせて承ります。",
    "zh": "如约定，您的退货将以新的编号继续办理，并与您另选的作品一并处理。",
    "ar": "كما اتفقنا، تستمر عملية الإرجاع برقم جديد، مع القطعة التي اخترتموها بدلًا منها.",
}
"""What the client may read in their account of the request that makes way."""


def decline_note(locale: str) -> str:
    """In the client's language where we write it."""
    return DECLINE_NOTES[written_in(locale)]
