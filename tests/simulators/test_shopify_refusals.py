"""What the real Shopify refuses, its stand-in refuses too, by the same code; and then nothing has changed."""

import copy
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from simulators.shopify import amounts
from simulators.shopify.contexts import Context, timestamp
from simulators.shopify.errors import Refused
from simulators.shopify.mutations import MUTATIONS
from simulators.shopify.shops import Shop
from tests.cast import NOW

G = "gid://shopify/"
ORDER, OLD, SENT, CARD = f"{G}Order/1", f"{G}Order/2", f"{G}FulfillmentLineItem/1", f"{G}OrderTransaction/1"
CLIENT, PARIS, VARIANT = f"{G}Customer/1", f"{G}Location/1", f"{G}ProductVariant/1"
REASON = f"{G}ReturnReasonDefinition/1"


def house(quantity: int = 2, **order: Any) -> Context:
    """A house with one client, who bought `quantity` rings at 1000 dollars, and an order from before the window."""
    numbers = iter(range(100, 1000))
    shop = Shop("house.myshopify.com", lambda: next(numbers), lambda domain, document: None)
    line = {"id": f"{G}LineItem/1", "price": "1000", "quantity": quantity, "variantId": VARIANT, "title": "Ring"}
    bought = {
        "id": ORDER, "name": "#1", "createdAt": timestamp(NOW - timedelta(days=9)), "customerId": CLIENT,
        "currencyCode": "USD", "presentmentCurrencyCode": "USD", "lineItems": [line], "refunds": [], "returnIds": [],
        "transactions": [
            {"id": CARD, "kind": "SALE", "status": "SUCCESS", "amount": str(1000 * quantity), "gateway": "card"},
        ],
        "fulfillments": [{"id": f"{G}Fulfillment/1", "lines": [
            {"id": SENT, "lineItemId": line["id"], "quantity": quantity}]}],
    } | order  # fmt: skip
    for document in (
        {"id": f"{G}Shop/1", "currencyCode": "USD"}, {"id": f"{G}AppInstallation/1", "scopes": []},
        {"id": CLIENT, "tags": []}, {"id": PARIS}, {"id": REASON, "enum": "OTHER"}, bought,
        {"id": f"{G}Product/1", "title": "Ring", "variants": [
            {"id": VARIANT, "price": "1000", "stock": {PARIS: 1}, "productId": f"{G}Product/1"}]},
        {"id": OLD, "createdAt": timestamp(NOW - timedelta(days=61)), "name": "#2"},
    ):  # fmt: skip
        shop.add(document)
    store: Any = SimpleNamespace(
        uploads={}, idempotency={}, keep=lambda *row: None, count=lambda name: 1,
        config=SimpleNamespace(public_base="https://shopify.example"),
    )  # fmt: skip
    silent = cast(Any, Context)(store, shop, NOW)
    silent.emit = lambda topic, body: None
    return cast(Context, silent)


