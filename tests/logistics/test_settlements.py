"""One batch of money: who may move it, what each click does once, and what follows when Shopify has taken it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from kit.errors import AppError, Conflict, NotFound
from kit.money import Money
from logistics import settlements
from logistics.events import ReturnSettled
from logistics.history import lock_rma
from logistics.models import LogisticsPolicy, Rma, Settlement
from logistics.reads import ExchangeLineRead, RefundRead, ReturnRead, SuggestedOutcome, Terms
from logistics.rights import BOTH, GRANT, Forbidden, Rights
from logistics.states import Goods, InvalidMove, Judgement, SettlementState
from tests import cast
from tests.logistics.conftest import House
from tests.logistics.stand_ins import processed

CARD, PAY = "gid://shopify/OrderTransaction/6", Rights(may_grant=False, may_pay=True)
READ = cast.cleos_read(status="OPEN")
LINE = READ.lines[0].gid
WHOLE = SuggestedOutcome(cast.PRICE, ((CARD, cast.PRICE),), in_shop_money=cast.PRICE)
ELSEWHERE = SuggestedOutcome(None, worth=cast.PRICE, limit=Money(0, "USD"))


def batch(state: str = "proposed", **values: Any) -> Settlement:
    about: dict[str, Any] = {"rma_id": 1, "shop_id": 1, "batch": 1, "amount_cents": 1_480_000, "currency": "USD"}
    return Settlement(**about | values, proposed_at=cast.NOW, state=SettlementState(state))


# --- in words


EXCHANGE = [{"exchange_line_gid": "x", "quantity": 1}]
ALL_ELSEWHERE = "$14,800 for the client, outside Shopify"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        pytest.param({}, "$14,800 for the client", id="money back"),
        pytest.param({"as_credit": True}, "$14,800 for the client in store credit", id="as credit"),
        pytest.param({"amount_cents": 5, "currency": "JPY"}, "¥5 for the client", id="five yen"),
        pytest.param({"amount_cents": 5, "currency": "KWD"}, "KWD\xa00.005 for the client", id="five fils"),
        pytest.param(
            {"amount_cents": 0, "owed_cents": 125_050, "exchanges": EXCHANGE},
            "$1,250.50 from the client, for the piece they get instead",
            id="the client owes for a dearer piece",
        ),
        pytest.param(
            {"amount_cents": 0, "exchanges": EXCHANGE}, "An exchange without a payment", id="an even exchange"
        ),
        pytest.param({"exchanges": EXCHANGE}, "$14,800 for the client", id="an exchange for less"),
        pytest.param({"amount_cents": 0}, "$0 for the client", id="a piece of nothing"),
        pytest.param({"amount_cents": 0, "elsewhere_cents": 1_480_000}, ALL_ELSEWHERE, id="paid by instalments"),
        pytest.param(
            {"amount_cents": 1_000_000, "elsewhere_cents": 480_000},
            "$10,000 for the client, and $4,800 outside Shopify",
            id="paid in part elsewhere",
        ),
    ],
)
def test_a_batch_in_words_says_how_much_for_whom_and_in_what(values: dict[str, Any], words: str) -> None:
    assert settlements.in_words(batch(**values)) == words


# --- on the smallest return there is


@pytest.fixture
def inspected(house: House) -> House:
    """Cleo's ring is here and plainly hers; nothing was proposed and nothing runs."""
    house.open(READ)
    with house.database.begin() as session:
        rma = locked(house, session)
        rma.goods_state, rma.judgement_state = Goods.INSPECTED, Judgement.ACCEPTED
        session.add(rma)
    house.line.waiting.clear()
    return house


def locked(house: House, session: Session) -> Rma:
    return lock_rma(session, shop_id=house.shop_id, rma_id=house.rma_id)


def propose(house: House, suggested: SuggestedOutcome = WHOLE, **given: Any) -> Settlement | None:
    about: dict[str, Any] = {"lines": [(LINE, 1)], "ask": False, "now": house.clock()} | given
    with house.database.begin() as session:
        return settlements.propose(session, locked(house, session), suggested=suggested, **about)


