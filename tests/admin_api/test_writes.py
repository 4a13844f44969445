"""What is written to Shopify for a return, word for word, and what counts when somebody was quicker."""

from datetime import UTC, datetime
from typing import Any

import pytest

from kit.errors import OutsideError
from kit.money import Money
from logistics.reads import ProcessPlan, SuggestedOutcome, Terms
from shopify_app.admin_api.client import UserErrors
from shopify_app.admin_api.exchanges import ShopifyExchanges
from shopify_app.admin_api.reading import return_read
from shopify_app.admin_api.returns import ShopifyReturns
from tests.admin_api.test_returns import ORDER, R, a_line, a_return, price
from tests.admin_api.told import Told, both, connection

PLACE = {"url": "https://storage.example/put", "resourceUrl": "https://storage.example/l", "parameters": []}


class Returns(Told):
    """Told, with what a mutation says besides; and no label ever leaves it."""

    def __init__(self) -> None:
        super().__init__()
        self.more: dict[str, Any] = {}

    def write_and_more(self, shop_id: int, name: str, variables: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        return self._next(shop_id, name, variables), self.more

    @property
    def returns(self) -> ShopifyReturns:
        return ShopifyReturns(self.api)


def refused(*codes: str) -> UserErrors:
    return UserErrors("x", [{"code": code, "message": "no"} for code in codes])


# --- moves

MOVES: dict[str, tuple[str, Any, dict[str, Any]]] = {
    "close": ("return_close", lambda returns: returns.close(7, R), {"id": R}),
    "cancel": ("return_cancel", lambda returns: returns.cancel(7, R), {"id": R}),
    "decline": (
        "return_decline_request",
        lambda returns: returns.decline(7, R, "It was made to measure."),
        {
            "input": {
                "id": R,
                "declineReason": "OTHER",
                "declineNote": "It was made to measure.",
                "notifyCustomer": False,
            }
        },
    ),
}


@pytest.mark.parametrize("move", list(MOVES))
def test_a_move_is_sent_once_and_its_own_answer_is_what_the_return_is_now(move: str) -> None:
    name, act, variables = MOVES[move]
    told = Returns()
    told(name, {"return": a_return(status="CLOSED")})
    assert act(told.returns).status == "CLOSED"
    assert told.asked == [(name, variables)]


@pytest.mark.parametrize("move", list(MOVES))
@pytest.mark.parametrize("payload", [{}, {"return": None}, {"return": {"id": R, "order": None}}])
def test_an_answer_that_does_not_show_the_return_has_it_read(move: str, payload: Any) -> None:
    name, act, _ = MOVES[move]
    told = Returns()
    told(name, payload)("return_get", {"return": a_return(status="DECLINED")})
    assert act(told.returns).status == "DECLINED"
    assert [asked for asked, _ in told.asked] == [name, "return_get"]


@pytest.mark.parametrize("move", list(MOVES))
@pytest.mark.parametrize(
    "codes", [("INVALID_STATE",), ("NOTIFICATION_FAILED",), ("INVALID_STATE", "NOTIFICATION_FAILED")]
)
def test_what_somebody_moved_first_is_as_it_is(move: str, codes: tuple[str, ...]) -> None:
    name, act, _ = MOVES[move]
    told = Returns()
    told(name, refused(*codes))("return_get", {"return": a_return(status="CANCELED")})
    assert act(told.returns).status == "CANCELED"


@pytest.mark.parametrize("codes", [("NOT_FOUND",), ("",), ("INVALID_STATE", "TOO_LONG"), ("invalid_state",)])
def test_any_other_no_is_one(codes: tuple[str, ...]) -> None:
    told = Returns()
    told("return_close", refused(*codes))
    with pytest.raises(UserErrors):
        told.returns.close(7, R)
    assert len(told.asked) == 1


def test_a_return_that_is_gone_after_it_was_moved_is_an_error_for_a_person() -> None:
    told = Returns()
    told("return_close", {"return": None})("return_get", {"return": None})
    with pytest.raises(OutsideError, match="the return is gone") as error:
        told.returns.close(7, R)
    assert error.value.permanent


# --- money


def test_a_batch_is_processed_by_one_call() -> None:
    told = Returns()
    told("return_process", {"return": a_return()})
    plan = ProcessPlan(lines=(), refund=(("t-1", Money(500, "EUR")),), note="R-1, batch 1", notify=False)
    assert told.returns.process(7, R, plan).status == "OPEN"
    ((name, variables),) = told.asked
    assert name == "return_process"
    assert variables["input"]["financialTransfer"]["issueRefund"]["orderTransactions"] == [
        {"parentId": "t-1", "transactionAmount": {"amount": "5.00", "currencyCode": "EUR"}}
    ]


def outcome() -> dict[str, Any]:
    transfer = {"__typename": "RefundReturnOutcome", "amount": both("5.00"), "suggestedTransactions": None}
    return {"suggestedFinancialOutcome": {"financialTransfer": transfer}}


def test_a_return_and_what_shopify_would_pay_come_by_one_call() -> None:
    told = Returns()
    told("return_with_suggestion", {"return": a_return() | outcome()})
    found = told.returns.read_and_suggest(7, R, [("rl1", 1)], Terms(shipping=True))
    assert found is not None and found[0] == return_read(a_return())
    assert found[1] == SuggestedOutcome(Money(500, "USD"), in_shop_money=Money(500, "USD"))
    assert told.asked[0][1]["refundShipping"] == {"fullRefund": True} and told.asked[0][1]["id"] == R


@pytest.mark.parametrize(("shown", "found"), [(a_return(), True), (None, False)])
def test_where_shopify_suggests_nothing_for_these_lines_the_return_is_read_by_itself(shown: Any, found: bool) -> None:
    told = Returns()
    told("return_with_suggestion", OutsideError("shopify", "processed", permanent=True))(
        "return_get", {"return": shown}
    )
    assert told.returns.read_and_suggest(7, R, []) == ((return_read(a_return()), None) if found else None)


def test_while_shopify_is_away_nothing_is_read_by_itself() -> None:
    told = Returns()
    told("return_with_suggestion", OutsideError("shopify", "answered 502"))
    with pytest.raises(OutsideError, match="502"):
        told.returns.read_and_suggest(7, R, [])
    assert len(told.asked) == 1


def test_of_a_return_that_is_not_shown_there_is_no_suggestion_either() -> None:
    told = Returns()
    told("return_with_suggestion", {"return": None})
    assert told.returns.read_and_suggest(7, R, []) is None


def test_what_a_client_has_to_their_credit_is_told_by_currency() -> None:
    accounts = {"nodes": [{"balance": price("10.00")}, {"balance": price("500", "JPY")}]}
    told = Returns()
    told("client_store_credit", {"customer": {"storeCreditAccounts": accounts}}, {"customer": None})
    assert told.returns.store_credit(7, "c") == (Money(1000, "USD"), Money(500, "JPY"))
    assert told.returns.store_credit(7, "c") == ()


@pytest.mark.parametrize(
    ("details", "page"),
    [
        (None, ""),
        ({"additionalPaymentCollectionUrl": None}, ""),
        ({"additionalPaymentCollectionUrl": "https://p"}, "https://p"),
    ],
)
def test_what_is_still_owed_comes_with_the_page_to_pay_it_on(details: Any, page: str) -> None:
    told = Returns()
    told(
        "order_outstanding",
        {"order": {"totalOutstandingSet": both("2.00", presented="1.80"), "paymentCollectionDetails": details}},
    )
    found = told.returns.balance(7, ORDER)
    assert (found.owed, found.pay_url) == (Money(180, "EUR"), page)


def test_of_an_order_that_is_not_shown_nobody_can_say_what_is_owed() -> None:
    told = Returns()
    told("order_outstanding", {"order": None})
    with pytest.raises(OutsideError, match="the order is not shown") as error:
        told.returns.balance(7, ORDER)
    assert error.value.permanent


# --- labels


@pytest.mark.parametrize(("url", "sent"), [("https://track.example/1Z", "https://track.example/1Z"), ("", None)])
def test_tracking_without_a_label_is_hung_on_by_itself(url: str, sent: str | None) -> None:
    told = Returns()
    told("reverse_fulfillment_order_deliveries", {"reverseFulfillmentOrder": None})(
        "reverse_delivery_create_with_shipping", {"reverseDelivery": {"id": "d-1"}}
    )
    label: dict[str, Any] = {"tracking_code": "1Z", "tracking_url": url, "pdf": b"", "notify": True}
    assert told.returns.attach_label(7, rfo_gid="o-1", **label) == "d-1"
    assert told.asked[-1] == (
        "reverse_delivery_create_with_shipping",
        {
            "reverseFulfillmentOrderId": "o-1",
            "reverseDeliveryLineItems": [],
            "trackingInput": {"number": "1Z", "url": sent},
            "labelInput": None,
            "notifyCustomer": True,
        },
    )
    told("reverse_delivery_shipping_update", {})
    told.returns.update_delivery(7, reverse_delivery_gid="d-1", **label)
    assert told.asked[-1] == (
        "reverse_delivery_shipping_update",
        {
            "reverseDeliveryId": "d-1",
            "trackingInput": {"number": "1Z", "url": sent},
            "labelInput": None,
            "notifyCustomer": True,
        },
    )


def test_an_error_before_anything_was_attached_leaves_no_doubt_about_it() -> None:
    told = Returns()
    told("reverse_fulfillment_order_deliveries", OutsideError("shopify", "cut", ambiguous=True))
    with pytest.raises(OutsideError) as error:
        told.returns.attach_label(7, rfo_gid="o", tracking_code="1Z", tracking_url="", pdf=b"", notify=False)
    assert not error.value.ambiguous


def test_the_answer_of_a_mutation_that_was_cut_leaves_one() -> None:
    told = Returns()
    told("reverse_delivery_create_with_shipping", OutsideError("shopify", "cut", ambiguous=True))
    with pytest.raises(OutsideError) as error:
        told.returns.attach_label(
            7, rfo_gid="o", tracking_code="1Z", tracking_url="", pdf=b"", notify=False, look_first=False
        )
    assert error.value.ambiguous and len(told.asked) == 1


def test_the_places_an_approval_brings_are_this_shops_own() -> None:
    told = Returns()
    told("return_approve_request", {"return": a_return()})
    told.more = {"stagedUploadsCreate": {"stagedTargets": [PLACE]}}
    returns = told.returns
    returns.approve(7, R)
    variables = told.asked[0][1]
    assert variables["input"] == {"id": R, "notifyCustomer": False} and variables["places"] is True
    assert [place["resource"] for place in variables["labels"]] == ["RETURN_LABEL"] * 5
    assert not returns.targets.are_short(7) and returns.targets.are_short(8)


# --- a return as it is read


def test_everything_of_a_return_is_read() -> None:
    reason = {"id": "reason", "name": "The proportions"}
    line = a_line(
        1,
        processedQuantity=1,
        unprocessedQuantity=1,
        refundableQuantity=2,
        customerNote="n",
        returnReasonDefinition=reason,
    )
    line["fulfillmentLineItem"]["lineItem"] |= {
        "sku": "S",
        "variantTitle": "52",
        "image": {"url": "u"},
        "duties": [{"id": "du"}, None],
    }
    rfo = {
        "id": "o-1",
        "status": "OPEN",
        "lineItems": {"nodes": [{"id": "ol", "fulfillmentLineItem": {"id": "fl"}, "totalQuantity": "2"}]},
        "reverseDeliveries": {
            "nodes": [{"id": "d", "deliverable": {"tracking": {"number": "1Z"}, "label": {"publicFileUrl": "pdf"}}}]
        },
    }
    read = return_read(
        a_return(
            createdAt="2026-11-20T10:00:00Z",
            returnLineItems=connection(line),
            reverseFulfillmentOrders={"nodes": [rfo]},
            refunds={"nodes": [{"id": "f", "totalRefundedSet": both("1.00", presented="0.90")}]},
            exchangeLineItems={
                "nodes": [
                    {"id": "x", "quantity": 1, "processedQuantity": None, "unprocessedQuantity": 1, "variantId": "v"}
                ]
            },
        )
    )
    (one,), (order,), (exchange,), (refund,) = read.lines, read.rfos, read.exchanges, read.refunds
    assert (one.processed, one.unprocessed, one.refundable, one.sku, one.detail, one.image) == (1, 1, 2, "S", "52", "u")
    assert (one.duty_gids, one.reason_gid, one.reason_label, one.customer_note) == (
        ("du",),
        "reason",
        "The proportions",
        "n",
    )
    assert read.created_at == datetime(2026, 11, 20, 10, tzinfo=UTC) and (read.name, read.order_name) == ("#1-R1", "#1")
    assert (order.gid, order.status, order.lines[0].quantity, order.lines[0].fulfillment_line_gid) == (
        "o-1",
        "OPEN",
        2,
        "fl",
    )
    assert (order.deliveries[0].tracking_number, order.deliveries[0].label_url) == ("1Z", "pdf")
    assert (exchange.gid, exchange.quantity, exchange.processed, exchange.unprocessed, exchange.variant_gid) == (
        "x",
        1,
        0,
        1,
        "v",
    )
    assert (refund.gid, refund.amount) == ("f", Money(90, "EUR"))


@pytest.mark.parametrize(("quantity", "cents"), [(3, 3333), (1, 10_001), (0, 10_001), (None, 10_001)])
def test_one_piece_of_several_costs_its_share_and_never_a_cent_more(quantity: int | None, cents: int) -> None:
    line = a_line(1)
    line["fulfillmentLineItem"]["lineItem"]["quantity"] = quantity
    assert return_read(a_return(returnLineItems=connection(line))).lines[0].unit_total == Money(cents, "USD")


def test_fees_are_told_in_the_money_the_order_was_paid_in_and_an_order_without_any_has_none() -> None:
    line = a_line(1) | {"restockingFee": {"amountSet": both("100.00", presented="91.73")}}
    fees = [{"amountSet": both("10.00", presented="9.17")}, {"amountSet": both("5.00", presented="4.59")}]
    read = return_read(a_return(returnLineItems=connection(line, a_line(2)), returnShippingFees=fees))
    assert [line.fee for line in read.lines] == [Money(9_173, "EUR"), Money(0, "EUR")]
    assert read.shipping_fee == Money(1_376, "EUR")
    assert return_read(a_return(returnShippingFees=None)).shipping_fee == Money(0, "EUR")


def test_an_exchange_reads_and_declines_as_a_return_does() -> None:
    told = Returns()
    told("return_get", {"return": a_return()})("return_decline_request", {"return": a_return(status="DECLINED")})
    exchanges = ShopifyExchanges(told.api)
    assert exchanges.read(7, R) == return_read(a_return())
    assert exchanges.decline(7, R, "n").status == "DECLINED"
