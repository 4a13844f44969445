"""Our own word on an order, kept here and written to Shopify as its `sold_by` metafield, so that it outlives us.

The body names no client: {"v": 1, "shop": our id of the shop, "chosen": who | null, "lines": {line gid: who}}, where
who is {"staff": gid or null, "advisor": our id, "at": ISO instant}.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

import jobs
from kit.clock import now as clock_now
from kit.clock import parse_instant
from kit.db import Begin, insert_once, locked
from kit.log import get_logger
from routing.ports import SellerNotes
from routing.seller_models import SellerNote
from routing.signals import WriteBack

log = get_logger("routing")

MOST_LINES = 250


def note_chosen(session: Session, *, shop_id: int, order_gid: str, who: Mapping[str, Any], now: datetime) -> None:
    """A person chose: that is what the order says from now on."""
    note = _note(session, shop_id, order_gid)
    _change(session, note, {**note.body, "chosen": {**who, "at": now.isoformat()}})


def note_sold(
    session: Session, *, shop_id: int, order_gid: str, lines: Mapping[str, Mapping[str, Any]], now: datetime
) -> None:
    """Evidence named who sold these lines. The same again changes nothing, and nothing is written."""
    if not lines:
        return
    note = _note(session, shop_id, order_gid)
    known = dict(note.body.get("lines") or {})
    news = {gid: who for gid, who in lines.items() if not _same(known.get(gid), who)}
    if not news or len(known) + len(news) > MOST_LINES:
        return
    known |= {gid: {**who, "at": now.isoformat()} for gid, who in news.items()}
    _change(session, note, {**note.body, "lines": known})


def find_note(session: Session, *, shop_id: int, order_gid: str) -> SellerNote | None:
    """What we noted on that order."""
    query = select(SellerNote).where(SellerNote.shop_id == shop_id, SellerNote.order_gid == order_gid)
    return session.exec(query.execution_options(populate_existing=True)).first()


def write_back(begin: Begin, *, notes: SellerNotes, shop_id: int, order_gid: str) -> None:
    """Bring Shopify's metafield up to our note. Writing the same twice does no harm, so nothing is read back."""
    with begin() as session:
        note = find_note(session, shop_id=shop_id, order_gid=order_gid)
    if note is None or note.written >= note.version:
        return
    notes.write(shop_id, order_gid, json.dumps(note.body, separators=(",", ":"), sort_keys=True))
    with begin() as session:
        kept = find_note(session, shop_id=shop_id, order_gid=order_gid)
        if kept is not None and kept.written < note.version:
            kept.written, kept.written_at = note.version, clock_now()
            session.add(kept)
    log.info("seller.written_back", order=order_gid, version=note.version)


def read_body(body: Mapping[str, Any], *, shop_id: int) -> tuple[WriteBack, ...]:
    """What a note says; nothing of what it does not say in our own shape.

    Our ids count only in a note of this very installation: after an erasure they may be somebody else's.
    """
    if body.get("v") != 1:
        return ()
    trusts_ids = body.get("shop") == shop_id
    found = []
    if isinstance(body.get("chosen"), dict):
        found.append(_write_back(body["chosen"], (), trusts_ids, by_person=True))
    lines = body.get("lines")
    for gid, who in (lines if isinstance(lines, dict) else {}).items():
        if isinstance(who, dict):
            found.append(_write_back(who, (str(gid),), trusts_ids, by_person=False))
    return tuple(found)


def read_text(text: str, *, shop_id: int) -> tuple[WriteBack, ...]:
    """The same, from the metafield's value."""
    try:
        body = json.loads(text) if text else {}
    except ValueError:
        return ()
    return read_body(body, shop_id=shop_id) if isinstance(body, dict) else ()


def _write_back(who: Mapping[str, Any], lines: tuple[str, ...], trusts_ids: bool, *, by_person: bool) -> WriteBack:
    advisor, staff = who.get("advisor"), who.get("staff")
    return WriteBack(
        advisor_id=advisor if trusts_ids and isinstance(advisor, int) else None,
        staff_gid=staff if isinstance(staff, str) else None,
        by_person=by_person,
        line_gids=lines,
        written_at=_instant(who.get("at")),
    )


def _instant(text: Any) -> datetime | None:
    try:
        return parse_instant(str(text))
    except ValueError:
        return None


def _same(one: Any, other: Mapping[str, Any]) -> bool:
    return isinstance(one, dict) and all(one.get(name) == other.get(name) for name in ("staff", "advisor"))


def _note(session: Session, shop_id: int, order_gid: str) -> SellerNote:
    """The order's note, made if it has none. A fresh one has nothing to write yet."""
    body: dict[str, Any] = {"v": 1, "shop": shop_id, "chosen": None, "lines": {}}
    insert_once(session, SellerNote(shop_id=shop_id, order_gid=order_gid, body=body, version=0))
    mine = (SellerNote.shop_id == shop_id, SellerNote.order_gid == order_gid)
    return locked(session, select(SellerNote).where(*mine)).one()  # two returns of one order may be decided at once


def _change(session: Session, note: SellerNote, body: dict[str, Any]) -> None:
    note.body, note.version = body, note.version + 1
    session.add(note)
    session.flush()
    key = f"sold_by:{note.shop_id}:{note.order_gid}"
    jobs.enqueue(session, "routing.write_back", key=key, shop_id=note.shop_id, order_gid=note.order_gid)
