"""The stand-in's arithmetic of an order and its returns, worked out by hand: to the cent, yen and fils."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from logistics.figures import adds_up, figures
from logistics.models import Settlement
from logistics.reads import PLAIN
from shopify_app.admin_api.moneys import suggested as as_the_app_reads_it
from simulators.shopify import amounts, outcomes
from simulators.shopify.errors import Refused
from simulators.shopify.money import as_text, bag, rounded, to_shop_money
from simulators.shopify.mutations import refunds
from simulators.shopify.shops import Shop
from tests.cast import NOW

G = "gid://shopify/"
RING, BAND, DUTY, CARD, GIFT = (
    f"{G}LineItem/1", f"{G}LineItem/2", f"{G}Duty/1", f"{G}OrderTransaction/1", f"{G}OrderTransaction/2",
)  # fmt: skip


def line(price: str, quantity: int = 1, gid: str = RING, **more: Any) -> dict[str, Any]:
    return {"id": gid, "price": price, "quantity": quantity, **more}


def paid(amount: str, gid: str = CARD, gateway: str = "shopify_payments", **more: Any) -> dict[str, Any]:
    return {"id": gid, "kind": "SALE", "status": "SUCCESS", "amount": amount, "gateway": gateway} | more


def refund(amount: str, parent: str = CARD, **more: Any) -> dict[str, Any]:
    gid = f"{G}OrderTransaction/9"
    return {"id": gid, "kind": "REFUND", "status": "SUCCESS", "amount": amount, "parentId": parent} | more


def order(*lines: dict[str, Any], currency: str = "USD", **more: Any) -> dict[str, Any]:
    made = {
        "id": f"{G}Order/1", "currencyCode": currency, "presentmentCurrencyCode": currency, "refunds": [],
        "lineItems": list(lines), "returnIds": [],
    }  # fmt: skip
    made |= more
    if "transactions" not in made:
        made["transactions"] = [paid(str(amounts.original_total(made | {"transactions": []})))]
    return made


def shop_of(*documents: dict[str, Any]) -> Shop:
    shop = Shop("house.myshopify.com", lambda: 1, lambda domain, document: None)
    for document in documents:
        shop.add(document)
    return shop


def coming_back(quantity: int = 1, gid: str = RING, processed: int = 0, **more: Any) -> dict[str, Any]:
    return {"id": gid.replace("LineItem", "ReturnLineItem"), "lineItemId": gid, "quantity": quantity,
            "processed": processed, **more}  # fmt: skip


def return_of(*lines: dict[str, Any], exchanges: tuple[dict[str, Any], ...] = (), **more: Any) -> dict[str, Any]:
    return {"id": f"{G}Return/1", "orderId": f"{G}Order/1", "returnLines": list(lines),
            "exchangeLines": list(exchanges), **more}  # fmt: skip


def back_now(quantity: int, gid: str = RING) -> dict[str, Any]:
    return {"returnLineItems": [{"id": coming_back(gid=gid)["id"], "quantity": quantity}]}


def suggest(of: dict[str, Any], return_: dict[str, Any], **asked: Any) -> dict[str, Any]:
    """All of the return's lines, unless `returnLineItems` says otherwise."""
    every = {"returnLineItems": [{"id": x["id"], "quantity": x["quantity"]} for x in return_["returnLines"]]}
    return outcomes.suggested(shop_of(of, return_), return_, every | asked)


def given_back(of: dict[str, Any], return_: dict[str, Any], **asked: Any) -> tuple[str, dict[str, str]]:
    """(amount, {payment: share}) in what the buyer sees."""
    transfer = suggest(of, return_, **asked)["financialTransfer"]
    assert transfer["__typename"] == "RefundReturnOutcome"
    shares = {
        t["parentTransaction"]["id"]: t["amountSet"]["presentmentMoney"]["amount"]
        for t in transfer["suggestedTransactions"]
    }
    return transfer["amount"]["presentmentMoney"]["amount"], shares


# --- money as it is written


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("14800", "USD", "14800.00"),
        ("0.005", "USD", "0.01"),
        ("0.0049", "EUR", "0.00"),
        ("1480", "JPY", "1480.0"),
        ("1480.5", "JPY", "1481.0"),
        ("1480.4", "KRW", "1480.0"),
        ("12.3455", "KWD", "12.346"),
        ("12", "BHD", "12.000"),
    ],
)
def test_an_amount_has_the_places_of_its_currency(amount: str, currency: str, text: str) -> None:
    assert as_text(amount, currency) == text
    assert Money.parse(text, currency).amount == str(rounded(Decimal(text), currency)), "as the app reads it"


