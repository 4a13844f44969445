"""What every admin page shares: who is calling, how a page is shown, and the answers to a form sent by fetch."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_currency
from flask import Response, g, jsonify, make_response, render_template
from sqlmodel import Session

from consults.zones import city
from kit.errors import OutsideError
from kit.money import Money, spaced
from shopify_app.auth import Merchant, id_token, merchant
from shopify_app.installs import ensure_installed
from shopify_app.web import begin, now, running
from shops.models import Shop, ShopState
from shops.shops import find_shop, get_shop


def visiting() -> Merchant:
    """The merchant opening a page. A shop that just installed, or lost its grant, is connected on the way.

    Where Shopify gives no grant now, a shop we know sees its pages all the same: they say what to do about it.
    """
    try:
        ensure_installed(running(), id_token())
    except OutsideError:
        with begin() as session:
            shop = find_shop(session, id_token().shop_domain)
        if shop is None or shop.state is ShopState.UNINSTALLED:
            raise
    return merchant()


def shop_of(session: Session, caller: Merchant) -> Shop:
    """The caller's shop; pages show times in its zone."""
    shop = get_shop(session, caller.shop_id)
    g.admin_shop = shop
    return shop


def show(template: str, **values: Any) -> str:
    """Render templates/admin/<template> with the shop's own way to write days, times and money."""
    shop: Shop = g.admin_shop
    wording = Wording(shop.zone, now())
    return render_template(f"admin/{template}", shop=shop, say=wording, exact=exact, **values)


class Wording:
    """Days and times for a reader in `zone`."""

    def __init__(self, zone: str, at: datetime):
        self.zone, self.at = ZoneInfo(zone), at

    def day(self, on: date | datetime | None) -> str:
        """ "Tue 24 November"; the year where it is another; "" for None."""
        if on is None:
            return ""
        local = on.astimezone(self.zone).date() if isinstance(on, datetime) else on
        same_year = local.year == self.at.astimezone(self.zone).year
        return format_date(local, "EEE d MMMM" if same_year else "d MMMM y", locale="en")

    def day_there(self, at: datetime, zone: str) -> str:
        """The day it is then in another zone."""
        return self.day(at.astimezone(ZoneInfo(zone)).date())

    def last_day_there(self, ends_at: datetime, zone: str) -> str:
        """The last day of a stretch that ends, not included, at `ends_at`."""
        return self.day_there(ends_at - timedelta(seconds=1), zone)

    def there(self, at: datetime, zone: str) -> str:
        """ "Tue 24 November, 14:20, Paris": the time it is then in another zone."""
        return f"{self.day_there(at, zone)}, {at.astimezone(ZoneInfo(zone)):%H:%M}, {city(zone)}"

    def time(self, at: datetime | None) -> str:
        """ "Tue 24 November, 16:30"."""
        return f"{self.day(at)}, {at.astimezone(self.zone):%H:%M}" if at else ""


def exact(money: Money) -> str:
    """ "$14,800.00": with every digit the currency has."""
    return spaced(format_currency(Decimal(money.amount), money.currency, locale="en"))


# --- answers to a form; static/admin/admin.js acts on them ---


def go(path: str, toast: str = "") -> Response:
    """Go to `path`, or load this page again for ""; say `toast` there."""
    return jsonify({"redirect": path, "toast": toast} if toast else {"redirect": path})


def wrong(fields: dict[str, str]) -> Response:
    """422: a sentence for each field to correct, shown under it."""
    message = "Nothing was saved yet. " + " ".join(fields.values())
    return make_response(jsonify({"error": {"code": "fields", "message": message, "fields": fields}}), 422)


def staff(caller: Merchant) -> str:
    """How a member of staff is written into a history."""
    return f"staff:{caller.user_id}"
