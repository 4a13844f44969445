"""The sweep: returns no webhook told of, and changes none told of, read from Shopify's orders every ten minutes.

What it finds goes the webhooks' own way (ReturnSeen, ReturnChanged), so a return that comes by both is one. Who sold
the piece is not in these reads: routing waits for the order webhooks that came (holding.py), and where none left
evidence asks Shopify for the order of today.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Session, col

import jobs
from jobs.attempts import keys_in_trouble
from kit import clock
from kit.db import Begin, insert_once
from kit.errors import OutsideError, Waiting
from kit.log import get_logger
from logistics.lookups import known_returns, open_returns
from routing.events import ReturnChanged, ReturnSeen, ReturnsSwept
from routing.models import Sweep
from routing.ports import Sweeps
from routing.reads import SweptPage, SweptReturn
from shops.models import Shop
from shops.shops import get_shop, is_working, working_shops

log = get_logger("routing")

EVERY_SECONDS = 600
OVERLAP = timedelta(minutes=20)
"""Read again each time: Shopify's search may lag, and its clock is not ours."""
IN_TIME = timedelta(minutes=5)
"""How late Shopify's own word of a return may come before it counts as missing."""
YOUNG = timedelta(minutes=1)
"""A return younger than this is left to Shopify's own word of it, which may follow that of its order."""
LEASE = timedelta(minutes=5)
"""Longer than one page can take, with every retry the client makes."""
NIGHT_HOUR = 3
OPEN_RETURNS = ("return_status:return_requested", "return_status:in_progress")


@dataclass(frozen=True)
class Swept:
    """What one sweep came to; `problem` is empty when every page was read."""

    pages: int = 0
    unknown: int = 0
    changed: int = 0
    problem: str = ""


