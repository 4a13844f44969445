"""Jobs of the first answer, under the names they have in JOBS: `consults.<function>`.

Texts to advisors keep their quiet hours: one that would come at the wrong hour is a job of a later minute, which looks
again whether it is still wanted.
"""

from datetime import datetime
from functools import partial
from typing import Any

from sqlmodel import Session

from consults import cases, ladder
from consults.advisors import get_advisor
from consults.booking import next_consult
from consults.clock_letters import ClockLetters
from consults.first_answers import owner_id, owner_rung, waits
from consults.history import CLIENT, add_line, by_advisor, history
from consults.models import Advisor, Case
from consults.opening import may_text_at
from consults.ports import Colleague
from consults.quiet import client_may_be_texted_at
from consults.reaching import ways_to
from consults.states import CaseState
from consults.telling import EMAIL, OR_BY_EMAIL, SMS, tell, tell_shortly
from consults.wishes import prefers_simple_return
from jobs import enqueue
from kit import clock
from kit.addresses import Addresses
from kit.db import Begin
from kit.errors import Conflict
from kit.log import get_logger
from shops.links import DESK, issue_link

log = get_logger("consults")

TOLD_APART = ("consult_id", "card_id", "chosen", "said_id")
"""Of what a text of one case may be about, each waits for the morning by itself. Who rings all night is one text."""


def keep_first_answers(begin: Begin, *, colleague: Colleague) -> None:
    """Every minute: climb each ladder on which a rung is due. One case a transaction; one that fails stops no other."""
    now = clock.now()
    with begin() as session:
        due = ladder.due_cases(session, now=now)
    for shop_id, case_id in due:
        try:
            with begin() as session:
                about: dict[str, Any] = {"shop_id": shop_id, "case_id": case_id, "colleague": colleague}
                climbed = ladder.fire_due(session, **about, now=now)
        except Conflict as moved:  # in this moment, by somebody else: the next minute looks again
            log.info("rung.not_climbed", case=case_id, reason=moved.message)
        except Exception:
            log.exception("rung.failed", case=case_id)
        else:
            log.info("rung.climbed", case=case_id, rungs=[rung.value for rung in climbed])


def remind_owner(begin: Begin, *, addresses: Addresses, shop_id: int, case_id: int, return_gid: str) -> None:
    """On AnswerHalfDue: text who was to answer once more, if they still have it and it still waits."""
    with begin() as session:
        letters = _letters(session, addresses, shop_id, case_id)
        first = owner_rung(session, letters.case)
        reminded = first.advisor_id if first else owner_id(session, letters.case)
        if not waits(letters.case) or reminded != letters.case.advisor_id:
            return
        about = {"shop_id": shop_id, "case_id": case_id, "return_gid": return_gid}
        if text_later(session, letters.case, letters.advisor, "consults.remind_owner", about, now=letters.now):
            return
        key = f"case:{case_id}:advisor:{letters.advisor.id}:half"
        _tell(letters, "reminded_advisor", SMS, letters.advisor.phone, key, letters.reminded)


def offer_case(
    begin: Begin,
    *,
    addresses: Addresses,
    shop_id: int,
    case_id: int,
    return_gid: str,
    from_advisor_id: int,
    to_advisor_id: int,
) -> None:
    """On CaseHandedOver: text who has it now, unless they took it themselves."""
    with begin() as session:
        letters = _letters(session, addresses, shop_id, case_id)
        case = letters.case
        if case.advisor_id != to_advisor_id or _given_by(session, case) == by_advisor(to_advisor_id):
            return
        about = {"shop_id": shop_id, "case_id": case_id, "return_gid": return_gid}
        about |= {"from_advisor_id": from_advisor_id, "to_advisor_id": to_advisor_id}
        if text_later(session, letters.case, letters.advisor, "consults.offer_case", about, now=letters.now):
            return
        key = f"case:{case_id}:advisor:{to_advisor_id}:given:{case.handed_over}"
        owner = get_advisor(session, shop_id=shop_id, advisor_id=owner_id(session, case))
        if owner.id == to_advisor_id or not waits(case):  # theirs, or nothing to take and nothing to pass on
            _tell(letters, "advisor_new_case", SMS, letters.advisor.phone, key, letters.new_case)
        else:
            _tell(letters, "stands_in_advisor", SMS, letters.advisor.phone, key, lambda: letters.stands_in(owner))


