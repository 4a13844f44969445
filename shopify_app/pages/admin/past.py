"""The shop in figures on Home: what its orders came to, and how far the reading of its past is, in sentences."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Blueprint, Response, request
from sqlmodel import Session

from kit.errors import Conflict
from kit.money import Money
from measures import history, rebuilding, turns
from measures.fitting import Fitting, fitting
from measures.history import HistoryProgress
from measures.measured import Measuring
from measures.models import ReadState
from shopify_app.asked import whole
from shopify_app.auth import merchant
from shopify_app.pages.admin.calling import go, shop_of, wrong
from shopify_app.web import begin, now
from shops import figures
from shops.models import Shop, ShopFigures

page = Blueprint("admin_past", __name__)

UNDER_WAY = (ReadState.WANTED, ReadState.WORKING, ReadState.READING)


@dataclass(frozen=True)
class Figure:
    """One line of the table: `value` large, `count` below it."""

    name: str
    value: str
    count: str


@dataclass(frozen=True)
class Past:
    """What the block shows. `share` is 0 to 100 while lines are read; `busy`: it is worth looking again soon."""

    sentences: tuple[str, ...]
    figures: tuple[Figure, ...]
    window: str = ""
    share: int | None = None
    busy: bool = False
    can_begin: bool = False
    fit: Fitting | None = None
    visits: int | None = None


@page.post("/app/history")
def read_again() -> Response:
    """Begin anew what stopped; what is under way goes on."""
    caller = merchant()
    with begin() as session:
        turns.want(session, shop_of(session, caller), now=now())
    return go("", "Your orders are being read.")


@page.post("/app/history/visits")
def say_visits() -> Response:
    """What only the merchant knows."""
    caller = merchant()
    typed = "".join(request.form.get("visits", "").replace(",", "").split())
    visits = whole(typed, 0, 10**9 - 1)
    if typed and visits is None:
        return wrong({"visits": "A whole number is needed, or nothing."})
    with begin() as session:
        shop_of(session, caller)
        if not figures.say_visits(session, shop_id=caller.shop_id, visits=visits):
            raise Conflict("Your orders are still being counted. Say it in a few minutes.")
    return go("", "Saved.")


def past_of(session: Session, shop: Shop) -> Past | None:
    """The shop's block; None before anything was asked for."""
    assert shop.id is not None
    found = history.progress(session, shop_id=shop.id)
    if found is None:
        return None
    counted = figures.figures_of(session, shop_id=shop.id)
    state = rebuilding.state_of(session, shop_id=shop.id)
    counting = state if state is not None and state.rebuilding and state.refreshed_at is None else None
    share = None if found.share is None else int(found.share * 100)
    return Past(
        sentences=(*sentences(found, shop.zone), *([counting_words(counting)] if counting else [])),
        figures=table(counted) if counted is not None and counted.orders else (),
        window=window(counted, shop.zone) if counted is not None else "",
        share=100 * counting.done // max(1, counting.total) if counting else share,
        busy=counting is not None or (found.first and found.state in UNDER_WAY),
        can_begin=found.state is ReadState.STOPPED,
        fit=fit_of(shop, counted),
        visits=counted.monthly_visits if counted is not None else None,
    )


def counting_words(state: Measuring) -> str:
    """How far the first counting of returns is."""
    return f"Counting what returners did next: {state.done:,} of {state.total:,} returns."


def fit_of(shop: Shop, counted: ShopFigures | None) -> Fitting | None:
    """Whether the app is for this shop; None before its orders are counted."""
    if counted is None or counted.average_order_cents is None:
        return None
    return fitting(Money(counted.average_order_cents, counted.currency), plus=shop.plus)


def sentences(found: HistoryProgress, zone: str) -> list[str]:
    """How far the reading is, and how far back it goes; nothing of the nights' small reads unless they stop."""
    said = []
    if found.state is ReadState.STOPPED:
        said.append(f"Reading your orders stopped. {found.problem}".strip())
    elif found.first and found.state is ReadState.READING:
        said.append(f"Reading your orders: {found.read:,} of {found.total:,} records.")
    elif found.first:
        collected = f" {found.total:,} records so far." if found.total else ""
        said.append(f"Shopify is collecting your orders of the last two years.{collected}")
    if found.back_to is not None:
        since = _day(found.back_to.astimezone(ZoneInfo(zone)).date())
        if found.all_orders:
            said.append(f"Orders since {since} are read.")
        else:
            said.append(f"Shopify shows this app the orders of the last 60 days only. Those since {since} are read.")
    if found.odd:
        said.append(f"{found.odd:,} records were not as Shopify documents them and are left out.")
    return said


def window(counted: ShopFigures, zone: str) -> str:
    """What the figures are of: twelve months, or as much of them as is read."""
    if counted.counted_at - counted.since >= history.WINDOW:
        return "Last 12 months"
    return f"Since {_day(counted.since.astimezone(ZoneInfo(zone)).date())}"


def table(counted: ShopFigures) -> tuple[Figure, ...]:
    """Counts beside every share."""
    orders, currency = counted.orders, counted.currency

    def part(name: str, count: int) -> Figure:
        return Figure(name, f"{100 * count / orders:.0f}%", f"{count:,} of {orders:,} orders")

    average = Money(counted.average_order_cents or 0, currency)
    lines = [
        Figure("Average order", average.show(), f"{orders:,} orders, tax and shipping included"),
        part(f"Orders of {Money(counted.mid_cents, currency).show()} or more", counted.mid_orders),
        part(f"Orders of {Money(counted.dear_cents, currency).show()} or more", counted.dear_orders),
    ]
    if counted.staff_orders is None:
        lines.append(Figure("Sold by somebody of the house", "Not known", "Shopify does not tell this app who sold"))
    else:
        lines.append(part("Sold by somebody of the house", counted.staff_orders))
    # Never as one figure: what an advisor looked after is another thing than what came back by itself.
    lines.append(part("Orders of which something came back, with an advisor", counted.assisted_orders))
    alone = counted.returned_orders - counted.assisted_orders
    lines.append(part("Orders of which something came back, self-service", alone))
    lines.append(fees(counted))
    lines.append(
        twice("Ordered twice or more, of those who gave something back", counted.returners_again, counted.returners)
    )
    lines.append(twice("Ordered twice or more, of the others", counted.others_again, counted.others))
    if counted.monthly_visits:
        months = max(1.0, (counted.counted_at - counted.since).days / 30.4)
        each = 1000 * orders / months / counted.monthly_visits
        visits = f"{counted.monthly_visits:,} visits a month, as you say"
        lines.append(Figure("Orders for each 1,000 visits", f"{each:.1f}", visits))
    return tuple(lines)


def fees(counted: ShopFigures) -> Figure:
    """What was kept back for taking pieces into stock again, and of how many returns."""
    name, returns = "Restocking fees", counted.returns
    if not returns:
        return Figure(name, "No figure yet", "0 returns")
    of = f"{counted.fee_returns:,} of {returns:,} {'return' if returns == 1 else 'returns'}"
    if not counted.fee_returns:
        return Figure(name, "None", of)
    return Figure(name, Money(counted.fee_cents, counted.currency).show(), f"kept of {of}")


def twice(name: str, count: int, of: int) -> Figure:
    """Households, of those whom something is known of."""
    shown = f"{100 * count / of:.0f}%" if of else "Not known"
    return Figure(name, shown, f"{count:,} of {of:,} households")


def _day(on: date) -> str:
    return format_date(on, "d MMMM y", locale="en")
