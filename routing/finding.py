"""Looking an order up for somebody who asked for a code, after they were answered: nothing they see depends on it."""

import hmac
import re
from datetime import datetime
from typing import Any

from sqlmodel import Session

from kit import clock
from kit.db import Begin
from kit.errors import Waiting
from kit.log import get_logger
from logistics.lookups import returns_named
from notifications import codes
from routing.ports import OrderFinding
from routing.reads import OrderContact
from shops.shops import get_shop

log = get_logger("routing")
LEAST_DIGITS = 8
"""Of a number that is typed without its country's: fewer fit too many others."""


def look_up_order(
    begin: Begin, *, orders: OrderFinding, by_verify: bool, secret: str, shop_id: int, asked_id: int
) -> None:
    """Where order and address go together, send the code to the address on the order. Raises OutsideError.

    What we look after ourselves is found while Shopify is away, and when the order is too old for us to be shown it.
    A number is asked of Shopify first: ours may be that of where a parcel went.
    """
    with begin() as session:
        wanted = codes.get_wanted(session, shop_id=shop_id, asked_id=asked_id, now=clock.now())
        if wanted is None:
            return
        ours = next((c for c in _known(session, shop_id, wanted.order) if goes_with(c, wanted.address)), None)
    found = ours if ours and not _by_text(wanted) else _told(orders, shop_id, wanted.order) or ours
    if found is None or not goes_with(found, wanted.address):
        return
    with begin() as session:
        _send(session, found, wanted, shop_id, asked_id, by_verify=by_verify, secret=secret, now=clock.now())


def goes_with(order: OrderContact, typed: str) -> bool:
    """Whether `typed` is the buyer's email, or their number, with or without its country's."""
    if "@" in typed:
        ours, theirs = order.email.strip().casefold(), typed.strip().casefold()
        return bool(ours) and hmac.compare_digest(ours.encode(), theirs.encode())
    ours, theirs = _digits(order.phone), _digits(typed).lstrip("0")
    return len(theirs) >= LEAST_DIGITS and ours.endswith(theirs)


def _told(orders: OrderFinding, shop_id: int, name: str) -> OrderContact | None:
    try:
        return orders.contact(shop_id, name)
    except Waiting as waiting:
        # Who asked does not wait that long, and each who asks would be one more job that waits.
        log.warning("order.not_shown", shop_id=shop_id, reason=waiting.reason)
        return None


def _send(
    session: Session, order: OrderContact, wanted: codes.Wanted, shop_id: int, asked_id: int, *,
    by_verify: bool, secret: str, now: datetime,
) -> None:  # fmt: skip
    by_text = _by_text(wanted)
    about: dict[str, Any] = {"shop_id": shop_id, "asked_id": asked_id, "secret": secret, "now": now}
    codes.send(
        session,
        order_gid=order.order_gid,
        order_name=order.name,
        channel="sms" if by_text else "email",
        to=order.phone if by_text else order.email,
        house=get_shop(session, shop_id).shown_name,
        by_verify=by_verify,
        **about,
    )


def _by_text(wanted: codes.Wanted) -> bool:
    return wanted.channel == "sms" or "@" not in wanted.address


def _known(session: Session, shop_id: int, name: str) -> list[OrderContact]:
    found = returns_named(session, shop_id=shop_id, order_name=name)
    return [OrderContact(rma.order_gid, rma.order_name, rma.client_email, rma.client_phone) for rma in found]


def _digits(number: str) -> str:
    return re.sub(r"[^0-9]", "", number)
