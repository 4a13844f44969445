"""Issue 5, money: every case of Shopify, to the cent of the stand-in's own ledger; and never twice."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest

from kit.errors import OutsideError
from logistics import money_terms, packs, settlements, side_sales
from logistics.credits import ceilings, why_not
from logistics.models import Settlement
from logistics.rights import GRANT, Forbidden, Rights
from logistics.states import InvalidMove, SettlementState
from routing import openings
from shopify_app.admin_api import client
from simulators.shopify.mutations import MUTATIONS, credits
from simulators.shopify.outcomes import suggested
from tests import cast
from tests.acceptance.money_house import MoneyHouse
from tests.acceptance.money_house import house as house
from tests.journeys.edge_town import DOMAIN

RING = {"product": "meridian-ring", "price": "14800.00"}
EUR: dict[str, Any] = {"currency": "EUR", "rate": "0.9173"}
YEN: dict[str, Any] = {"currency": "JPY", "rate": "149.37"}


@dataclass(frozen=True)
class Case:
    """What was sold, what comes back, and by hand, to the cent, what has to happen. `back` is by gateway."""

    order: dict[str, Any]
    back: dict[str, str]
    batches: tuple[str, ...]
    returned: tuple[int, ...] | None = None
    instead: str = ""
    owed: str = "0.00"
    fee: str = ""
    before: str = ""
    shipping_back: bool = False
    duties_kept: bool = False
    kept: str = "0.00"


def sold(*pieces: dict[str, Any], **order: Any) -> dict[str, Any]:
    return {"pieces": list(pieces) or [RING], **order}


CARD = "shopify_payments"
CASES = {
    "full": Case(sold(), {CARD: "14800.00"}, ("14800.00",)),
    "partial": Case(
        sold(RING, {"product": "corso-weekender", "price": "4100.00"}),
        {CARD: "4100.00"}, ("4100.00",), returned=(0, 1), kept="14800.00",
    ),
    "some of a line": Case(
        sold({**RING, "price": "999.99", "quantity": 3}), {CARD: "1999.98"}, ("1999.98",), returned=(2,), kept="999.99",
    ),
    "a discount on the line": Case(sold({**RING, "discount": "1480.00"}), {CARD: "13320.00"}, ("13320.00",)),
    "a discount on the order": Case(
        sold({**RING, "cart_discount": "100.00", "quantity": 3, "price": "1000.00"}),
        {CARD: "966.67"}, ("966.67",), returned=(1,), kept="1933.33",
    ),
    "tax on top": Case(sold({**RING, "price": "1999.99"}, tax_rate="0.08875"), {CARD: "2177.49"}, ("2177.49",)),
    "tax included": Case(
        sold({**RING, "price": "1200.00", "quantity": 2}, tax_rate="0.20", taxes_included=True),
        {CARD: "1200.00"}, ("1200.00",), returned=(1,), kept="1200.00",
    ),
    "duties, all of the pieces": Case(
        sold({**RING, "price": "1000.00", "quantity": 3, "duty": "100.00"}), {CARD: "3100.00"}, ("3100.00",),
    ),
    "duties, one piece of three": Case(
        sold({**RING, "price": "1000.00", "quantity": 3, "duty": "100.00"}),
        {CARD: "1033.33"}, ("1033.33",), returned=(1,), kept="2066.67",
    ),
    "duties the house keeps": Case(
        sold({**RING, "price": "1000.00", "duty": "100.00"}), {CARD: "1000.00"}, ("1000.00",), duties_kept=True,
        kept="100.00",
    ),
    "delivery paid back with it": Case(
        sold(RING, shipping="45.00"), {CARD: "14845.00"}, ("14845.00",), shipping_back=True,
    ),
    "delivery kept": Case(sold(RING, shipping="45.00"), {CARD: "14800.00"}, ("14800.00",), kept="45.00"),
    "a fee for the way back": Case(sold(), {CARD: "14775.00"}, ("14775.00",), fee="25.00", kept="25.00"),
    "a gift card and a card": Case(
        sold(payments=[{"gateway": "gift_card", "amount": "500.00"}, {"gateway": CARD}]),
        {"gift_card": "500.00", CARD: "14300.00"}, ("14800.00",),
    ),
    "less than the gift card": Case(
        sold(RING, {"product": "corso-weekender", "price": "400.00"},
             payments=[{"gateway": "gift_card", "amount": "500.00"}, {"gateway": CARD}]),
        {"gift_card": "400.00"}, ("400.00",), returned=(0, 1), kept="14800.00",
    ),
    "yen, which has no smaller unit": Case(sold(**YEN), {CARD: "2210676.0"}, ("2210676",), kept="0.0", owed="0.0"),
    "one of three in yen": Case(
        sold({**RING, "price": "333.33", "quantity": 3}, **YEN), {CARD: "49790.0"}, ("49790",), returned=(1,),
        kept="99579.0", owed="0.0",
    ),
    "the buyer's own money": Case(sold(**EUR), {CARD: "13576.04"}, ("13576.04",)),
    "one of three in the buyer's own money": Case(
        sold({**RING, "price": "333.33", "quantity": 3}, **EUR), {CARD: "305.76"}, ("305.76",), returned=(1,),
        kept="611.53",
    ),
    "after some was given back before": Case(
        sold({**RING, "price": "1000.00"}), {CARD: "1000.00"}, ("800.00",), before="200.00",
    ),
    "an even exchange": Case(sold(), {}, ("0.00",), instead="14800.00", kept="14800.00"),
    "an exchange for less": Case(sold(), {CARD: "1300.00"}, ("1300.00",), instead="13500.00", kept="13500.00"),
    "an exchange for more": Case(sold(), {}, ("0.00",), instead="16050.50", owed="1250.50", kept="14800.00"),
    "an exchange for more, in the buyer's own money": Case(
        sold(**EUR), {}, ("0.00",), instead="16050.50", owed="1147.08", kept="13576.04",
    ),
    "an exchange for less, in yen": Case(
        sold(**YEN), {CARD: "194181.0"}, ("194181",), instead="13500.00", kept="2016495.0", owed="0.0",
    ),
    "an exchange for less, of a gift card and a card": Case(
        sold(payments=[{"gateway": "gift_card", "amount": "500.00"}, {"gateway": CARD}]),
        {"gift_card": "500.00", CARD: "800.00"}, ("1300.00",), instead="13500.00", kept="13500.00",
    ),
    "tax included and a discount on the line": Case(
        sold({**RING, "price": "1200.00", "quantity": 2, "discount": "240.00"}, tax_rate="0.20", taxes_included=True),
        {CARD: "1080.00"}, ("1080.00",), returned=(1,), kept="1080.00",
    ),
    "the rest, after some was given back before, in yen": Case(
        sold(**YEN), {CARD: "2210676.0"}, ("2200676",), before="10000", kept="0.0", owed="0.0",
    ),
    "an exchange for more, with tax": Case(
        sold({**RING, "price": "1000.00"}, tax_rate="0.10"), {}, ("0.00",), instead="1200.00", owed="220.00",
        kept="1100.00",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_every_money_case_of_shopify_comes_to_the_ledger_to_the_cent(house: MoneyHouse, case: Case) -> None:
    send_back(house, case)
    assert house.ledger()["refunds"] == (1 if case.before else 0)  # nothing moves before somebody says yes
    house.approve()
    assert tuple(batch.amount.amount for batch in house.settled()) == case.batches
    ledger, ours = house.ledger(), house.ours()
    expected = dict(case.back)
    assert (ledger["back"], ledger["owed"], ledger["kept"]) == (expected, case.owed, case.kept)
    assert ours["money"] + Decimal(case.before or 0) == Decimal(ledger["refunded"])
    assert ours["owed"] == Decimal(ledger["owed"])
    assert house.done("ReturnProcess") == 1
    assert str(house.view().rma.goods_state) == "closed"


def send_back(house: MoneyHouse, case: Case) -> None:
    house.sell(**case.order)
    if case.before:
        house.town.control("POST", f"order/{house.order_name}/refund", {"shop": DOMAIN, "amount": case.before})
    instead = [{"variantId": house.variant(case.instead), "quantity": 1}] if case.instead else []
    house.send_back(case.returned, instead=instead, fee=case.fee)
    house.policy(duties_back=not case.duties_kept)
    house.open()
    if case.shipping_back:
        choose(house, shipping_back=True)
    house.arrive()


def choose(house: MoneyHouse, **chosen: Any) -> None:
    with house.town.database.begin() as session:
        about: dict[str, Any] = {"shop_id": house.town.shop_id, "rma_id": house.rma_id, "by": "Alice"}
        money_terms.choose(session, now=house.town.times["now"], **about, **chosen)
    house.work()


def test_two_processings_come_to_what_one_would_have(house: MoneyHouse) -> None:
    house.sell(pieces=[{**RING, "price": "333.33", "quantity": 3, "cart_discount": "10.00"}], tax_rate="0.08875", **EUR)
    house.send_back((3,))
    house.open()
    line = house.in_shopify().shop.get(house.return_gid)["returnLines"][0]
    process_in_admin(house, line["id"], 1)
    house.arrive()
    house.approve()
    ledger = house.ledger()
    assert (ledger["paid"], ledger["refunded"], ledger["kept"]) == ("988.71", "988.71", "0.00")
    assert [batch.amount.amount for batch in house.settled()] == ["659.13"]
    assert Decimal(ledger["refunded"]) - house.ours()["money"] == Decimal("329.58")


def process_in_admin(house: MoneyHouse, line_gid: str, quantity: int) -> None:
    """Staff process some of it in the Shopify admin, with the money Shopify suggests."""
    store = house.town.shopify.store
    with store.change():
        ctx = house.in_shopify()
        return_ = ctx.shop.get(house.return_gid)
        lines = [{"id": line_gid, "quantity": quantity}]
        transfer = suggested(ctx.shop, return_, {"returnLineItems": lines})["financialTransfer"]
        paid = [
            {"parentId": t["parentTransaction"]["id"], "transactionAmount": t["amountSet"]["presentmentMoney"]}
            for t in transfer["suggestedTransactions"]
        ]
        asked = {"returnId": return_["id"], "returnLineItems": lines}
        asked |= {"financialTransfer": {"issueRefund": {"orderTransactions": paid}}}
        MUTATIONS["returnProcess"](ctx, {"input": asked})


def test_an_order_paid_by_instalments_has_no_payment_to_give_back_and_is_never_settled_as_nothing(
    house: MoneyHouse,
) -> None:
    house.sell(pieces=[RING], payments=[])
    house.policy(pay_without_click=True)
    house.send_back()
    house.open()
    house.arrive()
    batch = house.money()
    assert (str(batch.state), batch.amount.amount, batch.elsewhere.amount) == ("proposed", "0.00", "14800.00")
    assert "no payment of this order" in batch.reason
    with pytest.raises(Exception, match="where and how"):
        house.approve()
    house.approve(how="Through Klarna, reference K-77")
    assert (house.money().elsewhere_how, house.ledger()["refunded"]) == ("Through Klarna, reference K-77", "0.00")
    assert house.done("ReturnProcess") == 1 and str(house.view().rma.goods_state) == "closed"


def test_an_order_paid_in_part_elsewhere_gives_back_what_it_can_and_says_the_rest(house: MoneyHouse) -> None:
    house.sell(pieces=[RING], payments=[{"amount": "10000.00"}])
    house.send_back()
    house.open()
    house.arrive()
    batch = house.money()
    assert (batch.amount.amount, batch.elsewhere.amount) == ("10000.00", "4800.00")
    house.approve(how="Bank transfer of 3 March")
    assert house.ledger()["back"] == {CARD: "10000.00"}


def test_of_an_order_paid_in_part_elsewhere_a_fee_is_kept_and_never_paid_out_there(house: MoneyHouse) -> None:
    """$14,800, of which $10,000 came by card: after $25 for the way back and a tenth, $3,295 are due elsewhere."""
    house.sell(pieces=[RING], payments=[{"amount": "10000.00"}])
    house.send_back(fee="25.00")
    restock(house, percent=10)
    house.open()
    house.arrive()
    batch = house.money()
    assert (batch.amount.amount, batch.elsewhere.amount) == ("10000.00", "3295.00")
    assert batch.reason.startswith("The pieces come to $14,800 less $1,505 in fees. Shopify can give back $10,000;")
    house.approve(how="Bank transfer of 3 March")
    assert house.ledger()["back"] == {CARD: "10000.00"} and house.done("ReturnProcess") == 1


def restock(house: MoneyHouse, *, percent: int) -> None:
    store = house.town.shopify.store
    with store.change():
        shop = store.shops[DOMAIN]
        made = shop.get(house.return_gid)
        made["returnLines"][0]["restockingFee"] = percent
        shop.save(made)


def test_of_two_returns_of_an_order_paid_in_part_elsewhere_each_client_cent_comes_back_once(house: MoneyHouse) -> None:
    """Two pieces of $1,000, $1,500 by card: the first goes back whole, of the second $500 have to go elsewhere."""
    house.sell(pieces=[{**RING, "price": "1000.00", "quantity": 2}], payments=[{"amount": "1500.00"}])
    for back, elsewhere in (("1000.00", "0.00"), ("500.00", "500.00")):
        house.send_back((1,))
        house.open()
        house.arrive()
        assert (house.money().amount.amount, house.money().elsewhere.amount) == (back, elsewhere)
        house.approve(how="Cash, in the boutique")
    assert house.ledger()["back"] == {CARD: "1500.00"}


def test_store_credit_under_the_ceiling_is_offered_and_given_in_one_processing(house: MoneyHouse) -> None:
    house.sell(pieces=[{**RING, "price": "9400.00"}])
    house.send_back()
    house.open()
    house.arrive()
    assert house.money().credit_offered
    choose(house, as_credit=True)
    assert house.money().amount.amount == "9400.00"
    house.approve()
    ledger = house.ledger()
    assert (ledger["credit"], ledger["back"], house.ours()["credit"]) == ("9400.00", {}, Decimal("9400.00"))
    assert house.done("ReturnProcess") == 1


@pytest.mark.parametrize(("price", "held"), [("15000.01", "0"), ("9400.00", "5600.01"), ("14800.00", "200.01")])
def test_store_credit_over_the_ceiling_is_not_offered_and_asked_for_all_the_same_goes_back_to_the_card(
    house: MoneyHouse, price: str, held: str
) -> None:
    house.sell(pieces=[{**RING, "price": price}])
    if Decimal(held):
        give_credit(house, held)
    house.send_back()
    house.open()
    house.arrive()
    assert not house.money().credit_offered
    choose(house, as_credit=True)
    assert not house.money().as_credit
    house.approve()
    assert house.ledger()["back"] == {CARD: price}


def test_in_a_currency_without_a_known_ceiling_credit_is_offered_once_the_house_wrote_it_down(
    house: MoneyHouse,
) -> None:
    house.sell(pieces=[RING], **EUR)
    house.send_back()
    house.open()
    house.arrive()
    shop_id, now = house.town.shop_id, house.town.times["now"]
    with house.town.database.begin() as session:
        assert not house.money().credit_offered
        assert "no ceiling of an account in EUR" in why_not(ceilings(session, shop_id), house.money().amount)
        entry = {"currency": "EUR", "ceiling": "13576", "source": "Shopify's support"}  # four cents too little
        about: dict[str, Any] = {"shop_id": shop_id, "name": "credit", "by": "Alice", "now": now, "today": now.date()}
        packs.change_entry(session, key="euro", values=entry, **about)
    choose(house, as_credit=True)
    assert not house.money().as_credit and not house.money().credit_offered
    with house.town.database.begin() as session:
        packs.change_entry(session, key="euro", values=entry | {"ceiling": "13577"}, **about)
    choose(house, as_credit=False)
    choose(house, as_credit=True)
    assert house.money().as_credit
    house.approve()
    assert (house.ledger()["credit"], house.ledger()["back"]) == ("13576.04", {})


def give_credit(house: MoneyHouse, amount: str) -> None:
    store = house.town.shopify.store
    with store.change():
        credits.add(house.in_shopify(), house.order()["customerId"], Decimal(amount), "USD", None)


def test_the_balance_of_an_exchange_is_paid_at_shopifys_own_checkout_and_then_it_is_sent(house: MoneyHouse) -> None:
    send_back(house, CASES["an exchange for more"])
    house.approve()
    assert house.money().pay_url.startswith("https://") and house.money().balance_paid_at is None
    (waiting,) = house.order()["fulfillmentOrders"]
    assert waiting["status"] == "ON_HOLD"
    house.town.control("POST", f"order/{house.order_name}/pay", {"shop": DOMAIN})
    about: dict[str, Any] = {"shop_id": house.town.shop_id, "rma_id": house.rma_id, "settlement_id": house.money().id}
    house.town.run("logistics.ask_balance", **about)
    assert house.money().balance_paid_at is not None and house.ledger()["owed"] == "0.00"
    assert house.order()["fulfillmentOrders"][0]["status"] == "OPEN"


# --- never twice


@pytest.mark.calm(reason="names each fault and when it comes")
def test_a_time_out_after_shopify_processed_makes_no_second_call_and_is_found_out_by_reading(house: MoneyHouse) -> None:
    send_back(house, CASES["full"])
    strike(house, "late")
    approve_without_waiting(house)
    assert str(house.money().state) == "sending"  # being found out, never done
    assert house.done("ReturnProcess") == 1
    house.work()
    assert str(house.money().state) == "settled"
    assert (house.calls("ReturnProcess"), house.done("ReturnProcess")) == (1, 1)
    assert house.ledger()["back"] == {CARD: "14800.00"}


@pytest.mark.calm(reason="names each fault and when it comes")
def test_a_time_out_before_shopify_processed_is_done_once(house: MoneyHouse) -> None:
    send_back(house, CASES["full"])
    strike(house, "timeout")
    approve_without_waiting(house)
    assert str(house.money().state) == "sending" and house.done("ReturnProcess") == 0
    house.work()
    assert str(house.money().state) == "settled"
    assert house.done("ReturnProcess") == 1
    assert house.ledger()["back"] == {CARD: "14800.00"}


@pytest.mark.calm(reason="names each fault and when it comes")
def test_an_exchange_whose_answer_was_lost_is_found_by_its_pieces_too(house: MoneyHouse) -> None:
    send_back(house, CASES["an exchange for more"])
    strike(house, "late")
    approve_without_waiting(house)
    house.work()
    assert str(house.money().state) == "settled" and house.done("ReturnProcess") == 1
    assert len(house.order()["lineItems"]) == 2


def strike(house: MoneyHouse, kind: str) -> None:
    faults = [{"operation": "ReturnProcess", "kind": kind, "times": 1, "seconds": 3}]
    house.town.control("POST", "faults", {"faults": faults})


def approve_without_waiting(house: MoneyHouse) -> None:
    rounds = house.work
    house.work = lambda *_: rounds(1)  # type: ignore[method-assign]
    with patch.object(client, "CONNECT_AND_READ", (3, 2)):  # a real time-out, which need not be a long one
        house.approve()
    house.work = rounds  # type: ignore[method-assign]


# --- two rights


def test_granted_by_an_advisor_it_waits_for_those_who_pay(house: MoneyHouse) -> None:
    send_back(house, CASES["full"])
    house.approve(rights=GRANT)
    batch = house.money()
    assert (str(batch.state), batch.granted_by, batch.approved_by) == ("proposed", "Alice", "")
    assert house.done("ReturnProcess") == 0
    house.approve()
    assert house.done("ReturnProcess") == 1 and house.money().granted_by == "Alice"


@pytest.mark.parametrize(("above", "sent"), [(None, 1), (1_479_999, 0), (1_480_000, 1), (0, 0)])
def test_up_to_the_amount_the_merchant_set_an_advisors_yes_is_enough(
    house: MoneyHouse, above: int | None, sent: int
) -> None:
    house.policy(finance_above_cents=above)
    send_back(house, CASES["full"])
    house.approve(rights=GRANT)
    assert house.done("ReturnProcess") == sent


def test_whoever_has_neither_right_changes_nothing(house: MoneyHouse) -> None:
    send_back(house, CASES["full"])
    with pytest.raises(Forbidden):
        house.approve(rights=Rights(False, False))
    with pytest.raises(Forbidden):
        house.approve(rights=Rights(may_grant=False, may_pay=True))
    assert house.money().granted_at is None and house.done("ReturnProcess") == 0


def test_set_aside_a_batch_is_never_sent(house: MoneyHouse) -> None:
    send_back(house, CASES["full"])
    about: dict[str, Any] = {
        "shop_id": house.town.shop_id,
        "rma_id": house.rma_id,
        "by": "Alice",
        "now": house.town.times["now"],
    }
    settlement_id = cast.number(house.money().id)
    with house.town.database.begin() as session, pytest.raises(InvalidMove):
        settlements.set_aside(session, settlement_id=settlement_id, **about)
    with house.town.database.begin() as session:
        batch = session.get_one(Settlement, settlement_id)
        batch.state = SettlementState.UNSETTLED  # as after an answer nobody can tell of
        session.add(batch)
    with house.town.database.begin() as session:
        settlements.set_aside(session, settlement_id=settlement_id, **about)
    house.work()
    assert [str(batch.state) for batch in house.view().settlements] == ["void", "proposed"]
    assert house.done("ReturnProcess") == 0


# --- an exchange is made once the client has decided, and not before


def ask_exchange(house: MoneyHouse, price: str) -> int:
    """The advisor opens the return for the piece the client decided for."""
    order, variant_gid = house.order(), house.variant(price)
    line = order["fulfillments"][0]["lines"][0]["id"]
    reason = house.in_shopify().shop.all("ReturnReasonDefinition")[0]["id"]
    with house.town.database.begin() as session:
        row = openings.ask(
            session,
            shop_id=house.town.shop_id,
            key="the-form",
            order_gid=order["id"],
            order_name=order["name"],
            lines=[(line, 1)],
            reason_gid=reason,
            advisor_id=house.town.advisor_id,
            exchanges=[(variant_gid, 1)],
            now=house.town.times["now"],
        )
        return cast.number(row.id)


@pytest.mark.calm(reason="names the fault and when it comes")
@pytest.mark.parametrize("lost", [False, True], ids=["answered", "answer lost"])
def test_nothing_is_made_in_shopify_until_the_client_has_decided_and_then_one_return_with_its_exchange(
    house: MoneyHouse, lost: bool
) -> None:
    house.sell(pieces=[RING])
    opened_id = ask_exchange(house, "16050.50")
    assert house.done("ReturnCreate") == 0 and house.order()["returnIds"] == []
    if lost:
        house.town.control(
            "POST", "faults", {"faults": [{"operation": "ReturnCreate", "kind": "cut_json", "times": 1}]}
        )
    about: dict[str, Any] = {"shop_id": house.town.shop_id, "opened_id": opened_id}
    job = house.town.jobs["routing.open_return"]
    if lost:
        with pytest.raises(OutsideError):
            job(house.town.database.begin, **about)
        house.town.pass_by(seconds=60)
    job(house.town.database.begin, **about)
    assert house.done("ReturnCreate") == 1
    (house.return_gid,) = house.order()["returnIds"]
    house.town.queue.waiting.clear()
    house.open()
    house.arrive()
    assert house.money().owed.amount == "1250.50"
    house.approve()
    assert house.ledger()["owed"] == "1250.50" and house.done("ReturnProcess") == 1


# --- or sold beside the return, with two movements of money


def sell_beside(house: MoneyHouse, variant_gid: str) -> None:
    with house.town.database.begin() as session:
        about: dict[str, Any] = {
            "shop_id": house.town.shop_id,
            "rma_id": house.rma_id,
            "by": "Inès",
            "now": house.town.times["now"],
        }
        side_sales.ask_sale(session, variant_gid=variant_gid, piece="Meridian ring, Other", **about)
    house.work(1)


@pytest.mark.calm(reason="names each fault and when it comes")
@pytest.mark.parametrize("kind", ["", "cut_json", "502"], ids=["answered", "lost after", "lost before"])
def test_a_piece_sold_beside_the_return_is_one_draft_order_and_the_refund_goes_its_own_way(
    house: MoneyHouse, kind: str
) -> None:
    send_back(house, CASES["full"])
    variant_gid = house.variant("16050.50")
    if kind:
        fault = {"operation": "DraftOrderCreate", "kind": kind, "times": 1}
        house.town.control("POST", "faults", {"faults": [fault]})
    sell_beside(house, variant_gid)
    sell_beside(house, variant_gid)
    house.work()
    (draft,) = house.in_shopify().shop.all("DraftOrder")
    assert draft["totalPriceSet"]["presentmentMoney"]["amount"] == "16050.50"
    assert draft["reserveInventoryUntil"] and house.done("DraftOrderCreate") == 1
    with house.town.database.begin() as session:
        row = side_sales.sale_of(session, house.view().rma)
    assert row is not None and (str(row.state), row.amount.amount) == ("made", "16050.50")
    assert row.pay_url.startswith("https://")
    house.approve()
    assert house.ledger()["back"] == {CARD: "14800.00"}


def test_what_shopify_refuses_to_sell_is_said_and_may_be_asked_again(house: MoneyHouse) -> None:
    send_back(house, CASES["full"])
    sell_beside(house, "gid://shopify/ProductVariant/1")
    with house.town.database.begin() as session:
        row = side_sales.sale_of(session, house.view().rma)
    assert row is not None and str(row.state) == "refused" and "variant" in row.problem
    sell_beside(house, house.variant("100.00"))
    assert len(house.in_shopify().shop.all("DraftOrder")) == 1
