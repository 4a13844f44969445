"""Reading a shop's past: asked for, waited for, read a slice at a time, kept current every night."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

import jobs
from kit import clock
from kit.db import Begin
from kit.errors import OutsideError
from kit.log import get_logger
from measures import figures, rebuilding, tallying, turns
from measures.keeping import Keeper
from measures.marks import poll_seconds, reaches_back_to
from measures.models import HistoryRead, ReadState
from measures.ports import History, ResultGone
from measures.reads import NARROWER, LargeRead, OrderRecord, PieceRecord, Progress, Record, ReturnRecord, Wanted
from measures.turns import Overtaken
from shops.shops import get_shop, is_working, working_shops

log = get_logger("measures")

SLICE_SECONDS = 20.0
"""A job reads this long and then lets others work; the next goes on from there."""
MOST_ATTEMPTS = 3
AGAIN = timedelta(minutes=1)
NIGHT = timedelta(hours=3)


def keep_current(begin: Begin) -> None:
    """Every night: read what changed in each shop, and count anew."""
    with begin() as session:
        now = clock.now()
        for shop in working_shops(session):
            shop_id, day = shop.id or 0, now.date().isoformat()
            about: dict[str, Any] = {"key": turns.order_key(shop_id), "shop_id": shop_id}
            # Spread over the night, so that a thousand shops do not read at one stroke.
            about["at"] = now + NIGHT * (shop_id * 7919 % 1000 / 1000)
            jobs.enqueue(session, "measures.begin_history", job_id=f"history-day:{shop_id}:{day}", **about)
            jobs.enqueue(session, "measures.count_figures", job_id=f"figures-day:{shop_id}:{day}", **about)


def begin_history(begin: Begin, *, shop_id: int) -> None:
    """After an installation, a new right, or a night: read what there is to read."""
    with begin() as session:
        shop = get_shop(session, shop_id)
        if is_working(shop):
            began = turns.want(session, shop, now=clock.now())
            log.info("history.wanted", shop=shop.domain, began=began)


def hear_history(begin: Begin, *, history: History, shop_id: int, operation_gid: str) -> None:
    """Shopify says that a large read is over (HistoryReady); if it is the one waited for, go on now."""
    with begin() as session:
        row = turns.row_of(session, shop_id)
    if row is not None and row.operation_gid == operation_gid and row.state is ReadState.WORKING:
        read_history(begin, history=history, shop_id=shop_id)


def read_history(begin: Begin, *, history: History, shop_id: int, turn: int | None = None) -> None:
    """One turn of the read under way. Without `turn` it takes over from whoever was to have the next one."""
    with begin() as session:
        row = turns.row_of(session, shop_id)
        if row is None or not is_working(get_shop(session, shop_id)) or turn not in (None, row.turn):
            return
    try:
        match row.state:
            case ReadState.WANTED:
                _ask(begin, history, row)
            case ReadState.WORKING:
                _look(begin, history, row)
            case ReadState.READING:
                _read_on(begin, history, row)
            case _:
                return
    except Overtaken as overtaken:
        log.info("history.overtaken", shop_id=shop_id, turn=str(overtaken))


def count_figures(begin: Begin, *, shop_id: int) -> None:
    """The shop's figures of the last twelve months, for the home page and for rules."""
    with begin() as session:
        figures.count(session, shop_id=shop_id, now=clock.now())


# --- asking


def follow_case(begin: Begin, *, shop_id: int, return_gid: str, **_event: Any) -> None:
    """On CaseClosed: what was talked and given may have come after Shopify closed the return."""
    with begin() as session:
        tallying.follow_returns(session, shop_id=shop_id, return_gids=[return_gid])


def _ask(begin: Begin, history: History, row: HistoryRead) -> None:
    now = clock.now()
    with begin() as session:
        if not turns.claim_asking(session, row, now=now):
            # Another process is at it, or died at it: then what it began has to be found.
            return turns.next_turn(session, row, at=now + turns.ASKING)
    assert row.since is not None
    wanted = Wanted(row.since, row.changed_only, row.detail, row.marker)
    gid = history.find(row.shop_id, row.marker) if row.asked_at else None
    try:
        gid = gid or history.begin(row.shop_id, wanted)
    except OutsideError as error:
        return _not_begun(begin, row, error)
    with begin() as session:
        soon = now + timedelta(seconds=poll_seconds(timedelta()))
        turns.next_turn(session, row, at=soon, state=ReadState.WORKING, operation_gid=gid)
    log.info("history.asked", shop_id=row.shop_id, operation=gid, detail=row.detail.value)


def _not_begun(begin: Begin, row: HistoryRead, error: OutsideError) -> None:
    """Stop at a plain no, wait while too many run; raise what a retry may mend."""
    with begin() as session:
        if error.permanent:
            return _stop(session, row, f"Shopify did not take the question: {error}")
        if not error.ambiguous:
            turns.give_back(session, row)
            if error.retry_after:
                return turns.next_turn(session, row, at=clock.now() + timedelta(seconds=error.retry_after))
    raise error


# --- waiting


