"""An advisor's answer by text: 1 takes it, 2 is not today. Matched by their number and what they were asked last."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults import ladder
from consults.advisors import allowed_to
from consults.line_models import Line
from consults.lines import line_at
from consults.models import Advisor, Case, FirstAnswerRung
from consults.names import greeting
from consults.phrases import language_by_number
from consults.ports import Colleague
from consults.rights import NotAllowed, Right
from consults.states import CaseState
from consults.threads import case_of_text, hear
from jobs import enqueue
from kit import clock
from kit.addresses import Addresses
from kit.db import Begin
from kit.errors import Conflict
from kit.log import get_logger
from notifications import messages, texts
from notifications.chains import Way
from notifications.events import TextArrived
from notifications.meanings import Meaning, read
from notifications.models import InboundText
from shops.links import DESK, issue_link
from shops.models import Shop, ShopState
from shops.shops import get_shop

log = get_logger("consults")

NOTHING = "Nothing waits for your answer."
PORTAL = "/apps/assisted-returns"
ONE_DAY = timedelta(days=1)
HOW = "Reply 1 to take it or 2 for not today."


def note_text(session: Session, arrived: TextArrived) -> None:
    """On TextArrived, in the transaction that hands the delivery on: keep it, and secure that it is answered."""
    kept = texts.keep(session, arrived, now=clock.now())
    if kept is not None:
        enqueue(session, "consults.answer_text", text_id=kept.id)


def answer_text(begin: Begin, *, addresses: Addresses, colleague: Colleague, text_id: int) -> None:
    """Do what a text asks for and answer it, in one transaction; a second run finds it done."""
    with begin() as session:
        text = session.get(InboundText, text_id)
        if text is None:
            return
        now, people = clock.now(), _people(session, text.sender)
        if text.meaning:  # STOP, START and HELP were obeyed when it came; it only remains to say whose they are
            _obey_stop(session, text.meaning, text.channel, people, now)
            _file(session, text, people)
            return
        offer = _latest_offer(session, people)
        if not people:
            text.meaning = Meaning.UNKNOWN.value
            _file(session, text, people)
            _hear_client(session, text, now)
            return
        said = read(text.body)
        text.meaning = said.value
        advisor = next((p for p in people if offer and p.id == offer[1]), people[0])
        text.shop_id, text.advisor_id, text.case_id = advisor.shop_id, advisor.id, offer[0] if offer else None
        session.add(text)
        words = _obey(session, said, advisor, text.case_id, colleague, now)
        if said is not Meaning.UNCLEAR or offer:
            _answer(session, text, advisor, words, addresses, now)
        log.info("text.read", meaning=said.value, case=text.case_id)


def _obey_stop(session: Session, meaning: str, channel: str, people: list[Advisor], now: datetime) -> None:
    """Who asked for no texts is not asked to answer in time either, until they ask for texts again."""
    if meaning not in (Meaning.STOP.value, Meaning.START.value) or channel != texts.SMS:
        return
    for person in people:
        stopped = person.texts_stopped_at or now
        person.texts_stopped_at = stopped if meaning == Meaning.STOP.value else None
        session.add(person)


def _obey(
    session: Session, said: Meaning, advisor: Advisor, case_id: int | None, colleague: Colleague, now: datetime
) -> str:
    if case_id is None:
        return NOTHING
    assert advisor.id is not None
    about: dict[str, Any] = {"shop_id": advisor.shop_id, "case_id": case_id, "advisor_id": advisor.id, "now": now}
    client = _client(session, case_id)
    try:
        if said is Meaning.TAKE:
            ladder.take_offer(session, **about)
            return f"{client} is yours."
        if said is Meaning.NOT_TODAY:
            allowed_to(advisor).must(Right.HAND_OVER)
            next_one = ladder.not_today(session, colleague=colleague, **about)
            return f"Noted. {next_one.name} is asked now." if next_one else "Noted. Nobody else is free, so it stays."
    except (Conflict, NotAllowed) as refused:
        return refused.message
    return HOW


def _answer(
    session: Session, text: InboundText, advisor: Advisor, words: str, addresses: Addresses, now: datetime
) -> None:
    """To the number it came from. Other words than 1 and 2 are answered once a day: a machine may sit at that end."""
    unclear = text.meaning == Meaning.UNCLEAR.value
    key = f"text:{advisor.id}:{now:%Y-%m-%d}" if unclear else f"text:{text.id}"
    about: dict[str, Any] = {"shop_id": advisor.shop_id, "key": key, "channel": "sms"}
    if messages.was_written(session, **about):
        return
    token = issue_link(
        session,
        shop_id=advisor.shop_id,
        purpose=DESK,
        subject_id=text.case_id if text.meaning == Meaning.TAKE.value and text.case_id else 0,
        person_id=advisor.id,
        now=now,
    )
    values = {"words": words, "link": addresses.desk_link(token)}
    messages.send(session, **about, message="replied_advisor", to=text.sender, values=values, now=now)


def _people(session: Session, number: str) -> list[Advisor]:
    """Who has that number, in whichever house. Numbers are sealed, so each is opened; texts come in seldom."""
    query = select(Advisor).where(col(Advisor.phone).is_not(None), col(Advisor.active).is_(True))
    return [person for person in session.exec(query.order_by(col(Advisor.id))) if person.phone == number]


def _latest_offer(session: Session, people: list[Advisor]) -> tuple[int, int] | None:
    """(case_id, advisor_id) of what one of them was asked last and nobody has answered.

    What they have now comes before what has gone on to somebody else since.
    """
    ids = [person.id for person in people]
    asked = (col(FirstAnswerRung.case_id) == col(Case.id), col(FirstAnswerRung.advisor_id).in_(ids))
    last = sa.select(sa.func.max(FirstAnswerRung.fired_at)).where(*asked).correlate(Case).scalar_subquery()
    who = sa.select(sa.func.max(FirstAnswerRung.advisor_id)).where(*asked).correlate(Case).scalar_subquery()
    mine = col(Case.advisor_id).in_(ids)
    query = (
        sa.select(col(Case.id), sa.case((mine, col(Case.advisor_id)), else_=who))
        .where(col(Case.state) == CaseState.OPEN, col(Case.first_answer_at).is_(None), col(Case.taken_at).is_(None))
        .where(sa.or_(mine, last.is_not(None)))
        .order_by(sa.case((mine, 0), else_=1), sa.func.coalesce(last, col(Case.opened_at)).desc(), col(Case.id).desc())
        .limit(1)
    )
    row = session.connection().execute(query).first()
    return (int(row[0]), int(row[1])) if row else None


def _file(session: Session, text: InboundText, people: list[Advisor]) -> None:
    """Under whose roof a text is shown: the advisor's house, else the only house there is, else nobody's."""
    if people:
        text.shop_id, text.advisor_id = people[0].shop_id, people[0].id
    else:
        houses = session.exec(select(Shop.id).where(Shop.state == ShopState.ACTIVE).limit(2)).all()
        text.shop_id = houses[0] if len(houses) == 1 else None
    session.add(text)


def _hear_client(session: Session, text: InboundText, now: datetime) -> None:
    """A client who writes is not left in the void: it stands in their case, and the advisor is told.

    Somebody we do not know is told kindly whose number that is, once a day: a machine may sit at that end.
    """
    line = line_at(session, text.ours) if text.ours else None
    case = case_of_text(session, text, line)
    if case is not None:
        text.shop_id, text.case_id = case.shop_id, case.id
        session.add(text)
        said = hear(session, case, text)
        if said is not None:
            about: dict[str, Any] = {"shop_id": case.shop_id, "case_id": case.id, "said_id": said.id}
            enqueue(session, "consults.tell_written", **about)
        return
    if line is not None:
        text.shop_id = line.shop_id
        session.add(text)
        if not texts.wrote_before(session, text, since=now - ONE_DAY):
            _answer_stranger(session, text, line, now)


def _answer_stranger(session: Session, text: InboundText, line: Line, now: datetime) -> None:
    shop = get_shop(session, line.shop_id)
    values = {"house": shop.shown_name, "link": f"https://{shop.domain}{PORTAL}"}
    messages.send_by(
        session,
        shop_id=line.shop_id,
        message="line_unknown",
        ways=[Way(text.channel, text.sender, values)],
        key=f"line:text:{text.id}",
        locale=language_by_number(text.sender),
        sender=line.number,
        now=now,
    )


def _client(session: Session, case_id: int) -> str:
    case = session.get(Case, case_id)
    assert case is not None
    return greeting(case.client_title, case.client_name, case.client_locale) or "The client"
