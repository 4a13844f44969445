"""The shop in figures on Home: what its orders came to, and how far the reading of its past is, in sentences."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Blueprint, Response
from sqlmodel import Session

from kit.money import Money
from measures import history, turns
from measures.fitting import Fitting, fitting
from measures.history import HistoryProgress
from measures.models import ReadState
from shopify_app.auth import merchant
from shopify_app.pages.admin.calling import go, shop_of
from shopify_app.web import begin, now
from shops.figures import figures_of
from shops.models import Shop, ShopFigures

page = Blueprint("admin_past", __name__)


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


@page.post("/app/history")
def read_again() -> Response:
    """Begin anew what stopped; what is under way goes on."""
    caller = merchant()
    with begin() as session:
        turns.want(session, shop_of(session, caller), now=now())
    return go("", "Your orders are being read.")


def past_of(session: Session, shop: Shop) -> Past | None:
    """The shop's block; None before anything was asked for."""
    assert shop.id is not None
    found = history.progress(session, shop_id=shop.id)
    if found is None:
        return None
    figures = figures_of(session, shop_id=shop.id)
    return Past(
        sentences=tuple(sentences(found, shop.zone)),
        figures=table(figures) if figures is not None and figures.orders else (),
        window=window(figures, shop.zone) if figures is not None else "",
        share=None if found.share is None else int(found.share * 100),
        busy=found.first and found.state in (ReadState.WANTED, ReadState.WORKING, ReadState.READING),
        can_begin=found.state is ReadState.STOPPED,
        fit=fit_of(shop, figures),
    )


def fit_of(shop: Shop, figures: ShopFigures | None) -> Fitting | None:
    """Whether the app is for this shop; None before its orders are counted."""
    if figures is None or figures.average_order_cents is None:
        return None
    return fitting(Money(figures.average_order_cents, figures.currency), plus=shop.plus)


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


def window(figures: ShopFigures, zone: str) -> str:
    """What the figures are of: twelve months, or as much of them as is read."""
    if figures.counted_at - figures.since >= history.WINDOW:
        return "Last 12 months"
    return f"Since {_day(figures.since.astimezone(ZoneInfo(zone)).date())}"


def table(figures: ShopFigures) -> tuple[Figure, ...]:
    """Counts beside every share."""
    orders, currency = figures.orders, figures.currency

    def part(name: str, count: int) -> Figure:
        return Figure(name, f"{100 * count / orders:.0f}%", f"{count:,} of {orders:,} orders")

    average = Money(figures.average_order_cents or 0, currency)
    lines = [
        Figure("Average order", average.show(), f"{orders:,} orders, tax and shipping included"),
        part(f"Orders of {Money(figures.mid_cents, currency).show()} or more", figures.mid_orders),
        part(f"Orders of {Money(figures.dear_cents, currency).show()} or more", figures.dear_orders),
    ]
    if figures.staff_orders is None:
        lines.append(Figure("Sold by somebody of the house", "Not known", "Shopify does not tell this app who sold"))
    else:
        lines.append(part("Sold by somebody of the house", figures.staff_orders))
    lines.append(part("Orders of which something came back", figures.returned_orders))
    return tuple(lines)


def _day(on: date) -> str:
    return format_date(on, "d MMMM y", locale="en")
