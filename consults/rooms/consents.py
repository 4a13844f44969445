"""Each person's word on being recorded. Nothing records today; if anything ever does, it asks may_record first."""

from datetime import datetime

from sqlmodel import Session, col, select

from consults.models import Consult, Participant, RecordingConsent
from kit.db import insert_once
from kit.errors import NotFound


def give(session: Session, consult: Consult, *, participant_id: int, words: str, now: datetime) -> None:
    """`participant_id` agrees to `words`. Agreeing again after taking it back counts anew."""
    assert consult.id is not None
    _known(session, consult, participant_id)
    row = RecordingConsent(
        shop_id=consult.shop_id, consult_id=consult.id, participant_id=participant_id, words=words, given_at=now
    )
    if insert_once(session, row):
        return
    kept = _row(session, consult, participant_id)
    assert kept is not None
    kept.words, kept.given_at, kept.withdrawn_at = words, now, None
    session.add(kept)
    session.flush()


def take_back(session: Session, consult: Consult, *, participant_id: int, now: datetime) -> None:
    """From now on nothing of them may be recorded. Without a word given before, nothing changes."""
    kept = _row(session, consult, participant_id)
    if kept is not None and kept.withdrawn_at is None:
        kept.withdrawn_at = now
        session.add(kept)
        session.flush()


def may_record(session: Session, consult: Consult) -> bool:
    """Whether everybody who may come into the room has agreed and not taken it back."""
    seats = set(session.exec(select(Participant.id).where(Participant.consult_id == consult.id)))
    agreed = select(RecordingConsent.participant_id).where(
        RecordingConsent.consult_id == consult.id, col(RecordingConsent.withdrawn_at).is_(None)
    )
    return bool(seats) and seats <= set(session.exec(agreed))


def _row(session: Session, consult: Consult, participant_id: int) -> RecordingConsent | None:
    query = select(RecordingConsent).where(
        RecordingConsent.consult_id == consult.id, RecordingConsent.participant_id == participant_id
    )
    return session.exec(query).first()


def _known(session: Session, consult: Consult, participant_id: int) -> None:
    mine = select(Participant.id).where(Participant.id == participant_id, Participant.consult_id == consult.id)
    if session.exec(mine).first() is None:
        raise NotFound("That conversation is not known here.")