def test_a_bag_holds_both_moneys_and_the_buyers_exactly_where_it_is_known() -> None:
    of = order(currency="USD", presentmentCurrencyCode="JPY", rate="149.37", lineItems=[], transactions=[])
    assert bag(of, "10.00")["presentmentMoney"] == {"amount": "1494.0", "currencyCode": "JPY"}
    assert bag(of, "10.00", 1500)["presentmentMoney"]["amount"] == "1500.0"
    assert bag(of, "10.00", 1500)["shopMoney"] == {"amount": "10.00", "currencyCode": "USD"}
    assert to_shop_money(of, 1494) == Decimal("10.00")


# --- a line of several pieces


def test_a_discount_over_three_pieces_comes_off_to_the_cent_in_whatever_parts_they_come() -> None:
    three = line("100.00", 3, discount="100.00")
    of = order(three)
    assert [amounts.line_discounted(of, three, 1, n) for n in range(3)] == [
        Decimal("66.67"), Decimal("66.66"), Decimal("66.67"),
    ]  # fmt: skip
    assert amounts.line_discounted(of, three) == Decimal("200.00")


@given(
    st.integers(0, 10**6), st.lists(st.integers(1, 5), min_size=1, max_size=5), st.sampled_from(["USD", "JPY", "KWD"])
)
def test_the_parts_of_a_line_make_up_the_whole(smallest: int, parts: list[int], currency: str) -> None:
    of = order(line("1", sum(parts)), currency=currency, transactions=[])
    amount = Money(smallest, currency).amount
    shares, after = [], 0
    for part in parts:
        shares.append(amounts.part(of, amount, part, sum(parts), after))
        after += part
    assert sum(shares) == Decimal(amount) and min(shares) >= 0


@pytest.mark.parametrize(
    ("price", "rate", "included", "currency", "tax", "total"),
    [
        pytest.param("100.00", "0.20", False, "EUR", "20.00", "120.00", id="on top"),
        pytest.param("120.00", "0.20", True, "EUR", "20.00", "120.00", id="within"),
        pytest.param("99.99", "0.0825", False, "USD", "8.25", "108.24", id="8.249175 on top"),
        pytest.param("99.99", "0.20", True, "EUR", "16.67", "99.99", id="16.665 within"),
        pytest.param("999", "0.10", False, "JPY", "100", "1099", id="yen on top, 99.9"),
        pytest.param("10.005", "0.05", False, "KWD", "0.500", "10.505", id="fils, 0.50025"),
        pytest.param("100.00", "0", False, "USD", "0.00", "100.00", id="no tax"),
    ],
)
def test_tax_is_within_the_price_or_on_top_of_it(
    price: str, rate: str, included: bool, currency: str, tax: str, total: str
) -> None:
    one = line(price, taxRate=rate)
    of = order(one, currency=currency, taxesIncluded=included)
    assert (amounts.line_tax(of, one), amounts.line_total(of, one)) == (Decimal(tax), Decimal(total))


def test_an_order_comes_to_its_lines_shipping_and_duties_and_less_after_a_return() -> None:
    two = line("100.00", 2, taxRate="0.10", duties=[{"id": DUTY, "amount": "9.99"}])
    of = order(two, shippingPrice="15.00")
    assert amounts.original_total(of) == Decimal("244.99")
    of["lineItems"][0]["removedQuantity"] = 1
    of["refunds"] = [{"shippingAmount": "15.00", "duties": [{"dutyId": DUTY, "amount": "5.00"}]}]
    assert amounts.current_total(of) == Decimal("114.99"), "110 for the piece, 4.99 of the duty"
    assert (amounts.current_subtotal(of), amounts.current_tax(of)) == (Decimal("100.00"), Decimal("10.00"))


# --- what goes back


def test_a_piece_goes_back_the_way_it_was_paid() -> None:
    assert given_back(order(line("14800.00")), return_of(coming_back())) == ("14800.00", {CARD: "14800.00"})


def test_a_gift_card_is_filled_up_first_and_the_card_gets_the_rest() -> None:
    of = order(line("1000.00"), transactions=[paid("700.00"), paid("300.00", GIFT, "gift_card")])
    assert given_back(of, return_of(coming_back())) == ("1000.00", {GIFT: "300.00", CARD: "700.00"})
    of["transactions"].append(refund("250.00", GIFT))
    amount, shares = given_back(of, return_of(coming_back()))
    assert (amount, shares) == ("750.00", {GIFT: "50.00", CARD: "700.00"}), "what went back before is gone"