def click(house: House, who: Rights = BOTH, by: str = "Alice", how: str = "") -> Settlement:
    about: dict[str, Any] = {"shop_id": house.shop_id, "rma_id": house.rma_id, "now": house.clock()}
    with house.database.begin() as session:
        settlement_id = cast.number(house.money().id)
        return settlements.approve_payment(session, settlement_id=settlement_id, rights=who, by=by, how=how, **about)


def put(house: House, state: SettlementState, **values: Any) -> None:
    """The newest batch, as it stands after somebody or something else."""
    with house.database.begin() as session:
        row = session.get_one(Settlement, house.money().id)
        row.state = state
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)


def choose(house: House, **chosen: Any) -> None:
    with house.database.begin() as session:
        policy = session.get_one(LogisticsPolicy, house.shop_id)
        for name, value in chosen.items():
            setattr(policy, name, value)
        session.add(policy)


def paid(house: House, after: ReturnRead) -> None:
    with house.database.begin() as session:
        rma = locked(house, session)
        row = session.get_one(Settlement, house.money().id)
        settlements.record_paid(session, rma, row, after, now=house.clock())


# --- proposed


def test_before_the_piece_was_looked_at_and_for_no_lines_nothing_is_proposed(inspected: House) -> None:
    assert propose(inspected, lines=[]) is None
    with inspected.database.begin() as session:
        rma = locked(inspected, session)
        rma.goods_state = Goods.ARRIVED
        session.add(rma)
    assert propose(inspected) is None and inspected.view().settlements == ()


def test_while_one_batch_is_open_no_other_is_proposed_and_after_it_the_next_has_the_next_number(
    inspected: House,
) -> None:
    assert propose(inspected) is not None
    assert propose(inspected) is None and inspected.kinds().count("money_ready") == 1
    put(inspected, SettlementState.VOID)
    second = propose(inspected)
    assert second is not None and second.batch == 2


def test_what_is_proposed_is_written_down_whole(inspected: House) -> None:
    terms = Terms(exchanges=(("x-1", 2),), duties=("d-1",), shipping=True)
    made = propose(inspected, terms=terms, credit_offered=True, reason="Somebody chose another way for the money.")
    assert made is not None and made.terms == terms and made.credit_offered
    assert made.lines == [{"return_line_gid": LINE, "quantity": 1}] and made.proposed_at == inspected.clock()
    assert made.reason == "Somebody chose another way for the money."
    step = inspected.view().steps[-1]
    assert (step.kind, step.actor) == ("money_ready", "app")
    assert step.detail == "$14,800 for the client, as Shopify suggests. Somebody chose another way for the money."


SHORT = SuggestedOutcome(
    Money(900, "USD"), ((CARD, Money(900, "USD")),), in_shop_money=Money(900, "USD"), worth=Money(1000, "USD"),
    limit=Money(900, "USD"), given_back=Money(100, "USD"),
)  # fmt: skip
NOT_ADDING = SuggestedOutcome(cast.PRICE, ((CARD, Money(1, "USD")),), in_shop_money=cast.PRICE)


@pytest.mark.parametrize(
    ("policy", "suggested", "ask", "judged", "state"),
    [
        pytest.param({}, WHOLE, False, "accepted", "approved", id="all of it, of a piece that is plainly theirs"),
        pytest.param({"pay_without_click": False}, WHOLE, False, "accepted", "proposed", id="the click is on"),
        pytest.param({}, WHOLE, True, "accepted", "proposed", id="something was changed meanwhile"),
        pytest.param({}, WHOLE, False, "looked_at", "proposed", id="a person looks at the piece first"),
        pytest.param({}, SHORT, False, "accepted", "proposed", id="less than the pieces come to"),
        pytest.param({}, ELSEWHERE, False, "accepted", "proposed", id="it has to be paid elsewhere"),
        pytest.param({}, NOT_ADDING, False, "accepted", "unsettled", id="the payments do not add up"),
        pytest.param({"finance_above_cents": 1_480_000}, WHOLE, False, "accepted", "approved", id="at the limit"),
        pytest.param(
            {"finance_above_cents": 1_479_999}, WHOLE, False, "accepted", "proposed", id="a cent above the limit"
        ),
    ],
)
def test_without_a_click_it_goes_only_where_nothing_is_left_to_ask(
    inspected: House, policy: dict[str, Any], suggested: SuggestedOutcome, ask: bool, judged: str, state: str
) -> None:
    choose(inspected, **{"pay_without_click": True} | policy)
    with inspected.database.begin() as session:
        rma = locked(inspected, session)
        rma.judgement_state = Judgement(judged)
        session.add(rma)
    made = propose(inspected, suggested, ask=ask)
    assert made is not None and str(made.state) == state
    assert made.approved_by == ("automatic" if state == "approved" else "")
    assert ("logistics.pay" in inspected.line.names()) is (state == "approved")


