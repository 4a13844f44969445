"""An order as routing reads it, pure: nulls everywhere, twelve months in one currency, staff who left."""

from datetime import UTC, date, datetime
from typing import Any
from unittest.mock import patch

import pytest

from kit import clock
from kit.money import Money
from routing.facts import LineRead
from routing.looking import Marks
from routing.reads import OrderSignals, SignalKeys, StaffMember
from shopify_app.admin_api import orders
from shopify_app.admin_api.orders import about_client, about_keys, next_line, read_signals
from tests.admin_api.told import both, connection, more

ORDER = "gid://shopify/Order/1042"


def an_order(**changed: Any) -> dict[str, Any]:
    total = both("14800.00", presented="13000.00")
    return {"id": ORDER, "createdAt": "2026-11-02T10:00:00Z", "originalTotalPriceSet": total, **changed}


def read(shows_all: bool = True, **changed: Any) -> Any:
    return orders._order(an_order(**changed), shows_all=shows_all)


def test_an_order_counts_in_the_shops_money_and_from_when_it_was_placed() -> None:
    order = read(
        name="#1042",
        sourceName="pos",
        retailLocation={"id": "loc"},
        processedAt="2026-11-01T10:00:00+01:00",
        shippingAddress={"countryCodeV2": "fr"},
    )
    assert (order.total, order.placed_at) == (Money(1_480_000, "USD"), datetime(2026, 11, 1, 9, tzinfo=UTC))
    assert (order.name, order.source_name, order.location_gid, order.country) == ("#1042", "pos", "loc", "FR")
    bare = read()
    assert (bare.placed_at, bare.location_gid, bare.country) == (datetime(2026, 11, 2, 10, tzinfo=UTC), None, "")
    assert (bare.client_tags, bare.client_tier, bare.client_spend, bare.delivered_on) == (None, None, None, None)


@pytest.mark.parametrize(
    ("times", "day"),
    [
        ([], None),
        ([None], None),
        (["2026-11-12T10:00:00Z"], date(2026, 11, 12)),
        (["2026-11-12T10:00:00Z", None, "2026-11-15T10:00:00Z", "2026-11-01T10:00:00Z"], date(2026, 11, 15)),
        (["2026-12-31T23:30:00-05:00"], date(2027, 1, 1)),  # the day in UTC
    ],
)
def test_it_was_delivered_with_its_last_parcel(times: list[str | None], day: date | None) -> None:
    assert read(fulfillments=[{"deliveredAt": at} for at in times]).delivered_on == day


@pytest.mark.parametrize(
    ("tier", "told"), [(None, ""), ({"value": None}, ""), ({"value": " Gold "}, "Gold"), ({"value": "金"}, "金")]
)
def test_a_clients_tier_is_the_houses_own_word(tier: Any, told: str) -> None:
    order = read(customer={"id": "c", "tags": [" vip ", "", "a", "vip"], "tier": tier})
    assert (order.client_tier, order.client_tags) == (told, ("a", "vip"))


def spent(*amounts: tuple[str, str]) -> dict[str, Any]:
    return {"nodes": [{"currentTotalPriceSet": both(amount, currency)} for amount, currency in amounts]}


@pytest.mark.parametrize(
    ("lately", "shows_all", "spend"),
    [
        (spent(("10.00", "USD"), ("2.50", "USD")), True, Money(1250, "USD")),
        (spent(("10.00", "USD"), ("500", "JPY")), True, Money(1000, "USD")),
        (spent(), True, Money(0, "USD")),
        ({"nodes": [{"currentTotalPriceSet": None}]}, True, Money(0, "USD")),
        (None, True, None),
        (spent(("10.00", "USD")), False, None),  # a sum of sixty days must not be told as twelve months'
    ],
)
def test_what_a_client_spent_is_told_in_the_shops_money_and_only_where_all_of_it_is_shown(
    lately: Any, shows_all: bool, spend: Money | None
) -> None:
    assert read(shows_all, customer={"id": "c", "lately": lately}).client_spend == spend


def test_a_line_is_read_with_what_its_product_is_called_and_what_is_written_on_it() -> None:
    line = {
        "id": "l",
        "title": "Ring",
        "variantTitle": "52",
        "image": {"url": "u"},
        "quantity": 2,
        "vendor": "Verdane",
        "discountedTotalSet": both("200.00"),
        "discountedUnitPriceAfterAllDiscountsSet": both("90.00"),
        "product": {
            "productType": "Rings",
            "tags": ["b", " a "],
            "collections": {"nodes": [{"title": "High"}, {"title": None}]},
        },
        "customAttributes": [{"key": "engraving", "value": "x"}, {"key": None}],
    }
    (found,) = read(lineItems=connection(line)).lines
    assert found == LineRead(
        line_gid="l",
        title="Ring",
        detail="52",
        image="u",
        quantity=2,
        value=Money(20_000, "USD"),
        product_type="Rings",
        unit_value=Money(9_000, "USD"),
        vendor="Verdane",
        tags=("a", "b"),
        collections=("High",),
        marks=("engraving",),
    )


