"""Who answers a case: chosen in memory, claimed in the database, handed on, and given back."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from consults import hands
from consults.advisors import boutique_by_location, get_advisor
from consults.booking import consults_of
from consults.cases import find_case, get_case, open_case
from consults.facts import CaseFacts
from consults.hands import Hands
from consults.history import SYSTEM
from consults.kinds import Ledger
from consults.models import Case
from consults.opening import due_at, hours_of
from consults.states import CaseState, ConsultState, InvalidMove
from consults.tiers import promised_minutes
from kit.errors import AppError
from kit.money import Money
from routing import credits
from routing.answering import Answer, Candidate, How, Need, choose
from routing.facts import ReturnFacts
from routing.ledgers import Held, Rerouting
from routing.models import Decision
from routing.pool_places import claim, count, hold, let_go, uncount
from routing.rosters import candidate, language, named_for, roster


@dataclass(frozen=True)
class About:
    """What whoever answers has to know, and by when."""

    boutique_id: int | None
    category: str
    locale: str
    answer_by: datetime


def who_answers(session: Session, *, shop_id: int, owner_id: int, about: About, now: datetime) -> Answer:
    """The answer for a case of `owner_id`, its place in the pool claimed in this transaction where it takes one.

    Chosen from memory; of two who choose the same last place, one is given it and the other chooses again.
    """
    owner = get_advisor(session, shop_id=shop_id, advisor_id=owner_id)
    drawn, people = roster(session, shop_id=shop_id, now=now), named_for(session, owner, now=now)
    need = _need(about, candidate(session, owner, now=now))
    while True:
        with drawn.one_at_a_time:
            answer = choose(drawn.pool, people, need, now=int(now.timestamp()))
        if not answer.in_pool or answer.advisor_id is None:
            return answer
        if claim(session, shop_id=shop_id, advisor_id=answer.advisor_id):
            if answer.advisor_id in drawn.people:
                with drawn.one_at_a_time:
                    drawn.pool.take(answer.advisor_id)
            return answer
        need = replace(need, passed_over=need.passed_over | {answer.advisor_id})


def would_answer(
    session: Session,
    *,
    shop_id: int,
    owner_id: int,
    facts: ReturnFacts,
    category: str,
    locale: str,
    value: Money,
    now: datetime,
) -> Answer:
    """As a case that is opened now would be answered; nobody's place is taken."""
    owner = get_advisor(session, shop_id=shop_id, advisor_id=owner_id)
    due = answer_due(session, shop_id=shop_id, owner_id=owner_id, value=value, now=now)
    about = About(boutique_of(session, shop_id, facts, owner_id), category, locale, due)
    drawn, people = roster(session, shop_id=shop_id, now=now), named_for(session, owner, now=now)
    with drawn.one_at_a_time:
        return choose(drawn.pool, people, _need(about, candidate(session, owner, now=now)), now=int(now.timestamp()))


def _need(about: About, owner: Candidate | None, passed_over: frozenset[int] = frozenset()) -> Need:
    return Need(
        answer_by=int(about.answer_by.timestamp()),
        owner=owner,
        boutique=about.boutique_id,
        category=about.category.strip().lower(),
        languages=frozenset(filter(None, [language(about.locale)])),
        passed_over=passed_over,
    )


def settle(answer: Answer, *, owner_id: int) -> Hands:
    """What `answer` means for a case of `owner_id`; where nobody is there, it stays with its owner."""
    stood_in = answer.in_pool and answer.advisor_id is not None
    return Hands(
        advisor_id=answer.advisor_id or owner_id,
        owner_id=owner_id,
        ledger=Ledger.POOL if stood_in else Ledger.OWNED,
        why_not=None if answer.how is How.OWNER else answer.reason,
        owner_back_at=answer.until,
    )