def test_two_returns_of_three_pieces_come_to_what_one_would_have() -> None:
    three = line("33.33", 3, taxRate="0.0875", cartDiscount="10.00")
    whole = given_back(order(three), return_of(coming_back(3)))[0]
    assert whole == "97.86", "99.99 less 10.00, and 7.87 of tax"
    first = given_back(order(three), return_of(coming_back(1)))[0]
    later = order(three | {"removedQuantity": 1}, transactions=[paid(whole), refund(first)])
    assert Decimal(first) + Decimal(given_back(later, return_of(coming_back(2)))[0]) == Decimal(whole)


@given(
    st.integers(1_000, 99_999),
    st.integers(1, 6),
    st.integers(0, 50),
    st.sampled_from([("USD", "1"), ("EUR", "0.9137"), ("JPY", "149.37"), ("JPY", "1"), ("KWD", "0.3075")]),
)
def test_piece_by_piece_the_buyer_gets_exactly_what_they_paid(
    cents: int, pieces: int, off: int, shown: tuple[str, str]
) -> None:
    """However each part rounds on its way: never more than was paid, and after the last piece nothing of it is left."""
    price, discount = Decimal(cents) / 100, rounded(Decimal(cents * pieces * off) / 10_000, "USD")
    one = line(str(price), pieces, taxRate="0.0875", cartDiscount=str(discount))
    of = order(one, presentmentCurrencyCode=shown[0], rate=shown[1])
    for n in range(pieces):
        transfer = suggest(of, return_of(coming_back(1)))["financialTransfer"]
        context: Any = SimpleNamespace(shop=shop_of(of), moment="", staff_id=None)
        money = refunds.Money()
        (share,) = transfer["suggestedTransactions"]
        refunds.add_payment(context, of, money, CARD, share["amountSet"]["presentmentMoney"], [])
        due = outcomes.work_out(shop_of(of), return_of(coming_back(1)), back_now(1)).total
        refunds.record(context, of, money, lines=[], return_=None, note=None, due=due)
        of["lineItems"][0]["removedQuantity"] = n + 1
        assert amounts.left_as_paid(of, of["transactions"][0]) >= 0
    assert amounts.left_as_paid(of, of["transactions"][0]) == 0
    assert amounts.left_to_refund(of, of["transactions"][0]) == 0


def test_more_than_was_received_never_goes_back() -> None:
    half = order(line("1000.00"), transactions=[paid("400.00")])
    assert given_back(half, return_of(coming_back())) == ("400.00", {CARD: "400.00"})
    assert suggest(half, return_of(coming_back()))["maximumRefundable"]["shopMoney"]["amount"] == "400.00"
    nothing = order(line("1000.00"), transactions=[])
    assert suggest(nothing, return_of(coming_back()))["financialTransfer"] is None


def test_a_payment_that_failed_or_is_pending_was_not_received() -> None:
    tries = [
        paid("1000.00", status="FAILURE"),
        paid("1000.00", status="PENDING"),
        paid("1000.00", kind="AUTHORIZATION"),
    ]
    assert amounts.received(order(line("1000.00"), transactions=tries)) == 0
    taken = order(line("1000.00"), transactions=[*tries, paid("1000.00", GIFT, kind="CAPTURE")])
    assert given_back(taken, return_of(coming_back()))[1] == {GIFT: "1000.00"}


def test_as_store_credit_it_names_no_payment() -> None:
    transfer = suggest(order(line("1000.00")), return_of(coming_back()), refundMethodAllocation="STORE_CREDIT")[
        "financialTransfer"
    ]
    assert transfer["suggestedTransactions"] == []
    (credit,) = transfer["suggestedRefundMethods"]
    assert credit["amount"]["presentmentMoney"]["amount"] == "1000.00" and credit["expiresAt"] is None


def test_credit_given_before_counts_as_given_back() -> None:
    of = order(line("1000.00"), refunds=[{"storeCredit": "600.00"}])
    assert given_back(of, return_of(coming_back()))[0] == "400.00"


# --- beside the pieces


@pytest.mark.parametrize(
    ("asked", "back"),
    [
        pytest.param({}, "100.00", id="not asked for"),
        pytest.param({"fullRefund": True}, "115.00", id="all of it"),
        pytest.param({"shippingRefundAmount": {"amount": "6.00"}}, "106.00", id="some of it"),
        pytest.param({"shippingRefundAmount": {"amount": "60.00"}}, "115.00", id="never more than there was"),
    ],
)
def test_shipping_goes_back_where_it_is_asked_for(asked: dict[str, Any], back: str) -> None:
    of = order(line("100.00"), shippingPrice="15.00")
    assert given_back(of, return_of(coming_back()), refundShipping=asked)[0] == back


