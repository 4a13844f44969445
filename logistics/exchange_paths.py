"""Which way a piece the client takes instead goes into Shopify. Pure. The paths are those of docs/decisions/0018.

Shopify takes an exchange only with `returnCreate`, so it is a matter of what there is already.
"""

from enum import StrEnum


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
}
"""What the client may read in their account of the request that makes way."""


def decline_note(locale: str) -> str:
    """In the client's language where we have it."""
    return DECLINE_NOTES.get(locale[:2].lower(), DECLINE_NOTES["en"])
