"""What of an order and its return goes on to the case and to the parcel, and what that is worth. Pure."""

from consults.facts import CaseFacts
from kit.money import Money
from kit.places import zone_of
from logistics.reads import ClientRead, ReturnRead
from routing.decide import Decided, Outcome
from routing.facts import Back, LineRead, OrderRead


def back_of(read: ReturnRead) -> Back:
    """What comes back, as Shopify names it."""
    return [(line.line_gid, line.quantity) for line in read.lines]


def returned_value(order: OrderRead, back: Back) -> Money:
    """What the pieces of `back` were sold for: their share of each line, rounded up, in shop money.

    The whole order where they are not all among its lines, or nothing is named: it decides the cover.
    """
    by_line = {line.line_gid: line for line in order.lines}
    known = [(by_line[gid], quantity) for gid, quantity in back if gid in by_line]
    if not known or len(known) < len(back):
        return order.total
    cents = sum(-(-line.value.cents * quantity // max(line.quantity, 1)) for line, quantity in known)
    return Money(cents, order.total.currency)


def cover_value(order: OrderRead, back: Back) -> Money:
    """What the parcel has to be covered for. Of pieces given for nothing no price tells: as the whole order."""
    value = returned_value(order, back)
    return value if value.cents else order.total


def dearest(order: OrderRead, back: Back) -> LineRead | None:
    """The returned line of most value, the first of several: "the piece". None where none is known."""
    gids = {gid for gid, _ in back}
    returned = [line for line in order.lines if line.line_gid in gids]
    return max(returned, key=lambda line: line.value.cents, default=None)


def category_of(line: LineRead | None) -> str:
    """What kind of piece it is, as it is compared with what an advisor knows; "" for any."""
    return line.product_type.strip().lower()[:100] if line else ""


def case_facts(read: ReturnRead, order: OrderRead, client: ClientRead, decided: Decided, *, zone: str) -> CaseFacts:
    """What the advisor's page shows, frozen as it was when the case opened. The dearest returned line is "the piece".

    `zone` is the shop's, for a client whose country has several or none.
    """
    back = back_of(read)
    lead, value = dearest(order, back), returned_value(order, back)
    return CaseFacts(
        return_gid=read.return_gid,
        order_gid=order.order_gid,
        order_name=order.name,
        seller_words=decided.words,
        client_gid=client.gid or None,
        client_name=client.name or None,
        client_title=client.title,
        client_email=client.email or None,
        client_phone=client.phone or None,
        client_locale=client.locale,
        client_zone=zone_of(client.country, zone, client.address.region),
        piece_title=lead.title if lead else "piece",
        piece_image=lead.image if lead else "",
        piece_detail=lead.detail if lead else "",
        value_cents=value.cents,
        currency=value.currency,
        client_words=next((line.customer_note for line in read.lines if line.customer_note), None),
        reason_label=next((line.reason_label for line in read.lines if line.reason_label), ""),
        bought_on=order.placed_at.date(),
        delivered_on=order.delivered_on,
        side_by_side=decided.outcome is Outcome.BOTH,
        category=category_of(lead),
    )
