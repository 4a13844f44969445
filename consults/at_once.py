"""Talking now: an advisor says that clients may come in, and one who may does so without choosing a time."""

from datetime import datetime, timedelta

from sqlmodel import Session

from consults.advisors import get_advisor
from consults.booking import book_consult
from consults.cases import get_case
from consults.hours import is_free_at
from consults.kinds import Kind
from consults.models import Advisor, Case, Consult
from consults.policy import policy_of
from consults.slots import CELL_SECONDS
from kit.errors import AppError

LONGEST = timedelta(hours=4)


def be_free(session: Session, *, shop_id: int, advisor_id: int, minutes: int, now: datetime) -> Advisor:
    """Clients may come in for so many minutes from now; none ends it."""
    advisor = get_advisor(session, shop_id=shop_id, advisor_id=advisor_id)
    advisor.free_until = now + min(timedelta(minutes=minutes), LONGEST) if minutes > 0 else None
    session.add(advisor)
    return advisor


def is_free_now(session: Session, case: Case, *, now: datetime) -> bool:
    """Whether the advisor of the case said so, is at work, and has the time of a conversation before the next."""
    advisor = get_advisor(session, shop_id=case.shop_id, advisor_id=case.advisor_id)
    if not advisor.active or advisor.free_until is None or advisor.free_until <= now:
        return False
    policy, starts_at = policy_of(session, shop_id=case.shop_id), this_cell(now)
    return is_free_at(session, advisor, policy, starts_at, starts_at + timedelta(minutes=policy.minutes), now=now)


def talk_now(
    session: Session, *, shop_id: int, case_id: int, kind: Kind, client_zone: str, idempotency_key: str, now: datetime
) -> Consult:
    """A conversation that begins at once; the advisor hears of it as of any other. Raises SlotTaken, AppError."""
    case = get_case(session, shop_id=shop_id, case_id=case_id)
    if kind is Kind.BOUTIQUE:
        raise AppError("Please choose a time to come by.")
    advisor = get_advisor(session, shop_id=shop_id, advisor_id=case.advisor_id)
    if advisor.free_until is None or advisor.free_until <= now:
        raise AppError(f"{advisor.first_name} is with somebody just now. Please choose a time.", status=409)
    return book_consult(
        session, shop_id=shop_id, case_id=case_id, starts_at=this_cell(now), kind=kind, client_zone=client_zone,
        idempotency_key=idempotency_key, chosen=True, now=now,
    )  # fmt: skip


def this_cell(now: datetime) -> datetime:
    """The five minutes that are running: times are taken in such cells."""
    return now - timedelta(seconds=now.timestamp() % CELL_SECONDS)
