"""Returns opened from here: by an advisor for a client, or by the client on our own page.

`returnCreate` and `returnRequest` are not idempotent at Shopify. So a row is written before the call and settled after
it, and after a lost answer the order's returns are read back before anything else is done.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

import jobs
from consults.advisors import get_advisor
from consults.models import Advisor
from kit import clock
from kit.db import Begin, insert_once
from kit.errors import AppError, Conflict, NotFound, OutsideError, Waiting
from kit.log import get_logger
from logistics.reads import ReturnRead
from routing.events import ReturnSeen
from routing.models import OpenedReturn
from routing.ports import Openings
from routing.reads import OrderReturn, WantedLine
from routing.states import OPENING, OpeningState
from routing.unsaid import KEPT_TO_THEMSELVES, stands_for_none

log = get_logger("routing")

STILL_WORKING = timedelta(seconds=30)
"""How long Shopify may still be at work on a call whose answer we lost."""
SKEW = timedelta(minutes=2)
"""How far Shopify's clock may be behind ours."""
MOST_LINES = 20
NO_TRACE = (
    "Shopify's answer was lost, and the order shows no such return yet. Look at the order in Shopify, then decide."
)
PUT_ASIDE = "Somebody looked at the order and put this aside."
SEVERAL = "Shopify's answer was lost, and the order shows more than one such return. Look at the order in Shopify."


def ask(
    session: Session,
    *,
    shop_id: int,
    key: str,
    order_gid: str,
    order_name: str,
    lines: Sequence[tuple[str, int]],
    reason_gid: str,
    advisor_id: int | None,
    exchanges: Sequence[tuple[str, int]] = (),
    reasons: Mapping[str, str] | None = None,
    notes: Mapping[str, str] | None = None,
    now: datetime,
) -> OpenedReturn:
    """Secure the opening of a return of (fulfilment line gid, quantity). The same `key` is the same return.

    With `advisor_id` it is made approved and the case is theirs; without one it is requested, as by the client, and
    routed by the merchant's rule. `exchanges` are (variant gid, quantity) the client decided for: Shopify takes them
    only when a return is made, so nothing is made before. `reasons` and `notes` are those of a line alone, by its gid,
    where the client gave them. Raises AppError for a choice of nothing.
    """
    wanted = wanted_lines(lines)
    row = OpenedReturn(
        shop_id=shop_id,
        key=key,
        order_gid=order_gid,
        order_name=order_name,
        lines=[_line(gid, quantity, (reasons or {}).get(gid)) for gid, quantity in wanted],
        reason_gid=reason_gid,
        notes=_words({gid: (notes or {}).get(gid, "") for gid, _ in wanted}),
        advisor_id=advisor_id,
        exchanges=[{"variant_gid": gid, "quantity": quantity} for gid, quantity in exchanges],
        asked_at=now,
    )
    opened = insert_once(session, row)
    found = session.exec(select(OpenedReturn).where(OpenedReturn.shop_id == shop_id, OpenedReturn.key == key)).one()
    if opened:
        _secure(session, found)
    return found


