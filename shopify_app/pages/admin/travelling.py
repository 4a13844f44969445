"""/app/returns/<id>: how its parcels travel, and who comes for them, where a person decides or writes it down."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request

from jobs.attempts import retry_of
from kit.amounts import read_amount
from kit.errors import AppError, NotFound
from kit.money import Money
from logistics import rmas
from logistics.bookings import Booking, change_way, record_booking
from logistics.covering import WORTH_NOTHING, note_worth
from logistics.foreign_labels import NO_EVIDENCE, confirm_cover, not_used
from logistics.parcels import get_parcel
from logistics.ways import Way
from shopify_app.asked import row_id
from shopify_app.auth import merchant
from shopify_app.pages.admin.calling import go, shop_of, staff, wrong
from shopify_app.pages.admin.parcel_side import LABEL_STEPS
from shopify_app.web import begin, now

page = Blueprint("admin_travelling", __name__)

MOST_CENTS = 10**15
GONE = {"parcel_id": "Load this page again; the parcel is not known any more."}


@page.post("/app/returns/<int:rma_id>/booking")
def book(rma_id: int) -> Response:
    """A courier, or somebody who carries it, comes: who, when, under which reference, covered for how much."""
    caller, form = merchant(), request.form
    parcel_id = row_id(form.get("parcel_id", ""))
    with begin() as session:
        rma = rmas.get_rma(session, shop_id=caller.shop_id, rma_id=rma_id)
        if parcel_id is None:
            return wrong(GONE)
        parcel = get_parcel(session, rma, parcel_id)
        zone = shop_of(session, caller).zone
        times, fields = _times(zone)
        cover = _money(form.get("cover", ""), parcel.cover_currency)
        if cover is None:
            fields["cover"] = "Write the amount they cover, for example 14800."
        for name in ("carrier", "reference"):
            if not form.get(name, "").strip():
                fields[name] = "Write it as they gave it to you."
        if fields or cover is None:
            return wrong(fields)
        record_booking(
            session,
            shop_id=caller.shop_id,
            rma_id=rma_id,
            parcel_id=parcel_id,
            booking=Booking(form["carrier"].strip()[:60], form["reference"].strip()[:120], cover, *times),
            by=staff(caller),
            now=now(),
        )
        retry_of(session, shop_id=caller.shop_id, names=LABEL_STEPS, rma_id=rma_id, now=now())
    return go("", "Written down. The client is told by itself.")


@page.post("/app/returns/<int:rma_id>/way")
def send_another_way(rma_id: int) -> Response:
    """The piece travels another way; what was arranged is called off."""
    caller, form = merchant(), request.form
    parcel_id = row_id(form.get("parcel_id", ""))
    with begin() as session:
        rmas.get_rma(session, shop_id=caller.shop_id, rma_id=rma_id)
        if parcel_id is None:
            return wrong(GONE)
        if form.get("way") not in {str(way) for way in Way}:
            return wrong({"way": "Choose how it travels."})
        change_way(
            session,
            shop_id=caller.shop_id,
            rma_id=rma_id,
            parcel_id=parcel_id,
            way=Way(form["way"]),
            by=staff(caller),
            now=now(),
        )
    return go("", "Noted. The rest follows by itself.")


@page.post("/app/returns/<int:rma_id>/worth")
def say_worth(rma_id: int) -> Response:
    """What a piece is worth that was paid with nothing, so that it can be covered."""
    caller = merchant()
    about: dict[str, Any] = {"shop_id": caller.shop_id, "rma_id": rma_id, "now": now()}
    with begin() as session:
        rma = rmas.get_rma(session, shop_id=caller.shop_id, rma_id=rma_id)
        worth = _money(request.form.get("worth", ""), rma.currency)
        if worth is None or not worth.cents:
            return wrong({"worth": WORTH_NOTHING})
        note_worth(session, worth=worth, by=staff(caller), **about)
        retry_of(session, names=LABEL_STEPS, **about)
    return go("", "Noted. The label follows by itself.")


@page.post("/app/returns/<int:rma_id>/foreign")
def say_of_foreign(rma_id: int) -> Response:
    """What covers a label that somebody hung on in Shopify, or that nothing travels by it."""
    caller, form = merchant(), request.form
    label_id = row_id(form.get("label_id", ""))
    about: dict[str, Any] = {"shop_id": caller.shop_id, "rma_id": rma_id, "by": staff(caller), "now": now()}
    with begin() as session:
        rma = rmas.get_rma(session, shop_id=caller.shop_id, rma_id=rma_id)
        if label_id is None:
            return wrong({"label_id": "Load this page again; the label is not known any more."})
        if form.get("used") == "no":
            not_used(session, label_id=label_id, **about)
            return go("", "Noted. A label with cover follows by itself, where there is none.")
        cover = _money(form.get("covered_for", ""), rma.currency)
        if cover is None:
            return wrong({"covered_for": "Write the amount it is covered for, for example 14800."})
        try:
            confirm_cover(session, label_id=label_id, cover=cover, evidence=form.get("evidence", ""), **about)
        except NotFound:
            raise
        except AppError as no:
            session.rollback()
            return wrong({"evidence" if no.message == NO_EVIDENCE else "covered_for": no.message})
    return go("", "Written down.")


def _times(zone: str) -> tuple[tuple[datetime, datetime], dict[str, str]]:
    """The window in UTC, of a day and two hours in the shop's zone."""
    found, fields = [], {}
    for name in ("from", "until"):
        try:
            local = datetime.fromisoformat(f"{request.form.get('day', '')}T{request.form.get(name, '')}")
            found.append(local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC))
        except (ValueError, OverflowError):
            fields[name] = "Write the hour as 09:30."
    if len(found) < 2:
        return (now(), now()), fields or {"day": "Choose the day."}
    return (found[0], found[1]), fields


def _money(text: str, currency: str) -> Money | None:
    try:
        found = read_amount(text, currency)
    except ValueError:
        return None
    return found if 0 <= found.cents < MOST_CENTS else None
