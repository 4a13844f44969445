"""Who had the piece in their hands, when, under which seal. Rows are added and never changed."""

import unicodedata
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from kit.db import insert_once
from kit.errors import AppError, Conflict
from logistics import rmas
from logistics.custody_models import Custody
from logistics.custody_words import HandOver
from logistics.history import lock_rma, note_step
from logistics.models import Parcel, Rma, Scan
from logistics.states import MOVING_SCANS, Goods

TWO_PEOPLE = "Two people open a piece of this value. Write down who the second one is."
RECEIPT = (HandOver.BROUGHT, HandOver.RECEIVED, HandOver.OPENED)


def note_hand(
    session: Session,
    rma: Rma,
    kind: HandOver,
    *,
    key: str,
    person: str,
    second_person: str = "",
    place: str = "",
    seal_number: str = "",
    seal_intact: bool | None = None,
    now: datetime,
) -> bool:
    """Keep a hand-over, once a `key`. `rma` is locked. Raises AppError where a second person is missing."""
    second_person = second_person.strip()
    if kind in RECEIPT and needs_two(session, rma) and _is_same(person, second_person):
        raise AppError(TWO_PEOPLE)
    assert rma.id is not None
    row = Custody(
        rma_id=rma.id,
        shop_id=rma.shop_id,
        key=key,
        kind=kind,
        at=now,
        person=person,
        second_person=second_person,
        place=place,
        seal_number=seal_number.strip(),
        seal_intact=seal_intact,
    )
    if not insert_once(session, row):
        return False
    words = [str(kind).replace("_", " ")]
    words += [f"seal {row.seal_number}"] if row.seal_number else []
    words += ["the seal was broken"] if seal_intact is False else []
    said = ", ".join(words)
    note_step(session, rma, "custody", actor=person, now=now, detail=f"{said[0].upper()}{said[1:]}.")
    return True


def keep_hand(session: Session, rma: Rma, kind: HandOver, *, key: str, person: str, at: datetime) -> None:
    """Keep, once a `key`, a hand-over that the return's own steps tell of: a carrier's scan, or that it has arrived."""
    assert rma.id is not None
    insert_once(session, Custody(rma_id=rma.id, shop_id=rma.shop_id, key=key, kind=kind, at=at, person=person[:120]))


def pass_on(
    session: Session, *, shop_id: int, rma_id: int, to: str, seal_number: str, by: str, key: str, now: datetime
) -> Rma:
    """The piece, which is here, goes to another person of the house, or under a seal where nobody is named. Once.

    Raises NotFound, Conflict before it is here, AppError where neither a person nor a seal is named.
    """
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    if rma.arrived_at is None:
        raise Conflict("Note first that the piece has arrived.")
    to, seal_number = " ".join(to.split()), seal_number.strip()
    if not to and not seal_number:
        raise AppError("Write down who has it now, or the number on its seal.")
    kind = HandOver.PASSED_ON if to else HandOver.SEALED
    about: dict[str, Any] = {"second_person": by if to else "", "seal_number": seal_number[:60]}
    note_hand(session, rma, kind, key=f"passed:{key[:80]}", person=(to or by)[:120], now=now, **about)
    return rma


def record_opening(
    session: Session,
    *,
    shop_id: int,
    rma_id: int,
    person: str,
    second_person: str,
    seal_number: str,
    seal_intact: bool | None,
    place: str = "",
    now: datetime,
) -> Rma:
    """The box was opened. Raises NotFound, Conflict before it is here, AppError without a second person."""
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    if rma.goods_state is not Goods.ARRIVED:
        raise Conflict("Note first that the piece has arrived." if rma.arrived_at is None else "It was opened already.")
    note_hand(
        session, rma, HandOver.OPENED, key="opened", person=person, second_person=second_person, place=place,
        seal_number=seal_number, seal_intact=seal_intact, now=now,
    )  # fmt: skip
    return rma


def hands_of(session: Session, rma: Rma) -> list[Custody]:
    """Every hand-over, oldest first."""
    return list(session.exec(select(Custody).where(Custody.rma_id == rma.id).order_by(col(Custody.id))))


def taken_at(session: Session, rma: Rma) -> dict[int, datetime]:
    """{parcel id: when its carrier first scanned it on its way} of what left the client's hands."""
    query = select(Scan.parcel_id, sa.func.min(Scan.at)).join(Parcel, col(Parcel.id) == col(Scan.parcel_id))
    moving = query.where(Parcel.rma_id == rma.id, col(Scan.status).in_(MOVING_SCANS)).group_by(col(Scan.parcel_id))
    return {parcel_id: at if at.tzinfo else at.replace(tzinfo=UTC) for parcel_id, at in session.exec(moving)}


def needs_two(session: Session, rma: Rma) -> bool:
    """Whether its value is one for which two people stand by."""
    return rma.value_cents >= rmas.policy_of(session, rma.shop_id).two_people_cents


def must_have_two(session: Session, rma: Rma) -> None:
    """Raise AppError where nothing shows that two people received or opened it, and its value asks for that."""
    seen = (hand for hand in hands_of(session, rma) if hand.kind in RECEIPT)
    if needs_two(session, rma) and not any(hand.second_person for hand in seen):
        raise AppError(TWO_PEOPLE)


def _is_same(person: str, second_person: str) -> bool:
    return not second_person or _plain(second_person) == _plain(person)


def _plain(name: str) -> str:
    """A name as it sounds: however its accents are stored, its letters large or small, its spaces one or two."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
