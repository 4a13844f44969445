"""Which way a parcel travels and under which cover: the rule of cover.py, asked with our rows and kept in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Session, col, select

from kit.causes import Cause
from kit.db import insert_once, locked
from kit.errors import AppError, Conflict
from kit.money import Money
from logistics import packs
from logistics.cover import Choice, ConfirmedCover, Load, choose, confirm, vehicle_of
from logistics.cover_models import CoverTerm, CoverUse
from logistics.history import APP, lock_rma, note_step
from logistics.models import Parcel, Rma, RmaLine, RmaStep
from logistics.neutral import place_of
from logistics.pack_words import matches
from logistics.reads import Address
from logistics.restrictions import stops_at_border
from logistics.road import Road
from logistics.states import ParcelState
from logistics.ways import Way
from shops.shops import get_shop

PAPERS_SEEN = "papers_seen"
WORTH_KNOWN = "What it is worth is known from the order, and is covered for no less."
WORTH_NOTHING = "Write the amount it would cost to replace it."


@dataclass(frozen=True)
class Passage:
    """How a parcel travels: `cover` where it may, else `refusal` says why not and `cause` what a person can mend."""

    way: Way
    cover: ConfirmedCover | None = None
    refusal: str = ""
    cause: str = ""


def settle_passage(
    session: Session,
    rma: Rma,
    parcel: Parcel,
    *,
    sender: Address,
    receiver: Address,
    only: Way | None = None,
    now: datetime,
) -> Passage:
    """Choose the way of a parcel and keep the cover it takes. `rma` is locked, and with it every other choice waits.

    `only`: the way a person chose; the same rule holds for it, and no other is taken instead.

    A parcel that has its cover is judged again, beside all others: what was switched off meanwhile covers no more.
    """
    load = load_of(session, rma, parcel, sender=sender, receiver=receiver, now=now)
    if stopped := restriction_of(session, rma, load):
        return Passage(parcel.way, refusal=stopped, cause=Cause.PAPERS)
    choice = ways_of(session, rma, parcel, load, lock=True, only=only)
    if choice.picked is None:
        release(session, parcel, now=now)
        return Passage(parcel.way, refusal=choice.refusal, cause=Cause.COVER)
    cover = confirm(parcel.reference, choice.picked, load)
    _keep(
        session, rma, parcel, cover, way=choice.picked.terms.way, vehicle=vehicle_of(choice.picked.terms, load), now=now
    )
    if parcel.way is not choice.picked.terms.way:
        parcel.way = choice.picked.terms.way
        session.add(parcel)
    return Passage(parcel.way, cover=cover)


def ways_of(
    session: Session,
    rma: Rma,
    parcel: Parcel,
    load: Load,
    *,
    lock: bool = False,
    only: Way | None = None,
    free: bool = False,
) -> Choice:
    """Every way with its reason, beside what is on the road. With `lock` nobody else chooses until we commit.

    `only` this way may be picked. `free`: also where a label is bought, which would go back first.
    """
    query = select(CoverTerm).where(CoverTerm.shop_id == rma.shop_id).order_by(col(CoverTerm.id))
    written = list(locked(session, query) if lock else session.exec(query))
    rows = [row for row in written if row.is_on]
    if only is not None:
        rows = [row for row in rows if row.way is only]
    elif (
        parcel.state is not ParcelState.PLANNED and not free
    ):  # a label is being bought for it, and it does not change its way
        rows = [row for row in rows if row.way is parcel.way]
    road = Road(session, rma.shop_id, load, but=parcel.reference)
    return choose(load, [(row.terms, road.beside(row.terms, written)) for row in rows])


def load_of(session: Session, rma: Rma, parcel: Parcel, *, sender: Address, receiver: Address, now: datetime) -> Load:
    """What is in the box, as far as it is known: all pieces of the return, as a line's own box is not written down."""
    words = [text for line in _lines(session, rma) for text in (line.title, *line.words)]
    return Load(
        value=parcel.need,
        kinds=frozenset(matches(packs.pack(session, rma.shop_id, "categories"), words)),
        from_country=sender.country.upper(),
        to_country=receiver.country.upper(),
        from_place=place_of(sender),
        to_place=place_of(receiver),
        town=sender.city.strip().casefold(),
        on=today_of(session, rma.shop_id, now),
    )


def restriction_of(session: Session, rma: Rma, load: Load) -> str:
    """Why the piece may not cross a border yet; "" where it may, or where a person has seen its papers."""
    words = [text for line in _lines(session, rma) for text in (line.title, line.detail, *line.words)]
    found = matches(packs.pack(session, rma.shop_id, "species"), words)
    sentence = stops_at_border(found, load.from_country, load.to_country)
    if not sentence:
        return ""
    seen = select(RmaStep.id).where(RmaStep.rma_id == rma.id, RmaStep.kind == PAPERS_SEEN).limit(1)
    return "" if session.exec(seen).first() is not None else sentence