def test_payments_that_do_not_add_up_say_so_in_place_of_any_other_reason(inspected: House) -> None:
    made = propose(inspected, NOT_ADDING, reason="Something else.")
    assert made is not None and made.reason.startswith("The payments Shopify suggests do not add up to the amount.")


# --- granted and paid


def test_an_advisor_grants_a_large_amount_once_and_nothing_is_sent_until_somebody_pays(inspected: House) -> None:
    choose(inspected, finance_above_cents=100_000)
    propose(inspected)
    click(inspected, GRANT, by="Bob")
    inspected.clock.pass_by(hours=1)
    again = click(inspected, GRANT, by="Claire")
    assert (again.granted_by, again.granted_at, again.approved_at) == ("Bob", cast.NOW, None)
    assert inspected.kinds().count("money_granted") == 1 and inspected.line.names() == []
    done = click(inspected, PAY, by="Alice")
    assert (str(done.state), done.granted_by, done.approved_by) == ("approved", "Bob", "Alice")
    assert (done.granted_at, done.approved_at) == (cast.NOW, cast.NOW + timedelta(hours=1))
    assert inspected.line.names() == ["logistics.pay"]


def test_who_holds_both_rights_grants_and_pays_in_one_click(inspected: House) -> None:
    choose(inspected, finance_above_cents=100_000)
    propose(inspected)
    done = click(inspected)
    assert (done.granted_by, done.approved_by, done.granted_at) == ("Alice", "Alice", inspected.clock())


def test_without_either_right_nothing_moves(inspected: House) -> None:
    propose(inspected)
    with pytest.raises(Forbidden):
        click(inspected, Rights(may_grant=False, may_pay=False))
    assert str(inspected.money().state) == "proposed" and "money_approved" not in inspected.kinds()


@pytest.mark.parametrize("who", [BOTH, GRANT], ids=["by who pays", "by an advisor"])
def test_an_amount_that_was_overtaken_is_neither_granted_nor_paid(inspected: House, who: Rights) -> None:
    choose(inspected, finance_above_cents=100_000)
    propose(inspected)
    put(inspected, SettlementState.VOID)
    with pytest.raises(Conflict, match="overtaken meanwhile"):
        click(inspected, who)
    assert inspected.line.names() == [] and "money_granted" not in inspected.kinds()


@pytest.mark.parametrize("state", ["approved", "sending", "settled"])
def test_clicked_while_it_is_on_its_way_or_done_it_is_shown_as_it_is(inspected: House, state: str) -> None:
    propose(inspected)
    put(inspected, SettlementState(state), approved_by="Bob")
    seen = click(inspected)
    assert (str(seen.state), seen.approved_by) == (state, "Bob") and inspected.line.names() == []


@pytest.mark.parametrize("how", ["", "   "])
def test_what_shopify_cannot_pay_is_settled_only_with_the_word_of_how_it_was_paid(inspected: House, how: str) -> None:
    propose(inspected, ELSEWHERE)
    with pytest.raises(AppError, match="Write where and how the rest was paid"):
        click(inspected, how=how)
    assert str(inspected.money().state) == "proposed"
    assert click(inspected, how=f"  {'Klarna ' * 50}").elsewhere_how == ("Klarna " * 50)[:200]


def test_tried_again_after_it_was_unsettled_the_word_is_not_asked_for_twice(inspected: House) -> None:
    propose(inspected, ELSEWHERE)
    click(inspected, how="Klarna, K-77")
    put(inspected, SettlementState.UNSETTLED)
    assert click(inspected).elsewhere_how == "Klarna, K-77"


def test_paying_for_a_piece_a_person_had_to_look_at_accepts_it(inspected: House) -> None:
    with inspected.database.begin() as session:
        rma = locked(inspected, session)
        rma.judgement_state = Judgement.LOOKED_AT
        session.add(rma)
    propose(inspected)
    click(inspected)
    assert str(inspected.view().rma.judgement_state) == "accepted"
    judged = next(step for step in inspected.view().steps if step.kind == "judged")
    assert (judged.actor, judged.to_state) == ("Alice", "accepted")


