"""Jobs of the calendars that say when advisors are busy, under the names they have in JOBS: `consults.<function>`."""

from collections.abc import Mapping
from datetime import timedelta

from sqlmodel import select

from consults import feeds
from consults.advisors import get_advisor
from consults.feed_words import FeedUnreadable
from consults.ports import BusyCalendar
from jobs import enqueue
from kit import clock
from kit.db import Begin
from kit.log import get_logger
from shops.models import Shop, ShopState

log = get_logger("consults")

EVERY_SECONDS = 600
AHEAD = timedelta(days=120)
BEHIND = timedelta(days=1)


def read_feeds(begin: Begin) -> None:
    """Every ten minutes: a job for each calendar, so that one that hangs holds up no other."""
    period = int(clock.now().timestamp() // EVERY_SECONDS)
    with begin() as session:
        active = [shop for shop in session.exec(select(Shop.id).where(Shop.state == ShopState.ACTIVE)) if shop]
        for shop_id, feed_id in feeds.all_feeds(session, shop_ids=active):
            once = f"feed:{feed_id}:{period}"
            enqueue(session, "consults.read_feed", job_id=once, shop_id=shop_id, feed_id=feed_id)


def read_feed(begin: Begin, *, calendars: Mapping[str, BusyCalendar], shop_id: int, feed_id: int) -> None:
    """Read one calendar. What is wrong with it is told to its advisor on their page, and tried again by itself."""
    with begin() as session:
        feed = feeds.find_feed(session, shop_id=shop_id, feed_id=feed_id)
        if feed is None:
            return
        zone = get_advisor(session, shop_id=shop_id, advisor_id=feed.advisor_id).zone
    now = clock.now()
    try:
        busy = calendars[feed.provider].busy(feed.address, zone=zone, since=now - BEHIND, until=now + AHEAD)
    except FeedUnreadable as unreadable:
        log.info("feed.unreadable", feed=feed_id, why=unreadable.trouble.value)
        with begin() as session:
            if (row := feeds.find_feed(session, shop_id=shop_id, feed_id=feed_id)) is not None:
                feeds.note_trouble(session, row, unreadable.trouble, now=now)
        return
    with begin() as session:
        if (row := feeds.find_feed(session, shop_id=shop_id, feed_id=feed_id)) is not None:
            feeds.keep_copy(session, row, busy, now=now)