def sweep_shops(begin: Begin) -> None:
    """Secure a sweep of every shop the app works for, once in ten minutes."""
    with begin() as session:
        period = int(clock.now().timestamp() // EVERY_SECONDS)
        for shop in working_shops(session):
            job_id = f"sweep:{shop.id}:{period}"
            jobs.enqueue(session, "reconcile.sweep_shop", key=f"sweep:{shop.id}", job_id=job_id, shop_id=shop.id)


def sweep_shop(begin: Begin, *, sweeps: Sweeps, shop_id: int) -> None:
    """The ten minutes' look at one shop."""
    look_through(begin, sweeps=sweeps, shop_id=shop_id)


def look_through(begin: Begin, *, sweeps: Sweeps, shop_id: int, wide: bool = False) -> Swept | None:
    """Look through what changed in one shop since the last time, and once a night, or if `wide`, all open returns.

    None when the shop cannot be read now, or another worker is at it. When Shopify is away nothing is raised: the mark
    stays where it is, so that the next sweep, minutes later, reads it all.
    """
    started = clock.now()
    with begin() as session:
        shop = get_shop(session, shop_id)
        row = _lease(session, shop, started) if is_working(shop) else None
    if row is None:
        return None
    night = _night(shop, row, started)
    try:
        swept = _read(begin, sweeps, row, wide=wide or night is not None)
    except (OutsideError, Waiting) as error:
        _end(begin, shop_id, last_error=str(error)[:500])
        log.warning("sweep.not_finished", shop=shop.domain, reason=str(error))
        return Swept(problem=str(error))
    except Exception as error:
        _end(begin, shop_id, last_error=type(error).__name__)
        raise
    _end(begin, shop_id, swept_until=started, last_error="", **({"wide_on": night} if night else {}))
    log.info("sweep.done", shop=shop.domain, pages=swept.pages, unknown=swept.unknown, changed=swept.changed)
    return swept


def begins_at(session: Session, shop: Shop) -> datetime:
    """Returns made before this were the house's own when the app came, and are not taken over unasked.

    The first installation counts: what was made between leaving and coming back is ours. (A shop that stays away is
    erased with its mark, 48 hours after it left.)
    """
    row = session.get(Sweep, shop.id)
    return row.begins_at if row else shop.installed_at - OVERLAP


def _read(begin: Begin, sweeps: Sweeps, row: Sweep, *, wide: bool) -> Swept:
    since = row.swept_until - OVERLAP
    queries = [f"updated_at:>='{since:%Y-%m-%dT%H:%M:%SZ}' AND -return_status:no_return"]
    pages = unknown = changed = 0
    told: set[str] = set()
    at = clock.now()
    for query in queries + list(OPEN_RETURNS if wide else ()):
        for page in _pages(sweeps, row.shop_id, query):
            with begin() as session:
                _keep_lease(session, row.shop_id)
                news = [r for r in page.returns if r.return_gid not in told]
                jobs.publish(session, ReturnsSwept(row.shop_id, at, tuple(news)))
                found, moved = _feed(session, row, news)
            told |= {r.return_gid for r in page.returns}
            pages, unknown, changed = pages + 1, unknown + found, changed + moved
    if wide:
        with begin() as session:
            changed += _ask_after_missing(session, row.shop_id, told)
    return Swept(pages, unknown, changed)


def _pages(sweeps: Sweeps, shop_id: int, query: str) -> Iterator[SweptPage]:
    after: str | None = None
    while True:
        page = sweeps.page(shop_id, query, after)
        yield page
        if page.next is None or page.next == after:
            return
        after = page.next


def _feed(session: Session, row: Sweep, found: Sequence[SweptReturn]) -> tuple[int, int]:
    """Tell of the returns we do not know, and of those that are not what we think they are."""
    ours = known_returns(session, shop_id=row.shop_id, return_gids=[r.return_gid for r in found])
    busy = keys_in_trouble(session, shop_id=row.shop_id)
    unknown = changed = 0
    for seen in found:
        status = ours.get(seen.return_gid)
        event = ReturnSeen(row.shop_id, seen.return_gid, seen.order_gid)
        if status is None:
            # One whose decision waits for a person is known to them, and not told again every night.
            if seen.has_ended or seen.created_at < row.begins_at or event.order_key in busy:
                continue
            jobs.publish(session, event, at=seen.created_at + YOUNG)
            unknown += 1
            _note_missed(session, row, seen)
        elif status != seen.status:
            jobs.publish(session, ReturnChanged(row.shop_id, seen.return_gid))
            changed += 1
    return unknown, changed


def _note_missed(session: Session, row: Sweep, seen: SweptReturn) -> None:
    """Shopify should have told of it by now; one made while the app was being installed nobody could be told of."""
    now = clock.now()
    if row.begins_at + OVERLAP < seen.created_at < now - IN_TIME:
        mine = sa.update(Sweep).where(col(Sweep.shop_id) == row.shop_id)
        session.connection().execute(mine.values(missed_at=now))


def _ask_after_missing(session: Session, shop_id: int, seen: set[str]) -> int:
    """Returns we take for open that Shopify's open ones do not show: an order whose only return was cancelled counts as
    one without returns, and so no search for returns finds it."""
    missing = [gid for gid in open_returns(session, shop_id=shop_id) if gid not in seen]
    for return_gid in missing:
        jobs.publish(session, ReturnChanged(shop_id, return_gid))
    return len(missing)


def _lease(session: Session, shop: Shop, now: datetime) -> Sweep | None:
    """The shop's mark, for this worker alone until the lease ends; None when another has it."""
    assert shop.id is not None
    begins = shop.installed_at - OVERLAP
    insert_once(session, Sweep(shop_id=shop.id, begins_at=begins, swept_until=begins))
    mine = col(Sweep.shop_id) == shop.id
    free = sa.or_(col(Sweep.leased_until).is_(None), col(Sweep.leased_until) < now)
    if session.connection().execute(sa.update(Sweep).where(mine, free).values(leased_until=now + LEASE)).rowcount != 1:
        return None
    return session.get_one(Sweep, shop.id, populate_existing=True)


def _keep_lease(session: Session, shop_id: int) -> None:
    mine = col(Sweep.shop_id) == shop_id
    session.connection().execute(sa.update(Sweep).where(mine).values(leased_until=clock.now() + LEASE))


def _end(begin: Begin, shop_id: int, *, swept_until: datetime | None = None, **values: object) -> None:
    """Give the lease back. The mark only ever moves forward, also when a slower sweep ends after a later one."""
    mine = col(Sweep.shop_id) == shop_id
    with begin() as session:
        connection = session.connection()
        connection.execute(sa.update(Sweep).where(mine).values(leased_until=None, last_run_at=clock.now(), **values))
        if swept_until is not None:
            forward = col(Sweep.swept_until) < swept_until
            connection.execute(sa.update(Sweep).where(mine, forward).values(swept_until=swept_until))


def _night(shop: Shop, row: Sweep, now: datetime) -> date | None:
    """The shop's day, when its nightly look is due."""
    here = now.astimezone(ZoneInfo(shop.zone))
    return here.date() if here.hour >= NIGHT_HOUR and row.wide_on != here.date() else None