def open_with_answer(session: Session, *, shop_id: int, facts: CaseFacts, owner_id: int, now: datetime) -> Case:
    """Open the case of `owner_id` for whoever answers it, with the credit's rule of the day. Once a return."""
    if (known := find_case(session, shop_id=shop_id, return_gid=facts.return_gid)) is not None:
        return known
    value = Money(facts.value_cents, facts.currency)
    due = answer_due(session, shop_id=shop_id, owner_id=owner_id, value=value, now=now)
    about = About(facts.boutique_id, facts.category, facts.client_locale, due)
    answer = who_answers(session, shop_id=shop_id, owner_id=owner_id, about=about, now=now)
    to = settle(answer, owner_id=owner_id)
    if to.ledger is Ledger.POOL:
        facts = replace(facts, seller_words=f"{facts.seller_words} {answer.words}", sold_by_advisor=False)
    case, _ = open_case(session, shop_id=shop_id, facts=facts, advisor_id=to.advisor_id, now=now)
    hands.place(session, case, to, now=now)
    hold(session, case, now)
    credits.pin_terms(session, case)
    return case


def answer_due(session: Session, *, shop_id: int, owner_id: int, value: Money, now: datetime) -> datetime:
    """By when the owner would have to answer a case that is opened now, in the hours of their boutique."""
    owner = get_advisor(session, shop_id=shop_id, advisor_id=owner_id)
    return due_at(now, promised_minutes(session, shop_id=shop_id, value=value), hours_of(session, owner))


def next_in_turn(session: Session, case: Case, *, passed_over: frozenset[int], now: datetime) -> int | None:
    """Whose turn it is in the pool to answer a case that has waited too long; None where nobody qualified is there.

    Their place is claimed and the ledger's entry is theirs in this transaction, so that nobody is given more than they
    take however many workers look: a caller who does not give them the case has to undo the transaction.
    """
    assert case.id is not None
    about, drawn = about_case(case, now), roster(session, shop_id=case.shop_id, now=now)
    need = _need(about, None, passed_over)
    while True:
        with drawn.one_at_a_time:
            chosen = choose(drawn.pool, {}, need, now=int(now.timestamp())).advisor_id
        if chosen is None:
            return None
        if claim(session, shop_id=case.shop_id, advisor_id=chosen):
            break
        need = replace(need, passed_over=need.passed_over | {chosen})
    with drawn.one_at_a_time:
        drawn.pool.take(chosen)
    let_go(session, case.id, now)
    hold(session, case, now, advisor_id=chosen, ledger=Ledger.POOL)
    return chosen


def who_could_now(session: Session, case: Case, *, now: datetime) -> int | None:
    """Whose turn it would be to take an open case over, of the qualified at work at this moment; takes no place."""
    drawn, at = roster(session, shop_id=case.shop_id, now=now), int(now.timestamp())
    need = _need(about_case(case, now), None, frozenset((case.advisor_id,)))
    with drawn.one_at_a_time:
        return drawn.pool.first(need, at=at, now=at)


def boutique_of(session: Session, shop_id: int, facts: ReturnFacts, owner_id: int) -> int | None:
    """Where it was bought; where the order names no place we know, where its owner is at home."""
    found = boutique_by_location(session, shop_id=shop_id, location_gid=facts.location_gid or "")
    return found.id if found else get_advisor(session, shop_id=shop_id, advisor_id=owner_id).boutique_id


def choose_for(session: Session, case: Case, *, advisor_id: int, words: str, why: str, by: str, now: datetime) -> None:
    """A person of the house, or their workflow, says whose the case is: theirs to own and to answer, limit or none.

    Raises AppError for somebody who takes no returns or has it, InvalidMove for a closed case or while they talk.
    """
    assert case.id is not None
    advisor = get_advisor(session, shop_id=case.shop_id, advisor_id=advisor_id)
    if not advisor.active:
        raise AppError(f"{advisor.name} does not take returns just now.", code="advisor")
    if case.advisor_id == advisor_id:
        raise AppError(f"The case is with {advisor.name} already.", code="advisor")
    if case.state is CaseState.CLOSED:
        raise InvalidMove("This case is closed.")
    talks = consults_of(session, shop_id=case.shop_id, case_id=case.id)
    if any(talk.state is ConsultState.IN_SESSION for talk in talks):
        raise InvalidMove("They are talking just now. Choose again when the conversation is over.")
    # Not sold by the one it goes to, as far as a choice can tell: a text never says "you sold" on a guess.
    to = Hands(advisor_id=advisor_id, owner_id=advisor_id)
    hand_over(session, case, to, why=why, words=words, by=by[:40], now=now)


