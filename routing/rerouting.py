"""A case is routed again, by the full rules: because whoever has it left or is away, or because somebody asked."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from consults.advisors import get_advisor
from consults.cases import get_case
from consults.hands import Hands
from consults.history import SYSTEM
from consults.kinds import Ledger, WhyNot
from consults.models import Case
from consults.states import CaseState
from kit import clock
from kit.db import Begin
from kit.errors import Waiting
from kit.log import get_logger
from logistics.ports import ReturnsDoor
from routing import hand_overs
from routing.chains import chain_row, signal_keys
from routing.decide import Decided
from routing.facts import ReturnFacts
from routing.jobs import gather, judge
from routing.levels import FALLBACKS, Level
from routing.ports import OrderReads, SignalReads
from routing.reads import OrderSignals
from routing.rosters import named_for

log = get_logger("routing")

NAMED = frozenset(Level) - FALLBACKS - {Level.NOBODY, Level.PERSON}
"""What names whoever sold it, or whom a person chose; the others name somebody for the client or the place."""
HOUSE = "The rules name {} in that case."


@dataclass(frozen=True)
class Ruled:
    """What the rules said now: whom they name, whether as a seller, why, and their version."""

    advisor_id: int | None = None
    is_seller: bool = False
    words: str = ""
    version: int | None = None


def route_again(
    begin: Begin,
    *,
    returns: ReturnsDoor,
    orders: OrderReads,
    signals: SignalReads | None = None,
    shop_id: int,
    case_id: int,
    why: str,
    by: str = SYSTEM,
    held_by: int | None = None,
) -> None:
    """Run the full rules again on an open case, and give it to whoever answers now where that is somebody else.

    `held_by`: it was asked for while they had it, and nothing happens once they don't. Where Shopify does not show the
    order any more, who sold it stays as it was decided. Logged whatever comes of it.
    """
    with begin() as session:
        case = get_case(session, shop_id=shop_id, case_id=case_id)
        if not may_move(session, case, held_by):
            return
        return_gid, keys = case.return_gid, signal_keys(chain_row(session, shop_id))
    read = returns.read(shop_id, return_gid)
    found = orders.order(shop_id, read.order_gid) if read else None
    staff = orders.staff(shop_id, found[0].order_gid) if found else None
    today = signals.signals(shop_id, found[0].order_gid, keys) if signals and found else OrderSignals()
    with begin() as session:
        case = get_case(session, shop_id=shop_id, case_id=case_id)
        if not may_move(session, case, held_by):
            return
        ruled = Ruled(words="Shopify does not show the order any more.")
        if read is not None and found is not None and staff is not None:
            order, client = found
            ruled = _ruled(session, shop_id, gather(session, shop_id, read, order, staff, client, today))
        answer_again(session, case, ruled, why=why, by=by, now=clock.now())


def may_move(session: Session, case: Case, held_by: int | None = None) -> bool:
    """Whether the case can be routed again: open, still with `held_by`, and its client not waiting for its owner."""
    if case.state is CaseState.CLOSED or held_by not in (None, case.advisor_id):
        return False
    owner = get_advisor(session, shop_id=case.shop_id, advisor_id=hand_overs.owner_of(case))
    return case.waits_since is None or not owner.active


def answer_again(session: Session, case: Case, ruled: Ruled, *, why: str, by: str, now: datetime) -> None:
    """Give the case to whoever answers it by `ruled`; to the one the rules fall back on where nobody qualified is."""
    owner_id = _owner(session, case, ruled, now)
    about = hand_overs.about_case(case, now)
    answer = hand_overs.who_answers(session, shop_id=case.shop_id, owner_id=owner_id, about=about, now=now)
    to, words = hand_overs.settle(answer, owner_id=owner_id), answer.words
    if to.advisor_id == owner_id:
        named = ruled.is_seller and ruled.advisor_id == owner_id
        to = replace(to, sold=named or hand_overs.sold(session, case, owner_id))
    if answer.advisor_id is None:
        to, words = _fallen_back(session, case, ruled, to, words)
    logged: dict[str, Any] = {"why": why, "by": by, "ruled": ruled.words, "version": ruled.version}
    if to.advisor_id == case.advisor_id:
        hand_overs.stay(session, case, answer, **logged, now=now)
        if owner_id != hand_overs.owner_of(case):
            hand_overs.hold_as(session, case, to, now=now)
        return
    hand_overs.hand_over(session, case, to, words=words, **logged, now=now)
    log.info("case.routed_again", case=case.id, how=answer.how.value)


def _ruled(session: Session, shop_id: int, facts: ReturnFacts) -> Ruled:
    try:
        decided, version = judge(session, shop_id, facts)
    except Waiting as cannot:  # the merchant has a rule to put right; who sold it is known all the same
        return Ruled(words=cannot.reason)
    return Ruled(decided.advisor_id, _names_a_seller(decided), decided.words, version)


def _names_a_seller(decided: Decided) -> bool:
    return decided.advisor_id is not None and decided.level in NAMED


def _owner(session: Session, case: Case, ruled: Ruled, now: datetime) -> int:
    """Whose case it is: another seller where the rules name one now, but not one who only follows the owner."""
    owner = get_advisor(session, shop_id=case.shop_id, advisor_id=hand_overs.owner_of(case))
    assert owner.id is not None
    named = ruled.advisor_id
    if named is None or not ruled.is_seller or named in named_for(session, owner, now=now):
        return owner.id
    return named


def _fallen_back(session: Session, case: Case, ruled: Ruled, to: Hands, words: str) -> tuple[Hands, str]:
    """Nobody qualified is there and the owner left: better the one the rules fall back on than nobody at all."""
    if ruled.advisor_id is None:
        return to, words
    who = get_advisor(session, shop_id=case.shop_id, advisor_id=ruled.advisor_id)
    stands_in = Hands(advisor_id=ruled.advisor_id, owner_id=to.owner_id, ledger=Ledger.OWNED, why_not=WhyNot.LEFT)
    return stands_in, f"{words} {HOUSE.format(who.name)}"
