"""Each person's word on being recorded: off until everybody agreed, and off again as soon as one takes it back."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from consults.events import RecordingWished
from consults.models import Consult, Participant, RecordingConsent
from consults.policy import policy_of
from consults.reservations import case_of
from jobs import publish
from kit.db import insert_once
from kit.errors import NotFound

WORDS = (
    "I agree that picture and sound of this conversation are recorded for the house. It is recorded only while "
    "everybody agrees, and stops as soon as one of us takes that back."
)
"""What each person reads before they agree; kept with their word."""


@dataclass(frozen=True)
class Voice:
    """One person who may come in, and whether they agree."""

    participant_id: int
    name: str
    agrees: bool


def give(session: Session, consult: Consult, *, participant_id: int, words: str = WORDS, now: datetime) -> None:
    """`participant_id` agrees to `words`. Agreeing again after taking it back counts anew."""
    assert consult.id is not None
    _known(session, consult, participant_id)
    row = RecordingConsent(
        shop_id=consult.shop_id, consult_id=consult.id, participant_id=participant_id, words=words, given_at=now
    )
    if not insert_once(session, row):
        kept = _row(session, consult, participant_id)
        assert kept is not None
        kept.words, kept.given_at, kept.withdrawn_at = words, now, None
        session.add(kept)
    session.flush()
    _tell(session, consult)


def take_back(session: Session, consult: Consult, *, participant_id: int, now: datetime) -> None:
    """From now on nothing of them may be recorded. Without a word given before, nothing changes."""
    kept = _row(session, consult, participant_id)
    if kept is not None and kept.withdrawn_at is None:
        kept.withdrawn_at = now
        session.add(kept)
        session.flush()
        _tell(session, consult)


def voices(session: Session, consult: Consult) -> list[Voice]:
    """Everybody who may come into the room, and what they said."""
    here = (Participant.consult_id == consult.id, col(Participant.removed_at).is_(None))
    people = session.exec(select(Participant).where(*here).order_by(col(Participant.id))).all()
    given = select(RecordingConsent.participant_id).where(
        RecordingConsent.consult_id == consult.id, col(RecordingConsent.withdrawn_at).is_(None)
    )
    agreed = set(session.exec(given))
    return [Voice(person.id or 0, person.name, person.id in agreed) for person in people]


def may_record(session: Session, consult: Consult) -> bool:
    """Whether the house lets it be asked for, and everybody who may come in has agreed and not taken it back."""
    if not policy_of(session, shop_id=consult.shop_id).may_record:
        return False
    said = voices(session, consult)
    return bool(said) and all(voice.agrees for voice in said)


def _tell(session: Session, consult: Consult) -> None:
    assert consult.id is not None
    publish(session, RecordingWished(consult.shop_id, consult.id, case_of(session, consult).return_gid))


def _row(session: Session, consult: Consult, participant_id: int) -> RecordingConsent | None:
    query = select(RecordingConsent).where(
        RecordingConsent.consult_id == consult.id, RecordingConsent.participant_id == participant_id
    )
    return session.exec(query).first()


def _known(session: Session, consult: Consult, participant_id: int) -> None:
    mine = select(Participant.id).where(Participant.id == participant_id, Participant.consult_id == consult.id)
    if session.exec(mine).first() is None:
        raise NotFound("That conversation is not known here.")