def hand_over(
    session: Session, case: Case, to: Hands, *, why: str, words: str, by: str = SYSTEM, ruled: str = "",
    version: int | None = None, now: datetime,
) -> None:  # fmt: skip
    """Give a case into the hands of `to`, whose place in the pool is claimed already, and log it."""
    assert case.id is not None
    before = case.advisor_id
    hands.give(session, case, to, why=why, words=words, by=by, now=now)
    let_go(session, case.id, now)
    hold(session, case, now)
    row = Rerouting(shop_id=case.shop_id, case_id=case.id, at=now, by=by, why=why, from_advisor_id=before,
                    to_advisor_id=to.advisor_id, words=words, ruled=ruled, policy_version=version)  # fmt: skip
    session.add(row)


def stay(
    session: Session, case: Case, answer: Answer, *, why: str, by: str, ruled: str, version: int | None, now: datetime
) -> None:
    """The rules were run again and leave the case where it is: a place that was claimed for it goes back."""
    assert case.id is not None
    if answer.in_pool and answer.advisor_id is not None:
        uncount(session, answer.advisor_id)
    row = Rerouting(shop_id=case.shop_id, case_id=case.id, at=now, by=by, why=why, from_advisor_id=case.advisor_id,
                    to_advisor_id=case.advisor_id, words=answer.words, ruled=ruled, policy_version=version)  # fmt: skip
    session.add(row)


def hold_as(session: Session, case: Case, to: Hands, *, now: datetime) -> None:
    """The same hands, by another right: whose case it is, and in which ledger it counts."""
    assert case.id is not None
    hands.place(session, case, to, now=now)
    case.sold_by_advisor = to.sold
    let_go(session, case.id, now)
    hold(session, case, now)


def reroutings(session: Session, *, shop_id: int, case_id: int) -> list[Rerouting]:
    """Each time the case was routed again or given back, oldest first."""
    query = select(Rerouting).where(Rerouting.shop_id == shop_id, Rerouting.case_id == case_id)
    return list(session.exec(query.order_by(col(Rerouting.id))))


def sold(session: Session, case: Case, advisor_id: int) -> bool:
    """Whether the decision named them as the one who sold it: not for the client or the place, not by a guess."""
    mine = (Decision.shop_id == case.shop_id, Decision.return_gid == case.return_gid)
    found = session.exec(select(Decision).where(*mine)).first()
    return found is not None and found.advisor_id == advisor_id and found.sold


def about_case(case: Case, now: datetime) -> About:
    """What an open case asks of whoever answers it; an answer that is overdue is due now."""
    return About(case.boutique_id, case.category, case.client_locale, max(case.first_answer_due_at, now))


def owner_of(case: Case) -> int:
    """Who sold the piece, as far as the case knows."""
    return case.owner_id or case.advisor_id


def note_hands(session: Session, *, shop_id: int, case_id: int, from_advisor_id: int, now: datetime) -> None:
    """Bring the ledgers in line with a case that somebody else moved, by a rung of the clock or by hand."""
    case = get_case(session, shop_id=shop_id, case_id=case_id)
    held = session.exec(select(Held).where(Held.case_id == case_id, col(Held.ended_at).is_(None))).first()
    if held is None or held.advisor_id == case.advisor_id:
        return
    case.owner_id = case.owner_id or from_advisor_id
    case.ledger = Ledger.POOL if case.is_stood_in else Ledger.OWNED
    session.add(case)
    let_go(session, case_id, now)
    if case.ledger is Ledger.POOL:
        count(session, shop_id, case.advisor_id)
    hold(session, case, now)


def release(session: Session, *, shop_id: int, case_id: int, now: datetime) -> None:
    """A case is done: it is in nobody's hands."""
    get_case(session, shop_id=shop_id, case_id=case_id)
    let_go(session, case_id, now)
