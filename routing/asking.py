"""A return asked for by the client on our own page: secured at once, made by a job, and what they chose with it kept.

Nothing is made in Shopify before they confirmed. What they chose besides the pieces follows when their return is there:
the time with their advisor is reserved, or nobody invites who would rather not talk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from consults.advisors import get_advisor
from consults.booking import book_consult
from consults.cases import find_case
from consults.cells import SlotTaken
from consults.kinds import Kind
from consults.reaching import SMS, agree
from consults.wishes import PhoneUnclear, keep_number, prefer_simple_return
from kit.log import get_logger
from logistics.models import Rma
from logistics.rmas import find_rma, prefer_way
from logistics.ways import Way
from routing import openings
from routing.asked_models import AskedReturn, Prefers, TalkState
from routing.decide import Decided, wished_here
from routing.facts import Person
from routing.models import OpenedReturn
from routing.reads import WantedLine

log = get_logger("routing")


@dataclass(frozen=True)
class Talk:
    """A time they chose, UTC, and how they would like to meet; `phone` where they gave a number to be rung on.

    `texts_words`: the sentence by which it may be texted, too; "" where they did not agree.
    """

    starts_at: datetime
    kind: Kind
    zone: str
    phone: str = ""
    texts_words: str = ""


@dataclass(frozen=True)
class Wanted:
    """All that a client confirms. `key` is the form's own; a line may have no reason."""

    key: str
    order_gid: str
    order_name: str
    lines: tuple[WantedLine, ...]
    acting: str
    prefers: Prefers = Prefers.OPEN
    advisor_id: int | None = None
    talk: Talk | None = None
    way: Way | None = None
    locale: str = "en"


def ask_for(session: Session, wanted: Wanted, *, shop_id: int, now: datetime) -> tuple[OpenedReturn, AskedReturn]:
    """Secure the return and keep what goes with it. The same `key` is the same return, as it was first asked for.

    Raises AppError for a choice of nothing.
    """
    opened = openings.ask(
        session,
        shop_id=shop_id,
        key=wanted.key,
        order_gid=wanted.order_gid,
        order_name=wanted.order_name,
        lines=[(line.fulfillment_line_gid, line.quantity) for line in wanted.lines],
        reason_gid="",
        reasons={line.fulfillment_line_gid: line.reason_gid for line in wanted.lines if line.reason_gid},
        notes={line.fulfillment_line_gid: line.note for line in wanted.lines},
        advisor_id=None,
        now=now,
    )
    assert opened.id is not None
    kept = session.get(AskedReturn, opened.id)
    if kept is None:
        kept = _row(shop_id, opened.id, wanted)
        session.add(kept)
        session.flush()
        log.info("return.asked", shop_id=shop_id, opened=opened.id, prefers=kept.prefers.value)
    return opened, kept


def asked_of(session: Session, *, shop_id: int, return_gid: str) -> AskedReturn | None:
    """What the client chose with that return, if they asked for it on our page."""
    mine = (OpenedReturn.shop_id == shop_id, OpenedReturn.return_gid == return_gid)
    query = select(AskedReturn).join(OpenedReturn, col(OpenedReturn.id) == col(AskedReturn.opened_id))
    return session.exec(query.where(*mine)).first()


def get_asked(session: Session, *, shop_id: int, opened_id: int) -> tuple[OpenedReturn, AskedReturn]:
    """The opening and what goes with it. Raises NotFound."""
    opened = openings.get_opened(session, shop_id=shop_id, opened_id=opened_id)
    return opened, session.get_one(AskedReturn, opened_id)


def rma_of(session: Session, opened: OpenedReturn) -> Rma | None:
    """The return it became, once it is looked after here."""
    if opened.return_gid is None:
        return None
    return find_rma(session, shop_id=opened.shop_id, return_gid=opened.return_gid)


