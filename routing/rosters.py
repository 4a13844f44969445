"""The shop's people as candidates: read in a fixed number of queries, and kept in memory where there are many."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from threading import Lock
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session, col, select

from consults.kinds import ANSWERING, Ledger
from consults.models import Advisor, Case, TimeOff, WorkingHours
from consults.presence import busy_elsewhere, days_otherwise_of
from consults.slots import Rule, Span, merge, span, working_spans
from consults.states import CaseState
from routing.answering import Candidate
from routing.ledgers import Held, PoolLoad
from routing.pools import IndexedPool
from routing.timelines import without

AHEAD = timedelta(days=9)
"""How far hours are drawn for the pool."""
FAR_AHEAD = timedelta(days=90)
"""And for an owner, whose return may be far off."""
OF_LATE = timedelta(days=30)
"""How long a case of the pool counts in whose turn it is."""
WHOLE_DAY = 23 * 3600
"""The shortest there is, when clocks go forward."""
MANY = 200
KEPT_SECONDS = 30.0


@dataclass(frozen=True)
class Roster:
    """Everyone of a shop, indexed. The truth of who is full stays in the database: see pool_places.claim."""

    pool: IndexedPool
    people: Mapping[int, Candidate]
    drawn_at: float
    one_at_a_time: Lock = field(default_factory=Lock)


@dataclass(frozen=True)
class Elsewhere:
    """What stands against somebody's week: days that are otherwise, what their calendars say, and time off.

    A calendar's whole days are days away, like those noted here; a meeting is time they are not at work.
    """

    otherwise: Mapping[date, Sequence[tuple[int, int]]]
    busy: Sequence[Span]
    off: Sequence[Span]

    @property
    def away(self) -> list[Span]:
        """Time away, in order."""
        return merge([*self.off, *(block for block in self.busy if block[1] - block[0] >= WHOLE_DAY)])


_kept: "WeakKeyDictionary[Engine, dict[int, Roster]]" = WeakKeyDictionary()


def roster(session: Session, *, shop_id: int, now: datetime) -> Roster:
    """The shop's people at `now`. With more than MANY it may be half a minute old; fewer are read anew each time."""
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    kept = _kept.setdefault(engine, {})
    found = kept.get(shop_id)
    if found is not None and time.monotonic() - found.drawn_at < KEPT_SECONDS:
        return found
    people = {who.advisor_id: who for who in _candidates(session, shop_id, now)}
    drawn = Roster(IndexedPool(people.values()), people, time.monotonic())
    kept.pop(shop_id, None)
    if len(people) > MANY:
        kept[shop_id] = drawn
    return drawn


def candidate(session: Session, advisor: Advisor, *, now: datetime) -> Candidate:
    """One advisor as they are this moment, with hours far enough ahead to say when they are back."""
    return next(iter(_drawn(session, advisor.shop_id, [advisor], now, FAR_AHEAD)))


def named_for(session: Session, owner: Advisor, *, now: datetime) -> dict[int, Candidate]:
    """Successors and deputies of `owner`, and theirs, by id; loops end."""
    people: dict[int, Candidate] = {}
    asked, open_ids = {owner.id}, [owner.successor_id, owner.deputy_id]
    while open_ids:
        advisor_id = open_ids.pop()
        if advisor_id is None or advisor_id in asked:
            continue
        asked.add(advisor_id)
        query = select(Advisor).where(Advisor.id == advisor_id, Advisor.shop_id == owner.shop_id)
        if (found := session.exec(query).first()) is not None:
            people[advisor_id] = candidate(session, found, now=now)
            open_ids += [found.successor_id, found.deputy_id]
    return people


def _candidates(session: Session, shop_id: int, now: datetime) -> Iterable[Candidate]:
    there = (Advisor.shop_id == shop_id, col(Advisor.active).is_(True), col(Advisor.role).in_(ANSWERING))
    everyone = session.exec(select(Advisor).where(*there)).all()
    return _drawn(session, shop_id, everyone, now, AHEAD)


def _drawn(
    session: Session, shop_id: int, people: Iterable[Advisor], now: datetime, ahead: timedelta
) -> list[Candidate]:
    people = list(people)
    only = people[0].id if len(people) == 1 else None
    hours, away = _hours(session, shop_id, only), _away(session, shop_id, only, now)
    days = {"first": now.date() - timedelta(days=2), "last": (now + ahead).date() + timedelta(days=1)}
    otherwise = days_otherwise_of(session, shop_id=shop_id, advisor_id=only, **days)
    busy = busy_elsewhere(session, shop_id=shop_id, advisor_id=only, since=now, until=now + ahead)
    own, pool, lately = _own(session, shop_id), _pool(session, shop_id), _lately(session, shop_id, now)
    return [
        _candidate(
            who,
            hours[who.id or 0],
            Elsewhere(otherwise.get(who.id or 0, {}), busy.get(who.id or 0, ()), tuple(away[who.id or 0])),
            now,
            ahead,
            own[who.id],
            pool.get(who.id, 0),
            lately[who.id],
        )
        for who in people
    ]


