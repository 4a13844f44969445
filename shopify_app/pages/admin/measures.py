"""/app/measures: what returners did next, how each measure is counted, the cases behind it, and the cost inputs."""

from dataclasses import fields
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request
from sqlmodel import Session

from kit.amounts import read_amount
from kit.errors import AppError
from kit.money import Money
from measures import behind, costs, pilot_showed, reading
from measures.leaks import Leak, leaks
from measures.next_orders import HORIZON
from measures.reading import MONTHS
from measures.worth import Costs
from shopify_app.auth import merchant
from shopify_app.pages.admin import figure_words as words
from shopify_app.pages.admin.calling import go, shop_of, show, staff, visiting, wrong
from shopify_app.pages.admin.past import past_of
from shopify_app.web import begin, now
from shops.models import Shop

page = Blueprint("admin_measures", __name__)
page.record(lambda state: state.app.jinja_env.filters.update(unbroken=words.unbroken))

USUAL = 12
LABELS = {
    "margin_share": ("Margin on an order", "Of what the client pays."),
    "parcel_cents": ("One parcel", "Label, box and collection."),
    "cover_share": ("Cover", "Of the value that travels in a parcel."),
    "bench_cents": ("One rework", "Bench work on a piece, where no way of your catalogue says what it costs."),
    "minute_cents": ("A minute of an advisor", "Of conversation; what comes before and after is yours to add."),
    "gesture_cents": ("Other gestures", "On average, for an assisted case, beside those written down on the desk."),
    "markdown_share": ("Markdown", "What a piece that came back loses."),
    "referral_cents": ("Referrals", "Margin they bring, on average, for an assisted case."),
}


def months_asked() -> int:
    """The window a reader chose, in months."""
    asked = request.args.get("months", str(USUAL))
    return int(asked) if asked in {str(months) for months in MONTHS} else USUAL


@page.get("/app/measures")
def index() -> str:
    """Both kinds side by side, with counts and intervals."""
    caller = visiting()
    with begin() as session:
        shop = shop_of(session, caller)
        view = reading.view(session, shop=shop, months=months_asked(), now=now())
        return show(
            "measures.html",
            view=view,
            months=months_asked(),
            choices=MONTHS,
            main=words.main_rows(view),
            endings=words.ending_rows(view),
            bands=words.band_rows(view),
            second=words.second_rows(view),
            worth=words.worth_rows(view),
            habits=words.habit_rows(view),
            by_month=[(month.first, words.ratio(month.assisted), words.ratio(month.alone)) for month in view.months],
            gap=words.gap(view),
            chart=words.chart(view.months),
            inputs=inputs(view.assisted.costs, view.currency),
            advisors=behind.advisors_of(session, shop_id=caller.shop_id, since=view.since, now=now()),
            causes=behind.causes_of(session, shop_id=caller.shop_id, since=view.since),
            compared=pilot_showed.compared_by(session, shop_id=caller.shop_id, now=now()),
        )


@page.get("/app/measures/how")
def how() -> str:
    """Definitions, windows, exclusions, both kinds."""
    caller = visiting()
    with begin() as session:
        shop = shop_of(session, caller)
        found, said = costs.costs_of(session, shop_id=caller.shop_id, currency=shop.currency)
        return show("measures_how.html", inputs=inputs(found, shop.currency), said=said, version=reading.VERSION)


@page.get("/app/measures/cases")
def cases() -> str:
    """The cases a term is made of, the newest first."""
    caller = visiting()
    term, assisted = request.args.get("term", "returns"), request.args.get("kind", "assisted") != "self"
    with begin() as session:
        shop = shop_of(session, caller)
        since = reading.view(session, shop=shop, months=months_asked(), now=now()).since
        currency = shop.currency if "here" in request.args else ""
        about: dict[str, Any] = {"shop_id": caller.shop_id, "term": term, "assisted": assisted, "since": since}
        rows, count = behind.cases_of(session, **about, currency=currency)
        more = {"term": term, "column": words.OF_TERM.get(term, ""), "currency": currency}
        return show("measures_cases.html", rows=rows, count=count, assisted=assisted, money=Money, since=since, **more)


@page.get("/app/measures/quiet")
def quiet() -> str:
    """Good clients who took a refund by themselves and did not come back."""
    caller = visiting()
    with begin() as session:
        shop = shop_of(session, caller)
        about = {"leaks": found_leaks(session, shop), "past": past_of(session, shop)}
        return show("quiet.html", **about, horizon=HORIZON)


def found_leaks(session: Session, shop: Shop) -> list[Leak]:
    """As of today in the shop's zone."""
    today = now().astimezone(ZoneInfo(shop.zone)).date()
    return leaks(session, shop_id=shop.id or 0, currency=shop.currency, today=today)


@page.post("/app/measures/costs")
def say_costs() -> Response:
    """The merchant's own inputs."""
    caller = merchant()
    with begin() as session:
        shop = shop_of(session, caller)
        typed = {field.name: request.form.get(field.name, "") for field in fields(Costs)}
        given, unclear = read_costs(typed, shop.currency)
        if unclear:
            return wrong(unclear)
        costs.say_costs(session, shop_id=caller.shop_id, costs=Costs(**given), by=staff(caller), now=now())
    return go("", "Your costs are saved. Every figure is reckoned with them.")


def inputs(found: Costs, currency: str) -> list[dict[str, str]]:
    """A field each, as the form shows it."""
    made = []
    for name, (label, details) in LABELS.items():
        value = getattr(found, name)
        shown = f"{value / 100:g}" if name.endswith("_share") else Money(value, currency).amount
        made.append({"name": name, "label": label, "details": details, "value": shown})
    return made


def read_costs(form: dict[str, str], currency: str) -> tuple[dict[str, int], dict[str, str]]:
    """Inputs as numbers, and a sentence for each that is none."""
    given: dict[str, int] = {}
    unclear: dict[str, str] = {}
    for name, text in form.items():
        try:
            is_share = name.endswith("_share")
            cents = read_amount(text.strip() or "0", "USD" if is_share else currency).cents
            if (is_share and cents > 10_000) or cents > 10**12:
                raise AppError("beyond what it can be")
            given[name] = cents
        except (ValueError, AppError):
            words_ = "a share between 0 and 100" if name.endswith("_share") else "an amount of nothing or more"
            unclear[name] = f"{LABELS[name][0]}: {words_}, in figures."
    return given, unclear