def note_papers(session: Session, *, shop_id: int, rma_id: int, number: str, by: str, now: datetime) -> None:
    """A person has the permits: the piece may cross the border. Raises NotFound."""
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    note_step(session, rma, PAPERS_SEEN, actor=by, now=now, detail=f"Permit {number}.")


def note_kind(session: Session, *, shop_id: int, rma_id: int, kind: str, by: str, now: datetime) -> None:
    """A person says what kind of piece it is, a key of the pack of categories. Raises NotFound."""
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    for line in _lines(session, rma):
        line.words = [*line.words, kind]
        session.add(line)
    note_step(session, rma, "kind_said", actor=by, now=now, detail=f"It is {kind}.")


def note_worth(session: Session, *, shop_id: int, rma_id: int, worth: Money, by: str, now: datetime) -> None:
    """A person says what a piece is worth that was paid with nothing: given, or made good for another.

    A value that is known stays: cover is never talked down. Raises NotFound, Conflict where it is known, or AppError.
    """
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    mine = (Parcel.rma_id == rma.id, Parcel.shop_id == shop_id)
    unknown = session.exec(select(Parcel).where(*mine, col(Parcel.need_cents) <= 0)).all()
    if not unknown:
        raise Conflict(WORTH_KNOWN)
    if worth.currency != rma.currency or worth.cents <= 0:
        raise AppError(WORTH_NOTHING)
    rma.value_cents = rma.value_cents or worth.cents
    for box in unknown:
        box.need_cents = worth.cents
        session.add(box)
    note_step(session, rma, "worth_said", actor=by, now=now, detail=f"It is worth {worth.show()}.")


def use_of(session: Session, parcel: Parcel) -> CoverUse | None:
    """The cover a parcel travels under, while it does."""
    mine = (CoverUse.shop_id == parcel.shop_id, CoverUse.reference == parcel.reference)
    return session.exec(select(CoverUse).where(*mine, col(CoverUse.released_at).is_(None))).first()


def release(session: Session, parcel: Parcel, *, now: datetime) -> None:
    """Nothing travels under its reference any more."""
    mine = (col(CoverUse.shop_id) == parcel.shop_id, col(CoverUse.reference) == parcel.reference)
    unreleased = sa.update(CoverUse).where(*mine, col(CoverUse.released_at).is_(None))
    session.connection().execute(unreleased.values(released_at=now))


def note_handed_over(session: Session, parcel: Parcel, *, now: datetime) -> None:
    """The parcel is on its way: from tomorrow on it leaves room for others."""
    mine = (col(CoverUse.shop_id) == parcel.shop_id, col(CoverUse.reference) == parcel.reference)
    day = today_of(session, parcel.shop_id, now)
    first = sa.update(CoverUse).where(*mine, col(CoverUse.handed_on).is_(None))
    session.connection().execute(first.values(handed_on=day))


def today_of(session: Session, shop_id: int, now: datetime) -> date:
    """The day it is where the house is."""
    return now.astimezone(ZoneInfo(get_shop(session, shop_id).zone)).date()


def note_refused(session: Session, rma: Rma, parcel: Parcel, passage: Passage, *, now: datetime) -> None:
    """Remember, once a reason, that there is no label and why."""
    known = select(RmaStep.detail).where(RmaStep.rma_id == rma.id, RmaStep.kind == _kind(passage))
    latest = session.exec(known.order_by(col(RmaStep.id).desc()).limit(1)).first()
    if parcel.cover_short_at is None:
        parcel.cover_short_at = now
        session.add(parcel)
    if latest != passage.refusal:
        note_step(session, rma, _kind(passage), actor=APP, now=now, detail=passage.refusal)


def _kind(passage: Passage) -> str:
    return "papers_missing" if passage.cause == Cause.PAPERS else "cover_missing"


def _keep(
    session: Session, rma: Rma, parcel: Parcel, cover: ConfirmedCover, *, way: Way, vehicle: str, now: datetime
) -> None:
    assert rma.id is not None and parcel.id is not None
    values: dict[str, Any] = {
        "term_id": cover.term_id,
        "way": way,
        "payer": cover.payer,
        "value_cents": cover.need.cents,
        "cover_cents": cover.limit.cents,
        "currency": cover.need.currency,
        "evidence": cover.evidence,
        "vehicle": vehicle[:200],
        "released_at": None,
    }
    row = CoverUse(
        shop_id=rma.shop_id,
        rma_id=rma.id,
        parcel_id=parcel.id,
        reference=cover.reference,
        made_at=now,
        **values,
    )
    if not insert_once(session, row):
        mine = (col(CoverUse.shop_id) == rma.shop_id, col(CoverUse.reference) == cover.reference)
        session.connection().execute(sa.update(CoverUse).where(*mine).values(**values))


def _lines(session: Session, rma: Rma) -> Iterable[RmaLine]:
    return session.exec(select(RmaLine).where(RmaLine.rma_id == rma.id).order_by(col(RmaLine.id)))