def _candidate(
    who: Advisor,
    rules: tuple[Rule, ...],
    elsewhere: Elsewhere,
    now: datetime,
    ahead: timedelta,
    own: int,
    pool: int,
    lately: int,
) -> Candidate:
    assert who.id is not None
    here = now.astimezone(ZoneInfo(who.zone)).date()
    if elsewhere.otherwise:
        first, last = here - timedelta(days=1), here + timedelta(days=ahead.days)
        at_work = tuple(working_spans(rules, elsewhere.otherwise, who.zone, first, last))
    else:
        at_work = _at_work(rules, who.zone, here.toordinal(), ahead.days)
    away = elsewhere.away
    return Candidate(
        advisor_id=who.id,
        name=who.name,
        boutiques=who.boutique_ids,
        categories=words(who.categories),
        languages=frozenset(language(code) for code in words(who.languages)),
        shifts=without(at_work, merge([*away, *elsewhere.busy])),
        away=tuple(away),
        open_own=own,
        limit_own=who.limit_own,
        open_pool=pool,
        limit_pool=who.limit_pool,
        taken_pool=lately,
        weight=who.weight,
        takes_texts=who.takes_texts,
        active=who.active and who.role in ANSWERING,
        deputy_id=who.deputy_id,
        successor_id=who.successor_id,
    )


@lru_cache(maxsize=4096)
def _at_work(rules: tuple[Rule, ...], zone: str, day: int, days: int) -> tuple[Span, ...]:
    """Many people share their hours, and drawing them is most of the work."""
    first = datetime.fromordinal(day).date()
    return tuple(working_spans(rules, {}, zone, first - timedelta(days=1), first + timedelta(days=days)))


def words(text: str) -> frozenset[str]:
    """ "rings, watches" as a set, in small letters."""
    return frozenset(word for word in (part.strip().lower() for part in text.split(",")) if word)


def language(locale: str) -> str:
    """ "fr" of "fr-CA"; "" of ""."""
    return locale.replace("_", "-").split("-")[0].strip().lower()


def _hours(session: Session, shop_id: int, only: int | None) -> dict[int, tuple[Rule, ...]]:
    query = select(WorkingHours).where(WorkingHours.shop_id == shop_id)
    if only is not None:
        query = query.where(WorkingHours.advisor_id == only)
    found: dict[int, list[Rule]] = defaultdict(list)
    for row in session.exec(query.order_by(col(WorkingHours.weekday), col(WorkingHours.start_minute))):
        found[row.advisor_id].append(Rule(row.weekday, row.start_minute, row.end_minute))
    return defaultdict(tuple, {who: tuple(rules) for who, rules in found.items()})


def _away(session: Session, shop_id: int, only: int | None, now: datetime) -> dict[int, list[Span]]:
    query = select(TimeOff).where(TimeOff.shop_id == shop_id, TimeOff.ends_at > now)
    if only is not None:
        query = query.where(TimeOff.advisor_id == only)
    found: dict[int, list[Span]] = defaultdict(list)
    for row in session.exec(query):
        found[row.advisor_id].append(span(row.starts_at, row.ends_at))
    return found


def _own(session: Session, shop_id: int) -> Counter[int | None]:
    """Open cases of what they sold. What is only waiting for its parcel is in nobody's hands."""
    query = (
        select(Case.advisor_id, sa.func.count())
        .where(Case.shop_id == shop_id, Case.state == CaseState.OPEN, Case.ledger == Ledger.OWNED)
        .where(col(Case.outcome_at).is_(None))
        .group_by(col(Case.advisor_id))
    )
    return Counter({advisor_id: int(count) for advisor_id, count in session.exec(query)})


def _pool(session: Session, shop_id: int) -> dict[int | None, int]:
    return {row.advisor_id: row.open_cases for row in session.exec(select(PoolLoad).where(PoolLoad.shop_id == shop_id))}


def _lately(session: Session, shop_id: int, now: datetime) -> Counter[int | None]:
    query = (
        select(Held.advisor_id, sa.func.count())
        .where(Held.shop_id == shop_id, Held.ledger == Ledger.POOL, col(Held.begun_at) > now - OF_LATE)
        .group_by(col(Held.advisor_id))
    )
    return Counter({advisor_id: int(count) for advisor_id, count in session.exec(query)})
