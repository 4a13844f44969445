"""Everything that was seen of who sold a return's pieces: our rows first, Shopify's word of today second."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time

from sqlmodel import Session, col, select

from consults.lookups import talks_before
from logistics.reads import ClientRead
from routing import client_book, evidence, notes
from routing.chains import chain_row
from routing.facts import Back, OrderRead, ReturnFacts, StaffRead
from routing.looking import circumstances_of
from routing.marks import marks_of
from routing.models import OrderEvidence
from routing.reads import OrderSignals
from routing.seller_models import ClaimEvidence, SellerChain
from routing.signals import Claim, ClientMark, MarkedIn, Piece, Signals, Talk, WriteBack
from shops.figures import average_order_value


def gather_facts(
    session: Session,
    *,
    shop_id: int,
    order: OrderRead,
    client: ClientRead,
    staff: StaffRead,
    today: OrderSignals,
    back: Back,
    reasons: Iterable[str] = (),
) -> ReturnFacts:
    """The facts of one return of `back`, made or only tried: what was kept when the order arrived comes first.

    `today` is what Shopify says now, empty where it was not asked.
    """
    kept = evidence.find(session, shop_id=shop_id, order_gid=order.order_gid)
    return ReturnFacts(
        order_name=order.name,
        order_total=order.total,
        attributions=evidence.attributions(session, kept, order, staff, {gid for gid, _ in back if gid}),
        order_staff_gid=(kept.staff_gid if kept else None) or staff.order_staff_gid,
        location_gid=(kept.location_gid if kept else None) or order.location_gid,
        evidence_from="webhook" if kept else "order",
        signals=gather_signals(session, shop_id=shop_id, order=order, client=client, kept=kept, today=today, back=back),
        circumstances=circumstances_of(
            order,
            back,
            reasons=reasons,
            average=average_order_value(session, shop_id=shop_id),
            marks=marks_of(session, shop_id),
        ),
    )


def gather_signals(
    session: Session,
    *,
    shop_id: int,
    order: OrderRead,
    client: ClientRead,
    kept: OrderEvidence | None,
    today: OrderSignals,
    back: Back,
) -> Signals:
    """What find_seller is told besides staff and place."""
    row = chain_row(session, shop_id)
    return Signals(
        pieces=returned_pieces(back, order),
        claims=_claims(session, kept, today, row),
        write_backs=_write_backs(session, shop_id, order.order_gid, today),
        talks=_talks(session, shop_id, client, order, row),
        client_marks=_marks(session, shop_id, client, today, row),
        source_name=(kept.source_name if kept else "") or order.source_name,
        order_seen_at=kept.seen_updated_at if kept else None,
        withheld=today.withheld,
    )


def returned_pieces(back: Back, order: OrderRead) -> tuple[Piece, ...]:
    """The returned share of each line, by value; lines that cannot be matched to the order are left out."""
    by_line = {line.line_gid: line for line in order.lines}
    cents: dict[str, int] = {}
    for gid, quantity in back:
        sold = by_line.get(gid or "")
        if sold:
            share = sold.value.cents * quantity // max(sold.quantity, 1)
            cents[sold.line_gid] = cents.get(sold.line_gid, 0) + share
    return tuple(Piece(gid, worth) for gid, worth in sorted(cents.items()))


def _claims(session: Session, kept: OrderEvidence | None, today: OrderSignals, row: SellerChain) -> tuple[Claim, ...]:
    """Codes kept when the order arrived; for an order of before, or a key named since, those it carries today."""
    if kept is not None:
        rows = session.exec(
            select(ClaimEvidence).where(ClaimEvidence.evidence_id == kept.id).order_by(col(ClaimEvidence.id))
        )
        found = tuple(Claim(r.value, r.key, r.line_gid or None, r.seen_at) for r in rows)
        if found:
            return found
    named = {key.casefold() for key in row.attribute_keys}
    return tuple(Claim(value, key, line) for line, key, value in today.attributes if key.casefold() in named)


def _write_backs(session: Session, shop_id: int, order_gid: str, today: OrderSignals) -> tuple[WriteBack, ...]:
    """Our own row; where it is gone, as after an erasure, its copy in Shopify."""
    note = notes.find_note(session, shop_id=shop_id, order_gid=order_gid)
    if note is not None:
        return notes.read_body(note.body, shop_id=shop_id)
    return notes.read_text(today.sold_by, shop_id=shop_id)


def _talks(session: Session, shop_id: int, client: ClientRead, order: OrderRead, row: SellerChain) -> tuple[Talk, ...]:
    if not client.gid:
        return ()
    found = talks_before(session, shop_id=shop_id, client_gid=client.gid, before=order.placed_at, days=row.consult_days)
    return tuple(Talk(advisor_id, ended_at) for advisor_id, ended_at in found)


def _marks(
    session: Session, shop_id: int, client: ClientRead, today: OrderSignals, row: SellerChain
) -> tuple[ClientMark, ...]:
    marks = [ClientMark(MarkedIn.METAFIELD, code=code) for code in _filled([today.client_metafield])]
    prefix = row.client_tag.casefold()
    tags = [tag.strip()[len(prefix) :] for tag in today.client_tags if tag.strip().casefold().startswith(prefix)]
    marks += [ClientMark(MarkedIn.TAG, code=code) for code in _filled(tags)]
    entry = client_book.find(session, shop_id=shop_id, gid=client.gid, email=client.email, phone=client.phone)
    if entry is not None:
        where = MarkedIn.PERSON if entry.source == client_book.BY_PERSON else MarkedIn.BOOK
        since = datetime.combine(entry.since, time(), UTC) if entry.since else entry.noted_at
        marks.append(ClientMark(where, advisor_id=entry.advisor_id, since=since))
    return tuple(marks)


def _filled(texts: Sequence[str]) -> Iterable[str]:
    return (text.strip() for text in texts if text.strip())
