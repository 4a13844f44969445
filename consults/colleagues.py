"""Somebody sooner: offered by name where the advisor of a case has no time for a week, and never put in unasked."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Session, col

from consults import hands
from consults.advisors import advisors, get_advisor
from consults.cases import get_case
from consults.hands import Hands
from consults.history import CLIENT
from consults.hours import free_slots_of
from consults.kinds import ANSWERING, Ledger, WhyNot
from consults.models import Advisor, Case, Consult
from consults.policy import policy_of
from consults.slots import Slot
from consults.states import LIVE, CaseState
from kit.errors import Conflict
from kit.languages import language

BUSINESS_DAYS = 5
ASKED = 8
"""So many colleagues are looked at: each costs a look at their days."""


@dataclass(frozen=True)
class Sooner:
    """A colleague and their first time."""

    advisor: Advisor
    slot: Slot


def somebody_sooner(session: Session, case: Case, *, now: datetime) -> Sooner | None:
    """A colleague who speaks the client's language and has time within five business days, when the advisor has none.

    Of the same boutique first; then the one with the fewest conversations in the coming fortnight.
    """
    mine = get_advisor(session, shop_id=case.shop_id, advisor_id=case.advisor_id)
    if case.state is CaseState.CLOSED or _first_time(session, mine, now) is not None:
        return None
    load = _loads(session, case.shop_id, now)
    people = advisors(session, shop_id=case.shop_id, active=True)
    others = [p for p in people if p.id != mine.id and p.role in ANSWERING and _speaks(p, case) and _knows(p, case)]
    others.sort(key=lambda p: (not p.boutique_ids & mine.boutique_ids, load.get(p.id or 0, 0), p.id))
    for other in others[:ASKED]:
        if (slot := _first_time(session, other, now)) is not None:
            return Sooner(other, slot)
    return None


def see_colleague(session: Session, *, shop_id: int, case_id: int, advisor_id: int, now: datetime) -> Case:
    """The client would rather see that colleague: the case goes to them, and stays the owner's to have back.

    Raises Conflict when it is not them who would be offered now.
    """
    case = get_case(session, shop_id=shop_id, case_id=case_id)
    if case.advisor_id == advisor_id:
        return case
    offered = somebody_sooner(session, case, now=now)
    if offered is None or offered.advisor.id != advisor_id:
        raise Conflict("That has changed meanwhile. Please look again.")
    to = Hands(
        advisor_id=advisor_id, owner_id=case.owner_id or case.advisor_id, ledger=Ledger.POOL, why_not=WhyNot.FULL
    )
    hands.give(session, case, to, why="the client chose a colleague with time sooner", by=CLIENT, now=now)
    return case


def days_ahead(today: date, count: int = BUSINESS_DAYS) -> date:
    """The last of the next `count` business days, Monday to Friday, today not counted."""
    day = today
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def _first_time(session: Session, advisor: Advisor, now: datetime) -> Slot | None:
    if not advisor.active:
        return None
    zone = ZoneInfo(advisor.zone)
    last = days_ahead(now.astimezone(zone).date())
    days = (last - now.astimezone(zone).date()).days + 1
    found = free_slots_of(session, advisor, policy_of(session, shop_id=advisor.shop_id), now=now, days=days)
    return found[0] if found and found[0].starts_at.astimezone(zone).date() <= last else None


def _speaks(advisor: Advisor, case: Case) -> bool:
    return language(case.client_locale) in {language(code) for code in advisor.languages.split(",")}


def _knows(advisor: Advisor, case: Case) -> bool:
    """Whether that kind of piece is among theirs; none named stands for all."""
    theirs = {kind.strip().lower() for kind in advisor.categories.split(",") if kind.strip()}
    return not theirs or not case.category.strip() or case.category.strip().lower() in theirs


def _loads(session: Session, shop_id: int, now: datetime) -> dict[int, int]:
    soon = (col(Consult.starts_at) > now, col(Consult.starts_at) < now + timedelta(days=14))
    query = sa.select(col(Consult.advisor_id), sa.func.count()).where(col(Consult.shop_id) == shop_id, *soon)
    query = query.where(col(Consult.state).in_(LIVE)).group_by(col(Consult.advisor_id))
    return {row[0]: row[1] for row in session.connection().execute(query)}
