"""Cards: opened once a failure, sent with its ways out, answered by the client, and closed when the failure is gone."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Session, col, select

import jobs
from kit.db import insert_once
from kit.errors import AppError, Conflict, NotFound
from logistics.events import CardChosen, CardOpened, order_key
from logistics.models import Rma
from logistics.radar.kinds import FAULTS, HEADINGS, LIVE_CARDS, OBJECTIONS, CardState, Found
from logistics.radar.models import RadarCard
from logistics.radar.ways import Way
from shops.shops import get_shop

QUIET = timedelta(hours=24)
"""After the ways out were sent, nothing writes to the client by itself for so long, or until they answered."""
GONE = "The failure is gone."
SEEN_TO = "Seen to by hand."
FEWEST = 2
DONE_WITHIN = timedelta(days=14)
"""What a client chose stands on the desk for so long, unless somebody says that it is done."""
OF_BEFORE = "These ways out are of an earlier day. New ones are looked for: load this page again in a few minutes."


def open_card(session: Session, *, shop_id: int, found: Found, ways: Sequence[Way], now: datetime) -> bool:
    """The one card of a failure; False where it has one. Raises ValueError for fewer than two ways out."""
    if len(ways) < FEWEST:
        raise ValueError(f"{found.key}: two ways out are wanted")
    row = RadarCard(
        shop_id=shop_id,
        key=found.key,
        failure=found.failure,
        return_gid=found.return_gid,
        rma_id=found.rma_id,
        case_id=found.case_id,
        advisor_id=found.advisor_id,
        detail=found.detail,
        occasion=found.occasion,
        need_by=found.need_by,
        objection=OBJECTIONS[found.failure],
        words=FAULTS[found.failure],
        ways=[way.kept() for way in ways],
        opened_at=now,
    )
    if not insert_once(session, row):
        return False
    mine = (RadarCard.shop_id == shop_id, RadarCard.key == found.key, col(RadarCard.state).in_(LIVE_CARDS))
    card_id = session.exec(select(RadarCard.id).where(*mine)).one()
    assert card_id is not None
    event = CardOpened(shop_id, card_id, found.return_gid, str(found.failure), HEADINGS[found.failure])
    jobs.publish(session, event)
    return True


def renew_ways(session: Session, card: RadarCard, ways: Sequence[Way]) -> None:
    """Other ways out of a failure that nobody offered yet: those of before do not hold any more."""
    if card.state is CardState.OPEN and len(ways) >= FEWEST:
        card.ways = [way.kept() for way in ways]
        session.add(card)


def is_stale(card: RadarCard, today: date) -> bool:
    """Whether one of its ways promises a day that is over."""
    return any(date.fromisoformat(way["by"]) < today for way in card.ways)


def withdraw_gone(session: Session, *, shop_id: int, keys: Collection[str], now: datetime) -> int:
    """Close every live card whose failure is not among `keys` any more; how many there were.

    What a client chose stays until somebody says that it is done, for DONE_WITHIN: the end of the failure is not that.
    """
    live = live_cards(session, shop_id=shop_id)
    gone = [card for card in live if card.key not in keys and not _is_owed(card, now)]
    for card in gone:
        _close(card, GONE, now)
        session.add(card)
    return len(gone)


def live_cards(session: Session, *, shop_id: int, advisor_id: int | None = None) -> list[RadarCard]:
    """Open failures, oldest first; of one advisor, or all."""
    query = select(RadarCard).where(RadarCard.shop_id == shop_id, col(RadarCard.state).in_(LIVE_CARDS))
    if advisor_id is not None:
        query = query.where(RadarCard.advisor_id == advisor_id)
    return list(session.exec(query.order_by(col(RadarCard.id)).limit(200)))


def cards_of(session: Session, *, shop_id: int, return_gid: str) -> list[RadarCard]:
    """The live cards of one return, oldest first."""
    return [card for card in live_cards(session, shop_id=shop_id) if card.return_gid == return_gid]


def get_card(session: Session, *, shop_id: int, card_id: int) -> RadarCard:
    """The shop's card with that id, as it is now. Raises NotFound."""
    mine = (RadarCard.id == card_id, RadarCard.shop_id == shop_id)
    found = session.exec(select(RadarCard).where(*mine).execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("That card is not known here.")
    return found


def send_card(session: Session, *, shop_id: int, card_id: int, words: str, by: str, now: datetime) -> RadarCard:
    """Offer the ways out to the client, once, in the advisor's words; from then on it is quiet.

    Raises AppError for no words, Conflict where it was sent or closed meanwhile.
    """
    words = " ".join(words.split())
    if not words:
        raise AppError("Say in a sentence what went wrong.")
    if is_stale(get_card(session, shop_id=shop_id, card_id=card_id), today_in(session, shop_id, now)):
        raise Conflict(OF_BEFORE)
    sent = _move(session, shop_id, card_id, (CardState.OPEN,), CardState.SENT, sent_at=now, quiet_until=now + QUIET)
    card = get_card(session, shop_id=shop_id, card_id=card_id)
    if not sent:
        raise Conflict("It was sent, or seen to, meanwhile.")
    card.words = words[:1000]
    session.add(card)
    if card.rma_id is not None:
        key = order_key(shop_id, card.return_gid)
        jobs.enqueue(session, "logistics.tell_client_ways", key=key, shop_id=shop_id, card_id=card_id)
    return card


def answer_card(session: Session, *, shop_id: int, card_id: int, chosen: int, now: datetime) -> RadarCard:
    """The client chose one of the ways; the last word counts. Raises NotFound, AppError, Conflict once it is over."""
    card = get_card(session, shop_id=shop_id, card_id=card_id)
    if not 0 <= chosen < len(card.ways):
        raise AppError("Choose one of the ways shown.")
    may, before = (CardState.SENT, CardState.ANSWERED), card.chosen
    values: dict[str, Any] = {"chosen": chosen, "answered_at": now, "quiet_until": None}
    if not _move(session, shop_id, card_id, may, CardState.ANSWERED, **values):
        raise Conflict("This is settled already. Ring us if it is not.")
    if chosen != before:
        title = str(card.ways[chosen]["title"])
        jobs.publish(session, CardChosen(shop_id, card_id, card.return_gid, chosen, title))
    return get_card(session, shop_id=shop_id, card_id=card_id)


def close_card(session: Session, *, shop_id: int, card_id: int, now: datetime) -> RadarCard:
    """A person saw to it. A second time changes nothing."""
    card = get_card(session, shop_id=shop_id, card_id=card_id)
    _move(session, shop_id, card_id, LIVE_CARDS, CardState.CLOSED, closed_at=now, why_closed=SEEN_TO, quiet_until=None)
    return get_card(session, shop_id=shop_id, card_id=card.id or card_id)


def quiet_until(session: Session, rma: Rma, *, now: datetime) -> datetime | None:
    """Until when nothing is written to the client of this return by itself; None when it may be."""
    query = select(sa.func.max(RadarCard.quiet_until)).where(
        RadarCard.shop_id == rma.shop_id, RadarCard.return_gid == rma.return_gid, RadarCard.state == CardState.SENT
    )
    until = session.exec(query).one()
    return until if until is not None and until > now else None


def today_in(session: Session, shop_id: int, now: datetime) -> date:
    """The shop's own day, by which the days of ways out are meant."""
    return now.astimezone(ZoneInfo(get_shop(session, shop_id).zone)).date()


def _is_owed(card: RadarCard, now: datetime) -> bool:
    return card.state is CardState.ANSWERED and card.answered_at is not None and card.answered_at > now - DONE_WITHIN


def _close(card: RadarCard, why: str, now: datetime) -> None:
    card.state, card.closed_at, card.why_closed, card.quiet_until = CardState.CLOSED, now, why, None


def _move(
    session: Session, shop_id: int, card_id: int, before: Collection[CardState], to: CardState, **values: Any
) -> bool:
    """Move it if it is where this may follow; the database decides between two who try."""
    may = (col(RadarCard.id) == card_id, col(RadarCard.shop_id) == shop_id, col(RadarCard.state).in_(list(before)))
    return session.connection().execute(sa.update(RadarCard).where(*may).values(state=to, **values)).rowcount == 1
