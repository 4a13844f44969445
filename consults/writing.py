"""An advisor writes to the client: who will read it, and that it goes once."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from consults.advisors import get_advisor
from consults.aftercare.plans import take_step
from consults.briefs.contacts import WROTE
from consults.first_answers import note_answer
from consults.history import add_line, by_advisor
from consults.models import Case
from consults.names import greeting
from consults.quiet import client_may_be_texted_at
from consults.states import CaseState, InvalidMove
from consults.telling import EMAIL, SMS, Words, tell
from kit.addresses import Addresses
from kit.errors import AppError
from kit.tokens import token_hash
from shops.links import CONSULT, issue_link
from shops.shops import get_shop

MOST = {EMAIL: 4000, SMS: 600}
NOT_SENT = "It was sent already, or there is no address for it any more."


@dataclass(frozen=True)
class Reader:
    """Who reads a message by one channel: the client, and nobody else. `who` is how they are called."""

    channel: str
    who: str
    address: str


def readers(case: Case) -> list[Reader]:
    """By which ways the client may be written to. Texts only where they agreed to them."""
    who = greeting(case.client_title, case.client_name, case.client_locale) or "The client"
    found = []
    if case.client_email:
        found.append(Reader(EMAIL, who, case.client_email))
    if case.client_phone and case.client_texts_ok:
        found.append(Reader(SMS, who, case.client_phone))
    return found


def reader_by(case: Case, channel: str) -> Reader:
    """The one who reads it by that channel. Raises AppError where nobody would."""
    found = next((reader for reader in readers(case) if reader.channel == channel), None)
    if found is None:
        raise AppError("Choose how it should reach them.")
    return found


def seal_of(reader: Reader, words: str) -> str:
    """What was looked at: these words, for this reader. Other words, or another address, are looked at again."""
    return token_hash(f"{reader.channel}|{reader.address}|{words}")[:32]


def write_to_client(
    session: Session,
    case: Case,
    *,
    words: str,
    channel: str,
    advisor_id: int,
    once: str,
    step_id: int | None = None,
    addresses: Addresses,
    now: datetime,
) -> None:
    """Send `words` as they stand, once for each `once`; a text keeps the client's quiet hours. A first answer, too.

    `step_id`: a contact planned for after the return, which is taken with it, and needs no open return.

    Raises AppError when it says nothing, is too long or went out already, InvalidMove for a closed case.
    """
    words, reader = words.strip(), reader_by(case, channel)
    if case.state is not CaseState.OPEN and step_id is None:
        raise InvalidMove("This return is closed.")
    if not words:
        raise AppError("Write a line first.")
    if len(words) > MOST[channel]:
        raise AppError(f"{MOST[channel]} signs are as much as one message takes.")
    shop, advisor = get_shop(session, case.shop_id), get_advisor(session, shop_id=case.shop_id, advisor_id=advisor_id)
    values = {"house": shop.shown_name, "advisor": advisor.name, "words": words, "telephone": shop.telephone}

    def written() -> Words:
        token = issue_link(session, shop_id=case.shop_id, purpose=CONSULT, subject_id=case.id or 0, now=now)
        return Words([{**values, "link": addresses.consult(token)}])

    sent = tell(
        session,
        case,
        message="advisor_note",
        channel=channel,
        to=reader.address,
        key=f"case:{case.id}:note:{token_hash(once)[:24]}",
        words=written,
        now=now,
        not_before=client_may_be_texted_at(session, case, now=now) if channel == SMS else None,
    )
    if not sent:
        raise AppError(NOT_SENT)
    if step_id is not None:
        take_step(session, case, step_id=step_id, how="wrote", advisor_id=advisor_id, now=now)
    how = "by text" if channel == SMS else f"by {channel}"
    add_line(session, case, kind=WROTE, now=now, actor=by_advisor(advisor_id), detail=how)
    note_answer(session, case, how="wrote", actor=by_advisor(advisor_id), now=now)
