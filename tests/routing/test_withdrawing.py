"""A withdrawal that a client stated is carried out, or waits for a person who is told why; never twice, never lost."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlmodel import select

from kit.errors import NotFound
from logistics import statements
from logistics.statement_models import StatementState, WithdrawalStatement
from routing import withdrawing
from routing.models import OpenedReturn
from routing.openings import MOST_LINES
from routing.reads import OrderToReturn, Reason, ReturnablePiece
from routing.withdrawing import carry_out_withdrawal
from tests import cast
from tests.cast import NOW, number
from tests.routing.answering_house import House

MIND, SIZE = Reason("reason/1", "Changed my mind"), Reason("reason/2", "Size")


def pieces(count: int, quantity: int = 1) -> tuple[ReturnablePiece, ...]:
    return tuple(ReturnablePiece(f"fulfilled/{n}", "Ring", "", "", quantity) for n in range(count))


ORDER = OrderToReturn("gid://shopify/Order/1042", "#1042", pieces(2), "cleo@example.com")


@dataclass
class Read:
    """Shopify as far as a withdrawal asks it."""

    order: OrderToReturn | None = ORDER
    known: tuple[Reason, ...] = (SIZE, MIND)
    asked: list[str] = field(default_factory=list)

    def find_order(self, shop_id: int, name: str) -> OrderToReturn | None:
        self.asked.append(name)
        return self.order

    def reasons(self, shop_id: int) -> tuple[Reason, ...]:
        return self.known


def stated(house: House, **given: Any) -> int:
    values: dict[str, Any] = {"order_name": "#1042", "email": "cleo@example.com", "received_at": NOW, "key": "k"}
    with house.database.begin() as session:
        row = WithdrawalStatement(shop_id=house.shop_id, **(values | given))
        session.add(row)
        session.flush()
        return number(row.id)


def carry_out(house: House, statement_id: int, read: Read | None = None, **given: Any) -> WithdrawalStatement:
    reads: Any = read or Read()
    carry_out_withdrawal(house.database.begin, read=reads, shop_id=house.shop_id, statement_id=statement_id, **given)
    with house.database.begin() as session:
        return statements.get_statement(session, shop_id=house.shop_id, statement_id=statement_id)


def opened(house: House) -> list[OpenedReturn]:
    with house.database.begin() as session:
        return list(session.exec(select(OpenedReturn)))


def test_all_that_can_be_sent_back_is_asked_for_under_the_reason_that_says_least(one_house: House) -> None:
    read = Read(replace(ORDER, pieces=(*pieces(1, quantity=3), replace(pieces(2)[1], quantity=1))))
    row = carry_out(one_house, stated(one_house), read)
    (asked,) = opened(one_house)
    assert (row.state, row.opened_id, row.order_gid, row.why) == (StatementState.OPENED, asked.id, ORDER.order_gid, "")
    assert [(line["fulfillment_line_gid"], line["quantity"]) for line in asked.lines] == [
        ("fulfilled/0", 3), ("fulfilled/1", 1),
    ]  # fmt: skip
    assert (asked.reason_gid, asked.order_name, asked.advisor_id) == (MIND.gid, "#1042", None)
    assert one_house.queue.names() == ["routing.open_return"], "as a client's own request, routed like any other"


def test_told_again_nothing_more_is_done_nor_asked(one_house: House) -> None:
    statement_id, read = stated(one_house), Read()
    before = carry_out(one_house, statement_id, read)
    after = carry_out(one_house, statement_id, read)
    assert before == after and read.asked == ["#1042"]
    assert len(opened(one_house)) == len(one_house.queue.waiting) == 1


@pytest.mark.parametrize("typed", ["CLEO@example.com", "  cleo@Example.COM "])
def test_the_address_is_compared_whatever_its_letters_and_spaces(one_house: House, typed: str) -> None:
    assert carry_out(one_house, stated(one_house, email=typed)).state is StatementState.OPENED


MANY = f"More than {MOST_LINES} pieces of the order can be sent back. Open the return by hand."


@pytest.mark.parametrize(
    ("read", "given", "why", "order_gid"),
    [
        pytest.param(Read(None), {}, withdrawing.NOT_FOUND, "", id="no such order"),
        pytest.param(
            Read(replace(ORDER, email="edda@example.com")), {}, withdrawing.NOT_FOUND, "",
            id="an order of somebody else, of which nothing is told",
        ),
        pytest.param(
            Read(replace(ORDER, email="")), {"email": ""}, withdrawing.NOT_FOUND, "",
            id="an order whose buyer is not shown is nobody's, and least of all no address's",
        ),
        pytest.param(
            Read(), {"part": "The scarf only"}, withdrawing.PART_ONLY, ORDER.order_gid, id="a part, in their own words"
        ),
        pytest.param(
            Read(replace(ORDER, pieces=())), {}, withdrawing.NOTHING_LEFT, ORDER.order_gid,
            id="nothing sent yet, or all of it back",
        ),
        pytest.param(
            Read(replace(ORDER, pieces=pieces(MOST_LINES + 1))), {}, MANY, ORDER.order_gid,
            id="more pieces than are asked for at once, which is not nothing",
        ),
        pytest.param(Read(known=()), {}, withdrawing.NO_REASON, ORDER.order_gid, id="a shop without any reason"),
    ],
)  # fmt: skip
def test_what_cannot_be_carried_out_waits_for_a_person_and_says_why(
    one_house: House, read: Read, given: dict[str, Any], why: str, order_gid: str
) -> None:
    statement_id = stated(one_house, **given)
    row = carry_out(one_house, statement_id, read)
    assert (row.state, row.why, row.order_gid, row.opened_id) == (StatementState.PERSON, why, order_gid, None)
    assert carry_out(one_house, statement_id) == row, "what waits for a person is left to them"
    assert opened(one_house) == [] and one_house.queue.waiting == []


def test_as_many_pieces_as_can_be_asked_for_at_once_are(one_house: House) -> None:
    row = carry_out(one_house, stated(one_house), Read(replace(ORDER, pieces=pieces(MOST_LINES))))
    assert row.state is StatementState.OPENED and len(opened(one_house)[0].lines) == MOST_LINES


def test_an_order_that_a_person_of_the_house_named_need_not_have_the_address_typed(one_house: House) -> None:
    statement_id, read = stated(one_house, email="cleo@home.example"), Read()
    assert carry_out(one_house, statement_id, read).state is StatementState.PERSON
    with one_house.database.begin() as session:
        statements.try_again(session, shop_id=one_house.shop_id, statement_id=statement_id, order_name=" #1043 ")
    row = carry_out(one_house, statement_id, read, is_vouched=True)
    assert (row.state, row.why, read.asked[-1]) == (StatementState.OPENED, "", "#1043")


def test_a_part_stays_a_persons_to_carry_out_also_when_they_name_the_order(one_house: House) -> None:
    row = carry_out(one_house, stated(one_house, part="The scarf"), is_vouched=True)
    assert (row.state, row.why) == (StatementState.PERSON, withdrawing.PART_ONLY)


def test_one_that_a_person_carried_out_meanwhile_stays_theirs(one_house: House) -> None:
    """They press the button while Shopify is being asked."""
    statement_id = stated(one_house)

    @dataclass
    class Slow(Read):
        def reasons(self, shop_id: int) -> tuple[Reason, ...]:
            with one_house.database.begin() as session:
                row = session.get_one(WithdrawalStatement, statement_id)
                row.state = StatementState.BY_HAND
            return ()

    assert carry_out(one_house, statement_id, Slow()).state is StatementState.BY_HAND


def test_another_shops_withdrawal_is_not_known(one_house: House) -> None:
    statement_id = stated(one_house)
    with one_house.database.begin() as session:
        danas = number(cast.alice(session, "dana.myshopify.com").id)
    reads: Any = Read()
    with pytest.raises(NotFound):
        carry_out_withdrawal(one_house.database.begin, read=reads, shop_id=danas, statement_id=statement_id)
    assert reads.asked == []