# --- sent, settled, or not to be told


def test_of_two_workers_one_writes_that_it_is_being_sent(inspected: House) -> None:
    propose(inspected)
    approved = click(inspected)
    shown = replace(READ, refunds=(RefundRead("gid://shopify/Refund/1", cast.PRICE),))
    claims = []
    for _ in range(2):
        with inspected.database.begin() as session:
            claims.append(settlements.claim_sending(session, approved, shown, now=inspected.clock()))
    assert claims == [True, False]
    assert (str(inspected.money().state), inspected.money().sent_at) == ("sending", inspected.clock())
    assert inspected.money().before == {"refunds": ["gid://shopify/Refund/1"], "processed": {LINE: 0}}


def test_what_was_settled_is_told_to_the_client_once_and_the_goods_way_ends(inspected: House) -> None:
    propose(inspected)
    click(inspected)
    put(inspected, SettlementState.SENDING, before={"refunds": ["gid://shopify/Refund/1"]})
    inspected.line.waiting.clear()
    refunds = tuple(RefundRead(f"gid://shopify/Refund/{n}", cast.PRICE) for n in (1, 2))
    after = replace(READ, lines=processed(READ, {LINE: 1}), refunds=refunds)
    paid(inspected, after)
    paid(inspected, after)
    done = inspected.money()
    assert (str(done.state), done.refund_gid, done.settled_at) == ("settled", "gid://shopify/Refund/2", cast.NOW)
    assert inspected.line.names() == ["logistics.tell_client_money", "logistics.close_return"]
    sent = [step for step in inspected.view().steps if step.kind == "money_sent"]
    assert [(step.actor, step.detail) for step in sent] == [("Alice", "$14,800 for the client")]


@pytest.mark.parametrize(
    ("values", "unprocessed", "follows"),
    [
        pytest.param({"amount_cents": 0}, 0, ["close_return"], id="of nothing no letter is written"),
        pytest.param({"amount_cents": 0, "owed_cents": 5}, 0, ["ask_balance", "close_return"], id="the client owes"),
        pytest.param({}, 1, ["tell_client_money", "propose_settlement"], id="a line is left, and is proposed next"),
    ],
)
def test_what_follows_a_settled_batch(
    inspected: House, values: dict[str, Any], unprocessed: int, follows: list[str]
) -> None:
    propose(inspected)
    put(inspected, SettlementState.SENDING, **values)
    inspected.line.waiting.clear()
    line = replace(READ.lines[0], quantity=2, processed=2 - unprocessed, unprocessed=unprocessed)
    paid(inspected, replace(READ, lines=(line,)))
    assert inspected.line.names() == [f"logistics.{name}" for name in follows]
    assert inspected.state() == ("inspected" if unprocessed else "settled")


@pytest.mark.parametrize(
    ("instead", "how"),
    [
        pytest.param((), "settled", id="money alone"),
        pytest.param((ExchangeLineRead("x", 1, 1, 0),), "exchanged", id="a piece was sent instead"),
        pytest.param((ExchangeLineRead("x", 1, 0, 0),), "settled", id="the piece was taken out again"),
    ],
)
def test_it_is_told_whether_a_piece_went_out_instead(
    inspected: House, published: list[Any], instead: tuple[ExchangeLineRead, ...], how: str
) -> None:
    propose(inspected)
    click(inspected)
    put(inspected, SettlementState.SENDING)
    line = replace(READ.lines[0], processed=1, unprocessed=0)
    paid(inspected, replace(READ, lines=(line,), exchanges=instead))
    assert [event.how for event in published if isinstance(event, ReturnSettled)] == [how]


def test_closed_by_itself_with_its_last_line_the_return_is_over(inspected: House) -> None:
    propose(inspected)
    put(inspected, SettlementState.SENDING)
    paid(inspected, replace(READ, lines=processed(READ, {LINE: 1}), status="CLOSED"))
    assert (inspected.state(), inspected.view().rma.ended_how) == ("closed", "closed")


