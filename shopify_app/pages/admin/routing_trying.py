"""An order, read from Shopify and sent through the rules as they stand in the draft. Nothing is written."""

from dataclasses import dataclass
from typing import Protocol

from kit.errors import OutsideError, Waiting
from logistics.reads import ClientRead
from routing import books
from routing.chains import chain_row, signal_keys
from routing.decide import OtherCurrency
from routing.facts import OrderRead, StaffRead
from routing.ports import Openings, OrderReads, SignalReads
from routing.reads import OrderSignals
from routing.trying import Tried, try_order
from shopify_app.reaching import shopify_openings, shopify_orders
from shopify_app.web import begin, now

NO_ORDER = "Shopify shows no order {name} here. An older one is shown only where the app may read old orders."
AWAY = "Shopify did not answer. Please try again in a moment."


@dataclass(frozen=True)
class Trial:
    """What was asked for, and what came of it: `tried`, or a sentence about the `problem`."""

    name: str
    tried: Tried | None = None
    problem: str = ""

    @property
    def advisor_id(self) -> int | None:
        """Whom the rules would name."""
        return self.tried.decided.advisor_id if self.tried else None


@dataclass(frozen=True)
class Asked:
    """All that Shopify says of an order."""

    order: OrderRead
    client: ClientRead
    staff: StaffRead
    today: OrderSignals


class Reads(OrderReads, SignalReads, Protocol):
    """Orders, and what is written on them."""


def doors() -> tuple[Openings, Reads]:
    """The way out to Shopify; tests put their own in its place."""
    return shopify_openings(), shopify_orders()


def try_it(shop_id: int, name: str) -> Trial | None:
    """None when nothing was asked. Shopify is read with no transaction open."""
    name = name.strip()[:60]
    if not name:
        return None
    try:
        asked = _ask(shop_id, name)
    except (OutsideError, Waiting):
        return Trial(name, problem=AWAY)
    if asked is None:
        return Trial(name, problem=NO_ORDER.format(name=name))
    with begin() as session:
        book = books.working(session, shop_id).book
        try:
            tried = try_order(
                session,
                shop_id=shop_id,
                book=book,
                order=asked.order,
                client=asked.client,
                staff=asked.staff,
                today=asked.today,
                now=now(),
            )
        except OtherCurrency as error:
            return Trial(name, problem=f"They cannot be compared: {error.message}.")
    return Trial(name, tried)


def _ask(shop_id: int, name: str) -> Asked | None:
    """As routing.jobs.route_return asks; None when no such order is shown."""
    finding, reads = doors()
    with begin() as session:
        keys = signal_keys(chain_row(session, shop_id))
    listed = finding.find_order(shop_id, name)
    found = reads.order(shop_id, listed.order_gid) if listed else None
    if listed is None or found is None:
        return None
    gid = listed.order_gid
    return Asked(*found, reads.staff(shop_id, gid), reads.signals(shop_id, gid, keys))
