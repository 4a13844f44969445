"""Pieces, what is put aside and what is in stock, as Shopify shows them: exact matches, every page, nulls."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from consults.pieces.kinds import Piece
from kit.errors import OutsideError, Waiting
from kit.money import Money
from logistics.radar.ways import Piece as Stocked
from logistics.reads import DraftRead
from shopify_app.admin_api.client import Reply, UserErrors
from shopify_app.admin_api.drafts import ShopifySales
from shopify_app.admin_api.pieces import ShopifyPieces, ShopifyReserving
from shopify_app.admin_api.stock import ShopifyStock
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
                    {
                        "location": {"name": "Paris"},
                        "quantities": [{"name": "available", "quantity": 2}, {"name": "on_hand", "quantity": 7}],
                    },
                    {"location": None, "quantities": None},
                    {"location": {"name": "Lyon"}, "quantities": [{"name": "available", "quantity": -1}]},
                ]
            }
        },
        "product": {
            "id": "p-1",
            "title": "Meridian ring",
            "productType": "Rings",
            "tags": [],
            "status": "ACTIVE",
            "metafields": {
                "nodes": [
                    {"key": "Cut", "value": "Emerald"},
                    {"key": "metal", "value": " platinum "},
                    {"key": "stone", "value": "  "},
                    {"key": "height_mm", "value": "6.5"},
                    {"key": "setting", "value": None},
                ]
            },
            "featuredMedia": {"preview": {"image": {"url": "https://cdn.example/r.jpg"}}},
        },
        **changed,
    }


def page_of(*variants: Any, currency: str = "EUR", page: dict[str, Any] = NO_MORE) -> dict[str, Any]:
    return {"shop": {"currencyCode": currency}, "productVariants": connection(*variants, page=page)}


def test_a_piece_is_read_with_what_the_house_wrote_of_it_and_where_it_lies() -> None:
    told = Told()("pieces_page", page_of(variant(1), page=more("c1")))
    pieces, after = ShopifyPieces(told.api).page(7, "c0")
    assert (told.asked, after) == ([("pieces_page", {"query": None, "after": "c0"})], "c1")
    assert pieces == [
        Piece(
            variant_gid="v-1",
            product_gid="p-1",
            title="Meridian ring",
            sku="MER-52",
            kind="ring",
            cut="emerald",
            size="52",
            price_cents=1_480_000,
            currency="EUR",
            details={"metal": "platinum"},
            height_mm=Decimal("6.5"),
            width_mm=None,
            available=1,
            places=(("Paris", 2), ("", 0), ("Lyon", -1)),
            image="https://cdn.example/r.jpg",
        )
    ]


def only_piece(currency: str = "EUR", **changed: Any) -> Piece:
    (piece,), _ = ShopifyPieces(Told()("pieces_page", page_of(variant(1, **changed), currency=currency)).api).page(
        7, None
    )
    return piece


def test_a_piece_of_which_nothing_is_written_is_a_piece_all_the_same() -> None:
    bare = Told()("pieces_page", {"productVariants": connection({"id": "v-1"})})
    (piece,), after = ShopifyPieces(bare.api).page(7, None)
    assert after is None and (piece.variant_gid, piece.title, piece.price_cents, piece.currency) == (
        "v-1",
        "",
        0,
        "USD",
    )
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


@pytest.mark.parametrize(
    ("name", "data"), [("pieces_page", {"productVariants": None}), ("pieces_changed", {"products": None})]
)
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
    made = {
        "id": "d-1",
        "name": "#D1",
        "invoiceUrl": "https://pay.example",
        "totalPriceSet": both("1.00", presented="0.90"),
    }
    told = Told()("draft_order_create", {"draftOrder": made})
    draft = ShopifySales(told.api).make_draft(
        7, client_gid=client, pieces=[("v-1", 1)], tag="t", note="n", held_until=AT
    )
    assert draft == DraftRead("d-1", "#D1", "https://pay.example", Money(90, "EUR"))
    value = told.asked[0][1]["input"]
    assert value.get("purchasingEntity") == entity and value["reserveInventoryUntil"] == AT_UTC
    assert (value["lineItems"], value["tags"], value["note"]) == ([{"variantId": "v-1", "quantity": 1}], ["t"], "n")


# --- stock


def level(place: str, available: int) -> dict[str, Any]:
    return {
        "location": {"name": place},
        "quantities": [{"name": "available", "quantity": available}, {"name": "damaged", "quantity": 5}],
    }


def of_product(**changed: Any) -> dict[str, Any]:
    """A product of two, one with places and the other in one place without a price."""
    return {
        "title": "Meridian ring",
        "variants": {
            "nodes": [
                {
                    "id": "v-1",
                    "title": "52",
                    "price": "14800.00",
                    "inventoryItem": {"inventoryLevels": {"nodes": [level("Paris", 2), level("Lyon", 0)]}},
                },
                {
                    "id": "v-2",
                    "title": "Default Title",
                    "inventoryItem": {"inventoryLevels": {"nodes": [{"location": None, "quantities": None}]}},
                },
                {"id": "v-3", "title": "56", "inventoryItem": None},
            ]
        },
        **changed,
    }


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
    "node",
    [None, {"__typename": "LineItem", "variant": None}, {"__typename": "ProductVariant", "id": "v", "product": None}],
)
def test_of_what_is_not_there_any_more_there_is_no_stock(node: Any) -> None:
    assert ShopifyStock(Told()("piece_stock", {"node": node}).api).pieces(7, "x") == ()


def test_stock_nobody_may_see_is_not_no_stock() -> None:
    partly = Reply(
        {"node": {"__typename": "ProductVariant", "id": "v", "product": of_product()}}, ("node.inventoryItem",)
    )
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
