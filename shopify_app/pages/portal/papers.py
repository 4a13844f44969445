"""What the papers of a return say: whose hands it is in, what came to us and when, what went back. Pure.

Each is there once its event was, and says no more than what is written down: by the carrier, by the people who had the
piece in their hands, by Shopify. Whoever is not to see a price sees none, and gets no credit note.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from logistics.custody_models import Custody
from logistics.custody_words import HandOver
from logistics.models import Parcel, Settlement
from logistics.rmas import RmaView, sender_of
from logistics.states import SettlementState
from shopify_app.pages.wording import named
from shopify_app.tongue import _, ngettext


@dataclass(frozen=True)
class Paper:
    """`facts` are (name, words); `note` says what the paper is, and what it is not."""

    title: str
    number: str
    lead: str
    facts: tuple[tuple[str, str], ...]
    note: str


@dataclass(frozen=True)
class About:
    """What a paper is made of. `taken` is {parcel id: when its carrier had it first}.

    `day` writes an instant with its year, time and zone, in the client's language.
    """

    seen: RmaView
    hands: Sequence[Custody]
    taken: Mapping[int, datetime]
    house: str
    locale: str
    day: Callable[[datetime], str]
    with_prices: bool = True


def custody_receipt(about: About) -> Paper | None:
    """Who has the piece, since when, and up to which amount it is covered; None while the client has it."""
    seen, held = about.seen, _held(about)
    if not held:
        return None
    return Paper(
        title=_("Custody receipt"),
        number=seen.rma.number,
        lead=_("What you handed over, and in whose hands it is."),
        facts=(*_who(about), *_pieces(about), *held),
        note=_(
            "Written by %(house)s from what the carrier and the people who had it in their hands put down.",
            house=about.house,
        ),
    )


def return_receipt(about: About) -> Paper | None:
    """What came to the house, and when; None before it is there."""
    rma = about.seen.rma
    if rma.arrived_at is None:
        return None
    facts = [*_who(about), *_pieces(about), (_("Received"), about.day(rma.arrived_at))]
    if rma.inspected_at is not None:
        facts.append((_("Looked at by our atelier"), about.day(rma.inspected_at)))
    return Paper(
        title=_("Receipt of your return"),
        number=rma.number,
        lead=_("What came to us, and when."),
        facts=tuple(facts),
        note=_("It says what we received. What goes back to you stands in the credit note, once it is sent."),
    )


def credit_note(about: About) -> Paper | None:
    """What was paid back; None before anything was, and for whoever is not to see a price."""
    paid = [batch for batch in about.seen.settlements if batch.state is SettlementState.SETTLED and batch.amount_cents]
    if not paid or not about.with_prices:
        return None
    facts = [*_who(about), *_pieces(about)]
    for batch in paid:
        facts += _paid(about, batch)
    return Paper(
        title=_("Credit note"),
        number=about.seen.rma.number,
        lead=_("What %(house)s gave back to you.", house=about.house),
        facts=tuple(facts),
        note=_(
            "A statement of the refund by %(house)s, with the amounts that Shopify reported. It is no tax invoice; "
            "ask us for one where you need it.",
            house=about.house,
        ),
    )


def _who(about: About) -> list[tuple[str, str]]:
    rma = about.seen.rma
    return [
        (_("For"), ", ".join(part for part in (named(rma), sender_of(rma).city) if part)),
        (_("Order"), rma.order_name.lstrip("#")),
    ]


def _pieces(about: About) -> list[tuple[str, str]]:
    facts = []
    for line in about.seen.lines:
        count = ngettext("%(num)s piece", "%(num)s pieces", line.quantity) if line.quantity > 1 else ""
        facts.append((_("Piece"), ", ".join(part for part in (line.title, line.detail, count) if part)))
        if line.serial:
            facts.append((_("Serial"), line.serial))
        if line.certificate:
            facts.append((_("Certificate"), line.certificate))
    return facts


def _held(about: About) -> list[tuple[str, str]]:
    """Whose hands it went through, oldest first; the last one has it now."""
    facts = [fact for box in about.seen.parcels for fact in _by_carrier(about, box)]
    facts += [
        (_("Handed over"), _("%(place)s, %(day)s", place=hand.place or about.house, day=about.day(hand.at)))
        for hand in about.hands
        if hand.kind is HandOver.BROUGHT
    ]
    rma = about.seen.rma
    if rma.arrived_at is not None:
        facts.append((_("With us"), _("%(house)s, since %(day)s", house=about.house, day=about.day(rma.arrived_at))))
    return facts


def _by_carrier(about: About, box: Parcel) -> list[tuple[str, str]]:
    since = about.taken.get(box.id or 0)
    if since is None:
        return []
    facts = [
        (_("In the hands of"), box.carrier or _("The carrier")),
        (_("Since"), about.day(since)),
    ]
    if box.tracking_code:
        facts.append((_("Number of the parcel"), box.tracking_code))
    if box.is_covered and box.cover_cents is not None and about.with_prices:
        amount = type(box.need)(box.cover_cents, box.cover_currency).show(about.locale)
        facts.append((_("Covered up to"), amount))
    elif box.is_covered:
        facts.append((_("Covered"), _("For its whole value")))
    return facts


def _paid(about: About, batch: Settlement) -> list[tuple[str, str]]:
    how = _("as credit for another piece") if batch.as_credit else _("the way you paid")
    facts = [(_("Given back"), _("%(amount)s, %(how)s", amount=batch.amount.show(about.locale), how=how))]
    if batch.tax_cents:
        tax = type(batch.amount)(batch.tax_cents, batch.currency).show(about.locale)
        facts.append((_("Tax within it"), tax))
    if batch.settled_at is not None:
        facts.append((_("Sent"), about.day(batch.settled_at)))
    return facts