def test_a_line_whose_product_is_gone_says_nothing_of_it_instead_of_no() -> None:
    (found,) = read(lineItems=connection({"id": "l", "quantity": None, "product": None})).lines
    assert (found.quantity, found.value, found.unit_value) == (1, Money(0, "USD"), None)
    assert (found.tags, found.collections, found.vendor, found.marks, found.product_type) == (None, None, None, (), "")
    (found,) = read(lineItems=connection({"id": "l", "product": {"tags": None, "collections": None}})).lines
    assert (found.tags, found.collections) == ((), None)


CUSTOMER = {
    "id": "c",
    "firstName": "Cleo",
    "lastName": None,
    "locale": "fr",
    "tags": ["title:mrs"],
    "defaultEmailAddress": {"emailAddress": "c@x"},
    "defaultPhoneNumber": {"phoneNumber": "+331"},
}


def test_a_client_is_who_the_order_says_and_else_their_record() -> None:
    client = orders._client({"email": "o@x", "phone": None, "customer": CUSTOMER, "customerLocale": None})
    assert (client.gid, client.name, client.title, client.email, client.phone) == ("c", "Cleo", "Mrs", "o@x", "+331")
    assert (client.locale, client.country) == ("fr", "")
    assert client.address.email == "o@x" and client.address.phone == "+331"


def test_a_guest_is_called_as_the_parcel_was_addressed() -> None:
    billed = {"name": "C. Whitlock", "phone": "+332", "countryCodeV2": "GB", "zip": "W1"}
    client = orders._client(
        {"customer": None, "shippingAddress": None, "billingAddress": billed, "customerLocale": "en-GB"}
    )
    assert (client.gid, client.name, client.phone, client.country, client.locale) == (
        "",
        "C. Whitlock",
        "+332",
        "GB",
        "en-GB",
    )


@pytest.mark.parametrize(
    ("changed", "name", "left"),
    [
        ({"name": "Bob Laurent"}, "Bob Laurent", False),
        ({"name": None, "firstName": "Bob", "lastName": None}, "Bob", False),
        ({"active": False}, "", True),
        ({"exists": False}, "", True),
        ({"active": None, "exists": None}, "", False),
    ],
)
def test_staff_who_left_are_told_as_such(changed: dict[str, Any], name: str, left: bool) -> None:
    assert orders._member({"id": "s", **changed}) == StaffMember("s", name, "", "", left)


@pytest.mark.parametrize(
    ("order", "after"),
    [
        ({}, None),
        ({"lineItems": None}, None),
        ({"lineItems": connection()}, None),
        ({"lineItems": connection(page=more("c"))}, "c"),
        ({"lineItems": {"nodes": []}}, None),
    ],
)
def test_where_the_next_page_of_lines_begins(order: dict[str, Any], after: str | None) -> None:
    assert next_line(order) == after


def test_what_is_asked_of_a_client_reaches_back_a_year_in_utc() -> None:
    at = datetime(2028, 2, 29, 0, 30, tzinfo=UTC)
    with patch.object(clock, "now", lambda: at):
        assert about_client(Marks(tier_namespace="n", tier_key="k")) == {
            "lately": "created_at:>='2027-03-01T00:30:00Z'",
            "tierNamespace": "n",
            "tierKey": "k",
        }
    assert about_keys(SignalKeys("n", "k")) == {"clientNamespace": "n", "clientKey": "k"}


def test_what_is_written_on_an_order_and_on_its_lines_is_read_with_its_place() -> None:
    order = {
        "customAttributes": [{"key": "a", "value": "1"}, {"key": "b", "value": ""}, {"key": "c", "value": None}],
        "lineItems": {
            "nodes": [
                {"id": "l", "customAttributes": [{"key": "d", "value": "2"}]},
                {"id": "m", "customAttributes": None},
            ]
        },
        "soldBy": {"value": "7"},
        "customer": {"advisor": {"value": "Bob"}, "tags": ["x"]},
    }
    assert read_signals(order, ("order.customer",)) == OrderSignals(
        ((None, "a", "1"), ("l", "d", "2")), "7", "Bob", ("x",), ("order.customer",)
    )
    assert read_signals({}, ()) == OrderSignals()
