"""What logistics is told of conversations: until when a client has their piece to hand."""

from datetime import datetime, timedelta

from sqlmodel import Session

from consults.booking import next_consult
from consults.cases import find_case
from routing.asked_models import TalkState
from routing.asking import asked_of

A_TALK = timedelta(hours=1)
"""So long a conversation may take that was chosen with the return and is not in a calendar yet."""


def in_use(session: Session, shop_id: int, return_gid: str) -> datetime | None:
    """The end of the conversation they have reserved, or are about to. Fits logistics.collection_jobs.InUse."""
    case = find_case(session, shop_id=shop_id, return_gid=return_gid)
    consult = next_consult(session, shop_id=shop_id, case_id=case.id) if case is not None and case.id else None
    if consult is not None:
        return consult.ends_at
    asked = asked_of(session, shop_id=shop_id, return_gid=return_gid)
    if asked is None or asked.talk is not TalkState.WANTED or asked.talk_at is None:
        return None
    return asked.talk_at + A_TALK
