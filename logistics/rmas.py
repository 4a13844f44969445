"""RMAs: opened once a return, authorised, and ended."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

import jobs
from kit.db import insert_once
from kit.errors import NotFound
from kit.money import Money
from logistics import events, kept_pieces, parcels
from logistics.eligibility import Track
from logistics.foreign_labels import is_ours, note_foreign
from logistics.history import APP, SHOPIFY, follow_up, lock_rma, move_goods, note_step
from logistics.judging import keep_verdict
from logistics.models import Inspection, LogisticsPolicy, Parcel, Rma, RmaLine, RmaStep, Settlement
from logistics.reads import Address, ClientRead, ReturnLineRead, ReturnRead, SoldRead
from logistics.states import FINAL_GOODS, GOODS, HERE, Goods, SettlementState, can_move
from logistics.ways import Way

ENDINGS = {"CLOSED": "closed", "CANCELED": "canceled", "DECLINED": "declined"}


@dataclass(frozen=True)
class RmaView:
    """All a page shows of one RMA; steps oldest first, settlements by batch."""

    rma: Rma
    lines: tuple[RmaLine, ...]
    parcels: tuple[Parcel, ...]
    inspection: Inspection | None
    settlements: tuple[Settlement, ...]
    steps: tuple[RmaStep, ...]


def open_rma(
    session: Session,
    *,
    shop_id: int,
    read: ReturnRead,
    client: ClientRead,
    value: Money,
    assisted: bool,
    sold: SoldRead | None = None,
    now: datetime,
) -> tuple[Rma, bool]:
    """The one RMA of a return, and whether it was opened now. `value` is what the pieces are worth, in shop money.

    Opening secures `logistics.authorise` and publishes RmaOpened.
    """
    found = find_rma(session, shop_id=shop_id, return_gid=read.return_gid)
    if found is not None:
        return found, False
    sold = sold or SoldRead(country=client.country)
    rma, opened = _insert_numbered(session, _row(shop_id, read, client, value, assisted, sold, now))
    if opened:
        assert rma.id is not None
        for line in read.lines:
            session.add(_line(rma, line, sold))
        note_step(session, rma, "opened", actor=APP, now=now)
        session.flush()
        verdict = keep_verdict(session, rma, read, sold, now=now)
        if verdict.track is Track.STATUTORY and read.status == "REQUESTED":  # the client's own word, not the staff's
            follow_up(session, rma, "acknowledge_withdrawal")
        if read.status == "OPEN" and read.rfos:  # born approved: there is nothing to ask Shopify for
            record_approval(session, rma, read, now=now)
        else:
            follow_up(session, rma, "authorise")
        jobs.publish(session, events.RmaOpened(shop_id, rma.id, rma.return_gid))
    return rma, opened


def get_rma(session: Session, *, shop_id: int, rma_id: int) -> Rma:
    """The RMA with our id. Raises NotFound, also for another shop's."""
    rma = session.exec(select(Rma).where(Rma.id == rma_id, Rma.shop_id == shop_id)).first()
    if rma is None:
        raise NotFound("That return is not here.")
    return rma


def find_rma(session: Session, *, shop_id: int, return_gid: str) -> Rma | None:
    """The RMA of Shopify's return, if we know it."""
    return session.exec(select(Rma).where(Rma.shop_id == shop_id, Rma.return_gid == return_gid)).first()


def prefer_way(session: Session, rma: Rma, way: Way) -> None:
    """How the client would have it travel, for the boxes that are planned from now on; the cover's rule still holds."""
    rma.wished_way = way
    session.add(rma)


def open_rmas(session: Session, *, shop_id: int, limit: int = 200) -> list[Rma]:
    """RMAs with something left to do, oldest first."""
    query = select(Rma).where(Rma.shop_id == shop_id, col(Rma.goods_state).not_in(FINAL_GOODS))
    return list(session.exec(query.order_by(col(Rma.opened_at), col(Rma.id)).limit(limit)))


def arrived_rmas(session: Session, *, shop_id: int, limit: int = 50) -> list[Rma]:
    """RMAs whose pieces are here and were not looked at yet, oldest first."""
    query = select(Rma).where(Rma.shop_id == shop_id, Rma.goods_state == Goods.ARRIVED)
    return list(session.exec(query.order_by(col(Rma.arrived_at), col(Rma.id)).limit(limit)))


