"""What routing would say of pieces a client has chosen and not asked for yet. Nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from consults.advisors import get_advisor
from consults.models import Advisor
from kit.money import Money
from logistics.reads import ClientRead
from measures import pilots
from routing import books, hand_overs, policies
from routing.decide import OtherCurrency, decide
from routing.facts import Back, OrderRead, StaffRead
from routing.gathering import gather_facts
from routing.handed_on import category_of, dearest, returned_value
from routing.reads import OrderSignals
from routing.rules import Outcome
from routing.sellers import find_seller


@dataclass(frozen=True)
class Foreseen:
    """`advisor` is who would answer, None where nobody is offered; `sold` where they sold it, as far as is known."""

    outcome: Outcome
    advisor: Advisor | None = None
    sold: bool = False


NOBODY = Foreseen(Outcome.SIMPLE)


def foresee(
    session: Session,
    *,
    shop_id: int,
    order: OrderRead,
    client: ClientRead,
    staff: StaffRead,
    today: OrderSignals,
    back: Back,
    reasons: Sequence[str],
    now: datetime,
) -> Foreseen:
    """Who would be offered for `back`, by the rules in force, and by a pilot where there is one."""
    facts = gather_facts(
        session, shop_id=shop_id, order=order, client=client, staff=staff, today=today, back=back, reasons=reasons
    )
    directory = policies.directory(session, shop_id)
    try:
        decided = decide(books.in_force(session, shop_id), facts, directory)
    except OtherCurrency:
        return NOBODY  # a person of the house says what is offered, when the return is there
    if not decided.outcome.is_conversation or decided.advisor_id is None:
        return Foreseen(decided.outcome)
    value = returned_value(order, back)
    if not _may_invite(session, shop_id, client, value, now):
        return NOBODY
    answer = hand_overs.would_answer(
        session,
        shop_id=shop_id,
        owner_id=decided.advisor_id,
        facts=facts,
        category=category_of(dearest(order, back)),
        locale=client.locale,
        value=value,
        now=now,
    )
    who = answer.advisor_id or decided.advisor_id
    sold = who == decided.advisor_id and find_seller(facts, directory).sold_by(decided.advisor_id)
    advisor = get_advisor(session, shop_id=shop_id, advisor_id=who)
    return Foreseen(decided.outcome, advisor, sold) if advisor.active else NOBODY


def _may_invite(session: Session, shop_id: int, client: ClientRead, value: Money, now: datetime) -> bool:
    """Whether a pilot leaves the client the invitation. Whose household nobody knows is drawn when the return comes."""
    if pilots.current(session, shop_id=shop_id, now=now) is None:
        return True
    key = pilots.key_of(
        session, shop_id=shop_id, return_gid="", client_gid=client.gid, email=client.email, phone=client.phone
    )
    return pilots.would_invite(session, shop_id=shop_id, key=None if key == "r:" else key, value=value, now=now)
