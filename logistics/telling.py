"""Letters to the client: the slip is ready, the piece is here, the money is on its way."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from kit import clock
from kit.addresses import Addresses
from kit.db import Begin
from kit.errors import Waiting
from kit.languages import spoken_locale, written_in
from logistics import parcels, rmas, settlements
from logistics.custody_models import Deduction
from logistics.custody_words import Answer
from logistics.doors import door_zone
from logistics.in_words import day_in_words, window_in_words
from logistics.models import Parcel, Rma
from logistics.radar import cards
from logistics.states import ParcelState
from logistics.wear import deduction_of
from notifications import messages
from notifications.addressing import in_english, salutation
from shops.links import RETURN, issue_link
from shops.models import Shop
from shops.shops import get_shop

INSPECTION = timedelta(days=1)
"""By when a parcel that arrived is opened; a weekend is waited out."""


def tell_client_label(begin: Begin, *, addresses: Addresses, shop_id: int, rma_id: int) -> None:
    """The slip is ready, and how to pack. Once; and what became of each other visit they asked for since."""
    with begin() as session:
        rma = rmas.get_rma(session, shop_id=shop_id, rma_id=rma_id)
        boxes = [box for box in parcels.parcels_of(session, rma) if box.state is not ParcelState.VOID]
        values = {
            "boxes": len(boxes),
            "covered": all(box.is_covered for box in boxes),
            "way": str(boxes[0].way) if boxes else "label",
            "collection": collection_in_words(session, rma, boxes),
        }
        done = rmas.steps(session, rma)
        again = sum(step.kind in ("reopened", "way_changed") for step in done)  # then it is another slip
        key = f"again-{again}" if again else ""
        told_at = messages.written_at(session, shop_id=shop_id, key=_key(rma, "label_ready", key), channel="email")
        wished = [step.at for step in done if step.kind == "collection_changed"]
        if told_at is None:
            write_letter(session, addresses, rma, "label_ready", values, key=key, now=clock.now())
        elif wished and wished[-1] > told_at:
            about = {"collection": values["collection"]}
            key = f"{len(wished)}"
            write_letter(session, addresses, rma, "collection_changed", about, key=key, now=clock.now())


def tell_client_arrived(begin: Begin, *, addresses: Addresses, shop_id: int, rma_id: int) -> None:
    """The piece is here. Once."""
    with begin() as session:
        rma = rmas.get_rma(session, shop_id=shop_id, rma_id=rma_id)
        locale, shop = spoken_locale(rma.client_locale), get_shop(session, shop_id)
        by = working_day((rma.arrived_at or clock.now()) + INSPECTION, shop.zone)
        write_letter(
            session, addresses, rma, "piece_arrived", {"by": day_in_words(by, shop.zone, locale)}, now=clock.now()
        )


def tell_client_money(begin: Begin, *, addresses: Addresses, shop_id: int, rma_id: int, settlement_id: int) -> None:
    """How much is on its way and by when it is there. Once a batch."""
    with begin() as session:
        rma = rmas.get_rma(session, shop_id=shop_id, rma_id=rma_id)
        batch = settlements.get_settlement(session, shop_id=shop_id, rma_id=rma_id, settlement_id=settlement_id)
        if batch.settled_at is None or not batch.amount_cents:
            return
        locale, shop = spoken_locale(rma.client_locale), get_shop(session, shop_id)
        days = rmas.policy_of(session, shop_id).refund_days
        values = {
            "amount": batch.amount.show(locale),
            "by": day_in_words(batch.settled_at + timedelta(days=days), shop.zone, locale),
        }
        write_letter(session, addresses, rma, "money_on_its_way", values, key=f"batch-{batch.batch}", now=clock.now())


def tell_client_wear(begin: Begin, *, addresses: Addresses, shop_id: int, rma_id: int) -> None:
    """A mark was found, and what it would come to. Once, and before any money goes."""
    with begin() as session:
        rma = rmas.get_rma(session, shop_id=shop_id, rma_id=rma_id)
        found = deduction_of(session, rma)
        if found is None or not found.currency or found.answer is not Answer.OPEN:
            return
        write_wear(session, addresses, rma, found, now=clock.now())


def write_wear(
    session: Session, addresses: Addresses, rma: Rma, found: Deduction, *, key: str = "", now: datetime
) -> None:
    """The letter of a charge for wear: what was found, the amount, and where to answer."""
    values = {"words": found.words, "amount": found.amount.show(spoken_locale(rma.client_locale))}
    write_letter(session, addresses, rma, "wear_found", values, key=key, now=now)


def working_day(at: datetime, zone: str) -> datetime:
    """`at`, or the Monday after it when it falls on a weekend in that zone."""
    weekday = at.astimezone(ZoneInfo(zone)).weekday()
    return at + timedelta(days=max(0, 7 - weekday) if weekday >= 5 else 0)


def collection_in_words(session: Session, rma: Rma, boxes: list[Parcel]) -> str:
    """When somebody comes for them, as the client reads it; "" where nobody does, or not for all."""
    booked = [box for box in boxes if box.collection_code and box.collection_from and box.collection_until]
    if not booked or len(booked) < len(boxes):
        return ""
    return window_in_words(*_ends(booked[0]), door_zone(session, rma), spoken_locale(rma.client_locale))


def _ends(parcel: Parcel) -> tuple[datetime, datetime]:
    assert parcel.collection_from is not None and parcel.collection_until is not None
    return parcel.collection_from, parcel.collection_until


def greeting(title: str, name: str, locale: str = "en") -> str:
    """What opens a letter: title and surname, or the whole name where the title is not known."""
    if written_in(locale) == "en" and name.strip():
        return f"Dear {in_english(title, name, locale)}"
    return salutation(title, name, locale)


AND, PIECES, PIECE, OTHER = 0, 1, 2, 3
WORDS = {
    "en": ("{} and {}", "your pieces", "your piece", "The piece"),
    "fr": ("{} et {}", "vos pièces", "votre pièce", "La pièce"),
    "de": ("{} und {}", "Ihre Stücke", "Ihr Stück", "Das Stück"),
    "it": ("{} e {}", "le Sue creazioni", "la Sua creazione", "La creazione"),
    "es": ("{} y {}", "sus piezas", "su pieza", "La pieza"),
    "ja": ("{}と{}", "お品物", "お品物", "お品物"),
    "zh": ("{}和{}", "您的作品", "您的作品", "您选的作品"),
    "ar": ("{} و{}", "قطعكم", "قطعتكم", "القطعة"),
}
"""Two pieces, several, one, and the one chosen instead."""


def piece_in_words(session: Session, rma: Rma) -> str:
    """What comes back, as the client knows it, in the language of their letters."""
    words = WORDS[written_in(rma.client_locale)]
    titles = [line.title for line in rmas.lines_of(session, rma) if line.title]
    if 0 < len(titles) <= 2:
        return words[AND].format(*titles) if len(titles) == 2 else titles[0]
    return words[PIECES] if titles else words[PIECE]


def write_letter(
    session: Session,
    addresses: Addresses,
    rma: Rma,
    message: str,
    values: dict[str, Any],
    *,
    key: str = "",
    quietly: bool = True,
    now: datetime,
) -> bool:
    """Write one letter to the client of this return, once a `key`, with a fresh link to its page.

    False where no e-mail address is known. With `quietly` it waits while they were offered ways out of a failure of
    ours and have not answered. Raises Waiting.
    """
    assert rma.id is not None
    key = _key(rma, message, key)
    is_written = messages.was_written(session, shop_id=rma.shop_id, key=key, channel="email")
    if is_written or not rma.client_email:
        return is_written
    silent = cards.quiet_until(session, rma, now=now) if quietly else None
    if silent is not None:
        raise Waiting(
            "The client was offered a choice and is left in peace.", retry_after=(silent - now).total_seconds()
        )
    shop: Shop = get_shop(session, rma.shop_id)
    token = issue_link(session, shop_id=rma.shop_id, purpose=RETURN, subject_id=rma.id, now=now)
    said = {
        "house": shop.shown_name,
        "greeting": greeting(rma.client_title, rma.client_name, rma.client_locale),
        "piece": piece_in_words(session, rma),
        "link": addresses.return_page(token),
        "telephone": shop.telephone,
        **values,
    }
    messages.send(
        session,
        shop_id=rma.shop_id,
        message=message,
        channel="email",
        to=rma.client_email,
        values=said,
        key=key,
        locale=rma.client_locale,
        now=now,
    )
    return True


def _key(rma: Rma, message: str, key: str) -> str:
    return ":".join(part for part in (f"rma:{rma.id}", message, key) if part)
