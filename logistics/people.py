"""What we hold of a client about goods coming back, to be shown, moved or erased when Shopify asks."""

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from logistics.custody_models import Deduction
from logistics.models import Inspection, Parcel, Rma, Settlement
from logistics.money_models import SideSale
from logistics.radar.models import ClientNeed, RadarCard
from shops import links


def show_client(
    session: Session, *, shop_id: int, client_gid: str, order_gids: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Everything personal, an entry a return, as plain JSON values."""
    return [
        {
            "return": rma.number,
            "order": rma.order_name,
            "title": rma.client_title,
            "name": rma.client_name,
            "email": rma.client_email,
            "phone": rma.client_phone,
            "address": json.loads(rma.sender_address or "{}"),
            "parcels": [
                {"carrier": p.carrier, "tracking_code": p.tracking_code, "label": p.label_url}
                for p in _parcels(session, rma)
            ],
            "wear": [
                {"found": d.words, "amount": d.amount_cents, "currency": d.currency, "answer": d.client_words}
                for d in _deductions(session, rma)
            ],
            "notes": [inspection.note for inspection in _inspections(session, rma) if inspection.note],
            "occasions": [need.occasion for need in _needs(session, rma) if need.occasion],
            "written": [card.words for card in _cards(session, rma) if card.sent_at],
        }
        for rma in _rmas(session, shop_id, client_gid, order_gids)
    ]


def erase_client(session: Session, *, shop_id: int, client_gid: str, order_gids: Sequence[str] = ()) -> int:
    """Blank everything personal; what was returned and paid stays, without a name. How many returns it touched."""
    found = _rmas(session, shop_id, client_gid, order_gids)
    for rma in found:
        rma.client_title = rma.client_name = rma.client_email = rma.client_phone = rma.client_gid = ""
        rma.sender_address = "{}"
        session.add(rma)
        assert rma.id is not None
        links.forget_links(session, shop_id=shop_id, purpose=links.RETURN, subject_id=rma.id)
        for parcel in _parcels(session, rma):
            parcel.label_url = parcel.tracking_url = ""  # whoever has them reads name and address there
            session.add(parcel)
        for inspection in _inspections(session, rma):
            inspection.note = ""
            session.add(inspection)
        _erase_failures(session, rma)
        _erase_payments(session, rma)
        for charge in _deductions(session, rma):
            charge.words = charge.client_words = ""
            session.add(charge)
    return len(found)


def _erase_failures(session: Session, rma: Rma) -> None:
    for card in _cards(session, rma):
        card.occasion = card.words = ""
        session.add(card)
    for need in _needs(session, rma):
        need.occasion = ""
        session.add(need)


def _erase_payments(session: Session, rma: Rma) -> None:
    """Whoever has a page of Shopify's checkout reads name and address there."""
    batches = select(Settlement).where(Settlement.shop_id == rma.shop_id, Settlement.rma_id == rma.id)
    sales = select(SideSale).where(SideSale.shop_id == rma.shop_id, SideSale.rma_id == rma.id)
    for row in (*session.exec(batches), *session.exec(sales)):
        row.pay_url = ""
        session.add(row)


def move_client(session: Session, *, shop_id: int, from_gid: str, to_gid: str) -> None:
    """Two records of a client became one: the returns of the one that is gone are the other's."""
    theirs = (col(Rma.shop_id) == shop_id, col(Rma.client_gid) == from_gid)
    session.connection().execute(sa.update(Rma).where(*theirs).values(client_gid=to_gid))


def _rmas(session: Session, shop_id: int, client_gid: str, order_gids: Sequence[str] = ()) -> list[Rma]:
    theirs: sa.ColumnElement[bool] = col(Rma.order_gid).in_(order_gids)
    if client_gid:
        theirs = sa.or_(theirs, col(Rma.client_gid) == client_gid)
    return list(session.exec(select(Rma).where(Rma.shop_id == shop_id, theirs).order_by(col(Rma.id))))


def _cards(session: Session, rma: Rma) -> list[RadarCard]:
    mine = (RadarCard.shop_id == rma.shop_id, RadarCard.return_gid == rma.return_gid)
    return list(session.exec(select(RadarCard).where(*mine)))


def _needs(session: Session, rma: Rma) -> list[ClientNeed]:
    mine = (ClientNeed.shop_id == rma.shop_id, ClientNeed.return_gid == rma.return_gid)
    return list(session.exec(select(ClientNeed).where(*mine)))


def _inspections(session: Session, rma: Rma) -> list[Inspection]:
    return list(session.exec(select(Inspection).where(Inspection.rma_id == rma.id)))


def _deductions(session: Session, rma: Rma) -> list[Deduction]:
    return list(session.exec(select(Deduction).where(Deduction.rma_id == rma.id)))


def _parcels(session: Session, rma: Rma) -> list[Parcel]:
    return list(session.exec(select(Parcel).where(Parcel.rma_id == rma.id).order_by(col(Parcel.id))))


def tracking_codes(session: Session, rmas: Sequence[Rma]) -> list[str]:
    """What a carrier's webhooks name these returns' parcels by."""
    ids = [rma.id for rma in rmas]
    return [c for c in session.exec(select(Parcel.tracking_code).where(col(Parcel.rma_id).in_(ids))) if c]


def returns_of(session: Session, *, shop_id: int, client_gid: str, order_gids: Sequence[str] = ()) -> list[Rma]:
    """The returns of a client, by their id at Shopify or by their orders."""
    return _rmas(session, shop_id, client_gid, order_gids)