def tell_client_handed_over(
    begin: Begin,
    *,
    addresses: Addresses,
    shop_id: int,
    case_id: int,
    return_gid: str,
    from_advisor_id: int,
    to_advisor_id: int,
) -> None:
    """On CaseHandedOver: tell the client who looks after them now. Not one who chose it, or would rather not talk."""
    for channel in (EMAIL, SMS):
        with begin() as session:
            letters = _letters(session, addresses, shop_id, case_id)
            case = letters.case
            if case.state is CaseState.CLOSED or case.advisor_id != to_advisor_id:
                return
            if _given_by(session, case) == CLIENT:
                return
            if prefers_simple_return(session, shop_id=shop_id, case_id=case_id):
                return
            key = f"case:{case_id}:client:with:{to_advisor_id}:{case.handed_over}"
            booked = next_consult(session, shop_id=shop_id, case_id=case_id)
            before = get_advisor(session, shop_id=shop_id, advisor_id=from_advisor_id)
            if channel == EMAIL:
                words = partial(letters.handed_over, before, booked)
                _tell(letters, "handed_over", EMAIL, case.client_email, key, words)
            # A time that is reserved is confirmed by a text of its own.
            elif booked is None:
                again: dict[str, Any] = {"shop_id": shop_id, "case_id": case_id, "return_gid": return_gid}
                again |= {"from_advisor_id": from_advisor_id, "to_advisor_id": to_advisor_id}
                if client_later(session, case, "consults.tell_client_handed_over", again, now=letters.now):
                    return
                about: dict[str, Any] = {"message": "handed_over", "key": key, "words": letters.handed_over_by_text}
                tell_shortly(session, case, **about, now=letters.now)


def copy_colleagues(
    begin: Begin,
    *,
    addresses: Addresses,
    shop_id: int,
    case_id: int,
    return_gid: str,
    from_advisor_id: int,
    to_advisor_id: int,
) -> None:
    """On CaseHandedOver: the owner, and who had it last, are kept in the picture, by email, which wakes nobody."""
    with begin() as session:
        case = cases.get_case(session, shop_id=shop_id, case_id=case_id)
        if case.advisor_id != to_advisor_id:
            return
        owner = owner_id(session, case)
    for advisor_id in sorted({owner, from_advisor_id} - {to_advisor_id}):
        with begin() as session:
            letters = _letters(session, addresses, shop_id, case_id)
            to = get_advisor(session, shop_id=shop_id, advisor_id=advisor_id)
            key = f"case:{case_id}:advisor:{advisor_id}:with:{to_advisor_id}:{letters.case.handed_over}"
            if to.active:
                _tell(letters, "copied_advisor", EMAIL, to.email, key, _copied(letters, to, yours=advisor_id == owner))


def text_later(
    session: Session,
    case: Case,
    advisor: Advisor,
    job: str,
    args: dict[str, Any],
    *,
    now: datetime,
    until: datetime | None = None,
) -> bool:
    """Whether `advisor` may not be texted now: then `job` comes again in the first minute they may, once.

    Not where that is at `until` or later: what the text is about is over by then.
    """
    at = may_text_at(session, advisor, now=now)
    if at is not None and at <= now:
        return False
    if at is None:
        add_line(session, case, kind="advisor.not_told", now=now, detail="no working hour within a year")
    elif until is None or at < until:
        about = ":".join([str(case.id), *(str(args[name]) for name in TOLD_APART if name in args)])
        enqueue(session, job, at=at, job_id=f"quiet:{job}:{about}:{advisor.id}:{int(at.timestamp())}", **args)
    return True


def client_later(session: Session, case: Case, job: str, args: dict[str, Any], *, now: datetime) -> bool:
    """Whether it is night where the client is: then `job` comes again in the morning, and looks once more."""
    at = client_may_be_texted_at(session, case, now=now)
    if at <= now or not ways_to(session, case):
        return False
    about = ":".join(str(value) for value in args.values())
    enqueue(session, job, at=at, job_id=f"quiet:{job}:{about}:client:{int(at.timestamp())}", **args)
    return True


def _given_by(session: Session, case: Case) -> str:
    """Who handed the case over last, as its history names them; "" while nobody has."""
    assert case.id is not None
    lines = history(session, shop_id=case.shop_id, case_id=case.id)
    return next((line.actor for line in reversed(lines) if line.kind == "case.handed_over"), "")


def was_handed_over(session: Session, case: Case) -> bool:
    """Whether the case has been given to somebody else since it was opened."""
    assert case.id is not None
    return any(line.kind == "case.handed_over" for line in history(session, shop_id=case.shop_id, case_id=case.id))


def _copied(letters: ClockLetters, to: Advisor, *, yours: bool) -> Any:
    def words() -> Any:
        assert to.id is not None and letters.case.id is not None
        # Who had it last sees the case no more; their link opens their own desk.
        about = letters.case.id if yours else 0
        where: dict[str, Any] = {"shop_id": to.shop_id, "purpose": DESK, "subject_id": about, "person_id": to.id}
        token = issue_link(letters.session, now=letters.now, **where)
        return letters.copied(to, letters.addresses.desk_link(token), yours=yours)

    return words


def _letters(session: Session, addresses: Addresses, shop_id: int, case_id: int) -> ClockLetters:
    case = cases.get_case(session, shop_id=shop_id, case_id=case_id)
    return ClockLetters.about(session, case, addresses=addresses, now=clock.now())


def _tell(letters: ClockLetters, message: str, channel: str, to: str | None, key: str, words: Any) -> None:
    about: dict[str, Any] = {"message": message, "channel": channel, "to": to, "key": key, "words": words}
    about["or_email"] = letters.advisor.email if message in OR_BY_EMAIL else None
    tell(letters.session, letters.case, **about, now=letters.now)
    if channel == SMS and not to:
        add_line(letters.session, letters.case, kind="advisor.not_told", now=letters.now, detail="no telephone number")