def steps(session: Session, rma: Rma) -> list[RmaStep]:
    """What happened to it, oldest first."""
    return list(session.exec(select(RmaStep).where(RmaStep.rma_id == rma.id).order_by(col(RmaStep.id))))


def lines_of(session: Session, rma: Rma) -> list[RmaLine]:
    """The pieces, in Shopify's order."""
    return list(session.exec(select(RmaLine).where(RmaLine.rma_id == rma.id).order_by(col(RmaLine.id))))


def view(session: Session, *, shop_id: int, rma_id: int) -> RmaView:
    """Everything a page shows of one RMA. Raises NotFound."""
    rma = get_rma(session, shop_id=shop_id, rma_id=rma_id)
    batches = select(Settlement).where(Settlement.rma_id == rma_id).order_by(col(Settlement.batch))
    return RmaView(
        rma=rma,
        lines=tuple(lines_of(session, rma)),
        parcels=tuple(parcels.parcels_of(session, rma)),
        inspection=session.exec(select(Inspection).where(Inspection.rma_id == rma_id)).first(),
        settlements=tuple(session.exec(batches)),
        steps=tuple(steps(session, rma)),
    )


def policy_of(session: Session, shop_id: int) -> LogisticsPolicy:
    """What the merchant chose, or the defaults where nothing was chosen yet."""
    return session.get(LogisticsPolicy, shop_id) or LogisticsPolicy(shop_id=shop_id)


def sender_of(rma: Rma) -> Address:
    """Where the client sends from."""
    return Address(**json.loads(rma.sender_address or "{}"))


def change_sender(session: Session, *, shop_id: int, rma_id: int, address: Address, by: str, now: datetime) -> Rma:
    """Set where the client sends from; a label that waits for it is bought on its next try."""
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    rma.sender_address = json.dumps(asdict(address))
    note_step(session, rma, "sender_changed", actor=by, now=now)
    return rma


def is_over(rma: Rma) -> bool:
    """Whether nothing is left to do."""
    return rma.goods_state in FINAL_GOODS


def is_known(session: Session, rma: Rma, says: str, tracking: str = "") -> bool:
    """Whether what a webhook `says` of the return is nothing new: our own doing, told back to us.

    A label is ours by its `tracking`. Money and pieces are ours once all is settled. Of one that is over only an event
    that says nothing of the kind is news: it may have been opened again.
    """
    if is_over(rma):
        return bool(says)
    if says == "deliverable":
        is_here = rma.goods_state in HERE  # and nothing travels any more
        return is_here or (rma.approved_at is not None and is_ours(parcels.parcels_of(session, rma), tracking=tracking))
    return says in ("process", "refund", "dispose") and rma.goods_state is Goods.SETTLED


def record_approval(session: Session, rma: Rma, read: ReturnRead, *, now: datetime) -> None:
    """Take over a return that is open in Shopify: its reverse fulfilment orders, and a parcel for each.

    `rma` is locked. A second time changes nothing.
    """
    if rma.approved_at is not None or is_over(rma):
        return
    rma.approved_at = now
    known = {line.return_line_gid: line for line in lines_of(session, rma)}
    for line in read.lines:
        row = known.get(line.gid) or _line(rma, line)
        rfo_line = read.rfo_line(line.fulfillment_line_gid)
        row.rfo_line_gid = rfo_line.gid if rfo_line else None
        session.add(row)
    note_step(session, rma, "approved", actor=APP, now=now)
    session.flush()
    note_foreign(session, rma, read, now=now)
    parcels.plan_parcels(session, rma, read, lines_of(session, rma), now=now)
    kept_pieces.keep_for(session, rma, read)
    if policy_of(session, rma.shop_id).offer_credit:
        follow_up(session, rma, "look_at_credit")


