"""What we hold of a client about goods coming back, to be shown or erased when Shopify asks."""

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from logistics.models import Inspection, Rma


def show_client(session: Session, *, shop_id: int, client_gid: str) -> list[dict[str, Any]]:
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
            "notes": [inspection.note for inspection in _inspections(session, rma) if inspection.note],
        }
        for rma in _rmas(session, shop_id, client_gid)
    ]


def erase_client(session: Session, *, shop_id: int, client_gid: str, order_gids: Sequence[str] = ()) -> int:
    """Blank everything personal; what was returned and paid stays, without a name. How many returns it touched."""
    found = _rmas(session, shop_id, client_gid, order_gids)
    for rma in found:
        rma.client_title = rma.client_name = rma.client_email = rma.client_phone = rma.client_gid = ""
        rma.sender_address = "{}"
        session.add(rma)
        for inspection in _inspections(session, rma):
            inspection.note = ""
            session.add(inspection)
    return len(found)


def _rmas(session: Session, shop_id: int, client_gid: str, order_gids: Sequence[str] = ()) -> list[Rma]:
    theirs: sa.ColumnElement[bool] = col(Rma.order_gid).in_(order_gids)
    if client_gid:
        theirs = sa.or_(theirs, col(Rma.client_gid) == client_gid)
    return list(session.exec(select(Rma).where(Rma.shop_id == shop_id, theirs).order_by(col(Rma.id))))


def _inspections(session: Session, rma: Rma) -> list[Inspection]:
    return list(session.exec(select(Inspection).where(Inspection.rma_id == rma.id)))
