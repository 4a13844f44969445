"""Pieces, orders, clients and stock as Shopify shows them: exact matches, every page, nulls everywhere."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from consults.briefs.seen import ClientSeen, Noted, OrderOfClient, PieceSeen, SaleSeen, Seen
from consults.pieces.kinds import Piece
from kit.errors import OutsideError, Waiting
from kit.money import Money
from logistics.radar.ways import Piece as Stocked
from logistics.reads import DraftRead
from routing.reads import OrderContact, OwnOrder, SweptPage, SweptReturn
from shopify_app.admin_api.briefs import MOST_PAGES, ShopifyBriefs
from shopify_app.admin_api.client import Reply, UserErrors
from shopify_app.admin_api.drafts import ShopifySales
from shopify_app.admin_api.finding import ShopifyFinding
from shopify_app.admin_api.pieces import ShopifyPieces, ShopifyReserving
from shopify_app.admin_api.stock import ShopifyStock
from shopify_app.admin_api.sweeps import ShopifySweeps
from tests.admin_api.told import NO_MORE, Told, both, connection, more

CLEO = "gid://shopify/Customer/9"
AT = datetime(2026, 12, 31, 23, 30, 15, tzinfo=timezone(timedelta(hours=-1)))
AT_UTC = "2027-01-01T00:30:15Z"


# --- pieces


def variant(number: int, **changed: Any) -> dict[str, Any]:
    return {
        "id": f"v-{number}",
        "sku": "MER-52",
        "price": "14800.00",
        "selectedOptions": [{"name": " Size ", "value": "52"}],
        "inventoryQuantity": 9,
        "inventoryItem": {
            "inventoryLevels": {
                "nodes": [
                    {"location": {"name": "Paris"}, "quantities": [{"name": "available", "quantity": 2}, {"name": "on_hand", "quantity": 7}]},
                    {"location": None, "quantities": None},
                    {"location": {"name": "Lyon"}, "quantities": [{"name": "available", "quantity": -1}]},
                ]
            }
        },
        "product": {
            "id": "p-1", "title": "Meridian ring", "productType": "Rings", "tags": [], "status": "ACTIVE",
            "metafields": {"nodes": [{"key": "Cut", "value": "Emerald"}, {"key": "metal", "value": " platinum "},
                                     {"key": "stone", "value": "  "}, {"key": "height_mm", "value": "6.5"}, {"key": "setting", "value": None}]},
            "featuredMedia": {"preview": {"image": {"url": "https://cdn.example/r.jpg"}}},
        },
        **changed,
    }  # fmt: skip


def page_of(*variants: Any, currency: str = "EUR", page: dict[str, Any] = NO_MORE) -> dict[str, Any]:
    return {"shop": {"currencyCode": currency}, "productVariants": connection(*variants, page=page)}


def test_a_piece_is_read_with_what_the_house_wrote_of_it_and_where_it_lies() -> None:
    told = Told()("pieces_page", page_of(variant(1), page=more("c1")))
    pieces, after = ShopifyPieces(told.api).page(7, "c0")
    assert (told.asked, after) == ([("pieces_page", {"query": None, "after": "c0"})], "c1")
    assert pieces == [
        Piece(
            variant_gid="v-1", product_gid="p-1", title="Meridian ring", sku="MER-52", kind="ring", cut="emerald",
            size="52", price_cents=1_480_000, currency="EUR", details={"metal": "platinum"}, height_mm=Decimal("6.5"),
            width_mm=None, available=1, places=(("Paris", 2), ("", 0), ("Lyon", -1)), image="https://cdn.example/r.jpg",
        )
    ]  # fmt: skip


def only_piece(currency: str = "EUR", **changed: Any) -> Piece:
    (piece,), _ = ShopifyPieces(Told()("pieces_page", page_of(variant(1, **changed), currency=currency)).api).page(
        7, None
    )
    return piece


def test_a_piece_of_which_nothing_is_written_is_a_piece_all_the_same() -> None:
    bare = Told()("pieces_page", {"productVariants": connection({"id": "v-1"})})
    (piece,), after = ShopifyPieces(bare.api).page(7, None)
    assert after is None and (piece.variant_gid, piece.title, piece.price_cents, piece.currency) == ("v-1", "", 0, "USD")
    assert (piece.available, piece.places, piece.details, piece.image) == (0, (), {}, "")


@pytest.mark.parametrize(("status", "there"), [("ACTIVE", 1), ("ARCHIVED", 0), ("DRAFT", 0)])
def test_of_what_is_not_sold_any_more_there_is_none(status: str, there: int) -> None:
    assert only_piece(product={"id": "p-1", "title": "Ring", "status": status}).available == there


@pytest.mark.parametrize("item", [None, {"inventoryLevels": None}, {"inventoryLevels": {"nodes": []}}])
def test_where_places_are_not_shown_it_is_told_how_many_there_are_in_all(item: Any) -> None:
    piece = only_piece(inventoryItem=item)
    assert (piece.available, piece.places) == (9, ())
    assert only_piece(inventoryItem=item, inventoryQuantity=None).available == 0


def test_money_without_cents_is_counted_as_it_is() -> None:
    assert only_piece("JPY", price="1480000").price_cents == 1_480_000


def test_pieces_of_a_product_are_read_to_the_last_page() -> None:
    told = Told()("pieces_page", page_of(variant(1), page=more("c1")), page_of(variant(2)))
    found = ShopifyPieces(told.api).of_product(7, "gid://shopify/Product/55")
    assert [piece.variant_gid for piece in found] == ["v-1", "v-2"]
    assert [variables for _, variables in told.asked] == [
        {"query": "product_id:55", "after": None},
        {"query": "product_id:55", "after": "c1"},
    ]


def test_what_changed_is_asked_for_in_utc_and_read_to_the_last_page() -> None:
    told = Told()(
        "pieces_changed",
        {"products": connection({"id": "p-1"}, {"id": "p-2"}, page=more("c1"))},
        {"products": connection({"id": "p-3"})},
    )
    assert ShopifyPieces(told.api).changed(7, AT) == ["p-1", "p-2", "p-3"]
    query = f"updated_at:>='{AT_UTC}'"
    assert [v for _, v in told.asked] == [{"query": query, "after": None}, {"query": query, "after": "c1"}]


def test_when_very_much_changed_it_is_not_read_apart_without_end() -> None:
    endless = {"products": connection(*({"id": str(n)} for n in range(250)), page=more("c"))}
    told = Told()("pieces_changed", endless)
    assert len(ShopifyPieces(told.api).changed(7, AT)) == 2000 and len(told.asked) == 8


@pytest.mark.parametrize(("name", "data"), [("pieces_page", {"productVariants": None}), ("pieces_changed", {"products": None})])
def test_nothing_shown_is_not_no_pieces(name: str, data: dict[str, Any]) -> None:
    """Taken for an empty page, it would make all pieces leave."""
    pieces = ShopifyPieces(Told()(name, data).api)
    with pytest.raises(OutsideError, match=f"{name}: nothing was shown") as error:
        pieces.page(7, None) if name == "pieces_page" else pieces.changed(7, AT)
    assert error.value.permanent


# --- putting aside, and selling beside a return


def test_a_draft_is_found_by_its_very_tag() -> None:
    drafts = [{"id": "d-1", "tags": ["hold-10"]}, {"id": "d-2", "tags": None}, {"id": "d-3", "tags": ["x", "hold-1"]}]
    told = Told()("draft_order_by_tag", {"draftOrders": {"nodes": drafts}})
    assert ShopifyReserving(told.api).find(7, "hold-1") == "d-3"
    assert ShopifyReserving(told.api).find(7, "hold-2") is None
    assert told.asked[0] == ("draft_order_by_tag", {"query": "tag:'hold-1'"})
    found = ShopifySales(told.api).find_draft(7, "hold-1")
    assert found == DraftRead("d-3", "", "", Money(0, "USD")) and ShopifySales(told.api).find_draft(7, "no") is None


def test_a_piece_is_put_aside_in_shopify_until_an_instant_in_utc() -> None:
    told = Told()("draft_order_create", {"draftOrder": {"id": "d-1"}})
    assert ShopifyReserving(told.api).reserve(7, variant_gid="v-1", tag="hold-1", until=AT) == "d-1"
    assert told.asked[0][1] == {
        "input": {
            "lineItems": [{"variantId": "v-1", "quantity": 1}],
            "tags": ["hold-1"],
            "note": "Put aside for a conversation",
            "reserveInventoryUntil": AT_UTC,
        }
    }


@pytest.mark.parametrize("word", ["Draft order not found", "It Does not exist"])
def test_one_that_somebody_deleted_is_gone_as_was_wanted(word: str) -> None:
    told = Told()("draft_order_delete", UserErrors("draft_order_delete", [{"message": word}]))
    ShopifyReserving(told.api).release(7, "d-1")
    assert told.asked == [("draft_order_delete", {"input": {"id": "d-1"}})]


def test_one_that_cannot_be_deleted_says_so() -> None:
    told = Told()("draft_order_delete", UserErrors("draft_order_delete", [{"message": "Already completed"}]))
    with pytest.raises(UserErrors):
        ShopifyReserving(told.api).release(7, "d-1")


@pytest.mark.parametrize(("client", "entity"), [(CLEO, {"customerId": CLEO}), ("", None)])
def test_a_draft_to_pay_names_the_client_where_one_is_known(client: str, entity: Any) -> None:
    made = {"id": "d-1", "name": "#D1", "invoiceUrl": "https://pay.example", "totalPriceSet": both("1.00", presented="0.90")}
    told = Told()("draft_order_create", {"draftOrder": made})
    draft = ShopifySales(told.api).make_draft(
        7, client_gid=client, variant_gid="v-1", tag="t", note="n", held_until=AT
    )
    assert draft == DraftRead("d-1", "#D1", "https://pay.example", Money(90, "EUR"))
    value = told.asked[0][1]["input"]
    assert value.get("purchasingEntity") == entity and value["reserveInventoryUntil"] == AT_UTC
    assert (value["lineItems"], value["tags"], value["note"]) == ([{"variantId": "v-1", "quantity": 1}], ["t"], "n")


# --- stock


def level(place: str, available: int) -> dict[str, Any]:
    return {"location": {"name": place}, "quantities": [{"name": "available", "quantity": available}, {"name": "damaged", "quantity": 5}]}


def of_product(**changed: Any) -> dict[str, Any]:
    """A product of two, one with places and the other in one place without a price."""
    return {
        "title": "Meridian ring",
        "variants": {
            "nodes": [
                {"id": "v-1", "title": "52", "price": "14800.00", "inventoryItem": {"inventoryLevels": {"nodes": [level("Paris", 2), level("Lyon", 0)]}}},
                {"id": "v-2", "title": "Default Title", "inventoryItem": {"inventoryLevels": {"nodes": [{"location": None, "quantities": None}]}}},
                {"id": "v-3", "title": "56", "inventoryItem": None},
            ]
        },
        **changed,
    }  # fmt: skip


@pytest.mark.parametrize(
    "node",
    [
        {"__typename": "ProductVariant", "id": "v-1", "product": of_product()},
        {"__typename": "LineItem", "id": "l-1", "variant": {"id": "v-1", "product": of_product()}},
    ],
    ids=["of a variant", "of what an order's line sold"],
)
def test_stock_is_told_a_row_a_place_with_the_piece_that_was_asked_for_marked(node: dict[str, Any]) -> None:
    assert ShopifyStock(Told()("piece_stock", {"node": node}).api).pieces(7, "x") == (
        Stocked("v-1", "Meridian ring, 52", "Paris", 2, Decimal("14800.00"), True),
        Stocked("v-1", "Meridian ring, 52", "Lyon", 0, Decimal("14800.00"), True),
        Stocked("v-2", "Meridian ring", "", 0, None, False),
    )


@pytest.mark.parametrize(
    "node", [None, {"__typename": "LineItem", "variant": None}, {"__typename": "ProductVariant", "id": "v", "product": None}]
)
def test_of_what_is_not_there_any_more_there_is_no_stock(node: Any) -> None:
    assert ShopifyStock(Told()("piece_stock", {"node": node}).api).pieces(7, "x") == ()


def test_stock_nobody_may_see_is_not_no_stock() -> None:
    partly = Reply({"node": {"__typename": "ProductVariant", "id": "v", "product": of_product()}}, ("node.inventoryItem",))
    with pytest.raises(Waiting) as waiting:
        ShopifyStock(Told()("piece_stock", partly).api).pieces(7, "x")
    assert (waiting.value.cause, waiting.value.retry_after) == ("withheld", 3600)


def test_a_piece_is_found_by_exactly_its_number() -> None:
    found = [
        {"id": "v-0", "sku": "MER-521", "title": "x", "product": {"title": "Other"}},
        {"id": "v-9", "sku": None, "title": "x", "product": {"title": "Other"}},
        {"id": "v-1", "sku": "mer-52", "title": "", "price": "10.5", "product": {"title": "Ring"}},
    ]
    told = Told()("piece_by_sku", {"productVariants": {"nodes": found}})
    assert ShopifyStock(told.api).find(7, " MER-52 ") == Stocked("v-1", "Ring", "", 0, Decimal("10.5"))
    assert ShopifyStock(told.api).find(7, "MER-5") is None
    assert told.asked[0] == ("piece_by_sku", {"query": "sku:'MER-52'"})
    for typed in ("", "' OR sku:*", "a\nb", "x" * 81, "sku:1"):
        assert ShopifyStock(Told().api).find(7, typed) is None


# --- finding orders


def test_an_orders_contact_is_its_own_and_else_the_clients() -> None:
    client = {"defaultEmailAddress": {"emailAddress": "c@x"}, "defaultPhoneNumber": {"phoneNumber": "+331"}}
    orders = [
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
        "id": f"o-{number}", "name": f"#{number}", "createdAt": "2026-11-02T10:00:00Z", "customer": {"id": CLEO},
        "displayFulfillmentStatus": "FULFILLED", "currentSubtotalLineItemsQuantity": 1,
        "lineItems": {"nodes": [{"title": "Ring"}, {"title": None}]}, **changed,
    }  # fmt: skip


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
    orders = [
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
    order = {"id": "o-1", "processedAt": "2026-10-14T10:00:00Z", "sourceName": "pos", "note": "Gift",
             "retailLocation": {"name": "Paris"}, "customAttributes": [{"key": "seller", "value": "Bob"}]}  # fmt: skip
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
        SaleSeen("o-1", datetime(2026, 10, 14, 10, tzinfo=UTC), "pos", "Paris", "Gift",
                 (Noted("seller", "Bob", "o-1#attribute:seller"),)),
        None,
    )  # fmt: skip


@pytest.mark.parametrize("found", [None, {}, {"returnLineItems": None, "order": None}, {"returnLineItems": {"nodes": [{}]}}])
def test_a_brief_of_what_is_withheld_is_empty(found: Any) -> None:
    told = Told()("brief_return", {"return": found})("brief_client", {"customer": None})
    assert ShopifyBriefs(told.api).seen(7, return_gid="r", order_gid="o", client_gid=CLEO) == Seen()


def test_a_clients_orders_are_read_to_the_last_page_and_what_they_kept_counts() -> None:
    kept = {"currentQuantity": 1, "product": {"id": "p-1"}}
    back, gone = {"currentQuantity": 0, "product": {"id": "p-2"}}, {"currentQuantity": 1, "product": None}
    first = {
        "id": CLEO, "createdAt": "2020-01-02T00:00:00Z", "locale": "fr", "tags": ["vip"], "numberOfOrders": "12",
        "amountSpent": {"amount": "100.50", "currencyCode": "EUR"}, "metafields": None,
        "orders": connection({"createdAt": "2026-01-02T00:00:00Z", "lineItems": {"nodes": [kept, back, gone]},
                              "currentTotalPriceSet": both("10.00"), "currentSubtotalLineItemsQuantity": 1}, page=more("c")),
    }  # fmt: skip
    second = {"id": CLEO, "orders": connection({"createdAt": "2025-01-02T00:00:00Z", "cancelledAt": "x"})}
    told = Told()("brief_return", {"return": None})("brief_client", {"customer": first}, {"customer": second})
    seen = ShopifyBriefs(told.api).seen(7, return_gid="r", order_gid="o", client_gid=CLEO).client
    assert seen == ClientSeen(
        CLEO, datetime(2020, 1, 2, tzinfo=UTC), "fr", ("vip",), (), Money(10_050, "EUR"), 12,
        (
            OrderOfClient(datetime(2026, 1, 2, tzinfo=UTC), Money(1000, "USD"), 1, False, ("p-1",)),
            OrderOfClient(datetime(2025, 1, 2, tzinfo=UTC), Money(0, "USD"), 0, True, ()),
        ),
    )  # fmt: skip
    assert [v["after"] for name, v in told.asked if name == "brief_client"] == [None, "c"]


def test_a_client_of_very_many_orders_is_read_so_far_and_no_further() -> None:
    endless = {"customer": {"id": CLEO, "orders": connection({"createdAt": "2026-01-02T00:00:00Z"}, page=more("c"))}}
    told = Told()("brief_return", {"return": None})("brief_client", endless)
    seen = ShopifyBriefs(told.api).seen(7, return_gid="r", order_gid="o", client_gid=CLEO).client
    assert seen is not None and len(seen.orders) == MOST_PAGES == 10