def end_rma(session: Session, rma: Rma, *, how: str, actor: str = SHOPIFY, now: datetime) -> None:
    """Stop: the return is closed, canceled or declined. Money that nobody sent is called off, unused labels go back.

    `rma` is locked. Goods that were settled count as closed, all others as ended.
    """
    if is_over(rma):
        return
    to = Goods.CLOSED if rma.goods_state is Goods.SETTLED else Goods.ENDED
    _call_off(session, rma, how)
    for parcel in parcels.parcels_of(session, rma) if to is Goods.ENDED else ():
        parcels.let_go(session, rma, parcel)
    rma.ended_how, rma.closed_at = how, now
    move_goods(session, rma, to, actor=actor, now=now, detail=f"The return is {how} in Shopify.")
    kept_pieces.keep_for(session, rma, None)
    assert rma.id is not None
    jobs.publish(session, events.ReturnEnded(rma.shop_id, rma.id, rma.return_gid, how))


def mark_settled(session: Session, rma: Rma, *, exchanged: bool, actor: str, now: datetime, detail: str = "") -> None:
    """Every line is processed in Shopify: the goods are settled and the return can be closed. `rma` is locked.

    `exchanged`: a piece went out instead of one of them.
    """
    if not can_move(GOODS, rma.goods_state, Goods.SETTLED):
        return
    rma.settled_at = now
    move_goods(session, rma, Goods.SETTLED, actor=actor, now=now, detail=detail)
    assert rma.id is not None
    how = "exchanged" if exchanged else "settled"
    jobs.publish(session, events.ReturnSettled(rma.shop_id, rma.id, rma.return_gid, how))
    kept_pieces.keep_for(session, rma, None)
    follow_up(session, rma, "close_return")


def _call_off(session: Session, rma: Rma, how: str) -> None:
    waiting = (SettlementState.PROPOSED, SettlementState.APPROVED)
    session.connection().execute(
        sa.update(Settlement)
        .where(col(Settlement.rma_id) == rma.id, col(Settlement.state).in_(waiting))
        .values(state=SettlementState.VOID, reason=f"The return is {how} in Shopify.")
    )


def _insert_numbered(session: Session, row: Rma) -> tuple[Rma, bool]:
    """Insert with the order's next number; the database decides who gets which."""
    mine = select(sa.func.count()).select_from(Rma).where(Rma.shop_id == row.shop_id, Rma.order_gid == row.order_gid)
    stem, before = row.order_name.lstrip("#").strip(), session.exec(mine).one()
    for n in range(before + 1, before + 100):
        row.number = f"R-{stem}-{n}"
        opened = insert_once(session, row)
        found = find_rma(session, shop_id=row.shop_id, return_gid=row.return_gid)
        if found is not None:
            return found, opened
    raise RuntimeError(f"no number left for {stem}")


def _row(
    shop_id: int, read: ReturnRead, client: ClientRead, value: Money, assisted: bool, sold: SoldRead, now: datetime
) -> Rma:
    return Rma(
        shop_id=shop_id,
        number="",
        return_gid=read.return_gid,
        order_gid=read.order_gid,
        order_name=read.order_name,
        assisted=assisted,
        value_cents=value.cents,
        currency=value.currency,
        presentment_currency=read.presentment_currency,
        client_gid=client.gid,
        client_title=client.title,
        client_name=client.name,
        client_email=client.email,
        client_phone=client.phone,
        client_locale=client.locale,
        sender_address=json.dumps(asdict(client.address)),
        bought_on=sold.bought_on,
        delivered_on=sold.delivered_on,
        channel=sold.channel[:60],
        country=sold.country[:2].upper(),
        opened_at=now,
    )


def _line(rma: Rma, line: ReturnLineRead, sold: SoldRead | None = None) -> RmaLine:
    assert rma.id is not None
    piece = (sold or SoldRead()).piece(line.line_gid)
    return RmaLine(
        rma_id=rma.id,
        shop_id=rma.shop_id,
        return_line_gid=line.gid,
        fulfillment_line_gid=line.fulfillment_line_gid,
        line_gid=line.line_gid,
        title=line.title,
        detail=line.detail,
        image=line.image,
        sku=line.sku,
        quantity=line.quantity,
        reason_label=line.reason_label,
        words=[word[:200] for word in piece.words],
        serial=piece.serial[:120],
        certificate=piece.certificate[:120],
        value_cents=line.unit_total.cents * line.quantity if line.unit_total.currency == rma.currency else 0,
    )
