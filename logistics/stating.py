"""A client states on our page that they withdraw: kept and acknowledged at once, carried out when it can be.

Nothing is asked of Shopify, an advisor or a provider before the answer: one transaction keeps the statement, the
letter that acknowledges it, and the job that carries it out.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

import jobs
from kit.db import insert_once
from kit.errors import AppError
from kit.languages import spoken_locale
from logistics.events import WithdrawalStated
from logistics.in_words import instant_in_words
from logistics.statement_models import WithdrawalStatement
from notifications import messages
from shops.shops import get_shop

NAME_MOST, PART_MOST = 200, 1000
ONE_ADDRESS = re.compile(r'[^\s@,;:<>()"]+@[^\s@,;:<>()".]+(\.[^\s@,;:<>()".]+)+')
"""One address and nothing else: the confirmation goes to it, whoever typed it."""


@dataclass(frozen=True)
class Stated:
    """What a client typed: just enough to know who withdraws from what."""

    name: str
    order_name: str
    email: str
    part: str = ""


def read_statement(form: Any) -> Stated:
    """What was typed, cut to what fits. Raises AppError in words for the client."""
    typed = {field: " ".join(str(form.get(field, "")).split()) for field in ("name", "order", "email")}
    if not all(typed.values()):
        raise AppError("Please give your name, the order number and an email address we can confirm to.")
    if ONE_ADDRESS.fullmatch(typed["email"]) is None or len(typed["email"]) > 254:
        raise AppError("Please look at the email address once more: we send the confirmation there.")
    part = str(form.get("part", "")).strip()[:PART_MOST]
    return Stated(typed["name"][:NAME_MOST], typed["order"][:60], typed["email"], part)


def keep_statement(
    session: Session, stated: Stated, *, shop_id: int, key: str, locale: str, may_write: bool, now: datetime
) -> WithdrawalStatement:
    """Keep it, and secure the letter and what follows. The same `key` is the same statement and changes nothing.

    Without `may_write` no letter goes: somebody has the same address written to again and again.
    """
    row = WithdrawalStatement(
        shop_id=shop_id,
        key=key[:64],
        order_name=stated.order_name,
        name=stated.name,
        email=stated.email,
        part=stated.part,
        locale=spoken_locale(locale),
        received_at=now,
    )
    is_new = insert_once(session, row)
    mine = (WithdrawalStatement.shop_id == shop_id, WithdrawalStatement.key == key[:64])
    kept = session.exec(select(WithdrawalStatement).where(*mine)).one()
    if is_new:
        assert kept.id is not None
        if may_write:
            _acknowledge(session, kept, now=now)
        jobs.publish(session, WithdrawalStated(shop_id, kept.id))
    return kept


def received_in_words(session: Session, row: WithdrawalStatement, *, locale: str = "") -> str:
    """Its day and time in the shop's zone, so that nobody can misread it; in the letter's language or another."""
    return instant_in_words(row.received_at, get_shop(session, row.shop_id).zone, locale or row.locale)


def _acknowledge(session: Session, row: WithdrawalStatement, *, now: datetime) -> None:
    shop = get_shop(session, row.shop_id)
    values = {
        "house": shop.shown_name,
        "client": row.name,
        "order": row.order_name,
        "part": row.part,
        "received": received_in_words(session, row),
        "telephone": shop.telephone or "",
    }
    about: dict[str, Any] = {"shop_id": row.shop_id, "key": f"withdrawal:{row.id}", "locale": row.locale, "now": now}
    messages.send(session, message="withdrawal_stated", channel="email", to=row.email, values=values, **about)