def _look(begin: Begin, history: History, row: HistoryRead) -> None:
    assert row.operation_gid is not None and row.asked_at is not None
    read, now = history.look(row.shop_id, row.operation_gid), clock.now()
    with begin() as session:
        if read.progress is Progress.WORKING:
            wait = timedelta(seconds=poll_seconds(now - row.asked_at))
            turns.next_turn(session, row, at=now + wait, lines_total=read.objects)
        elif read.progress is Progress.READY and not read.address:
            _finish(session, row, now=now)
        elif read.address:
            part = read.progress is Progress.FAILED
            turns.next_turn(session, row, state=ReadState.READING, lines_total=read.objects, is_part=part)
        else:
            _without_result(session, row, read, now=now)


def _without_result(session: Session, row: HistoryRead, read: LargeRead, *, now: datetime) -> None:
    if read.progress is Progress.CANCELLED:
        return _stop(session, row, "The reading was cancelled at Shopify.")
    if read.denied and row.detail in NARROWER:
        narrower = NARROWER[row.detail]
        log.warning("history.denied", shop_id=row.shop_id, detail=row.detail.value)
        return turns.next_turn(session, row, **{**turns.afresh(), "detail": narrower})
    if read.denied:
        return _stop(session, row, "Shopify does not let the app read this shop's orders.")
    _again(session, row, read.reason or "the result is no more to be had", now=now)


def _again(session: Session, row: HistoryRead, reason: str, *, now: datetime) -> None:
    """Ask anew, a few times. What was kept stays, and is written over with the same."""
    attempts = row.attempts + 1
    if attempts >= MOST_ATTEMPTS:
        return _stop(session, row, f"Shopify did not get to the end of it, {attempts} times ({reason}).")
    log.warning("history.again", shop_id=row.shop_id, reason=reason, attempts=attempts)
    turns.next_turn(session, row, at=now + AGAIN * attempts, **{**turns.afresh(), "attempts": attempts})


# --- reading


def _read_on(begin: Begin, history: History, row: HistoryRead) -> None:
    assert row.operation_gid is not None
    read = history.look(row.shop_id, row.operation_gid)
    if not read.address:
        with begin() as session:
            return _without_result(session, row, read, now=clock.now())
    try:
        for batch in history.batches(read, offset=row.byte_offset, seconds=SLICE_SECONDS):
            with begin() as session:
                turns.advance(session, row, to=batch.end, lines=batch.lines, odd=batch.odd)
                before = _buyers(session, row.shop_id, batch.records) if row.changed_only else set()
                Keeper(session, row.shop_id, row.hash_key, as_of=row.asked_at).keep(batch.records)
                if row.changed_only:
                    _follow(session, row.shop_id, batch.records, before)
                following = turns.row_of(session, row.shop_id)
                assert following is not None
                if batch.last:
                    return _finish(session, following, now=clock.now())
            row = following
    except ResultGone as gone:
        with begin() as session:
            return _again(session, row, str(gone), now=clock.now())
    with begin() as session:
        turns.next_turn(session, row)
    log.info("history.reading", shop_id=row.shop_id, lines=row.lines_read, total=row.lines_total)


def _buyers(session: Session, shop_id: int, records: Sequence[Record]) -> set[str]:
    gids = [record.order_gid for record in records if isinstance(record, OrderRecord)]
    return tallying.households_of(session, shop_id=shop_id, order_gids=gids)


def _follow(session: Session, shop_id: int, records: Sequence[Record], before: set[str]) -> None:
    """Measure what these lines are about. Of a whole past that is done once, at its end."""
    returns = [record.return_gid for record in records if isinstance(record, ReturnRecord | PieceRecord)]
    orders = [record.order_gid for record in records if isinstance(record, OrderRecord)]
    tallying.follow_orders(session, shop_id=shop_id, order_gids=orders, before=before)
    tallying.follow_returns(session, shop_id=shop_id, return_gids=sorted(set(returns)))


def _finish(session: Session, row: HistoryRead, *, now: datetime) -> None:
    """All of it is kept; or of a read that failed, all that it gave."""
    if row.is_part:
        return _again(session, row, "it ran out of time", now=now)
    assert row.since is not None and row.asked_at is not None
    reached = {}
    if not row.changed_only:
        back = reaches_back_to(row.since, row.rights, asked_at=row.asked_at)
        reached = {"reaches_back_to": back, "complete_at": now, "read_rights": row.rights, "read_detail": row.detail}
        rebuilding.want(session, shop_id=row.shop_id)
    idle = {"state": ReadState.IDLE, "finished_at": now, "current_until": row.started_at}
    turns.end(session, row, **idle, **reached)
    jobs.enqueue(session, "measures.count_figures", key=turns.order_key(row.shop_id), shop_id=row.shop_id)
    log.info("history.read", shop_id=row.shop_id, lines=row.lines_read, changed_only=row.changed_only)


def _stop(session: Session, row: HistoryRead, problem: str) -> None:
    turns.end(session, row, state=ReadState.STOPPED, finished_at=clock.now(), problem=problem[:500])
    log.warning("history.stopped", shop_id=row.shop_id, problem=problem)
