"""What a pilot changes about a decision: whether the client is invited to talk, and nothing else."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from kit.money import Money
from logistics.reads import ClientRead
from measures import pilots
from routing import books
from routing.decide import Decided, Outcome
from routing.sellers import Level


def under_pilot(
    session: Session,
    decided: Decided,
    *,
    shop_id: int,
    return_gid: str,
    client: ClientRead,
    value: Money,
    now: datetime,
) -> Decided:
    """The decision as the household's arm has it. One without a conversation is the same in every arm.

    Who is not invited has what the rules give everybody else, with every right, and may ask for a person as ever.
    """
    if not decided.outcome.is_conversation:
        return decided
    key = pilots.key_of(
        session, shop_id=shop_id, return_gid=return_gid, client_gid=client.gid, email=client.email, phone=client.phone
    )
    invited, why = pilots.invites(session, shop_id=shop_id, return_gid=return_gid, key=key, value=value, now=now)
    if invited:
        return decided
    others = books.in_force(session, shop_id).otherwise
    outcome = Outcome.SIMPLE if others.names_an_advisor else others
    words = f"{why} By the rule alone: {decided.words}"
    return replace(decided, outcome=outcome, advisor_id=None, level=Level.NOBODY, words=words)