@pytest.fixture(autouse=True)
def no_bodies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Webhooks are another page: what they say is not made here."""
    from simulators.shopify import payloads

    for name in vars(payloads):
        if callable(getattr(payloads, name)) and not name.startswith("_"):
            monkeypatch.setattr(payloads, name, lambda *about: {})


def call(ctx: Context, mutation: str, **args: Any) -> Any:
    return MUTATIONS[mutation](ctx, args)


def opened(ctx: Context, quantity: int = 1) -> Any:
    line = {"fulfillmentLineItemId": SENT, "quantity": quantity}
    return call(ctx, "returnCreate", returnInput={"orderId": ORDER, "returnLineItems": [line]})["return"]


def refused(ctx: Context, mutation: str, **args: Any) -> tuple[Any, Any]:
    """(field, code) of the refusal, once everything is seen to be as it was."""
    before = copy.deepcopy((ctx.shop.kinds, ctx.store.uploads))
    with pytest.raises(Refused) as found:
        call(ctx, mutation, **args)
    assert (ctx.shop.kinds, ctx.store.uploads) == before
    field = found.value.entry["field"]
    return field and ".".join(field), found.value.entry["code"]


# --- asking for a return


def line(**more: Any) -> dict[str, Any]:
    return {"fulfillmentLineItemId": SENT, "quantity": 1} | more


@pytest.mark.parametrize(
    ("asked", "field", "code"),
    [
        pytest.param({"orderId": OLD}, "orderId", "NOT_FOUND", id="an order older than sixty days"),
        pytest.param({"orderId": f"{G}Order/9"}, "orderId", "NOT_FOUND", id="an order of nobody"),
        pytest.param({"orderId": CLIENT}, "orderId", "NOT_FOUND", id="what is no order"),
        pytest.param({"returnLineItems": []}, "returnLineItems", "BLANK", id="no piece"),
        pytest.param(
            {"returnLineItems": [line(fulfillmentLineItemId=f"{G}FulfillmentLineItem/9")]},
            "returnLineItems.0.fulfillmentLineItemId", "NOT_FOUND", id="a piece that was not sent",
        ),
        pytest.param(
            {"returnLineItems": [line(quantity=0)]}, "returnLineItems.0.quantity", "GREATER_THAN", id="none of it"
        ),
        pytest.param(
            {"returnLineItems": [line(quantity=3)]}, "returnLineItems.0.quantity", "INVALID", id="more than were sent"
        ),
        pytest.param(
            {"returnLineItems": [line(), line(quantity=2)]},
            "returnLineItems.1.quantity", "INVALID", id="more than were sent, in two lines",
        ),
        pytest.param(
            {"returnLineItems": [line(returnReasonDefinitionId=f"{G}ReturnReasonDefinition/9")]},
            "returnLineItems.0.returnReasonDefinitionId", "NOT_FOUND", id="a reason of another house",
        ),
        pytest.param(
            {"returnLineItems": [line(customerNote="x" * 301)]},
            "returnLineItems.0.customerNote", "TOO_LONG", id="a client's note of 301 characters",
        ),
        pytest.param(
            {"returnLineItems": [line(returnReasonNote="x" * 256)]},
            "returnLineItems.0.returnReasonNote", "TOO_LONG", id="a reason's note of 256",
        ),
    ],
)  # fmt: skip
def test_a_return_that_shopify_would_not_open_is_not_asked_for(asked: dict[str, Any], field: str, code: str) -> None:
    wanted = {"orderId": ORDER, "returnLineItems": [line()]} | asked
    assert refused(house(), "returnRequest", input=wanted) == (f"input.{field}", code)


def test_notes_may_be_as_long_as_shopify_says() -> None:
    longest = line(customerNote="x" * 300, returnReasonNote="é" * 255, returnReasonDefinitionId=REASON)
    made = call(house(), "returnRequest", input={"orderId": ORDER, "returnLineItems": [longest]})["return"]
    assert made["status"] == "REQUESTED" and len(made["returnLines"][0]["customerNote"]) == 300


def test_an_old_order_is_open_to_whoever_may_read_all_orders() -> None:
    ctx = house(createdAt=timestamp(NOW - timedelta(days=61)))
    wanted = {"orderId": ORDER, "returnLineItems": [line()]}
    assert refused(ctx, "returnRequest", input=wanted) == ("input.orderId", "NOT_FOUND")
    ctx.shop.installation["scopes"] = ["read_all_orders"]
    assert call(ctx, "returnRequest", input=wanted)["return"]["status"] == "REQUESTED"


@pytest.mark.parametrize(
    ("piece", "field", "code"),
    [
        pytest.param({"variantId": f"{G}ProductVariant/9"}, "variantId", "NOT_FOUND", id="a piece nobody makes"),
        pytest.param({"variantId": None}, "variantId", "NOT_FOUND", id="no piece"),
        pytest.param({"quantity": 0}, "quantity", "GREATER_THAN", id="none of it"),
    ],
)
def test_an_exchange_needs_a_piece_to_send(piece: dict[str, Any], field: str, code: str) -> None:
    wanted = {"orderId": ORDER, "returnLineItems": [line()]}
    exchange = {"exchangeLineItems": [{"variantId": VARIANT, "quantity": 1} | piece]}
    found = refused(house(), "returnCreate", returnInput=wanted | exchange)
    assert found == (f"returnInput.exchangeLineItems.0.{field}", code)


# --- taking pieces out of it


@pytest.mark.parametrize(
    ("quantities", "last", "code"),
    [
        pytest.param([0], 0, "INVALID", id="none"),
        pytest.param([3], 0, "INVALID", id="more than there are"),
        pytest.param([2, 1], 1, "INVALID", id="more than there are, in two lines"),
    ],
)
def test_no_more_is_taken_out_than_the_return_holds(quantities: list[int], last: int, code: str) -> None:
    ctx = house()
    return_ = opened(ctx, quantity=2)
    wanted = [{"returnLineItemId": return_["returnLines"][0]["id"], "quantity": n} for n in quantities]
    found = refused(ctx, "removeFromReturn", returnId=return_["id"], returnLineItems=wanted)
    assert found == (f"returnLineItems.{last}.quantity", code)


def test_a_line_may_be_taken_out_piece_by_piece_in_one_call() -> None:
    ctx = house()
    return_ = opened(ctx, quantity=2)
    wanted = [{"returnLineItemId": return_["returnLines"][0]["id"], "quantity": 1}] * 2
    left = call(ctx, "removeFromReturn", returnId=return_["id"], returnLineItems=wanted)["return"]
    assert left["returnLines"] == [] and left["reverseFulfillmentOrders"][0]["lines"] == []
    assert amounts.returnable_quantity(ctx.shop, ctx.shop.get(ORDER), ctx.shop.get(SENT)) == 2


def test_nothing_is_taken_out_of_a_return_that_is_over_or_of_another() -> None:
    ctx = house()
    return_ = opened(ctx)
    strange = [{"returnLineItemId": f"{G}ReturnLineItem/9", "quantity": 1}]
    found = refused(ctx, "removeFromReturn", returnId=return_["id"], returnLineItems=strange)
    assert found == ("returnLineItems.0", "NOT_FOUND")
    call(ctx, "returnClose", id=return_["id"])
    wanted = [{"returnLineItemId": return_["returnLines"][0]["id"], "quantity": 1}]
    found = refused(ctx, "removeFromReturn", returnId=return_["id"], returnLineItems=wanted)
    assert found == ("returnId", "INVALID_STATE")


# --- the parcel


def delivery(rfo: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"reverseFulfillmentOrderId": rfo["id"], "reverseDeliveryLineItems": []} | more


@pytest.mark.parametrize(
    ("pieces", "field", "code"),
    [
        pytest.param([("9", 1)], "0.reverseFulfillmentOrderLineItemId", "NOT_FOUND", id="a piece of another return"),
        pytest.param([("", 0)], "0.quantity", "INVALID", id="none of it"),
        pytest.param([("", 3)], "0.quantity", "INVALID", id="more than come back"),
        pytest.param([("", 2), ("", 1)], "1.quantity", "INVALID", id="more than come back, in two lines"),
    ],
)
def test_a_parcel_holds_what_comes_back(pieces: list[tuple[str, int]], field: str, code: str) -> None:
    ctx = house()
    rfo = opened(ctx, quantity=2)["reverseFulfillmentOrders"][0]
    wanted = [
        {"reverseFulfillmentOrderLineItemId": f"{G}X/{other}" if other else rfo["lines"][0]["id"], "quantity": n}
        for other, n in pieces
    ]
    found = refused(ctx, "reverseDeliveryCreateWithShipping", **delivery(rfo, reverseDeliveryLineItems=wanted))
    assert found == (f"reverseDeliveryLineItems.{field}", code)


def test_a_parcel_named_without_pieces_holds_all_of_them_and_a_second_one_is_another() -> None:
    ctx = house()
    rfo = opened(ctx, quantity=2)["reverseFulfillmentOrders"][0]
    first, second = (call(ctx, "reverseDeliveryCreateWithShipping", **delivery(rfo)) for _ in range(2))
    assert [one["quantity"] for one in first["reverseDelivery"]["lines"]] == [2]
    assert first["reverseDelivery"]["id"] != second["reverseDelivery"]["id"] and len(rfo["deliveries"]) == 2


def test_no_parcel_is_added_to_what_is_cancelled_or_unknown() -> None:
    ctx = house()
    return_ = opened(ctx)
    rfo = return_["reverseFulfillmentOrders"][0]
    call(ctx, "returnCancel", id=return_["id"])
    where = "reverseFulfillmentOrderId"
    assert refused(ctx, "reverseDeliveryCreateWithShipping", **delivery(rfo)) == (where, "INVALID_STATE")
    strange = {"id": f"{G}ReverseFulfillmentOrder/9"}
    assert refused(ctx, "reverseDeliveryCreateWithShipping", **delivery(strange)) == (where, "NOT_FOUND")
    gone = refused(ctx, "reverseDeliveryShippingUpdate", reverseDeliveryId=f"{G}ReverseDelivery/9")
    assert gone == ("reverseDeliveryId", "NOT_FOUND")


@pytest.mark.parametrize(
    ("upload", "taken"),
    [
        pytest.param({"body": b"%PDF", "shop": "house.myshopify.com"}, True, id="a file that is there"),
        pytest.param({"body": None, "shop": "house.myshopify.com"}, False, id="an address nothing was sent to"),
        pytest.param({"body": b"%PDF", "shop": "other.myshopify.com"}, False, id="a file of another house"),
        pytest.param(None, False, id="an address of nobody's"),
    ],
)
def test_a_label_is_a_file_that_was_uploaded_for_this_house(upload: dict[str, Any] | None, taken: bool) -> None:
    ctx = house()
    rfo = opened(ctx)["reverseFulfillmentOrders"][0]
    target = call(ctx, "stagedUploadsCreate", input=[staged()])["stagedTargets"][0]
    key = next(iter(ctx.store.uploads))
    ctx.store.uploads[key] |= upload or {}
    label = {"fileUrl": target["resourceUrl"] if upload else "https://elsewhere.example/label.pdf"}
    asked = delivery(rfo, labelInput=label, notifyCustomer=False)
    if taken:
        assert call(ctx, "reverseDeliveryCreateWithShipping", **asked)["reverseDelivery"]["label"]["upload"] == key
    else:
        found = refused(ctx, "reverseDeliveryCreateWithShipping", **asked)
        assert found == ("labelInput.fileUrl", "INVALID")


def staged(**more: Any) -> dict[str, Any]:
    return {"resource": "RETURN_LABEL", "filename": "a.pdf", "mimeType": "application/pdf"} | more


def test_of_several_uploads_none_is_prepared_where_one_is_refused() -> None:
    asked = [staged(), staged(resource="VIDEO")]
    assert refused(house(), "stagedUploadsCreate", input=asked) == ("input.1.resource", None)


@pytest.mark.parametrize(
    ("number", "carrier"),
    [("1Z999", "UPS"), ("JD0146", "DHL Express"), ("EZ1000", "USPS"), ("9400", "USPS"), ("XX", None), (None, None)],
)
def test_a_carrier_is_told_by_how_its_numbers_begin(number: str | None, carrier: str | None) -> None:
    ctx = house()
    rfo = opened(ctx)["reverseFulfillmentOrders"][0]
    made = call(ctx, "reverseDeliveryCreateWithShipping", **delivery(rfo, trackingInput={"number": number}))
    assert made["reverseDelivery"]["tracking"] == {"carrierName": carrier, "number": number, "url": None}


# --- what became of it


@pytest.mark.parametrize(
    ("asked", "field", "code"),
    [
        pytest.param({"quantity": 0}, "quantity", "INVALID", id="none"),
        pytest.param({"quantity": 3}, "quantity", "INVALID", id="more than came"),
        pytest.param({"dispositionType": "RESTOCKED", "locationId": None}, "locationId", "BLANK", id="nowhere"),
        pytest.param({"locationId": f"{G}Location/9"}, "locationId", "NOT_FOUND", id="in a place of another house"),
        pytest.param({"locationId": CLIENT}, "locationId", "NOT_FOUND", id="in what is no place"),
        pytest.param(
            {"reverseFulfillmentOrderLineItemId": f"{G}ReverseFulfillmentOrderLineItem/9"},
            "reverseFulfillmentOrderLineItemId", "NOT_FOUND", id="of a piece of nobody's",
        ),
    ],
)  # fmt: skip
def test_a_disposition_is_of_pieces_that_came_and_in_a_place_there_is(
    asked: dict[str, Any], field: str, code: str
) -> None:
    ctx = house()
    piece = opened(ctx, quantity=2)["reverseFulfillmentOrders"][0]["lines"][0]
    good = {"reverseFulfillmentOrderLineItemId": piece["id"], "quantity": 1, "dispositionType": "MISSING"}
    found = refused(ctx, "reverseFulfillmentOrderDispose", dispositionInputs=[good, good | asked])
    assert found == (f"dispositionInputs.1.{field}", code)


def test_two_halves_that_are_more_than_the_whole_are_refused_together() -> None:
    ctx = house()
    piece = opened(ctx, quantity=2)["reverseFulfillmentOrders"][0]["lines"][0]
    asked = {"reverseFulfillmentOrderLineItemId": piece["id"], "quantity": 2, "dispositionType": "MISSING"}
    found = refused(ctx, "reverseFulfillmentOrderDispose", dispositionInputs=[asked, asked | {"quantity": 1}])
    assert found == ("dispositionInputs.1.quantity", "INVALID")


# --- the money


def process(return_: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "returnId": return_["id"],
        "returnLineItems": [{"id": return_["returnLines"][0]["id"], "quantity": 1}],
    } | more


def usd(amount: str, currency: str = "USD") -> dict[str, str]:
    return {"amount": amount, "currencyCode": currency}


def to_card(amount: str, parent: str = CARD, currency: str = "USD") -> dict[str, Any]:
    return {"parentId": parent, "transactionAmount": usd(amount, currency)}


def as_credit(amount: str, currency: str = "USD") -> dict[str, Any]:
    return {"storeCreditRefund": {"amount": usd(amount, currency)}}


@pytest.mark.parametrize(
    ("cards", "credit", "field", "code"),
    [
        pytest.param([to_card("0")], [], "orderTransactions.0.transactionAmount", "INVALID", id="nothing"),
        pytest.param([to_card("-1")], [], "orderTransactions.0.transactionAmount", "INVALID", id="less than nothing"),
        pytest.param([to_card("2000.01")], [], "orderTransactions.0.transactionAmount", "INVALID", id="more than paid"),
        pytest.param(
            [to_card("1500"), to_card("500.01")], [],
            "orderTransactions.1.transactionAmount", "INVALID", id="more than was paid, in two parts",
        ),
        pytest.param(
            [to_card("1", f"{G}OrderTransaction/9")], [],
            "orderTransactions.0.parentId", "NOT_FOUND", id="to a card that paid nothing",
        ),
        pytest.param(
            [to_card("1", currency="EUR")], [],
            "orderTransactions.0.transactionAmount.currencyCode", "INVALID", id="in another money than was paid",
        ),
        pytest.param([], [as_credit("1", "EUR")], "refundMethods.0.currencyCode", "INVALID", id="in other money"),
        pytest.param([], [as_credit("0")], "refundMethods.0", "GREATER_THAN", id="credit of nothing"),
        pytest.param([], [as_credit("-5")], "refundMethods.0", "GREATER_THAN", id="credit taken away"),
        pytest.param([to_card("1500")], [as_credit("500.01")], "", "INVALID", id="more than was paid, by two ways"),
    ],
)  # fmt: skip
def test_money_goes_back_the_way_it_came_and_no_more_of_it(
    cards: list[dict[str, Any]], credit: list[dict[str, Any]], field: str, code: str
) -> None:
    ctx = house()
    transfer = {"issueRefund": {"orderTransactions": cards, "refundMethods": credit}}
    found = refused(ctx, "returnProcess", input=process(opened(ctx), financialTransfer=transfer))
    assert found == (f"input.financialTransfer.issueRefund.{field}".rstrip("."), code)


def test_credit_needs_somebody_to_have_it() -> None:
    ctx = house(customerId=None)
    transfer = {"issueRefund": {"orderTransactions": [], "refundMethods": [as_credit("1")]}}
    found = refused(ctx, "returnProcess", input=process(opened(ctx), financialTransfer=transfer))
    assert found == ("input.financialTransfer.issueRefund.refundMethods.0", "INVALID")


def test_the_ceiling_of_credit_holds_for_all_of_one_refund_together() -> None:
    """Fifteen thousand a client: shopify.md 2.5."""
    ctx = house(quantity=20)
    transfer = {"issueRefund": {"orderTransactions": [], "refundMethods": [as_credit("9000"), as_credit("6000.01")]}}
    found = refused(ctx, "returnProcess", input=process(opened(ctx), financialTransfer=transfer))
    assert found == ("input.financialTransfer.issueRefund.refundMethods.1", "CREDIT_LIMIT_EXCEEDED")
    exact = {"issueRefund": {"orderTransactions": [], "refundMethods": [as_credit("9000"), as_credit("6000")]}}
    call(ctx, "returnProcess", input=process(opened(ctx), financialTransfer=exact))
    assert [(a["amount"], a["currencyCode"]) for a in ctx.shop.all("StoreCreditAccount")] == [("15000.00", "USD")]


@pytest.mark.parametrize(
    ("asked", "field", "code"),
    [
        pytest.param({"returnLineItems": []}, "", "BLANK", id="nothing at all"),
        pytest.param(
            {"returnLineItems": [{"id": f"{G}ReturnLineItem/9", "quantity": 1}]},
            "returnLineItems.0.id", "NOT_FOUND", id="a piece of another return",
        ),
        pytest.param({"returnId": f"{G}Return/9"}, "returnId", "NOT_FOUND", id="a return of nobody's"),
    ],
)  # fmt: skip
def test_only_what_is_in_the_return_is_processed(asked: dict[str, Any], field: str, code: str) -> None:
    ctx = house()
    found = refused(ctx, "returnProcess", input=process(opened(ctx)) | asked)
    assert found == (f"input.{field}".rstrip("."), code)


def test_more_pieces_are_not_accounted_for_than_are_processed() -> None:
    ctx = house()
    return_ = opened(ctx, quantity=2)
    fate = {
        "reverseFulfillmentOrderLineItemId": return_["reverseFulfillmentOrders"][0]["lines"][0]["id"],
        "quantity": 2,
        "dispositionType": "MISSING",
    }
    asked = process(return_)
    asked["returnLineItems"][0]["dispositions"] = [fate]
    assert refused(ctx, "returnProcess", input=asked) == ("input.returnLineItems.0.dispositions", "INVALID")


# --- gestures


@pytest.mark.parametrize(
    ("owner", "amount", "expires", "field", "code"),
    [
        pytest.param(f"{G}Customer/9", usd("1"), None, "id", "OWNER_NOT_FOUND", id="nobody"),
        pytest.param(ORDER, usd("1"), None, "id", "OWNER_NOT_FOUND", id="an order, which owns nothing"),
        pytest.param(
            CLIENT, usd("0"), None, "creditInput.creditAmount.amount", "NEGATIVE_OR_ZERO_AMOUNT", id="nothing"
        ),
        pytest.param(
            CLIENT, usd("-1"), None, "creditInput.creditAmount.amount", "NEGATIVE_OR_ZERO_AMOUNT", id="a debt"
        ),
        pytest.param(CLIENT, usd("15000.01"), None, "creditInput.creditAmount", "CREDIT_LIMIT_EXCEEDED", id="too much"),
        pytest.param(CLIENT, usd("1"), timestamp(NOW), "creditInput.expiresAt", "EXPIRES_AT_IN_PAST", id="over now"),
    ],
)
def test_credit_that_shopify_would_not_give_is_not_given(
    owner: str, amount: dict[str, str], expires: str | None, field: str, code: str
) -> None:
    asked = {"creditAmount": amount, "expiresAt": expires}
    assert refused(house(), "storeCreditAccountCredit", id=owner, creditInput=asked) == (field, code)


def test_each_money_has_an_account_and_a_ceiling_of_its_own() -> None:
    ctx = house()

    def credit(owner: str, amount: dict[str, str]) -> Any:
        return call(ctx, "storeCreditAccountCredit", id=owner, creditInput={"creditAmount": amount})

    for amount in (usd("15000"), usd("400", "EUR"), usd("100", "EUR")):
        made = credit(CLIENT, amount)["storeCreditAccountTransaction"]["account"]
    accounts = {a["currencyCode"]: a for a in ctx.shop.all("StoreCreditAccount")}
    assert {money: a["amount"] for money, a in accounts.items()} == {"USD": "15000", "EUR": "500"}
    assert made is accounts["EUR"]
    asked = {"creditAmount": usd("1")}
    found = refused(ctx, "storeCreditAccountCredit", id=accounts["EUR"]["id"], creditInput=asked)
    assert found == ("creditInput.creditAmount.currencyCode", "MISMATCHING_CURRENCY")
    credit(accounts["EUR"]["id"], usd("1", "EUR"))
    assert accounts["EUR"]["amount"] == "501"


@pytest.mark.parametrize(
    ("asked", "field", "code"),
    [
        pytest.param({"initialAmount": usd("0")}, "initialAmount", "GREATER_THAN", id="of nothing"),
        pytest.param({}, "initialAmount", "GREATER_THAN", id="of no amount"),
        pytest.param(
            {"initialAmount": usd("5"), "customerId": f"{G}Customer/9"},
            "customerId",
            "CUSTOMER_NOT_FOUND",
            id="for nobody",
        ),
    ],
)
def test_a_gift_card_is_worth_something_and_for_somebody(asked: dict[str, Any], field: str, code: str) -> None:
    assert refused(house(), "giftCardCreate", input=asked) == (f"input.{field}", code)


# --- traces


def field_of(owner: str = ORDER) -> dict[str, str]:
    return {"ownerId": owner, "key": "sold_by", "value": "ines"}


def test_metafields_are_set_all_or_none_and_twenty_five_at_most() -> None:
    ctx = house()
    many = [field_of()] * 26
    assert refused(ctx, "metafieldsSet", metafields=many) == ("metafields", "LESS_THAN_OR_EQUAL_TO")
    found = refused(ctx, "metafieldsSet", metafields=[field_of(), field_of(f"{G}Order/9")])
    assert found == ("metafields.1.ownerId", "INVALID")
    call(ctx, "metafieldsSet", metafields=many[:25])
    assert [m["value"] for m in ctx.shop.get(ORDER)["metafields"]] == ["ines"], "one key is one field"


@pytest.mark.parametrize("mutation", ["tagsAdd", "tagsRemove"])
@pytest.mark.parametrize("gid", [f"{G}Customer/9", PARIS, "no gid"])
def test_only_what_there_is_and_can_have_tags_has_tags(mutation: str, gid: str) -> None:
    assert refused(house(), mutation, id=gid, tags=["x"]) == ("id", None)


def test_a_tag_is_there_once_and_goes_alone() -> None:
    ctx = house()
    call(ctx, "tagsAdd", id=CLIENT, tags=["b", "a", "b"])
    call(ctx, "tagsAdd", id=CLIENT, tags=["a"])
    assert ctx.shop.get(CLIENT)["tags"] == ["a", "b"]
    call(ctx, "tagsRemove", id=CLIENT, tags=["b", "c"])
    assert ctx.shop.get(CLIENT)["tags"] == ["a"]


# --- orders that follow


@pytest.mark.parametrize(
    ("mutation", "args"),
    [
        ("draftOrderInvoiceSend", {"id": f"{G}DraftOrder/9"}),
        ("draftOrderComplete", {"id": ORDER}),
        ("draftOrderDelete", {"input": {"id": f"{G}DraftOrder/9"}}),
        ("fulfillmentOrderReleaseHold", {"id": f"{G}FulfillmentOrder/9"}),
    ],
)
def test_what_is_not_there_is_neither_sent_nor_ended(mutation: str, args: dict[str, Any]) -> None:
    assert refused(house(), mutation, **args) == ("id", None)


def test_a_draft_that_was_thrown_away_is_sent_to_nobody() -> None:
    ctx = house()
    asked = {"lineItems": [{"variantId": VARIANT, "quantity": 2}, {"originalUnitPrice": "0.50", "quantity": 3}]}
    draft = call(ctx, "draftOrderCreate", input=asked)["draftOrder"]
    assert draft["totalPriceSet"]["shopMoney"] == {"amount": "2001.50", "currencyCode": "USD"}
    call(ctx, "draftOrderDelete", input={"id": draft["id"]})
    assert refused(ctx, "draftOrderInvoiceSend", id=draft["id"]) == ("id", None)
    assert refused(ctx, "draftOrderCreate", input={"lineItems": []}) == ("input.lineItems", None)
    strange = {"lineItems": [{"variantId": f"{G}ProductVariant/9", "quantity": 1}]}
    assert refused(ctx, "draftOrderCreate", input=strange) == ("input.lineItems.0.variantId", None)


@pytest.mark.parametrize("state", ["COMPLETED", "FAILED", "CANCELED"])
def test_a_read_in_bulk_that_is_over_is_not_cancelled(state: str) -> None:
    ctx = house()
    gid = f"{G}BulkOperation/1"
    assert refused(ctx, "bulkOperationCancel", id=gid) == ("id", None)
    ctx.shop.add({"id": gid, "status": state})
    assert refused(ctx, "bulkOperationCancel", id=gid) == (None, None)
    ctx.shop.add({"id": gid, "status": "RUNNING"})
    assert call(ctx, "bulkOperationCancel", id=gid)["bulkOperation"]["status"] == "CANCELING"
