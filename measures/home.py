"""The merchant's lists and figures across cases and returns. Each is a fixed number of queries, however many rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults import advisors, cases
from consults.models import Case, Consult, Promise_
from consults.states import CaseState, ConsultState
from kit.money import Money
from logistics import settlements
from logistics.custody_words import Answer
from logistics.models import Rma, RmaLine
from logistics.states import FINAL_GOODS, Goods, SettlementState
from logistics.wear import waiting_charges
from measures.steps import OpenMoney, case_facts, closed_step, ended_step, parcel_facts
from measures.waiting import Facts, NextStep, waiting_for
from routing.models import Decision

# Named one by one: an index finds what has a state, and goes through all for what has not.
OPEN_GOODS = tuple(state for state in Goods if state not in FINAL_GOODS)
TO_BE_LOOKED_AT = (SettlementState.PROPOSED, SettlementState.UNSETTLED)
MEANT = (ConsultState.BOOKED, ConsultState.IN_SESSION, ConsultState.COMPLETED, ConsultState.NO_SHOW)


@dataclass(frozen=True)
class Row:
    """One return in a list. `case_id` is None for a simple one, `rma_id` until its parcel side is open."""

    case_id: int | None
    rma_id: int | None
    client: str
    piece: str
    value: Money
    advisor: str
    step: NextStep
    opened_at: datetime

    @property
    def path(self) -> str:
        """The merchant's page of it."""
        return f"/app/cases/{self.case_id}" if self.case_id else f"/app/returns/{self.rma_id}"


@dataclass(frozen=True)
class Due:
    """A promise still to be kept."""

    case_id: int
    what: str
    on: date
    client: str
    advisor: str
    late: bool


@dataclass(frozen=True)
class Cohort:
    """The returns of one kind that are open now. What became of the others is in the sums, and costs no count here."""

    open: int


# --- lists ---


def waiting(session: Session, *, shop_id: int, zone: str, now: datetime, limit: int = 12) -> list[Row]:
    """Open returns with what each waits for: what needs a person first, then by day."""
    rows = open_assisted(session, shop_id=shop_id, zone=zone, now=now)
    money = _open_money(session, shop_id)
    rows += _simple_rows(session, shop_id, _in_hand(session, shop_id, money, limit), money, zone, now)
    rows.sort(key=lambda row: (row.step.tone != "warning", row.step.on or date.max, row.opened_at))
    return rows[:limit]


def open_assisted(session: Session, *, shop_id: int, zone: str, now: datetime) -> list[Row]:
    """Every open case."""
    return _case_rows(session, cases.open_cases(session, shop_id=shop_id), shop_id, zone, now)


def closed_assisted(session: Session, *, shop_id: int, zone: str, now: datetime) -> list[Row]:
    """The latest hundred closed cases, newest first; each says what the client decided."""
    found = cases.cases_of(session, shop_id=shop_id, state=CaseState.CLOSED, limit=100)
    return _case_rows(session, found, shop_id, zone, now)


def simple(session: Session, *, shop_id: int, zone: str, now: datetime) -> list[Row]:
    """Returns without an advisor, newest first, at most a hundred."""
    query = select(Rma).where(Rma.shop_id == shop_id, col(Rma.assisted).is_(False))
    found = session.exec(query.order_by(col(Rma.opened_at).desc(), col(Rma.id).desc()).limit(100)).all()
    return _simple_rows(session, shop_id, found, _open_money(session, shop_id), zone, now)


def promises_due(session: Session, *, shop_id: int, zone: str, now: datetime, days: int = 7) -> list[Due]:
    """Promises to be kept within `days`, and those already late, earliest first."""
    today = now.astimezone(ZoneInfo(zone)).date()
    query = (
        select(Promise_, Case)
        .join(Case, col(Case.id) == col(Promise_.case_id))
        .where(Promise_.shop_id == shop_id, col(Promise_.done_at).is_(None))
        .where(Promise_.due_on <= today + timedelta(days=days))
        .order_by(col(Promise_.due_on), col(Promise_.id))
    )
    names = _names(session, shop_id)
    return [
        Due(
            promise.case_id,
            promise.what,
            promise.due_on,
            case.client_name or "",
            names.get(promise.owner_advisor_id, ""),
            promise.due_on < today,
        )
        for promise, case in session.exec(query)
    ]


def recent_decisions(session: Session, *, shop_id: int, limit: int = 20) -> list[tuple[Decision, int | None]]:
    """The newest decisions of routing, each with the case it led to."""
    query = (
        select(Decision, Case.id)
        .join(
            Case,
            sa.and_(col(Case.shop_id) == col(Decision.shop_id), col(Case.return_gid) == col(Decision.return_gid)),
            isouter=True,
        )
        .where(Decision.shop_id == shop_id)
        .order_by(col(Decision.decided_at).desc(), col(Decision.id).desc())
        .limit(limit)
    )
    return [(decision, case_id) for decision, case_id in session.exec(query)]


# --- figures ---


def cohorts(session: Session, *, shop_id: int) -> tuple[Cohort, Cohort]:
    """Assisted and simple returns, apart: only those that are open are counted, found by their state."""
    mine = (col(Case.shop_id) == shop_id, col(Case.state) == CaseState.OPEN)
    alone = (col(Rma.shop_id) == shop_id, col(Rma.assisted).is_(False), col(Rma.goods_state).in_(OPEN_GOODS))
    queries = (sa.select(sa.func.count()).where(*which) for which in (mine, alone))
    assisted, simple_ones = (int(session.connection().execute(query).scalar_one()) for query in queries)
    return Cohort(assisted), Cohort(simple_ones)


