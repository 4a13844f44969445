"""What goes beside a refund: a balance the client owes, a piece sold to them, credit, and how the money is chosen."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from kit.addresses import Addresses
from kit.errors import Conflict, NotFound, OutsideError
from kit.money import Money
from logistics import balances, credits, money_terms, side_sales
from logistics.history import lock_rma
from logistics.models import LogisticsPolicy, Rma, Settlement
from logistics.money_models import MoneyTerms, SideSale
from logistics.reads import PLAIN, BalanceRead, DraftRead, SuggestedOutcome, Terms
from logistics.states import SaleState, SettlementState
from notifications.models import Message
from tests import cast
from tests.logistics.conftest import House
from tests.logistics.stand_ins import FakeShopify, lost

ADDRESSES = Addresses("https://returns.example")
PENDANT = "gid://shopify/ProductVariant/71"
PAY_URL = "https://alba.example/checkout/1"


@pytest.fixture
def opened(house: House) -> House:
    house.open(cast.cleos_read(status="OPEN"))
    house.line.waiting.clear()
    return house


def locked(house: House, session: Session) -> Rma:
    return lock_rma(session, shop_id=house.shop_id, rma_id=house.rma_id)


def letters(house: House, name: str) -> list[Message]:
    with house.database.begin() as session:
        return list(session.exec(select(Message).where(Message.name == name)))


def put_batch(house: House, state: str = "settled", **values: Any) -> int:
    about: dict[str, Any] = {"rma_id": house.rma_id, "shop_id": house.shop_id, "batch": 1, "amount_cents": 0}
    about |= {"currency": "USD", "proposed_at": house.clock(), **values}
    row = Settlement(**about, state=SettlementState(state))
    with house.database.begin() as session:
        session.add(row)
        session.flush()
        return cast.number(row.id)


# --- what the client owes


@dataclass
class Owing(FakeShopify):
    """Shopify, with an order of which something is still to be paid."""

    left: Money = field(default_factory=lambda: Money(125_050, "USD"))

    def balance(self, shop_id: int, order_gid: str) -> BalanceRead:
        self.record.append(f"balance {order_gid}")
        return BalanceRead(self.left, PAY_URL if self.left.cents else "")


def ask_balance(house: House, shopify: Owing, settlement_id: int) -> None:
    about = {"shop_id": house.shop_id, "rma_id": house.rma_id, "settlement_id": settlement_id}
    balances.ask_balance(house.database.begin, returns=shopify, addresses=ADDRESSES, **about)


def owing(house: House, **values: Any) -> int:
    about: dict[str, Any] = {"owed_cents": 125_050, "settled_at": house.clock()}
    return put_batch(house, **about | values)


def test_what_the_client_owes_is_asked_for_once_with_the_checkouts_own_address(opened: House) -> None:
    shopify, batch = Owing(), owing(opened)
    for _ in range(2):
        ask_balance(opened, shopify, batch)
    assert opened.money().pay_url == PAY_URL and opened.money().balance_paid_at is None
    assert len(letters(opened, "balance_to_pay")) == 1


def test_once_it_is_paid_that_is_kept_and_nobody_asks_shopify_again(opened: House) -> None:
    shopify, batch = Owing(left=Money(0, "USD")), owing(opened)
    for _ in range(2):
        ask_balance(opened, shopify, batch)
    assert opened.money().balance_paid_at == opened.clock() and shopify.record == ["balance gid://shopify/Order/1042"]
    paid = [step for step in opened.view().steps if step.kind == "balance_paid"]
    assert [(step.actor, step.detail) for step in paid] == [("shopify", "$1,250.50")]
    assert letters(opened, "balance_to_pay") == []


@pytest.mark.parametrize(
    "values",
    [{"owed_cents": 0}, {"settled_at": None}, {"balance_paid_at": cast.NOW}],
    ids=["nothing is owed", "the batch is not settled", "it was paid"],
)
def test_a_balance_that_nobody_waits_for_is_not_asked_for(opened: House, values: dict[str, Any]) -> None:
    shopify = Owing()
    ask_balance(opened, shopify, owing(opened, **values))
    assert shopify.record == []


def test_only_settled_exchanges_with_a_rest_are_unpaid_and_only_this_shops(opened: House) -> None:
    first = opened.rma_id
    owing(opened)
    opened.return_gid = "gid://shopify/Return/43"
    opened.open(cast.cleos_read(opened.return_gid, status="OPEN"))
    owing(opened, state="void")
    owing(opened, batch=2, owed_cents=0)
    owing(opened, batch=3, balance_paid_at=opened.clock())
    with opened.database.begin() as session:
        dana = cast.number(cast.alice(session, "dana.myshopify.com", "Dana").id)
        mine = balances.unpaid(session, shop_id=opened.shop_id)
        assert [batch.rma_id for batch in mine] == [first]
        assert balances.unpaid(session, shop_id=opened.shop_id, rma_ids=[opened.rma_id]) == []
        assert balances.unpaid(session, shop_id=opened.shop_id, rma_ids=[first]) == mine
        assert balances.unpaid(session, shop_id=dana) == []


# --- a piece sold beside it


@dataclass
class Shop:
    """Fits ports.SalesDoor: what was asked, the draft orders by their tag, and an error to raise before or after."""

    drafts: dict[str, DraftRead] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)
    before: OutsideError | None = None
    after: OutsideError | None = None

    def find_draft(self, shop_id: int, tag: str) -> DraftRead | None:
        return self.drafts.get(tag)

    def make_draft(self, shop_id: int, *, tag: str, **rest: Any) -> DraftRead:
        self.asked.append({"tag": tag, **rest})
        if self.before:
            raise self.before
        made = DraftRead(f"gid://shopify/DraftOrder/{len(self.asked)}", "#D7", PAY_URL, Money(620_000, "USD"))
        self.drafts[tag] = made
        if self.after:
            raise self.after
        return made

    def drop_draft(self, shop_id: int, gid: str) -> None:
        raise AssertionError("a sale is paid or runs out; it is never taken away")


def ask(house: House, variant: str = PENDANT, piece: str = "Alba pendant", by: str = "Bob") -> SideSale:
    about: dict[str, Any] = {"shop_id": house.shop_id, "rma_id": house.rma_id, "now": house.clock()}
    with house.database.begin() as session:
        return side_sales.ask_sale(session, variant_gid=variant, piece=piece, by=by, **about)


def sell(house: House, shop: Shop) -> None:
    about: dict[str, Any] = {"shop_id": house.shop_id, "rma_id": house.rma_id}
    side_sales.sell_beside(house.database.begin, sales=shop, addresses=ADDRESSES, **about)


def sale(house: House) -> SideSale:
    with house.database.begin() as session:
        found = side_sales.sale_of(session, locked(house, session))
    assert found is not None
    return found


def test_a_piece_is_sold_once_put_aside_for_three_days_and_the_client_is_told_where_to_pay(opened: House) -> None:
    shop = Shop()
    ask(opened)
    for _ in range(2):
        sell(opened, shop)
    (asked,) = shop.asked
    number = opened.view().rma.number
    assert asked == {
        "tag": f"assisted-return-{opened.rma_id}", "client_gid": cast.CLEO_READ.gid, "pieces": [(PENDANT, 1)],
        "note": f"Beside {number}", "held_until": opened.clock() + timedelta(hours=72),
    }  # fmt: skip
    made = sale(opened)
    assert (made.state, made.amount, made.name, made.pay_url) == (SaleState.MADE, Money(620_000, "USD"), "#D7", PAY_URL)
    assert opened.view().steps[-1].detail == "#D7, $6,200" and len(letters(opened, "sale_to_pay")) == 1


def test_asked_for_twice_it_is_one_sale_and_another_piece_meanwhile_is_refused_by_name(opened: House) -> None:
    ask(opened)
    ask(opened, piece="Alba pendant, again")
    with pytest.raises(Conflict, match="Alba pendant is being sold with this return already"):
        ask(opened, variant="gid://shopify/ProductVariant/72", piece="Corso bag")
    assert (sale(opened).variant_gid, sale(opened).piece) == (PENDANT, "Alba pendant")


def test_after_a_lost_answer_the_draft_order_is_looked_for_and_never_made_twice(opened: House) -> None:
    shop = Shop(after=lost())
    ask(opened)
    with pytest.raises(OutsideError) as unclear:
        sell(opened, shop)
    assert unclear.value.ambiguous and (unclear.value.retry_after or 0) > 30
    assert sale(opened).state is SaleState.SENDING
    sell(opened, shop)
    assert len(shop.asked) == 1 and sale(opened).state is SaleState.MADE


def test_where_none_is_found_shopify_is_given_time_before_it_is_asked_again(opened: House) -> None:
    shop = Shop(before=lost(ambiguous=False))
    ask(opened)
    with pytest.raises(OutsideError):
        sell(opened, shop)
    opened.clock.pass_by(seconds=10)
    with pytest.raises(OutsideError, match="still be at work") as early:
        sell(opened, shop)
    assert early.value.retry_after == 21 and len(shop.asked) == 1
    opened.clock.pass_by(seconds=20)
    shop.before = None
    sell(opened, shop)
    assert len(shop.asked) == 2 and sale(opened).state is SaleState.MADE


def test_a_plain_no_is_kept_with_its_words_and_the_sale_may_be_asked_for_anew(opened: House) -> None:
    shop = Shop(before=OutsideError("shopify", "the piece is sold out", permanent=True))
    ask(opened)
    sell(opened, shop)
    assert sale(opened).state is SaleState.REFUSED and "sold out" in sale(opened).problem
    assert (opened.view().steps[-1].kind, opened.view().steps[-1].actor) == ("sale_refused", "shopify")
    shop.before = None
    ask(opened, variant="gid://shopify/ProductVariant/72", piece="Corso bag")
    sell(opened, shop)
    assert (sale(opened).state, sale(opened).piece, sale(opened).problem) == (SaleState.MADE, "Corso bag", "")


def test_a_piece_without_a_name_is_called_another_piece(opened: House) -> None:
    ask(opened, piece="")
    with pytest.raises(Conflict, match="Another piece is being sold"):
        ask(opened, variant="gid://shopify/ProductVariant/72")


def test_without_a_sale_nothing_is_sold_and_another_shop_finds_nothing(opened: House) -> None:
    shop = Shop()
    sell(opened, shop)
    assert shop.asked == []
    with opened.database.begin() as session:
        dana = cast.number(cast.alice(session, "dana.myshopify.com", "Dana").id)
        about: dict[str, Any] = {"rma_id": opened.rma_id, "variant_gid": PENDANT, "piece": "", "now": opened.clock()}
        with pytest.raises(NotFound):
            side_sales.ask_sale(session, shop_id=dana, by="Dana", **about)


# --- how the money goes


def choose(house: House, **chosen: Any) -> MoneyTerms:
    about: dict[str, Any] = {"shop_id": house.shop_id, "rma_id": house.rma_id, "by": "Alice", "now": house.clock()}
    with house.database.begin() as session:
        return money_terms.choose(session, **about, **chosen)


def chosen(house: House) -> Terms:
    with house.database.begin() as session:
        return money_terms.chosen(session, locked(house, session))


def test_where_nobody_chose_it_goes_the_usual_way_and_each_choice_leaves_the_other_as_it_was(opened: House) -> None:
    assert chosen(opened) == PLAIN
    choose(opened, as_credit=True)
    choose(opened, shipping_back=True)
    assert chosen(opened) == Terms(shipping=True, as_credit=True)
    choose(opened, as_credit=False)
    assert chosen(opened) == Terms(shipping=True)


def test_another_choice_puts_the_waiting_amount_aside_and_the_same_again_changes_nothing(opened: House) -> None:
    put_batch(opened, "proposed", amount_cents=5)
    choose(opened, as_credit=False)
    assert str(opened.money().state) == "proposed" and opened.line.names() == []
    choose(opened, as_credit=True)
    assert (str(opened.money().state), opened.money().reason) == ("void", money_terms.OTHERWISE)
    assert [args["ask"] for name, args in opened.line.waiting if name == "logistics.propose_settlement"] == [True]


@pytest.mark.parametrize("state", ["approved", "sending", "unsettled"])
def test_once_the_money_is_on_its_way_nothing_is_chosen_any_more(opened: House, state: str) -> None:
    put_batch(opened, state)
    with pytest.raises(Conflict, match="on its way already"):
        choose(opened, as_credit=True)
    assert chosen(opened) == PLAIN and str(opened.money().state) == state


def test_a_batch_takes_its_pieces_exchanges_and_duties_along(opened: House) -> None:
    read = cast.cleos_read()
    read = replace(read, lines=(replace(read.lines[0], duty_gids=("d-1",)),))
    back, kept = (LogisticsPolicy(shop_id=1, duties_back=yes) for yes in (True, False))
    assert money_terms.for_batch(read, back, Terms(shipping=True)) == Terms(duties=("d-1",), shipping=True)
    assert money_terms.for_batch(read, kept, Terms(as_credit=True)) == Terms(as_credit=True)


# --- whether credit may be offered


@dataclass
class Account(FakeShopify):
    """Shopify, where the client has so much to their credit."""

    holds: tuple[Money, ...] = ()

    def store_credit(self, shop_id: int, client_gid: str) -> tuple[Money, ...]:
        self.record.append(client_gid)
        return self.holds


KNOWN = {"USD": Money(1_500_000, "USD")}
OFFERS, CLIENT = LogisticsPolicy(shop_id=1, offer_credit=True), "gid://shopify/Customer/9"


@pytest.mark.parametrize(
    ("policy", "client", "amount", "holds", "offered", "asked"),
    [
        pytest.param(OFFERS, CLIENT, 940_000, [Money(560_000, "USD")], True, True, id="just up to the ceiling"),
        pytest.param(OFFERS, CLIENT, 940_000, [Money(560_001, "USD")], False, True, id="a cent above it"),
        pytest.param(OFFERS, CLIENT, 940_000, [Money(9_000_000, "EUR")], True, True, id="euros are another account"),
        pytest.param(OFFERS, CLIENT, 1_500_001, [], False, False, id="above it by itself: nobody asks Shopify"),
        pytest.param(OFFERS, "", 940_000, [], False, False, id="a guest has no account"),
        pytest.param(OFFERS, CLIENT, None, [], False, False, id="nothing goes back"),
        pytest.param(LogisticsPolicy(shop_id=1, offer_credit=False), CLIENT, 5, [], False, False, id="not offered"),
    ],
)
def test_credit_is_offered_where_it_has_room(
    policy: LogisticsPolicy, client: str, amount: int | None, holds: list[Money], offered: bool, asked: bool
) -> None:
    shopify = Account(holds=tuple(holds))
    rma = Rma.model_construct(shop_id=1, client_gid=client)
    suggested = SuggestedOutcome(None if amount is None else Money(amount, "USD"))
    assert credits.may_offer(KNOWN, shopify, policy, rma, suggested) is offered
    assert shopify.record == ([CLIENT] if asked else [])


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (Money(1_500_000, "USD"), "the client's account has no room left below $15,000."),
        (Money(1_500_001, "USD"), "an account holds $15,000 at most."),
        (Money(5, "KWD"), "no ceiling of an account in KWD is written down under Rules."),
    ],
)
def test_why_credit_is_not_offered_is_said_to_the_staff(amount: Money, words: str) -> None:
    assert credits.why_not(KNOWN, amount) == f"Store credit is not offered: {words}"
