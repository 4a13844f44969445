"""A plan for afterwards, and its steps: tasks of the person the client knows, no more of them than the house allows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.advisors import advisors
from consults.aftercare.models import CarePlan, ContactStep
from consults.aftercare.steps import USUAL, StepKind, due
from consults.history import add_line, by_advisor
from consults.kinds import RootCause
from consults.models import Advisor, Case
from consults.policy import policy_of
from consults.quiet import client_may_be_texted_at
from consults.states import CaseState
from kit.db import hold, insert_once
from kit.errors import AppError, Conflict, NotFound

LATER = timedelta(days=14)
MOST_SEEN = 500


class Enough(Conflict):
    """They have heard from us as often as the house allows, over all their returns."""

    code = "enough"


@dataclass(frozen=True)
class Task:
    """A contact that is due. `not_before`: the first minute it is no night where the client is."""

    step: ContactStep
    case: Case
    person: Advisor
    not_before: datetime


def choose_plan(
    session: Session,
    case: Case,
    *,
    kinds: Collection[StepKind],
    occasion_on: date | None = None,
    service_on: date | None = None,
    advisor_id: int,
    now: datetime,
) -> None:
    """Keep what follows the return; none of `kinds` is a deliberate none. The last word counts until it is closed."""
    assert case.id is not None
    named = {StepKind.OCCASION: occasion_on, StepKind.SERVICE: service_on}
    if any(kind in kinds and day is None for kind, day in named.items()):
        raise AppError("Name the day of the occasion, or of the service.")
    values: dict[str, Any] = {
        "kinds": [kind.value for kind in StepKind if kind in kinds], "occasion_on": occasion_on,
        "service_on": service_on, "chosen_by": advisor_id, "chosen_at": now,
    }  # fmt: skip
    if not insert_once(session, CarePlan(case_id=case.id, shop_id=case.shop_id, **values)):
        mine = (col(CarePlan.case_id) == case.id, col(CarePlan.shop_id) == case.shop_id)
        session.connection().execute(sa.update(CarePlan).where(*mine).values(**values))


def plan_of(session: Session, case: Case) -> CarePlan | None:
    """What was chosen, if anything."""
    mine = (CarePlan.case_id == case.id, CarePlan.shop_id == case.shop_id)
    return session.exec(select(CarePlan).where(*mine).execution_options(populate_existing=True)).first()


def lay_steps(session: Session, case: Case, *, now: datetime) -> None:
    """The return is closed: its steps have their days. Again, after it was opened again, those not taken move."""
    if case.state is not CaseState.CLOSED or case.closed_at is None:
        return
    assert case.id is not None
    plan = plan_of(session, case)
    kinds: Sequence[StepKind] = [StepKind(kind) for kind in plan.kinds] if plan else USUAL
    if plan is None and case.root_cause is RootCause.CLIENT_DECLINED:
        kinds = ()
    waiting = (col(ContactStep.case_id) == case.id, col(ContactStep.shop_id) == case.shop_id)
    session.connection().execute(sa.delete(ContactStep).where(*waiting, col(ContactStep.done_at).is_(None)))
    closed_on = case.closed_at.astimezone(ZoneInfo(case.client_zone)).date()
    named = {StepKind.OCCASION: plan.occasion_on, StepKind.SERVICE: plan.service_on} if plan else {}
    for kind in kinds:
        day = due(kind, closed_on=closed_on, day=named.get(kind))
        if day is not None:
            insert_once(session, ContactStep(shop_id=case.shop_id, case_id=case.id, kind=kind, due_on=day))
    add_line(session, case, kind="care.planned", now=now, detail=", ".join(kind.value for kind in kinds) or "none")


def tasks_due(session: Session, *, shop_id: int, until: date, now: datetime) -> list[Task]:
    """What is due by `until`, of clients who have no return under way and have not heard enough; the earliest first."""
    query = (
        select(ContactStep, Case)
        .join(Case, col(Case.id) == col(ContactStep.case_id))
        .where(ContactStep.shop_id == shop_id, Case.shop_id == shop_id, col(ContactStep.done_at).is_(None))
        .where(ContactStep.due_on <= until, Case.state == CaseState.CLOSED, col(Case.client_name).is_not(None))
        .order_by(col(ContactStep.due_on), col(ContactStep.id))
    )
    people = {person.id: person for person in advisors(session, shop_id=shop_id)}
    left: dict[str, int] = {}
    found = []
    for step, case in session.exec(query.limit(MOST_SEEN)):
        client = case.client_gid or f"case:{case.id}"
        if client not in left:
            left[client] = 0 if _is_under_way(session, case) else contacts_left(session, case, now=now)
        person = heir(people, case.advisor_id)
        if left[client] > 0 and person is not None:
            left[client] -= 1
            found.append(Task(step, case, person, client_may_be_texted_at(session, case, now=now)))
    return found


def contacts_left(session: Session, case: Case, *, now: datetime) -> int:
    """How often they may still hear from us in the period that is running, over all their returns."""
    policy = policy_of(session, shop_id=case.shop_id)
    since = now - timedelta(days=policy.contact_days)
    taken = (
        select(sa.func.count())
        .select_from(ContactStep)
        .where(ContactStep.shop_id == case.shop_id, col(ContactStep.case_id).in_(_cases(case)))
        .where(col(ContactStep.done_at) > since)
    )
    return max(policy.contact_most - int(session.exec(taken).one()), 0)


def take_step(session: Session, case: Case, *, step_id: int, how: str, advisor_id: int, now: datetime) -> ContactStep:
    """They were written to, or rung. Again, nothing changes. Raises Enough beyond what the house allows."""
    step = get_step(session, case, step_id)
    if step.done_at is not None:
        return step
    if how not in ("wrote", "rang"):
        raise AppError("Say whether you wrote or rang.")
    session.flush()
    mine = (col(ContactStep.id) == step.id, col(ContactStep.shop_id) == case.shop_id)
    done = session.connection().execute(
        sa.update(ContactStep).where(*mine, col(ContactStep.done_at).is_(None)).values(done_by=advisor_id)
    )
    hold(session, f"care:{case.shop_id}:{case.client_gid or case.id}")  # two steps at once would each find room
    if done.rowcount != 1:
        return step
    if _is_under_way(session, case) or contacts_left(session, case, now=now) < 1:
        raise Enough("They have heard from us as often as the house allows just now. It comes back when they may.")
    session.connection().execute(sa.update(ContactStep).where(*mine).values(done_at=now, how=how))
    session.refresh(step)
    add_line(session, case, kind="care.done", now=now, actor=by_advisor(advisor_id), detail=f"{step.kind.value}, {how}")
    return step


def put_off(
    session: Session, case: Case, *, step_id: int, why: str, today: date, advisor_id: int, now: datetime
) -> None:
    """Not now: two weeks later, with the reason. Raises AppError without one."""
    step, why = get_step(session, case, step_id), " ".join(why.split())[:300]
    if not why:
        raise AppError("Say in a few words why it waits.")
    if step.done_at is None:
        step.due_on, step.put_off, step.why_later = max(step.due_on, today) + LATER, step.put_off + 1, why
        session.add(step)
        add_line(session, case, kind="care.put_off", now=now, actor=by_advisor(advisor_id), detail=step.kind.value)


def get_step(session: Session, case: Case, step_id: int) -> ContactStep:
    """A step of that case. Raises NotFound."""
    mine = (ContactStep.id == step_id, ContactStep.case_id == case.id, ContactStep.shop_id == case.shop_id)
    step = session.exec(select(ContactStep).where(*mine).execution_options(populate_existing=True)).first()
    if step is None:
        raise NotFound("That is not planned here.")
    return step


def steps_of(session: Session, case: Case) -> list[ContactStep]:
    """Every step of a case, the earliest first."""
    mine = (ContactStep.case_id == case.id, ContactStep.shop_id == case.shop_id)
    return list(session.exec(select(ContactStep).where(*mine).order_by(col(ContactStep.due_on))))


def heir(people: dict[int | None, Advisor], advisor_id: int) -> Advisor | None:
    """Who the client knows, or who took over from them; None where nobody did."""
    seen: set[int] = set()
    person = people.get(advisor_id)
    while person is not None and not person.active and person.successor_id not in seen:
        seen.add(person.successor_id or 0)
        person = people.get(person.successor_id)
    return person if person is not None and person.active else None


def forget(session: Session, *, shop_id: int, case_id: int) -> None:
    """Who left is not written to any more."""
    mine = (col(ContactStep.case_id) == case_id, col(ContactStep.shop_id) == shop_id)
    session.connection().execute(sa.delete(ContactStep).where(*mine, col(ContactStep.done_at).is_(None)))
    session.connection().execute(sa.update(ContactStep).where(*mine).values(why_later=None))
    session.connection().execute(
        sa.update(CarePlan)
        .where(col(CarePlan.case_id) == case_id, col(CarePlan.shop_id) == shop_id)
        .values(kinds=[], occasion_on=None, service_on=None)
    )


def _is_under_way(session: Session, case: Case) -> bool:
    open_ = select(Case.id).where(col(Case.id).in_(_cases(case)), Case.shop_id == case.shop_id)
    return session.exec(open_.where(Case.state == CaseState.OPEN).limit(1)).first() is not None


def _cases(case: Case) -> Any:
    same = col(Case.client_gid) == case.client_gid if case.client_gid else col(Case.id) == case.id
    return sa.select(col(Case.id)).where(col(Case.shop_id) == case.shop_id, same)
