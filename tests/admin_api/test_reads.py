"""Orders and clients as Shopify shows them, for finding, sweeping and briefing: every page, nulls everywhere."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from consults.briefs.seen import ClientSeen, Noted, OrderOfClient, PieceSeen, SaleSeen, Seen
from kit.errors import OutsideError
from kit.money import Money
from routing.reads import OrderContact, OwnOrder, SweptPage, SweptReturn
from shopify_app.admin_api.briefs import MOST_PAGES, ShopifyBriefs
from shopify_app.admin_api.client import Reply
from shopify_app.admin_api.finding import ShopifyFinding
from shopify_app.admin_api.sweeps import ShopifySweeps
from tests.admin_api.told import Told, both, connection, more

CLEO = "gid://shopify/Customer/9"
AT = datetime(2026, 12, 31, 23, 30, 15, tzinfo=timezone(timedelta(hours=-1)))
AT_UTC = "2027-01-01T00:30:15Z"


# --- finding orders


def test_an_orders_contact_is_its_own_and_else_the_clients() -> None:
    client = {"defaultEmailAddress": {"emailAddress": "c@x"}, "defaultPhoneNumber": {"phoneNumber": "+331"}}
    orders: list[dict[str, Any]] = [
        {"id": "o-0", "name": "#10420"},
        {"id": "o-1", "name": "#1042", "email": "o@x", "phone": "+332", "customer": client},
    ]
    told = Told()("order_contact", {"orders": {"nodes": orders}})
    assert ShopifyFinding(told.api).contact(7, " #1042") == OrderContact("o-1", "#1042", "o@x", "+332")
    orders[1] |= {"email": None, "phone": ""}
    assert ShopifyFinding(told.api).contact(7, "1042") == OrderContact("o-1", "#1042", "c@x", "+331")
    orders[1]["customer"] = {"defaultEmailAddress": None, "defaultPhoneNumber": None}
    assert ShopifyFinding(told.api).contact(7, "1042") == OrderContact("o-1", "#1042")
    assert ShopifyFinding(told.api).contact(7, "104") is None
    assert ShopifyFinding(Told().api).contact(7, "1042' OR 1") is None


def own(number: int, **changed: Any) -> dict[str, Any]:
    return {
        "id": f"o-{number}",
        "name": f"#{number}",
        "createdAt": "2026-11-02T10:00:00Z",
        "customer": {"id": CLEO},
        "displayFulfillmentStatus": "FULFILLED",
        "currentSubtotalLineItemsQuantity": 1,
        "lineItems": {"nodes": [{"title": "Ring"}, {"title": None}]},
        **changed,
    }


@pytest.mark.parametrize(
    ("changed", "can"),
    [
        ({}, True),
        ({"displayFulfillmentStatus": "PARTIALLY_FULFILLED"}, True),
        ({"displayFulfillmentStatus": "UNFULFILLED"}, False),
        ({"displayFulfillmentStatus": None}, False),
        ({"cancelledAt": "2026-11-03T10:00:00Z"}, False),
        ({"currentSubtotalLineItemsQuantity": 0}, False),
        ({"currentSubtotalLineItemsQuantity": None}, False),
    ],
)
def test_what_was_sent_and_is_not_back_yet_can_come_back(changed: dict[str, Any], can: bool) -> None:
    told = Told()("client_orders", {"customer": {"orders": {"nodes": [own(1, **changed)]}}})
    at = datetime(2026, 11, 2, 10, tzinfo=UTC)
    assert ShopifyFinding(told.api).of_client(7, CLEO) == (OwnOrder("o-1", "#1", at, ("Ring", ""), can),)


def test_an_order_in_a_clients_list_that_names_another_is_not_theirs() -> None:
    listed = [own(1, customer={"id": f"{CLEO}9"}), own(2, customer=None), own(3, processedAt="2026-11-05T10:00:00Z")]
    told = Told()("client_orders", {"customer": {"orders": {"nodes": listed}}})
    (found,) = ShopifyFinding(told.api).of_client(7, CLEO)
    assert (found.order_gid, found.placed_at.date()) == ("o-3", date(2026, 11, 5))
    assert ShopifyFinding(Told()("client_orders", {"customer": None}).api).of_client(7, CLEO) == ()


# --- sweeps


def swept(number: int) -> dict[str, Any]:
    return {"id": f"r-{number}", "status": "OPEN", "createdAt": "2026-11-20T10:00:00Z"}


def read_return(number: int, order: str) -> SweptReturn:
    return SweptReturn(f"r-{number}", order, "OPEN", datetime(2026, 11, 20, 10, tzinfo=UTC))


def test_an_order_of_more_returns_than_a_page_shows_is_read_to_its_end() -> None:
    orders: list[dict[str, Any]] = [
        {"id": "o-1", "returns": connection(swept(1))},
        {"id": "o-2", "returns": connection(swept(2), page=more("r"))},
        {"id": "o-3", "returns": None},
    ]
    told = Told()("reconcile_returns", {"orders": connection(*orders, page=more("c1"))})(
        "order_returns",
        {"order": {"returns": connection(swept(2), page=more("r"))}},
        {"order": {"returns": connection(swept(3))}},
    )
    found = ShopifySweeps(told.api).page(7, "updated_at:>='x'", "c0")
    assert found == SweptPage((read_return(1, "o-1"), read_return(2, "o-2"), read_return(3, "o-2")), "c1")
    assert told.asked == [
        ("reconcile_returns", {"query": "updated_at:>='x'", "after": "c0"}),
        ("order_returns", {"id": "o-2", "after": None}),
        ("order_returns", {"id": "o-2", "after": "r"}),
    ]


def test_the_last_page_is_the_last_and_one_that_was_not_shown_is_not_empty() -> None:
    told = Told()("reconcile_returns", {"orders": connection()}, Reply({"orders": None}, ("orders",)))
    sweeps = ShopifySweeps(told.api)
    assert sweeps.page(7, "q", None) == SweptPage((), None)
    with pytest.raises(OutsideError, match=r"no orders \(orders\)") as error:
        sweeps.page(7, "q", None)
    assert error.value.permanent


# --- briefs

LINE = {
    "id": "l-1",
    "image": {"url": "https://cdn.example/r.jpg"},
    "customAttributes": [{"key": "engraving", "value": "C & A"}, {"key": "gift", "value": None}],
    "variant": {
        "id": "v-1",
        "selectedOptions": [{"name": "Size", "value": "52"}],
        "metafields": {"nodes": [{"namespace": "piece", "key": "carat", "value": "2.1"}]},
    },
    "product": {"id": "p-1", "metafields": {"nodes": [{"namespace": "piece", "key": "metal", "value": None}]}},
}


def test_a_brief_says_of_everything_where_it_stands() -> None:
    lines = [{"fulfillmentLineItem": None}, {"fulfillmentLineItem": {"lineItem": LINE}}]
    order = {
        "id": "o-1",
        "processedAt": "2026-10-14T10:00:00Z",
        "sourceName": "pos",
        "note": "Gift",
        "retailLocation": {"name": "Paris"},
        "customAttributes": [{"key": "seller", "value": "Bob"}],
    }
    told = Told()("brief_return", {"return": {"returnLineItems": {"nodes": lines}, "order": order}})
    seen = ShopifyBriefs(told.api).seen(7, return_gid="r-1", order_gid="o-1", client_gid=None)
    assert seen == Seen(
        PieceSeen(
            "l-1",
            (Noted("carat", "2.1", "v-1#metafield:piece.carat"), Noted("metal", "", "p-1#metafield:piece.metal")),
            (Noted("Size", "52", "v-1#option:Size"),),
            (Noted("engraving", "C & A", "l-1#attribute:engraving"), Noted("gift", "", "l-1#attribute:gift")),
            "https://cdn.example/r.jpg",
        ),
        SaleSeen(
            "o-1",
            datetime(2026, 10, 14, 10, tzinfo=UTC),
            "pos",
            "Paris",
            "Gift",
            (Noted("seller", "Bob", "o-1#attribute:seller"),),
        ),
        None,
    )


@pytest.mark.parametrize(
    "found", [None, {}, {"returnLineItems": None, "order": None}, {"returnLineItems": {"nodes": [{}]}}]
)
def test_a_brief_of_what_is_withheld_is_empty(found: Any) -> None:
    told = Told()("brief_return", {"return": found})("brief_client", {"customer": None})
    assert ShopifyBriefs(told.api).seen(7, return_gid="r", order_gid="o", client_gid=CLEO) == Seen()


def test_a_clients_orders_are_read_to_the_last_page_and_what_they_kept_counts() -> None:
    kept = {"currentQuantity": 1, "product": {"id": "p-1"}}
    back, gone = {"currentQuantity": 0, "product": {"id": "p-2"}}, {"currentQuantity": 1, "product": None}
    first = {
        "id": CLEO,
        "createdAt": "2020-01-02T00:00:00Z",
        "locale": "fr",
        "tags": ["vip"],
        "numberOfOrders": "12",
        "amountSpent": {"amount": "100.50", "currencyCode": "EUR"},
        "metafields": None,
        "orders": connection(
            {
                "createdAt": "2026-01-02T00:00:00Z",
                "lineItems": {"nodes": [kept, back, gone]},
                "currentTotalPriceSet": both("10.00"),
                "currentSubtotalLineItemsQuantity": 1,
            },
            page=more("c"),
        ),
    }
    second = {"id": CLEO, "orders": connection({"createdAt": "2025-01-02T00:00:00Z", "cancelledAt": "x"})}
    told = Told()("brief_return", {"return": None})("brief_client", {"customer": first}, {"customer": second})
    seen = ShopifyBriefs(told.api).seen(7, return_gid="r", order_gid="o", client_gid=CLEO).client
    assert seen == ClientSeen(
        CLEO,
        datetime(2020, 1, 2, tzinfo=UTC),
        "fr",
        ("vip",),
        (),
        Money(10_050, "EUR"),
        12,
        (
            OrderOfClient(datetime(2026, 1, 2, tzinfo=UTC), Money(1000, "USD"), 1, False, ("p-1",)),
            OrderOfClient(datetime(2025, 1, 2, tzinfo=UTC), Money(0, "USD"), 0, True, ()),
        ),
    )
    assert [v["after"] for name, v in told.asked if name == "brief_client"] == [None, "c"]


def test_a_client_of_very_many_orders_is_read_so_far_and_no_further() -> None:
    endless = {"customer": {"id": CLEO, "orders": connection({"createdAt": "2026-01-02T00:00:00Z"}, page=more("c"))}}
    told = Told()("brief_return", {"return": None})("brief_client", endless)
    seen = ShopifyBriefs(told.api).seen(7, return_gid="r", order_gid="o", client_gid=CLEO).client
    assert seen is not None and len(seen.orders) == MOST_PAGES == 10
