"""Calendars an advisor gave us to see when they are busy, and what was read in them."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.advisors import get_advisor
from consults.feed_words import IN_WORDS, FeedTrouble, is_address
from consults.ics import Busy, as_instants
from consults.time_models import BusyBlock, BusyFeed
from jobs import enqueue
from kit.errors import AppError, NotFound

GOOD_FOR = timedelta(hours=24)
"""So long the last good copy counts; then nothing is offered on a guess."""
MOST_FEEDS = 5


class FeedUnclear(AppError):
    """The address is none we read."""

    code = "calendar_unclear"


def add_feed(session: Session, *, shop_id: int, advisor_id: int, address: str, now: datetime) -> BusyFeed:
    """Read that calendar from now on; given again, it is the same row. Raises FeedUnclear."""
    get_advisor(session, shop_id=shop_id, advisor_id=advisor_id)
    address = address.strip()
    if address.lower().startswith("webcal://"):
        address = f"https://{address[9:]}"
    if len(address) > 2000 or not is_address(address):
        raise FeedUnclear(IN_WORDS[FeedTrouble.NOT_HTTPS])
    mine = feeds_of(session, shop_id=shop_id, advisor_id=advisor_id)
    feed = next((feed for feed in mine if feed.address == address), None)
    if feed is None and len(mine) >= MOST_FEEDS:
        raise FeedUnclear(f"{MOST_FEEDS} calendars are as many as we read. Take one away first.")
    if feed is None:
        feed = BusyFeed(shop_id=shop_id, advisor_id=advisor_id, address=address, added_at=now)
        session.add(feed)
        session.flush()
    enqueue(session, "consults.read_feed", shop_id=shop_id, feed_id=feed.id)
    return feed


def drop_feed(session: Session, *, shop_id: int, advisor_id: int, feed_id: int) -> None:
    """Read it no more; what it said is forgotten. Raises NotFound."""
    feed = get_feed(session, shop_id=shop_id, advisor_id=advisor_id, feed_id=feed_id)
    session.connection().execute(sa.delete(BusyBlock).where(col(BusyBlock.feed_id) == feed.id))
    session.delete(feed)


def need_feed(session: Session, *, shop_id: int, advisor_id: int, feed_id: int, needed: bool) -> None:
    """Whether times are offered only while it can be read. Raises NotFound."""
    feed = get_feed(session, shop_id=shop_id, advisor_id=advisor_id, feed_id=feed_id)
    feed.needed = needed
    session.add(feed)


def get_feed(session: Session, *, shop_id: int, advisor_id: int, feed_id: int) -> BusyFeed:
    """The advisor's calendar with that id. Raises NotFound."""
    mine = (BusyFeed.id == feed_id, BusyFeed.shop_id == shop_id, BusyFeed.advisor_id == advisor_id)
    feed = session.exec(select(BusyFeed).where(*mine)).first()
    if feed is None:
        raise NotFound("That calendar is not known here.")
    return feed


def feeds_of(session: Session, *, shop_id: int, advisor_id: int) -> list[BusyFeed]:
    """An advisor's calendars, in the order they gave them."""
    mine = (BusyFeed.shop_id == shop_id, BusyFeed.advisor_id == advisor_id)
    return list(session.exec(select(BusyFeed).where(*mine).order_by(col(BusyFeed.id))))


def feeds_in_trouble(session: Session, *, shop_id: int) -> list[BusyFeed]:
    """Calendars of the shop that could not be read when last tried."""
    query = select(BusyFeed).where(BusyFeed.shop_id == shop_id, col(BusyFeed.trouble).is_not(None))
    return list(session.exec(query.order_by(col(BusyFeed.advisor_id), col(BusyFeed.id))))


def in_words(feed: BusyFeed, *, now: datetime) -> str:
    """How it stands with a calendar, for the advisor and for the merchant; "" where all is well."""
    if feed.trouble is None:
        return "" if not feed.left_out else f"{feed.left_out} of its entries repeat in a way we do not follow."
    words = IN_WORDS[feed.trouble]
    if not is_stale(feed, now=now):
        return words
    held = "No time is offered until it can be read again." if feed.needed else "Times are offered without it."
    return f"{words} {held}"


def is_stale(feed: BusyFeed, *, now: datetime) -> bool:
    """Whether what was read of it is too old to go by. One that was just given has a day to be read, too."""
    return now - (feed.read_at or feed.added_at) > GOOD_FOR


def may_offer(session: Session, *, shop_id: int, advisor_id: int, now: datetime) -> bool:
    """Whether we know enough of an advisor's days to offer any."""
    feeds = feeds_of(session, shop_id=shop_id, advisor_id=advisor_id)
    return not any(feed.needed and is_stale(feed, now=now) for feed in feeds)


def find_feed(session: Session, *, shop_id: int, feed_id: int) -> BusyFeed | None:
    """The shop's calendar with that id, if it was not taken away."""
    return session.exec(select(BusyFeed).where(BusyFeed.id == feed_id, BusyFeed.shop_id == shop_id)).first()


def busy_blocks(
    session: Session, *, shop_id: int, advisor_id: int, since: datetime, until: datetime
) -> Sequence[BusyBlock]:
    """What an advisor's calendars say of [since, until), earliest first."""
    mine = (BusyBlock.shop_id == shop_id, BusyBlock.advisor_id == advisor_id)
    then = (BusyBlock.ends_at > since, BusyBlock.starts_at < until)
    return session.exec(select(BusyBlock).where(*mine, *then).order_by(col(BusyBlock.starts_at))).all()


def keep_copy(session: Session, feed: BusyFeed, busy: Busy, *, now: datetime) -> None:
    """What was just read takes the place of what was read before."""
    session.connection().execute(sa.delete(BusyBlock).where(col(BusyBlock.feed_id) == feed.id))
    about = {"shop_id": feed.shop_id, "advisor_id": feed.advisor_id, "feed_id": feed.id}
    rows = [about | {"starts_at": start, "ends_at": end} for start, end in as_instants(busy.spans)]
    if rows:
        session.connection().execute(sa.insert(BusyBlock), rows)
    feed.read_at = feed.tried_at = now
    feed.trouble, feed.left_out = None, busy.left_out
    session.add(feed)


def note_trouble(session: Session, feed: BusyFeed, trouble: FeedTrouble, *, now: datetime) -> None:
    """It could not be read: the last good copy stays."""
    feed.tried_at, feed.trouble = now, trouble
    session.add(feed)


def all_feeds(session: Session, *, shop_ids: Collection[int]) -> list[tuple[int, int]]:
    """(shop id, id) of every calendar of those shops."""
    feeds = session.exec(select(BusyFeed).where(col(BusyFeed.shop_id).in_(shop_ids)))
    return [(feed.shop_id, feed.id) for feed in feeds if feed.id is not None]
