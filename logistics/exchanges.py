"""A piece instead, where the client's own request waits unapproved: the request makes way for one return with it.

Neither `returnDeclineRequest` nor `returnCreate` is idempotent at Shopify. The row is written before the first call, so
what Shopify tells of the two is known for our own doing, and after a lost answer the order's returns are read first.
The RMA, its number, its case and the client's page stay; only Shopify's id of the return is another.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

import jobs
from jobs.attempts import retry_of
from kit import clock
from kit.db import Begin, insert_once
from kit.errors import Conflict, OutsideError, Waiting
from logistics import events, rmas, side_sales
from logistics.eligibility import Track
from logistics.exchange_models import Exchange
from logistics.exchange_paths import Path, decline_note, path_for
from logistics.history import APP, follow_up, lock_rma, note_step
from logistics.judging import verdict_of
from logistics.models import Rma
from logistics.money_models import MoneyTerms
from logistics.ports import ExchangeDoor
from logistics.radar.models import ClientNeed, RadarCard
from logistics.reads import MadeReturn, ReturnRead
from logistics.states import SaleState

STILL_WORKING = timedelta(seconds=30)
"""How long Shopify may still be at work on a call whose answer we lost."""
SKEW = timedelta(minutes=2)
"""How far Shopify's clock may be behind ours."""
UNDER_WAY = (SaleState.ASKED, SaleState.SENDING)
HIDDEN = "Shopify does not show this return to the app. It may need approval to read orders older than 60 days."
DECLINED = "Somebody declined the request in the Shopify admin."
APPROVED = "Somebody approved the request in the Shopify admin meanwhile, so the piece is sold beside it."
NOT_MADE = (
    "The client's request made way for an exchange, and Shopify does not take the new return ({why}). Open it in "
    "Shopify for the same pieces; it is found from there."
)
ANOTHER = "{piece} is being given instead already."


def ask_exchange(
    session: Session, *, shop_id: int, rma_id: int, variant_gid: str, piece: str, by: str, now: datetime
) -> Path:
    """The client takes this piece instead; by which way it goes into Shopify. Raises NotFound, or Conflict."""
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    if rmas.is_over(rma):
        raise Conflict("This return has ended, so nothing can be given instead any more.")
    row = exchange_of(session, rma)
    if row is not None and row.state in (*UNDER_WAY, SaleState.MADE):
        if row.variant_gid != variant_gid:
            raise Conflict(ANOTHER.format(piece=row.piece or "Another piece"))
        return Path.ANEW
    about: dict[str, Any] = {"variant_gid": variant_gid, "piece": piece[:200]}
    if path_now(session, rma, variant_gid) is not Path.ANEW:
        side_sales.ask_sale(session, shop_id=shop_id, rma_id=rma_id, by=by, now=now, **about)
        return Path.BESIDE
    asked: dict[str, Any] = {"asked_gid": rma.return_gid, "order_gid": rma.order_gid, "asked_by": by, "asked_at": now}
    insert_once(session, Exchange(rma_id=rma_id, shop_id=shop_id, **about, **asked))
    note_step(session, rma, "exchange_asked", actor=by, now=now, detail=piece[:200])
    follow_up(session, rma, "make_exchange")
    return Path.ANEW


def path_now(session: Session, rma: Rma, variant_gid: str) -> Path:
    """By which way that piece would go, as far as we know; Shopify is asked once more before anything is done."""
    spent = exchange_of(session, rma) is not None or side_sales.sale_of(session, rma) is not None
    verdict = verdict_of(session, rma)
    return path_for(
        is_there=True,
        is_approved=rma.approved_at is not None or spent,
        is_by_law=verdict is not None and verdict.track is Track.STATUTORY,
        has_variant=bool(variant_gid),
    )


def exchange_of(session: Session, rma: Rma) -> Exchange | None:
    """The piece for which this return was, or is being, made anew."""
    query = select(Exchange).where(Exchange.rma_id == rma.id, Exchange.shop_id == rma.shop_id)
    return session.exec(query.execution_options(populate_existing=True)).first()


def holds(session: Session, rma: Rma) -> bool:
    """Whether the request is on its way out: what Shopify says of it then is our own doing."""
    row = exchange_of(session, rma)
    return row is not None and row.state in UNDER_WAY