def as_wished(session: Session, decided: Decided, *, shop_id: int, return_gid: str) -> Decided:
    """A client who chose a time with an advisor has that advisor, whatever the rules have come to say meanwhile."""
    asked = asked_of(session, shop_id=shop_id, return_gid=return_gid)
    if asked is None or asked.prefers is not Prefers.TALK or asked.advisor_id is None:
        return decided
    if decided.outcome.is_conversation:
        return decided
    advisor = get_advisor(session, shop_id=shop_id, advisor_id=asked.advisor_id)
    return wished_here(decided, Person(asked.advisor_id, advisor.name, advisor.active)) if advisor.active else decided


def follow_choice(session: Session, *, shop_id: int, return_gid: str, now: datetime) -> None:
    """What the client chose comes true with their return: its way, the time, or being left in peace. Once."""
    asked = asked_of(session, shop_id=shop_id, return_gid=return_gid)
    if asked is None:
        return
    rma = find_rma(session, shop_id=shop_id, return_gid=return_gid)
    if asked.way and rma is not None:
        prefer_way(session, rma, Way(asked.way))
    case = find_case(session, shop_id=shop_id, return_gid=return_gid)
    if case is None or case.id is None:
        return
    if asked.prefers is Prefers.SIMPLE:
        prefer_simple_return(session, shop_id=shop_id, case_id=case.id, now=now)
    elif asked.talk is TalkState.WANTED:
        _reserve(session, asked, case.id, now)


def forget(session: Session, *, shop_id: int, order_gids: Sequence[str]) -> None:
    """What clients wrote and the numbers they gave go when their data goes."""
    openings.forget_notes(session, shop_id=shop_id, order_gids=order_gids)
    theirs = select(AskedReturn).join(OpenedReturn).where(AskedReturn.shop_id == shop_id)
    for row in session.exec(theirs.where(col(OpenedReturn.order_gid).in_(order_gids))):
        row.phone = None
        session.add(row)


def _reserve(session: Session, asked: AskedReturn, case_id: int, now: datetime) -> None:
    """The time they chose; taken meanwhile, their invitation says how to choose another."""
    assert asked.talk_at is not None
    try:
        if asked.phone:
            _keep_number(session, asked, case_id, now)
        book_consult(
            session,
            shop_id=asked.shop_id,
            case_id=case_id,
            starts_at=asked.talk_at,
            kind=asked.talk_kind,
            client_zone=asked.talk_zone,
            idempotency_key=f"{case_id}:asked:{asked.opened_id}",
            now=now,
        )
        asked.talk = TalkState.RESERVED
    except (SlotTaken, PhoneUnclear):
        asked.talk = TalkState.TAKEN
    asked.phone = None  # the case has it now
    session.add(asked)


def _keep_number(session: Session, asked: AskedReturn, case_id: int, now: datetime) -> None:
    words = asked.texts_words
    about: dict[str, Any] = {"shop_id": asked.shop_id, "case_id": case_id, "now": now}
    case = keep_number(session, phone=asked.phone or "", texts_ok=bool(words), words=words, **about)
    if words:
        agree(session, case, SMS, words=words, how="page", now=now)


def _row(shop_id: int, opened_id: int, wanted: Wanted) -> AskedReturn:
    talk = wanted.talk
    return AskedReturn(
        opened_id=opened_id,
        shop_id=shop_id,
        acting=wanted.acting,
        prefers=wanted.prefers,
        advisor_id=wanted.advisor_id,
        talk=TalkState.WANTED if talk else TalkState.NONE,
        talk_at=talk.starts_at if talk else None,
        talk_kind=talk.kind.value if talk else "",
        talk_zone=talk.zone if talk else "",
        phone=(talk.phone or None) if talk else None,
        texts_words=talk.texts_words[:300] if talk and talk.phone else "",
        way=str(wanted.way) if wanted.way else "",
        locale=wanted.locale[:20],
        pieces=sum(line.quantity for line in wanted.lines),
    )