def wanted_lines(lines: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """What was chosen, in order. Raises AppError for nothing, for too much, and for one line twice."""
    wanted = sorted((gid, quantity) for gid, quantity in lines if quantity > 0)
    if not wanted or len(wanted) > MOST_LINES or len({gid for gid, _ in wanted}) != len(wanted):
        raise AppError("Choose at least one piece." if not wanted else f"Choose {MOST_LINES} pieces at most.")
    return wanted


def ask_again(session: Session, *, shop_id: int, opened_id: int) -> OpenedReturn:
    """A person looked, and it was not made: try once more. What the first try made after all is found first."""
    row = get_opened(session, shop_id=shop_id, opened_id=opened_id)
    if not _move(session, row, OpeningState.ASKED, out_of=OpeningState.UNSETTLED, problem=""):
        raise Conflict("It is being looked at already.")
    _secure(session, row)
    return row


def put_aside(session: Session, *, shop_id: int, opened_id: int) -> OpenedReturn:
    """A person looked, and it was not made, nor shall it be. Raises NotFound, or Conflict where it moved on."""
    row = get_opened(session, shop_id=shop_id, opened_id=opened_id)
    if not _move(session, row, OpeningState.REFUSED, out_of=OpeningState.UNSETTLED, problem=PUT_ASIDE):
        raise Conflict("It has moved on meanwhile. Look again.")
    return row


def unsettled(session: Session, *, shop_id: int) -> list[OpenedReturn]:
    """Those of which nobody can tell whether Shopify made them, oldest first."""
    query = select(OpenedReturn).where(OpenedReturn.shop_id == shop_id, OpenedReturn.state == OpeningState.UNSETTLED)
    return list(session.exec(query.order_by(col(OpenedReturn.id)).limit(100)))


def get_opened(session: Session, *, shop_id: int, opened_id: int) -> OpenedReturn:
    """The shop's row with that id, as it is now. Raises NotFound."""
    mine = (OpenedReturn.id == opened_id, OpenedReturn.shop_id == shop_id)
    row = session.exec(select(OpenedReturn).where(*mine).execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound("That page is not known here.")
    return row


def recent(session: Session, *, shop_id: int, advisor_id: int | None) -> list[OpenedReturn]:
    """The newest returns opened by that advisor, or by any; those that need a person first."""
    query = select(OpenedReturn).where(OpenedReturn.shop_id == shop_id, col(OpenedReturn.advisor_id).is_not(None))
    if advisor_id is not None:
        query = query.where(OpenedReturn.advisor_id == advisor_id)
    needs_somebody = sa.case((col(OpenedReturn.state) == OpeningState.UNSETTLED, 0), else_=1)
    return list(session.exec(query.order_by(needs_somebody, col(OpenedReturn.id).desc()).limit(10)))


def open_return(begin: Begin, *, openings: Openings, shop_id: int, opened_id: int) -> None:
    """Make the return in Shopify, once, and tell routing of it."""
    with begin() as session:
        row = get_opened(session, shop_id=shop_id, opened_id=opened_id)
    if row.state not in (OpeningState.ASKED, OpeningState.SENDING):
        return
    there = openings.returns_of(shop_id, row.order_gid)
    if row.sent_at is not None and _was_made(begin, row, there):
        return
    if row.state is OpeningState.SENDING:
        _give_up_looking(begin, row)
        return
    sent = _claim(begin, row, there)
    if sent is None:
        return
    try:
        return_gid = _send(openings, sent)
    except (OutsideError, Waiting) as error:
        _after_failure(begin, row, sent, error)
        return
    _record(begin, sent, return_gid)


def settle_by(session: Session, *, shop_id: int, read: ReturnRead) -> Advisor | None:
    """Who opened that return from here, if an advisor did.

    Shopify's own word of it may be quicker than our call's answer, and then settles the row.
    """
    mine = (OpenedReturn.shop_id == shop_id, OpenedReturn.order_gid == read.order_gid)
    rows = session.exec(select(OpenedReturn).where(*mine).order_by(col(OpenedReturn.id))).all()
    row = next((row for row in rows if row.return_gid == read.return_gid), None)
    if row is None:
        lines = tuple(sorted((line.fulfillment_line_gid, line.quantity) for line in read.lines))
        waiting = (row for row in rows if row.return_gid is None and row.sent_at is not None)
        fits = (row for row in waiting if lines == _lines(row) and read.return_gid not in row.before)
        row = next((row for row in fits if _settle(session, row, read.return_gid)), None)
    if row is None or row.advisor_id is None:
        return None
    return get_advisor(session, shop_id=shop_id, advisor_id=row.advisor_id)


def came_from_here(session: Session, *, shop_id: int, read: ReturnRead) -> bool:
    """Whether that return was asked for on a page of ours. Asked after settle_by()."""
    mine = (OpenedReturn.shop_id == shop_id, OpenedReturn.return_gid == read.return_gid)
    return session.exec(select(OpenedReturn).where(*mine)).first() is not None


def _was_made(begin: Begin, row: OpenedReturn, there: Sequence[OrderReturn]) -> bool:
    """Settle what an earlier try made; False when it left no trace."""
    assert row.sent_at is not None
    since = row.sent_at - SKEW
    fits = [r for r in there if r.return_gid not in row.before and r.lines == _lines(row) and r.created_at >= since]
    if not fits:
        return False
    if len(fits) == 1:
        _record(begin, row, fits[0].return_gid)
    else:
        _set(begin, row, OpeningState.UNSETTLED, problem=SEVERAL)
    return True


def _give_up_looking(begin: Begin, row: OpenedReturn) -> None:
    assert row.sent_at is not None
    rest = row.sent_at + STILL_WORKING - clock.now()
    if rest > timedelta(0):
        raise OutsideError("shopify", "may still be opening the return", retry_after=rest.total_seconds() + 1)
    _set(begin, row, OpeningState.UNSETTLED, problem=NO_TRACE)


def _claim(begin: Begin, row: OpenedReturn, there: Sequence[OrderReturn]) -> OpenedReturn | None:
    """Write `sending` before anything is sent; None when another run has it."""
    before = sorted({r.return_gid for r in there})
    return _set(begin, row, OpeningState.SENDING, before=before, sent_at=clock.now(), problem="")


def _send(openings: Openings, row: OpenedReturn) -> str:
    if row.advisor_id is None:
        return openings.request(row.shop_id, order_gid=row.order_gid, lines=_with_reasons(openings, row))
    lines = list(_lines(row))
    instead = [(exchange["variant_gid"], exchange["quantity"]) for exchange in row.exchanges]
    about: dict[str, Any] = {"order_gid": row.order_gid, "lines": lines, "reason_gid": row.reason_gid}
    return openings.create(row.shop_id, requested_at=row.asked_at, exchanges=instead, **about)


def _with_reasons(openings: Openings, row: OpenedReturn) -> tuple[WantedLine, ...]:
    """Its lines; who would rather not say why is given the shop's word for that."""
    lines = wanted_of(row)
    if all(line.reason_gid for line in lines):
        return lines
    unsaid = stands_for_none(openings.reasons(row.shop_id), KEPT_TO_THEMSELVES)
    return tuple(replace(line, reason_gid=line.reason_gid or (unsaid.gid if unsaid else "")) for line in lines)


def _after_failure(begin: Begin, row: OpenedReturn, sent: OpenedReturn, error: OutsideError | Waiting) -> None:
    """A lost answer is looked into when Shopify must be done; a plain no is final; what never arrived is sent again.

    An advisor reads the no on the page they opened it from. Of what a client asked for somebody has to be told.
    """
    if isinstance(error, OutsideError) and error.ambiguous:
        wait = max(error.retry_after or 0, STILL_WORKING.total_seconds() + 1)
        raise OutsideError(error.provider, "no clear answer to an opened return", retry_after=wait) from error
    if isinstance(error, OutsideError) and error.permanent:
        told = sent.advisor_id is not None
        to = OpeningState.REFUSED if told else OpeningState.UNSETTLED
        _set(begin, sent, to, problem=(str(error) if told else f"Shopify did not take it: {error}")[:500])
        return
    _set(begin, sent, OpeningState.ASKED, sent_at=row.sent_at, before=row.before)
    raise error


def _record(begin: Begin, row: OpenedReturn, return_gid: str) -> None:
    """It is made: routing is told, in one transaction. Shopify's webhook, or another run, may have been quicker."""
    with begin() as session:
        if _move(session, row, OpeningState.MADE, return_gid=return_gid, problem="", notes=None):
            jobs.publish(session, ReturnSeen(row.shop_id, return_gid, row.order_gid))
            log.info("return.opened", shop_id=row.shop_id, by=row.advisor_id)


def _set(begin: Begin, row: OpenedReturn, to: OpeningState, **values: Any) -> OpenedReturn | None:
    assert row.id is not None
    with begin() as session:
        if not _move(session, row, to, **values):
            return None
        return get_opened(session, shop_id=row.shop_id, opened_id=row.id)


def _move(
    session: Session, row: OpenedReturn, to: OpeningState, *, out_of: OpeningState | None = None, **values: Any
) -> bool:
    """Move the row, if it still is where this may follow, or `out_of`; the database decides between two who try."""
    before = [state for state, after in OPENING.items() if to in after and out_of in (state, None)]
    may = (col(OpenedReturn.id) == row.id, col(OpenedReturn.state).in_(before))
    moved = session.connection().execute(sa.update(OpenedReturn).where(*may).values(state=to, **values))
    return moved.rowcount == 1


def _secure(session: Session, row: OpenedReturn) -> None:
    key = f"opening:{row.shop_id}:{row.order_gid}"
    jobs.enqueue(session, "routing.open_return", key=key, shop_id=row.shop_id, opened_id=row.id)


def wanted_of(row: OpenedReturn) -> tuple[WantedLine, ...]:
    """Its lines as Shopify is asked for them. Rows of before have one reason for all, and no notes."""
    notes = json.loads(row.notes or "{}")
    return tuple(
        WantedLine(gid, line["quantity"], line.get("reason_gid", row.reason_gid), notes.get(gid, ""))
        for line in sorted(row.lines, key=lambda line: line["fulfillment_line_gid"])
        for gid in (line["fulfillment_line_gid"],)
    )


def forget_notes(session: Session, *, shop_id: int, order_gids: Sequence[str]) -> None:
    """What clients wrote goes when their data goes; once Shopify has it, it is not kept here anyway."""
    theirs = (col(OpenedReturn.shop_id) == shop_id, col(OpenedReturn.order_gid).in_(order_gids))
    session.connection().execute(sa.update(OpenedReturn).where(*theirs).values(notes=None))


def _settle(session: Session, row: OpenedReturn, return_gid: str) -> bool:
    return _move(session, row, OpeningState.MADE, return_gid=return_gid, problem="", notes=None)


def _line(gid: str, quantity: int, reason_gid: str | None) -> dict[str, Any]:
    line: dict[str, Any] = {"fulfillment_line_gid": gid, "quantity": quantity}
    return line if reason_gid is None else line | {"reason_gid": reason_gid}


def _words(notes: Mapping[str, str]) -> str | None:
    said = {gid: note for gid, note in notes.items() if note}
    return json.dumps(said) if said else None


def _lines(row: OpenedReturn) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((line["fulfillment_line_gid"], line["quantity"]) for line in row.lines))
