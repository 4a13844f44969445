"""How a return ended, by value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.endings import Came, Kind, Split, Step, continued, split

Cents = st.integers(0, 10**9)
Cames = st.builds(Came, Cents, Cents, Cents, Cents, st.integers(0, 5), st.integers(0, 5))


@pytest.mark.parametrize(
    ("came", "kind", "parts", "step"),
    [
        # exchanged, refunded, credited, other
        (Came(1000, refunded=1000), Kind.REFUND, (0, 1000, 0, 0), None),
        (Came(1000, refunded=1080), Kind.REFUND, (0, 1000, 0, 0), None),
        (Came(1000, new=1000, pieces_new=1), Kind.EXCHANGE, (1000, 0, 0, 0), Step.EVEN),
        (Came(1000, new=1400, pieces_new=1), Kind.EXCHANGE, (1000, 0, 0, 0), Step.UPGRADE),
        (Came(1000, new=700, refunded=300, pieces_new=1), Kind.EXCHANGE, (700, 300, 0, 0), Step.DOWN),
        (Came(1000, new=700, credited=300, pieces_new=1), Kind.EXCHANGE, (700, 0, 300, 0), Step.DOWN),
        (Came(1000, credited=1000), Kind.CREDIT, (0, 0, 1000, 0), None),
        (Came(1000), Kind.OTHER, (0, 0, 0, 1000), None),
        (Came(1000, refunded=900), Kind.REFUND, (0, 900, 0, 100), None),
        # two pieces: one refunded, one exchanged, for as much, and for more
        (Came(2000, 1000, 1000, 0, 2, 1), Kind.REFUND, (1000, 1000, 0, 0), Step.EVEN),
        (Came(2000, 1800, 600, 0, 2, 1), Kind.EXCHANGE, (1400, 600, 0, 0), Step.UPGRADE),
        # a refund after the exchange
        (Came(1000, new=1000, refunded=1000, pieces_new=1), Kind.REFUND, (0, 1000, 0, 0), None),
        (Came(0), Kind.OTHER, (0, 0, 0, 0), None),
    ],
)
def test_how_it_ended(came: Came, kind: Kind, parts: tuple[int, ...], step: Step | None) -> None:
    found = split(came)
    assert (found.exchanged, found.refunded, found.credited, found.other) == parts
    assert (found.kind, found.step) == (kind, step)


@given(Cames)
def test_the_parts_add_up_to_what_came_back(came: Came) -> None:
    found = split(came)
    assert _parts(found) == came.back and min(_all(found)) >= 0
    assert (found.step is None) == (found.exchanged == 0)
    assert found.pieces_exchanged <= came.pieces_back


@given(Cames, Cents)
def test_money_back_never_makes_more_of_an_exchange(came: Came, more: int) -> None:
    after = Came(came.back, came.new, came.refunded + more, came.credited, came.pieces_back, came.pieces_new)
    assert split(after).exchanged <= split(came).exchanged


def test_a_new_piece_that_came_back_for_money_moves_the_case() -> None:
    even = Came(1000, new=1000, pieces_new=1)
    assert split(continued(even, [Came(1000, refunded=1000)])).kind is Kind.REFUND
    again = continued(even, [Came(1000, new=1200, pieces_new=1)])
    assert split(again) == Split(1000, 0, 0, 0, 1, Step.UPGRADE)
    assert continued(even, []) == even


def _all(found: Split) -> tuple[int, ...]:
    return found.exchanged, found.refunded, found.credited, found.other


def _parts(found: Split) -> int:
    return sum(_all(found))
