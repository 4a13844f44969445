"""The merchant's rows: written, put in order, switched off. What was taken of one stays as it was taken."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.catalogue.kinds import WayKind
from consults.catalogue.models import CatalogueWay
from kit.amounts import read_amount
from kit.db import hold, locked
from kit.errors import AppError, NotFound

MOST_CENTS = 10**13
MOST_ROWS = 200


class WayUnclear(AppError):
    """What is wrong with a row, a sentence for each field."""

    def __init__(self, fields: dict[str, str]):
        super().__init__(" ".join(fields.values()), status=422)
        self.fields = fields


def ways_of(session: Session, *, shop_id: int, on: bool | None = None) -> list[CatalogueWay]:
    """Every row, in the merchant's order; with `on`, those that are."""
    query = select(CatalogueWay).where(CatalogueWay.shop_id == shop_id)
    if on is not None:
        query = query.where(col(CatalogueWay.is_on).is_(on))
    return list(session.exec(query.order_by(col(CatalogueWay.position), col(CatalogueWay.id))))


def get_way(session: Session, *, shop_id: int, way_id: int) -> CatalogueWay:
    """One row, nobody else's to change until we commit. Raises NotFound, also for another shop's."""
    query = select(CatalogueWay).where(CatalogueWay.id == way_id, CatalogueWay.shop_id == shop_id)
    row = locked(session, query).first()
    if row is None:
        raise NotFound("That is not in the catalogue.")
    return row


def write_way(
    session: Session,
    *,
    shop_id: int,
    way_id: int | None,
    given: Mapping[str, Any],
    currency: str,
    by: str,
    now: datetime,
) -> CatalogueWay:
    """Add a row at the end, or change one. `given` is a form's. Raises WayUnclear."""
    values = read_way(given, currency=currency)
    if way_id is None:
        last = [row.position for row in ways_of(session, shop_id=shop_id)]
        if len(last) >= MOST_ROWS:
            raise WayUnclear({"title": f"{MOST_ROWS} rows are as many as a catalogue takes."})
        row = CatalogueWay(shop_id=shop_id, position=max(last, default=0) + 1, changed_at=now, **values)
    else:
        row = get_way(session, shop_id=shop_id, way_id=way_id)
        for name, value in values.items():
            setattr(row, name, value)
    row.changed_by, row.changed_at = by, now
    session.add(row)
    session.flush()
    return row


def switch_way(session: Session, *, shop_id: int, way_id: int, on: bool, by: str, now: datetime) -> CatalogueWay:
    """Switch a row on or off; what was promised of it stays promised."""
    row = get_way(session, shop_id=shop_id, way_id=way_id)
    row.is_on, row.changed_by, row.changed_at = on, by, now
    session.add(row)
    return row


def move_way(session: Session, *, shop_id: int, way_id: int, up: bool) -> None:
    """One place up or down; the first and the last stay where they are."""
    row = get_way(session, shop_id=shop_id, way_id=way_id)
    mine = (col(CatalogueWay.id) == row.id, col(CatalogueWay.shop_id) == shop_id)
    # A write first: it is what keeps everybody else out on SQLite.
    session.connection().execute(sa.update(CatalogueWay).where(*mine).values(position=CatalogueWay.position))
    hold(session, f"catalogue:{shop_id}")
    rows = ways_of(session, shop_id=shop_id)
    at = next(i for i, row in enumerate(rows) if row.id == way_id)
    to = at - 1 if up else at + 1
    if 0 <= to < len(rows):
        rows[at], rows[to] = rows[to], rows[at]
    for position, row in enumerate(rows, start=1):
        row.position = position
    session.add_all(rows)
    session.flush()


def read_way(given: Mapping[str, Any], *, currency: str) -> dict[str, Any]:
    """A form as columns of a row. Raises WayUnclear with every field that is to be corrected."""
    wrong: dict[str, str] = {}
    title, words = (" ".join(str(given.get(name, "")).split()) for name in ("title", "words"))
    if not 0 < len(title) <= 80:
        wrong["title"] = "Say in a few words what it is; at most 80 letters."
    if len(words) > 200:
        wrong["words"] = "At most 200 letters fit here."
    kind = str(given.get("kind", ""))
    if kind not in set(WayKind):
        wrong["kind"] = "Choose what it is."
    values: dict[str, Any] = {"title": title, "words": words, "currency": currency}
    values["in_budget"] = "in_budget" in given
    values["kinds"] = sorted({k.strip().lower()[:40] for k in str(given.get("kinds", "")).split(",") if k.strip()})[:40]
    values["boutique_ids"] = list(given.get("boutique_ids", ()))
    for name, sentence in (("cost", "Write what it costs the house, 0 for nothing."),
                           ("from", "Write an amount, or leave it empty.")):  # fmt: skip
        values[f"{name}_cents"] = _cents(str(given.get(name, "")), currency, name, sentence, wrong)
    for name, least, most in (("per_week", 1, 500), ("lead_days", 0, 730)):
        values[name] = _number(str(given.get(name, "")), least, most, name, wrong)
    if wrong:
        raise WayUnclear(wrong)
    return {**values, "kind": WayKind(kind)}


def _cents(text: str, currency: str, name: str, sentence: str, wrong: dict[str, str]) -> int:
    try:
        cents = read_amount(text.strip() or "0", currency).cents
    except ValueError:
        cents = -1
    if not 0 <= cents <= MOST_CENTS:
        wrong[name] = sentence
    return cents


def _number(text: str, least: int, most: int, name: str, wrong: dict[str, str]) -> int:
    text = text.strip()
    value = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1
    if not least <= value <= most:
        wrong[name] = f"A whole number from {least} to {most}."
    return value
