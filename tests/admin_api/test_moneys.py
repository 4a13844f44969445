"""The money of a return in Shopify's shapes, worked out by hand: what is asked, what it suggests, what is sent."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.money import Money
from logistics.reads import PlanLine, ProcessPlan, SuggestedOutcome, Terms
from shopify_app.admin_api.moneys import outcome_input, process_input, suggested
from tests.admin_api.told import both

R = "gid://shopify/Return/1"
EUR = {"amount": "90.00", "currencyCode": "EUR"}


def outcome(**changed: Any) -> dict[str, Any]:
    return {
        "discountedSubtotal": both("100.00", presented="90.00"),
        "maximumRefundable": both("100.00", presented="90.00"),
        "totalTax": both("20.00", presented="18.00"),
        "financialTransfer": {
            "__typename": "RefundReturnOutcome",
            "amount": both("120.00", presented="108.00"),
            "suggestedTransactions": [],
        },
        **changed,
    }


def told(**changed: Any) -> SuggestedOutcome:
    found = suggested({"suggestedFinancialOutcome": outcome(**changed)})
    assert found is not None
    return found


# --- what is asked


def test_a_plain_question_asks_for_the_way_it_was_paid_and_for_nothing_besides() -> None:
    assert outcome_input([("rl-1", 2)], Terms()) == {
        "returnLineItems": [{"id": "rl-1", "quantity": 2}],
        "exchangeLineItems": [],
        "refundShipping": None,
        "refundDuties": [],
        "refundMethodAllocation": "ORIGINAL_PAYMENT_METHODS",
    }


def test_what_goes_with_it_is_asked_too() -> None:
    terms = Terms(exchanges=(("x-1", 1),), duties=("d-1", "d-2"), shipping=True, as_credit=True)
    assert outcome_input([], terms) == {
        "returnLineItems": [],
        "exchangeLineItems": [{"id": "x-1", "quantity": 1}],
        "refundShipping": {"fullRefund": True},
        "refundDuties": [
            {"dutyId": "d-1", "refundType": "PROPORTIONAL"},
            {"dutyId": "d-2", "refundType": "PROPORTIONAL"},
        ],
        "refundMethodAllocation": "STORE_CREDIT",
    }


# --- what is suggested


@pytest.mark.parametrize("found", [None, {}, {"suggestedFinancialOutcome": None}, {"suggestedFinancialOutcome": {}}])
def test_where_shopify_suggests_nothing_there_is_no_suggestion(found: dict[str, Any] | None) -> None:
    assert suggested(found) is None


def test_a_refund_is_told_in_the_clients_money_and_in_the_shops() -> None:
    found = suggested(
        {
            "order": {"totalRefundedSet": both("10.00", presented="9.00")},
            "suggestedFinancialOutcome": outcome(
                financialTransfer={
                    "__typename": "RefundReturnOutcome",
                    "amount": both("120.00", presented="108.00"),
                    "suggestedTransactions": [
                        {"parentTransaction": {"id": "t-1"}, "amountSet": both("100.00", presented="90.00")},
                        {"parentTransaction": None, "amountSet": both("1.00", presented="0.90")},
                        {"parentTransaction": {"id": "t-2"}, "amountSet": both("20.00", presented="18.00")},
                    ],
                }
            ),
        }
    )
    assert found == SuggestedOutcome(
        Money(10_800, "EUR"),
        (("t-1", Money(9_000, "EUR")), ("t-2", Money(1_800, "EUR"))),
        in_shop_money=Money(12_000, "USD"),
        worth=Money(10_800, "EUR"),
        limit=Money(9_000, "EUR"),
        given_back=Money(900, "EUR"),
        tax=Money(1_800, "EUR"),
        pieces=Money(10_800, "EUR"),
    )


def test_what_the_client_owes_for_another_piece_is_no_refund() -> None:
    found = told(financialTransfer={"__typename": "InvoiceReturnOutcome", "amount": both("40.00", presented="36.00")})
    assert (found.amount, found.owed, found.transactions) == (None, Money(3_600, "EUR"), ())
    assert found.worth == Money(10_800, "EUR")


@pytest.mark.parametrize("transfer", [None, {}, {"__typename": "SomethingNew", "amount": both("1.00")}])
def test_where_nothing_moves_the_pieces_are_worth_something_all_the_same(transfer: Any) -> None:
    found = told(financialTransfer=transfer)
    assert (found.amount, found.owed, found.in_shop_money) == (None, None, None)
    assert found.worth == Money(10_800, "EUR")


def test_a_refund_whose_amount_in_the_shops_money_is_not_told_says_so() -> None:
    found = told(financialTransfer={"__typename": "RefundReturnOutcome", "amount": {"presentmentMoney": EUR}})
    assert (found.amount, found.in_shop_money, found.transactions) == (Money(9_000, "EUR"), None, ())


@pytest.mark.parametrize(
    ("changed", "cents"),
    [
        pytest.param({}, 9_000 + 1_800, id="with tax"),
        pytest.param({"totalTax": None}, 9_000, id="without"),
        pytest.param({"totalDuties": both("10.00", presented="5.00")}, 10_800 + 500, id="and duties"),
        pytest.param({"totalCartDiscountAmount": both("10.00", presented="10.00")}, 10_800 - 1_000, id="less"),
        pytest.param({"shipping": {"amountSet": both("7.00", presented="7.00")}}, 10_800 + 700, id="and shipping"),
        pytest.param({"shipping": {"amountSet": None}}, 10_800, id="shipping of which nothing is said"),
        pytest.param({"shipping": None}, 10_800, id="no shipping"),
    ],
)
def test_what_the_pieces_come_to_is_subtotal_less_discounts_and_all_that_goes_with_them(
    changed: dict[str, Any], cents: int
) -> None:
    assert told(**changed).worth == Money(cents, "EUR")


def test_without_a_subtotal_nothing_is_said_of_their_worth() -> None:
    found = told(discountedSubtotal=None, totalTax=None, maximumRefundable=None)
    assert (found.worth, found.tax, found.limit, found.given_back) == (None, None, None, None)


# --- what is sent


def plan(**changed: Any) -> ProcessPlan:
    return ProcessPlan(**{"lines": (), "refund": (), "note": "", "notify": False, **changed})


def test_a_line_shopify_holds_no_order_for_is_processed_without_a_disposition() -> None:
    lines = (
        PlanLine("rl-1", 1, "", "RESTOCKED", "gid://shopify/Location/1"),
        PlanLine("rl-2", 3, "rfol-2", "NOT_RESTOCKED"),
    )
    assert process_input(R, plan(lines=lines))["returnLineItems"] == [
        {"id": "rl-1", "quantity": 1},
        {
            "id": "rl-2",
            "quantity": 3,
            "dispositions": [
                {"reverseFulfillmentOrderLineItemId": "rfol-2", "quantity": 3, "dispositionType": "NOT_RESTOCKED"}
            ],
        },
    ]


def test_a_plan_of_nothing_sends_nothing_but_its_name() -> None:
    assert process_input(R, plan()) == {"returnId": R, "returnLineItems": [], "notifyCustomer": False, "note": None}


def test_everything_that_goes_with_a_batch_is_sent_with_it() -> None:
    terms = Terms(exchanges=(("x-1", 2),), duties=("d-1",), shipping=True, as_credit=True)
    value = process_input(R, plan(terms=terms, credit=Money(10_800, "EUR"), note="With our thanks", notify=True))
    assert value == {
        "returnId": R,
        "returnLineItems": [],
        "notifyCustomer": True,
        "note": "With our thanks",
        "exchangeLineItems": [{"id": "x-1", "quantity": 2}],
        "refundShipping": {"fullRefund": True},
        "refundDuties": [{"dutyId": "d-1", "refundType": "PROPORTIONAL"}],
        "financialTransfer": {
            "issueRefund": {
                "orderTransactions": [],
                "refundMethods": [{"storeCreditRefund": {"amount": {"amount": "108.00", "currencyCode": "EUR"}}}],
                "allowOverRefunding": False,
            }
        },
    }


@given(
    st.lists(st.tuples(st.text(min_size=1, max_size=3), st.integers(0, 10**9)), max_size=4),
    st.sampled_from(["USD", "JPY", "KWD"]),
    st.none() | st.integers(1, 10**9),
)
def test_whatever_is_planned_never_more_is_sent_than_planned(
    refund: list[tuple[str, int]], currency: str, credit: int | None
) -> None:
    given_back = Money(credit, currency) if credit else None
    value = process_input(R, plan(refund=tuple((gid, Money(c, currency)) for gid, c in refund), credit=given_back))
    if not refund and not credit:
        assert "financialTransfer" not in value
        return
    sent = value["financialTransfer"]["issueRefund"]
    amounts = [t["transactionAmount"] for t in sent["orderTransactions"]]
    amounts += [m["storeCreditRefund"]["amount"] for m in sent["refundMethods"]]
    total = sum(Money.parse(a["amount"], a["currencyCode"]).cents for a in amounts)
    assert total == sum(c for _, c in refund) + (credit or 0) and sent["allowOverRefunding"] is False