def make_exchange(begin: Begin, *, exchanges: ExchangeDoor, shop_id: int, rma_id: int) -> None:
    """Take the request out of the way and make the return with the piece, each once."""
    with begin() as session:
        rma = rmas.get_rma(session, shop_id=shop_id, rma_id=rma_id)
        row = exchange_of(session, rma)
    if row is None or row.state not in UNDER_WAY:
        return
    old = _out_of_the_way(begin, exchanges, rma, row)
    if old is None:
        return
    there = exchanges.returns_of(shop_id, old.order_gid)
    if row.sent_at is not None and _was_made(begin, exchanges, rma, row, there):
        return
    _make(begin, exchanges, rma, row, old, there)


def settle_by(session: Session, *, shop_id: int, read: ReturnRead, now: datetime) -> bool:
    """Whether that return is the one we are making: Shopify's word of it may be quicker than our call's answer."""
    query = select(Exchange).where(Exchange.shop_id == shop_id, Exchange.order_gid == read.order_gid)
    rows = session.exec(query.where(Exchange.state == SaleState.SENDING)).all()
    made = MadeReturn(read.return_gid, read.created_at, _lines(read))
    for row in rows:
        rma = lock_rma(session, shop_id=shop_id, rma_id=row.rma_id)
        if _fits(session, rma, row, made):
            _take_over(session, rma, read, now=now)
            return True
    return False


def _out_of_the_way(begin: Begin, exchanges: ExchangeDoor, rma: Rma, row: Exchange) -> ReturnRead | None:
    """The request, declined by us; None when it went another way."""
    old = exchanges.read(rma.shop_id, row.asked_gid)
    if old is None:
        raise Waiting(HIDDEN, retry_after=3600)
    if old.status == "REQUESTED":
        with begin() as session:  # before the call, so that its webhook is known for ours
            _set(session, row, declining_at=clock.now())
        old = exchanges.decline(rma.shop_id, row.asked_gid, decline_note(rma.client_locale))
        if old.status == "DECLINED":
            return old
    elif old.status == "DECLINED" and row.declining_at is not None:
        return old
    _give_way(begin, rma, row, old)
    return None


def _give_way(begin: Begin, rma: Rma, row: Exchange, old: ReturnRead) -> None:
    """Somebody moved the request first: approved, the piece is sold beside it; declined, that is their word."""
    assert rma.id is not None
    with begin() as session:
        locked, now = lock_rma(session, shop_id=rma.shop_id, rma_id=rma.id), clock.now()
        is_open = old.status == "OPEN"
        if not _set(session, row, state=SaleState.REFUSED, problem=APPROVED if is_open else DECLINED):
            return
        note_step(session, locked, "exchange_refused", actor=APP, now=now, detail=APPROVED if is_open else DECLINED)
        if not is_open:
            rmas.end_rma(session, locked, how=rmas.ENDINGS.get(old.status, "declined"), now=now)
            return
        about: dict[str, Any] = {"variant_gid": row.variant_gid, "piece": row.piece, "by": row.asked_by, "now": now}
        side_sales.ask_sale(session, shop_id=rma.shop_id, rma_id=rma.id, **about)
        follow_up(session, locked, "authorise")


def _was_made(begin: Begin, exchanges: ExchangeDoor, rma: Rma, row: Exchange, there: tuple[MadeReturn, ...]) -> bool:
    """Settle what an earlier try made; False when it plainly made nothing and may be sent again."""
    assert row.sent_at is not None
    with begin() as session:
        found = next((made for made in there if _fits(session, rma, row, made)), None)
    if found is not None:
        _record(begin, exchanges, rma, found.return_gid)
        return True
    rest = row.sent_at + STILL_WORKING - clock.now()
    if rest > timedelta(0):
        raise OutsideError("shopify", "may still be making a return", retry_after=rest.total_seconds() + 1)
    return False


def _make(
    begin: Begin,
    exchanges: ExchangeDoor,
    rma: Rma,
    row: Exchange,
    old: ReturnRead,
    there: tuple[MadeReturn, ...],
) -> None:
    with begin() as session:
        before = sorted({made.return_gid for made in there})
        if not _set(session, row, state=SaleState.SENDING, sent_at=clock.now(), before=before):
            return
    try:
        made = exchanges.make(rma.shop_id, like=old, variant_gid=row.variant_gid)
    except OutsideError as error:
        _after_failure(begin, rma, row, error)
        return
    _record(begin, exchanges, rma, made)