# --- what one list shares ---


def _in_hand(session: Session, shop_id: int, money: OpenMoney, limit: int) -> list[Rma]:
    """Open returns without an advisor that are not left to the carrier: what a person has to do first, oldest first."""
    asked = [rma_id for rma_id, row in money.amounts.items() if row.state in TO_BE_LOOKED_AT]
    asked += [rma_id for rma_id, charge in money.charges.items() if charge.answer is Answer.DISPUTED]
    of_person = sa.or_(col(Rma.goods_state) == Goods.ARRIVED, col(Rma.id).in_(asked))
    query = (
        select(Rma)
        .where(Rma.shop_id == shop_id, col(Rma.assisted).is_(False), col(Rma.goods_state).in_(OPEN_GOODS))
        .where(sa.or_(of_person, col(Rma.id).in_([*money.amounts, *money.charges])))
        .order_by(sa.case((of_person, 0), else_=1), col(Rma.opened_at), col(Rma.id))
    )
    return list(session.exec(query.limit(limit)))


def _simple_rows(
    session: Session, shop_id: int, found: Sequence[Rma], money: OpenMoney, zone: str, now: datetime
) -> list[Row]:
    pieces, rows = _pieces(session, shop_id, found), []
    for rma in found:
        step = ended_step(rma) or waiting_for(Facts(**parcel_facts(rma, money)), zone=zone, now=now)
        piece = pieces.get(rma.id or 0, rma.number)
        rows.append(Row(None, rma.id, rma.client_name, piece, rma.value, "", step, rma.opened_at))
    return rows


def _case_rows(session: Session, found: Sequence[Case], shop_id: int, zone: str, now: datetime) -> list[Row]:
    ids = [case.id for case in found if case.id is not None]
    talks, promises = _latest_consults(session, shop_id, ids), _next_promises(session, shop_id, ids)
    parcels, money = _rmas(session, shop_id, [case.return_gid for case in found]), _open_money(session, shop_id)
    names = _names(session, shop_id)
    rows = []
    for case in found:
        assert case.id is not None
        rma = parcels.get(case.return_gid)
        facts = case_facts(case, rma, talks.get(case.id), promises.get(case.id), money)
        step = closed_step(case) or waiting_for(facts, zone=zone, now=now)
        value = Money(case.value_cents, case.currency)
        rma_id, advisor = rma.id if rma else None, names.get(case.advisor_id, "")
        rows.append(
            Row(case.id, rma_id, case.client_name or "", case.piece_title, value, advisor, step, case.opened_at)
        )
    return rows


def _latest_consults(session: Session, shop_id: int, ids: Iterable[int]) -> dict[int, Consult]:
    query = select(Consult).where(
        Consult.shop_id == shop_id, col(Consult.case_id).in_(list(ids)), col(Consult.state).in_(MEANT)
    )
    # The last one of a case stays in the dictionary: a booked one starts after those that are over.
    return {consult.case_id: consult for consult in session.exec(query.order_by(col(Consult.starts_at)))}


def _next_promises(session: Session, shop_id: int, ids: Iterable[int]) -> dict[int, Promise_]:
    query = select(Promise_).where(
        Promise_.shop_id == shop_id, col(Promise_.case_id).in_(list(ids)), col(Promise_.done_at).is_(None)
    )
    return {promise.case_id: promise for promise in session.exec(query.order_by(col(Promise_.due_on).desc()))}


def _rmas(session: Session, shop_id: int, gids: Iterable[str]) -> dict[str, Rma]:
    query = select(Rma).where(Rma.shop_id == shop_id, col(Rma.return_gid).in_(list(gids)))
    return {rma.return_gid: rma for rma in session.exec(query)}


def _open_money(session: Session, shop_id: int) -> OpenMoney:
    amounts = {row.rma_id: row for row in settlements.open_settlements(session, shop_id=shop_id)}
    return OpenMoney(amounts, waiting_charges(session, shop_id=shop_id))


def _pieces(session: Session, shop_id: int, found: Sequence[Rma]) -> dict[int, str]:
    ids = [rma.id for rma in found]
    query = select(RmaLine).where(RmaLine.shop_id == shop_id, col(RmaLine.rma_id).in_(ids))
    return {line.rma_id: line.title for line in session.exec(query.order_by(col(RmaLine.value_cents)))}


def _names(session: Session, shop_id: int) -> dict[int, str]:
    return {person.id: person.name for person in advisors.advisors(session, shop_id=shop_id) if person.id is not None}


def step_of_case(session: Session, case: Case, *, zone: str, now: datetime) -> NextStep:
    """What one case waits for, or what became of it."""
    return _case_rows(session, [case], case.shop_id, zone, now)[0].step


def step_of_return(session: Session, rma: Rma, *, zone: str, now: datetime) -> NextStep:
    """What the parcel side of one return waits for, or what became of it."""
    money = _open_money(session, rma.shop_id)
    return ended_step(rma) or waiting_for(Facts(**parcel_facts(rma, money)), zone=zone, now=now)