def test_shipping_that_went_back_before_does_not_go_back_again() -> None:
    of = order(line("100.00"), shippingPrice="15.00", refunds=[{"shippingAmount": "10.00"}])
    assert given_back(of, return_of(coming_back()), refundShipping={"fullRefund": True})[0] == "105.00"


@pytest.mark.parametrize(
    ("kind", "quantity", "before", "duty"),
    [
        ("FULL", 1, None, "9.99"),
        ("PROPORTIONAL", 1, None, "3.33"),
        ("PROPORTIONAL", 2, None, "6.66"),
        ("PROPORTIONAL", 3, None, "9.99"),
        ("FULL", 1, "4.00", "5.99"),
        ("PROPORTIONAL", 3, "4.00", "5.99"),
    ],
)
def test_a_duty_goes_back_whole_or_by_the_pieces_share(kind: str, quantity: int, before: str | None, duty: str) -> None:
    refunds = [{"duties": [{"dutyId": DUTY, "amount": before}]}] if before else []
    of = order(line("100.00", 3, duties=[{"id": DUTY, "amount": "9.99"}]), refunds=refunds)
    found = suggest(of, return_of(coming_back(quantity)), refundDuties=[{"dutyId": DUTY, "refundType": kind}])
    assert found["totalDuties"]["presentmentMoney"]["amount"] == duty


def test_a_duty_that_is_none_of_the_orders_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        suggest(order(line("1.00")), return_of(coming_back()), refundDuties=[{"dutyId": f"{G}Duty/7"}])
    assert refused.value.entry["code"] == "NOT_FOUND"


def test_a_restocking_fee_is_a_share_of_the_piece_and_the_fee_for_shipping_is_taken_once() -> None:
    worn = coming_back(2, restockingFee=10)
    fee: dict[str, Any] = {"shippingFee": {"amount": "25.00"}}
    of = order(line("99.99", 2))
    assert given_back(of, return_of(worn, **fee))[0] == "154.98", "199.98 less 20.00 less 25.00"
    assert given_back(of, return_of(worn, **fee, shippingFeeCharged=True))[0] == "179.98"


# --- a piece instead


def instead(price: str, quantity: int = 1, **discount: Any) -> dict[str, Any]:
    return {"id": f"{G}ExchangeLineItem/1", "price": price, "quantity": quantity, "processed": 0, "discount": discount}


def exchange(of: dict[str, Any], piece: dict[str, Any]) -> dict[str, Any] | None:
    asked = [{"id": piece["id"], "quantity": piece["quantity"]}]
    found = suggest(of, return_of(coming_back(), exchanges=(piece,)), exchangeLineItems=asked)["financialTransfer"]
    return found and {found["__typename"]: found["amount"]["presentmentMoney"]["amount"]}


@pytest.mark.parametrize(
    ("piece", "outcome"),
    [
        pytest.param(instead("1000.00"), None, id="an even exchange moves nothing"),
        pytest.param(instead("1600.00"), {"InvoiceReturnOutcome": "600.00"}, id="a dearer piece is invoiced"),
        pytest.param(instead("700.00"), {"RefundReturnOutcome": "300.00"}, id="a cheaper one gives back the rest"),
        pytest.param(instead("1600.00", amount="600.00"), None, id="made even by a gesture"),
        pytest.param(instead("1000.00", percentage=25), {"RefundReturnOutcome": "250.00"}, id="a quarter off"),
        pytest.param(instead("100.00", amount="900.00"), {"RefundReturnOutcome": "1000.00"}, id="never below nothing"),
        pytest.param(instead("600.00", 2), {"InvoiceReturnOutcome": "200.00"}, id="two for one"),
    ],
)
def test_a_piece_instead_is_netted_in_one_movement(piece: dict[str, Any], outcome: dict[str, str] | None) -> None:
    assert exchange(order(line("1000.00")), piece) == outcome


def test_tax_of_the_order_comes_on_top_of_the_piece_instead_where_it_comes_on_top_at_all() -> None:
    assert exchange(order(line("1000.00", taxRate="0.10")), instead("1000.00")) is None
    assert exchange(order(line("1000.00", taxRate="0.10")), instead("900.00")) == {"RefundReturnOutcome": "110.00"}
    within = order(line("1000.00", taxRate="0.10"), taxesIncluded=True)
    assert exchange(within, instead("900.00")) == {"RefundReturnOutcome": "100.00"}