@pytest.mark.parametrize("state", ["proposed", "approved", "sending", "settled"])
def test_only_what_nobody_can_tell_of_is_set_aside(inspected: House, state: str) -> None:
    propose(inspected)
    put(inspected, SettlementState(state))
    with pytest.raises(InvalidMove, match="Nothing has to be seen to"):
        set_aside(inspected)
    assert str(inspected.money().state) == state


def set_aside(house: House) -> None:
    about: dict[str, Any] = {"shop_id": house.shop_id, "rma_id": house.rma_id, "now": house.clock()}
    with house.database.begin() as session:
        settlements.set_aside(session, settlement_id=cast.number(house.money().id), by="Alice", **about)


def test_set_aside_twice_is_once_and_the_rest_is_proposed_to_a_person(inspected: House) -> None:
    propose(inspected)
    put(inspected, SettlementState.UNSETTLED)
    set_aside(inspected)
    set_aside(inspected)
    assert inspected.kinds().count("money_set_aside") == 1
    about = {"shop_id": inspected.shop_id, "rma_id": inspected.rma_id}
    assert inspected.line.waiting == [("logistics.propose_settlement", about | {"ask": True})]


# --- what is known of others


def test_another_shops_amount_another_returns_and_one_that_never_was_are_not_here(inspected: House) -> None:
    propose(inspected)
    mine = {"shop_id": inspected.shop_id, "rma_id": inspected.rma_id, "settlement_id": inspected.money().id}
    with inspected.database.begin() as session:
        dana = cast.number(cast.alice(session, "dana.myshopify.com", "Dana").id)
        for wrong in ({"shop_id": dana}, {"rma_id": inspected.rma_id + 1}, {"settlement_id": 999}):
            with pytest.raises(NotFound):
                settlements.get_settlement(session, **mine | wrong)  # type: ignore[arg-type]
        assert settlements.open_settlements(session, shop_id=dana) == []


@pytest.mark.parametrize(
    ("state", "waits"),
    [
        ("proposed", True),
        ("approved", True),
        ("sending", True),
        ("unsettled", True),
        ("settled", False),
        ("void", False),
    ],
)
def test_only_what_is_not_finished_waits(inspected: House, state: str, waits: bool) -> None:
    propose(inspected)
    put(inspected, SettlementState(state))
    with inspected.database.begin() as session:
        assert len(settlements.open_settlements(session, shop_id=inspected.shop_id)) == waits
        assert (settlements.open_settlement(session, locked(inspected, session)) is not None) is waits


def test_what_is_left_to_settle_is_what_no_settled_batch_had(inspected: House) -> None:
    three = replace(READ.lines[0], quantity=3, unprocessed=3)
    inspected.open(replace(READ, return_gid="gid://shopify/Return/3", lines=(three,)))
    with inspected.database.begin() as session:
        rma = locked(inspected, session)
        for number, (state, quantity) in enumerate([("settled", 1), ("void", 3), ("settled", 1)], 1):
            lines = [{"return_line_gid": LINE, "quantity": quantity}]
            session.add(batch(state, rma_id=rma.id, batch=number, lines=lines))
        session.flush()
        assert settlements.unsettled_lines(session, rma) == [(LINE, 1)]


def test_what_we_gave_back_of_an_order_counts_its_settled_batches_in_its_own_money(inspected: House) -> None:
    """Two returns of one order. One of another order, a batch put aside and one in other money count for nothing."""
    first, reads = inspected.rma_id, [replace(READ, return_gid=f"gid://shopify/Return/{n}") for n in (2, 3)]
    second = inspected.open(reads[0])
    stranger = inspected.open(replace(reads[1], order_gid="gid://shopify/Order/7", order_name="#7"))
    rows = [(first, "settled", 100, "USD"), (first, "void", 20, "USD"), (second, "settled", 3, "USD")]
    rows += [(second, "settled", 4000, "EUR"), (stranger, "settled", 50_000, "USD")]
    with inspected.database.begin() as session:
        for number, (rma_id, state, cents, currency) in enumerate(rows, 1):
            session.add(batch(state, rma_id=rma_id, batch=number, amount_cents=cents, currency=currency))
        session.flush()
        assert settlements.paid_of_order(session, locked(inspected, session)) == 50_000
        inspected.rma_id = first
        assert settlements.paid_of_order(session, locked(inspected, session)) == 103
