"""What happens to the bodies of stored deliveries: forgotten after 30 days, erased when a client's data has to go."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus

import sqlalchemy as sa
from sqlmodel import Session, col, select

from kit.clock import now as clock_now
from kit.db import Begin
from kit.log import get_logger
from shops.crypt import KeyMissing, unseal_bytes
from webhooks.bodies import read_json
from webhooks.models import Delivery, DeliveryState

log = get_logger("webhooks")

KEPT = timedelta(days=30)
BATCH = 500


def forget_bodies(begin: Begin) -> None:
    """Every day: of deliveries older than 30 days only the envelope stays. One nobody handled yet keeps its body."""
    now, forgotten = clock_now(), 0
    while count := _forget_some(begin, now):
        forgotten += count
    log.info("bodies.forgotten", count=forgotten)


def _forget_some(begin: Begin, now: datetime) -> int:
    """A batch in a transaction of its own, so that the door never waits long for its turn to write."""
    with begin() as session:
        old = (
            col(Delivery.received_at) < now - KEPT,
            col(Delivery.body_gone_at).is_(None),
            col(Delivery.state) != DeliveryState.NEW,
        )
        ids = list(session.exec(select(Delivery.id).where(*old).limit(BATCH)))
        _empty(session, now, col(Delivery.id).in_(ids))
    return len(ids)


def erase_naming(session: Session, *, domain: str, numbers: Iterable[str], words: Iterable[str], now: datetime) -> int:
    """Empty every body that holds one of the ids (as whole numbers) or of the words; how many.

    Bodies are encrypted, so each is opened. Looked at: the shop's own, and those of senders that know no shop.
    A delivery nobody handled yet is left: it is handled in a moment, and whoever erases comes again.
    """
    named = _pattern(numbers, words)
    if named is None:
        return 0
    found = [i for i, body in _bodies(session, domain) if named.search(body)]
    for ids in _batches(found):
        _empty(session, now, col(Delivery.id).in_(ids))
    return len(found)


def list_naming(session: Session, *, domain: str, numbers: Iterable[str], words: Iterable[str]) -> list[dict[str, Any]]:
    """The envelopes of what `erase_naming` would empty, as plain JSON values."""
    named = _pattern(numbers, words)
    found = [i for i, body in _bodies(session, domain) if named is not None and named.search(body)]
    shown = select(Delivery.source, Delivery.topic, Delivery.received_at).order_by(col(Delivery.id))
    rows = [row for ids in _batches(found) for row in session.exec(shown.where(col(Delivery.id).in_(ids)))]
    return [{"from": source, "topic": topic, "received_at": at.isoformat()} for source, topic, at in rows]


def erase_callbacks(session: Session, provider_ids: Iterable[str], now: datetime) -> None:
    """A provider's word on a text names the number it went to: those about these messages are emptied."""
    for provider_id in provider_ids:
        theirs = col(Delivery.external_id).startswith(f"{provider_id}:", autoescape=True)
        _empty(session, now, col(Delivery.source) == "twilio", theirs)


def _bodies(session: Session, domain: str) -> Iterator[tuple[int, bytes]]:
    after = 0
    theirs = sa.or_(col(Delivery.shop_domain) == domain, col(Delivery.shop_domain) == "")
    while True:
        rows = (
            session.connection()
            .execute(
                sa.select(
                    sa.type_coerce(col(Delivery.id), sa.Integer), sa.type_coerce(col(Delivery.body), sa.LargeBinary)
                )
                .where(theirs, col(Delivery.body_gone_at).is_(None), col(Delivery.state) != DeliveryState.NEW)
                .where(col(Delivery.id) > after)
                .order_by(col(Delivery.id))
                .limit(BATCH)
            )
            .all()
        )
        if not rows:
            return
        for delivery_id, sealed in rows:
            yield int(delivery_id), _opened(bytes(sealed))
        after = int(rows[-1][0])


def _opened(sealed: bytes) -> bytes:
    try:
        return unseal_bytes(sealed)
    except KeyMissing:
        return b""  # its key is gone, and so is what it says


def _pattern(numbers: Iterable[str], words: Iterable[str]) -> "re.Pattern[bytes] | None":
    # Whole numbers only: 42 is not in 1042, which is another client's.
    whole = [rb"(?<!\d)" + re.escape(n.encode()) + rb"(?!\d)" for n in sorted(set(numbers)) if n]
    written = sorted({form for word in words for form in _written(word)})
    parts = [*whole, *(re.escape(form.encode()) for form in written if form)]
    return re.compile(b"|".join(parts), re.IGNORECASE) if parts else None


def _written(word: str) -> tuple[str, str, str]:
    """A word as it is, as a form writes it ("+33…" is "%2B33…" in what Twilio sends), and as JSON may."""
    return word, quote_plus(word), json.dumps(word)[1:-1]


def _empty(session: Session, now: datetime, *which: Any) -> None:
    session.connection().execute(sa.update(Delivery).where(*which).values(body=b"", body_gone_at=now, error=""))


def _batches(ids: list[int]) -> Iterator[list[int]]:
    """A statement has room for so many ids only."""
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def addresses_of(session: Session, *, domain: str, number: str) -> set[str]:
    """E-mail addresses and telephone numbers that stored bodies give for the client with that number at Shopify."""
    named, found = _pattern([number], ()), set()
    for _, body in _bodies(session, domain):
        if named is not None and named.search(body):
            found |= _addresses(body, number)
    return found


def _addresses(body: bytes, number: str) -> set[str]:
    try:
        value = read_json(body)
    except ValueError:
        return set()
    client = value.get("customer") if isinstance(value, dict) else None
    if not isinstance(client, dict) or str(client.get("id") or "").rsplit("/", 1)[-1] != number:
        return set()
    return {text for text in (client.get("email"), client.get("phone")) if isinstance(text, str) and text}
