"""The data packs of a shop: those of the repository until a person changes one, each change a version of its own."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from kit.db import insert_once
from kit.errors import AppError, Conflict, NotFound
from logistics.cover_models import PackVersion
from logistics.pack_files import (
    SCHEMAS,
    Pack,
    PackUnclear,
    no_country_twice,
    parse_file,
    read_entry,
    read_pack,
    starting_pack,
)


def pack(session: Session, shop_id: int, name: str) -> Pack:
    """The pack as it holds now. Raises NotFound for a name nobody knows."""
    if name not in SCHEMAS:
        raise NotFound("There is no such list of rules.")
    query = select(PackVersion).where(PackVersion.shop_id == shop_id, PackVersion.name == name)
    row = session.exec(query.order_by(col(PackVersion.version).desc()).limit(1)).first()
    return read_pack(name, row.body, row.version) if row is not None else starting_pack(name)


def change_entry(
    session: Session, *, shop_id: int, name: str, key: str, values: dict[str, Any], by: str, now: datetime, today: date
) -> Pack:
    """Write one entry, or a new one, as a new version dated today. Raises AppError with the sentence to correct."""
    kept = pack(session, shop_id, name)
    try:
        entry = read_entry(name, {**values, "key": key, "dated": today.isoformat()})
    except PackUnclear as unclear:
        raise AppError(str(unclear)) from None
    rest = [dict(e) for e in kept.entries]
    at = next((n for n, e in enumerate(rest) if e["key"] == entry["key"]), len(rest))
    return _keep(session, shop_id, kept, [*rest[:at], entry, *rest[at + 1 :]], by=by, now=now, today=today)


def drop_entry(session: Session, *, shop_id: int, name: str, key: str, by: str, now: datetime, today: date) -> Pack:
    """Leave one entry out. Raises NotFound; AppError for the last."""
    kept = pack(session, shop_id, name)
    rest = [dict(entry) for entry in kept.entries if entry["key"] != key]
    if len(rest) == len(kept.entries):
        raise NotFound("There is no such entry.")
    return _keep(session, shop_id, kept, rest, by=by, now=now, today=today)


def bring_file(session: Session, *, shop_id: int, name: str, raw: bytes, by: str, now: datetime) -> Pack:
    """Take over a whole pack from a file, or none of it. Raises AppError with the sentence to correct."""
    kept = pack(session, shop_id, name)
    try:
        read = parse_file(name, raw)
    except PackUnclear as unclear:
        raise AppError(str(unclear)) from None
    return _insert(session, shop_id, kept, read.as_json(), by, now)


def _keep(
    session: Session, shop_id: int, kept: Pack, entries: list[dict[str, Any]], *, by: str, now: datetime, today: date
) -> Pack:
    body = {"pack": kept.name, "dated": today.isoformat(), "owner": kept.owner, "entries": entries}
    try:
        no_country_twice(read_pack(kept.name, body))
    except PackUnclear as unclear:
        raise AppError(str(unclear)) from None
    return _insert(session, shop_id, kept, body, by, now)


def _insert(session: Session, shop_id: int, kept: Pack, body: dict[str, Any], by: str, now: datetime) -> Pack:
    version = kept.version + 1
    row = PackVersion(shop_id=shop_id, name=kept.name, version=version, body=body, made_by=by, made_at=now)
    if not insert_once(session, row):
        raise Conflict("Somebody else changed these rules meanwhile. Load the page again.")
    return read_pack(kept.name, body, version)