@pytest.mark.parametrize(
    ("wanted", "code"),
    [({"id": f"{G}ReturnLineItem/9", "quantity": 1}, "NOT_FOUND"), ({"quantity": 2}, "LESS_THAN_OR_EQUAL_TO")],
)
def test_what_is_not_in_the_return_or_was_processed_before_is_refused(wanted: dict[str, Any], code: str) -> None:
    back = coming_back(2, processed=1)
    with pytest.raises(Refused) as refused:
        suggest(order(line("1.00", 2)), return_of(back), returnLineItems=[{"id": back["id"]} | wanted])
    assert refused.value.entry["code"] == code


# --- states that follow from it


def owed_and_called(of: dict[str, Any]) -> tuple[str, str]:
    return str(amounts.outstanding(of)), amounts.financial_status(of)


def test_what_the_client_still_owes_and_how_the_order_is_called() -> None:
    of = order(line("1000.00"))
    assert owed_and_called(of) == ("0", "PAID")
    of["transactions"].append(refund("400.00"))
    of["lineItems"][0]["price"] = "600.00"
    assert amounts.financial_status(of) == "PARTIALLY_REFUNDED"
    of["transactions"].append(refund("600.00"))
    of["lineItems"][0]["removedQuantity"] = 1
    assert owed_and_called(of) == ("0", "REFUNDED")
    of["lineItems"].append(line("50.00", gid=BAND))
    assert owed_and_called(of) == ("50.00", "PARTIALLY_PAID")


@pytest.mark.parametrize(
    ("statuses", "shown"),
    [
        ([], "NO_RETURN"),
        (["CANCELED"], "NO_RETURN"),
        (["DECLINED"], "RETURN_FAILED"),
        (["DECLINED", "CLOSED"], "RETURNED"),
        (["CLOSED", "OPEN"], "IN_PROGRESS"),
        (["OPEN", "REQUESTED"], "RETURN_REQUESTED"),
    ],
)
def test_an_orders_return_status_is_that_of_the_return_with_most_to_do(statuses: list[str], shown: str) -> None:
    returns = [return_of(coming_back()) | {"id": f"{G}Return/{n}", "status": s} for n, s in enumerate(statuses, 1)]
    of = order(line("1.00"), returnIds=[one["id"] for one in returns])
    assert amounts.return_status(shop_of(of, *returns), of) == shown


@pytest.mark.parametrize(
    ("status", "left"), [("REQUESTED", 1), ("OPEN", 1), ("CLOSED", 1), ("DECLINED", 3), ("CANCELED", 3)]
)
def test_what_another_return_holds_cannot_be_asked_back_again(status: str, left: int) -> None:
    sent = {"id": f"{G}FulfillmentLineItem/1", "lineItemId": RING, "quantity": 3}
    held = return_of(coming_back(2, fulfillmentLineItemId=sent["id"])) | {"status": status}
    of = order(line("1.00", 3), returnIds=[held["id"]])
    assert amounts.returnable_quantity(shop_of(of, held), of, sent) == left


# --- and as the app reads it


@given(
    st.integers(1, 10**7), st.integers(0, 120), st.integers(0, 100), st.sampled_from(["USD", "JPY", "KWD"]),
    st.booleans(),
)  # fmt: skip
def test_whatever_is_suggested_the_app_takes_for_an_amount_that_adds_up(
    smallest: int, received: int, before: int, currency: str, as_credit: bool
) -> None:
    """`received` percent of the order was paid through Shopify, and `before` percent of that went back already."""
    price = Money(smallest, currency)
    through = Money(smallest * min(received, 100) // 100, currency)
    gone = Money(through.cents * before // 100, currency)
    of = order(line(price.amount), currency=currency, transactions=[paid(through.amount)] if through.cents else [])
    of["transactions"] += [refund(gone.amount)] if gone.cents else []
    found = {
        "order": {"totalRefundedSet": bag(of, gone.amount)},
        "suggestedFinancialOutcome": suggest(of, return_of(coming_back())),
    }
    read = as_the_app_reads_it(found)
    assert read is not None and read.worth == price and read.pieces == price
    kept = Settlement(rma_id=1, shop_id=1, batch=1, proposed_at=NOW, **figures(read, currency, PLAIN))
    assert adds_up(kept) and kept.amount_cents == through.cents - gone.cents
    due_elsewhere = max(0, price.cents - through.cents)
    assert kept.elsewhere_cents == due_elsewhere or (gone.cents and kept.elsewhere_cents <= due_elsewhere)