def _after_failure(begin: Begin, rma: Rma, row: Exchange, error: OutsideError) -> None:
    """A lost answer is looked into later. A plain no: the return is made anew without the piece, and that is said."""
    if error.ambiguous or not error.permanent:
        wait = max(error.retry_after or 0, STILL_WORKING.total_seconds() + 1)
        raise OutsideError(error.provider, "no clear answer to an exchange", retry_after=wait, ambiguous=True)
    assert rma.id is not None
    with begin() as session:
        locked, now = lock_rma(session, shop_id=rma.shop_id, rma_id=rma.id), clock.now()
        sent = exchange_of(session, locked)
        assert sent is not None
        plain: dict[str, Any] = {"state": SaleState.ASKED, "sent_at": None, "variant_gid": ""}
        if _set(session, sent, problem=str(error)[:500], **plain) and row.variant_gid:
            note_step(session, locked, "exchange_refused", actor="shopify", now=now, detail=row.piece)
            follow_up(session, locked, "make_exchange")
    if not row.variant_gid:
        raise Waiting(NOT_MADE.format(why=error), retry_after=3600)


def _record(begin: Begin, exchanges: ExchangeDoor, rma: Rma, return_gid: str) -> None:
    assert rma.id is not None
    read = exchanges.read(rma.shop_id, return_gid)
    if read is None:
        raise Waiting(HIDDEN, retry_after=60)
    with begin() as session:
        locked = lock_rma(session, shop_id=rma.shop_id, rma_id=rma.id)
        _take_over(session, locked, read, now=clock.now())


def _take_over(session: Session, rma: Rma, read: ReturnRead, *, now: datetime) -> None:
    """From here on the new return is the one of this RMA. `rma` is locked; a second time changes nothing."""
    row = exchange_of(session, rma)
    if row is None or row.state not in UNDER_WAY:
        return
    before, rma.return_gid = rma.return_gid, read.return_gid
    by_piece = {line.fulfillment_line_gid: line.gid for line in read.lines}
    for line in rmas.lines_of(session, rma):
        line.return_line_gid = by_piece.get(line.fulfillment_line_gid, line.return_line_gid)
        session.add(line)
    row.state, row.made_at = SaleState.MADE, now
    session.add(row)
    if row.variant_gid:
        terms = session.get(MoneyTerms, rma.id) or MoneyTerms(rma_id=row.rma_id, shop_id=rma.shop_id, set_at=now)
        terms.instead_piece, terms.set_by = row.piece or "The piece you chose", terms.set_by or row.asked_by
        session.add(terms)
    verdict = verdict_of(session, rma)
    if verdict is not None and not verdict.goes_on:  # whoever agreed to the exchange has looked at it
        verdict.let_by, verdict.let_at = row.asked_by, now
        session.add(verdict)
    for kept in (ClientNeed, RadarCard):
        mine = (col(kept.shop_id) == rma.shop_id, col(kept.return_gid) == before)
        session.connection().execute(sa.update(kept).where(*mine).values(return_gid=read.return_gid))
    note_step(session, rma, "exchange_made", actor=APP, now=now, detail=row.piece if row.variant_gid else "")
    session.flush()
    assert rma.id is not None
    jobs.publish(session, events.ReturnReplaced(rma.shop_id, rma.id, rma.return_gid, before))
    rmas.record_approval(session, rma, read, now=now)
    retry_of(session, shop_id=rma.shop_id, names=("logistics.authorise",), rma_id=rma.id, now=now)


def _fits(session: Session, rma: Rma, row: Exchange, made: MadeReturn) -> bool:
    """Whether that is the return we sent: of the same pieces, not there before, and not older."""
    if row.sent_at is None or made.return_gid in (*row.before, row.asked_gid):
        return False
    ours = sorted((line.fulfillment_line_gid, line.quantity) for line in rmas.lines_of(session, rma))
    is_later = made.created_at is None or made.created_at >= row.sent_at - SKEW
    return is_later and list(made.lines) == ours


def _lines(read: ReturnRead) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((line.fulfillment_line_gid, line.quantity) for line in read.lines))


def _set(session: Session, row: Exchange, **values: Any) -> bool:
    """Change the row if it is as it was read; the database decides between two who try."""
    seen = col(Exchange.sent_at) == row.sent_at if row.sent_at else col(Exchange.sent_at).is_(None)
    mine = (col(Exchange.id) == row.id, col(Exchange.state) == row.state, seen)
    changed = sa.update(Exchange).where(*mine).values(**values)
    return session.connection().execute(changed).rowcount == 1
