"""What a closed case is made of: its pieces, the money that goes with it, and what looking after it took."""

from collections import Counter, namedtuple
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from consults.kinds import Outcome
from measures.endings import Came
from measures.gathering import Around, Chain, chains_of

START = datetime(2026, 6, 1, 12, tzinfo=UTC)
Returned = namedtuple("Returned", "return_gid order_gid status opened_at closed_at household zone")
Refund = namedtuple("Refund", "refund_gid order_gid return_gid at cents")


def at(days: float) -> datetime:
    return START + timedelta(days=days)


def returned(gid: str = "r1", opened: float = 0, closed: float | None = 5, *, order: str = "o1", **more: Any) -> Any:
    """A return of that order, opened and closed on those days after START."""
    told = {"status": "CLOSED" if closed is not None else "OPEN", "household": "cleo", "zone": "Europe/Paris"} | more
    return Returned(
        gid, order, told["status"], at(opened), at(closed) if closed is not None else None, *list(told.values())[1:]
    )


def refund(cents: int, day: float, *, named: str | None = None, gid: str = "f1", order: str = "o1") -> Any:
    return Refund(gid, order, named, at(day), cents)


def piece(return_gid: str = "r1", cents: int = 10_000, *, new: bool = False, quantity: int = 1, line: str = "") -> Any:
    told = {"return_gid": return_gid, "is_new": new, "quantity": quantity, "cents": cents}
    return SimpleNamespace(**told, currency="USD", line_gid=line)


def ours(return_gid: str = "r1", *, parcel: int | None = None, settlement: int | None = None, **more: Any) -> Any:
    told = {"shop_cents": None, "amount_cents": None, "currency": "USD", "paid_in": "USD", "refund_gid": "", **more}
    return SimpleNamespace(return_gid=return_gid, parcel_id=parcel, settlement_id=settlement, **told)


def looked_after(return_gid: str = "r1", outcome: Outcome | None = None, minutes: float | None = None) -> Any:
    began = START if minutes is not None else None
    return return_gid, outcome, began, began and START + timedelta(minutes=minutes or 0)


def chains(
    session: Session, returns: list[Any], pieces: list[Any], refunds: Any = (), cases: Any = (), own: Any = ()
) -> tuple[list[Chain], dict[str, Around]]:
    return chains_of(session, 1, returns, refunds, cases, own, pieces)


def came(session: Session, *about: Any) -> Came:
    ((only,), _) = chains(session, *about)
    return only.came


# --- which returns are a case


@pytest.mark.parametrize(
    ("row", "pieces"),
    [
        pytest.param(returned(closed=None), [piece()], id="one that is open"),
        pytest.param(returned(status="CANCELED"), [piece()], id="one that was cancelled"),
        pytest.param(returned(status="DECLINED"), [piece()], id="or declined"),
        pytest.param(returned(closed=None, status="CLOSED"), [piece()], id="closed, and nobody knows when"),
        pytest.param(returned(), [], id="of which nothing came back"),
        pytest.param(returned(), [piece(new=True)], id="that only sent something out"),
    ],
)
def test_what_is_no_closed_return_of_a_piece_is_no_case(session: Session, row: Any, pieces: list[Any]) -> None:
    assert chains(session, [row], pieces)[0] == []


def test_a_case_has_the_closing_household_zone_and_currency_of_its_return(session: Session) -> None:
    (only,), _ = chains(session, [returned(household=None)], [piece()])
    assert only == Chain("r1", "o1", None, "Europe/Paris", at(5), "USD", Came(back=10_000), ["r1"])


def test_pieces_are_added_up_by_value_and_by_number(session: Session) -> None:
    pieces = [piece(cents=10_000, quantity=2), piece(cents=300), piece(cents=7_000, new=True, quantity=3)]
    assert came(session, [returned()], pieces) == Came(back=10_300, new=7_000, pieces_back=3, pieces_new=3)


def test_a_return_of_the_piece_an_earlier_one_sent_out_goes_on_with_that_case(session: Session) -> None:
    """Worth what came back at first; the new piece went out and came back, and the money is of the whole."""
    rows = [returned("r2", 10, 20), returned("r1")]
    pieces = [
        piece("r1", line="sold"), piece("r1", 12_000, new=True, line="x"),
        piece("r2", 12_000, line="x"), piece("r2", 4_000, new=True, line="y"),
    ]  # fmt: skip
    (only,), _ = chains(session, rows, pieces, [refund(6_000, 19, named="r2")])
    assert only.members == ["r1", "r2"] and only.closed_at == at(5)
    assert only.came == Came(back=10_000, new=4_000, refunded=6_000, pieces_back=1, pieces_new=1)


def test_a_third_goes_on_with_the_first_by_way_of_the_second(session: Session) -> None:
    rows = [returned(f"r{n}", n * 10, n * 10 + 5) for n in (1, 2, 3)]
    pieces = [piece("r1", line="a"), piece("r1", new=True, line="b"), piece("r2", line="b"),
              piece("r2", new=True, line="c"), piece("r3", line="c")]  # fmt: skip
    assert [one.members for one in chains(session, rows, pieces)[0]] == [["r1", "r2", "r3"]]


@pytest.mark.parametrize(
    ("first", "line"),
    [
        pytest.param(returned("r1"), "other", id="of another piece of the order"),
        pytest.param(returned("r1"), "", id="of a piece whose line nobody knows"),
        pytest.param(returned("r1", closed=None), "x", id="of a piece whose own return is still open"),
    ],
)
def test_a_later_return_is_a_case_of_its_own(session: Session, first: Any, line: str) -> None:
    pieces = [piece("r1"), piece("r1", new=True, line="x" if line else ""), piece("r2", line=line)]
    found, _ = chains(session, [first, returned("r2", 10, 20)], pieces)
    assert found[-1].members == ["r2"]


def test_returns_of_two_orders_are_two_cases_each_with_its_own_money(session: Session) -> None:
    rows = [returned("r1"), returned("r2", order="o2", household="jonas")]
    refunds = [refund(100, 4), refund(200, 4, gid="f2", order="o2")]
    found, _ = chains(session, rows, [piece("r1"), piece("r2")], refunds)
    assert [(one.order_gid, one.household, one.came.refunded) for one in found] == [
        ("o1", "cleo", 100), ("o2", "jonas", 200)
    ]  # fmt: skip


# --- the money that goes with it


@pytest.mark.parametrize(
    ("refunds", "first", "second"),
    [
        pytest.param([refund(500, 4, named="r1")], 500, 0, id="one that names its return"),
        pytest.param([refund(500, 99, named="r1")], 500, 0, id="named, however late it comes"),
        pytest.param([refund(500, 4)], 500, 0, id="unnamed: of the last return opened before it"),
        pytest.param([refund(500, 10)], 0, 500, id="opened at that very instant is before it"),
        pytest.param([refund(500, 50)], 0, 500, id="long after both: of the last"),
        pytest.param([refund(500, -1)], 0, 0, id="before there was any return: of none"),
        pytest.param([refund(500, 50, order="o9")], 0, 0, id="of another order: of none"),
        pytest.param([refund(500, 4), refund(70, 6, gid="f2")], 570, 0, id="two of one return are added up"),
    ],
)
def test_a_refund_goes_with_the_return_it_names_or_the_last_one_opened_before_it(
    session: Session, refunds: list[Any], first: int, second: int
) -> None:
    rows = [returned("r2", 10, 20), returned("r1")]
    found, _ = chains(session, rows, [piece("r1"), piece("r2")], refunds)
    assert [one.came.refunded for one in found] == [first, second]


@pytest.mark.parametrize("status", ["DECLINED", "CANCELED"])
def test_a_refund_never_goes_with_a_return_that_came_to_nothing(session: Session, status: str) -> None:
    rows = [returned("r1"), returned("r2", 10, None, status=status)]
    assert came(session, rows, [piece("r1")], [refund(500, 12)]).refunded == 500


def test_credit_is_no_refund_though_shopify_lists_the_refund_that_gave_it(session: Session) -> None:
    own = [ours(settlement=1, amount_cents=8_000, refund_gid="f1")]
    found = came(session, [returned()], [piece()], [refund(8_000, 4, named="r1"), refund(50, 4, gid="f2")], [], own)
    assert (found.credited, found.refunded) == (8_000, 50)


@pytest.mark.parametrize(
    ("about", "cents"),
    [
        pytest.param({"amount_cents": 900}, 900, id="paid in the shop's money"),
        pytest.param(
            {"amount_cents": 900, "paid_in": "EUR", "shop_cents": 1_000}, 1_000, id="in the client's: as told"
        ),
        pytest.param({"amount_cents": 900, "shop_cents": 0}, 0, id="told to be nothing"),
        pytest.param({"amount_cents": 900, "paid_in": "JPY"}, 0, id="in money that nobody told in the shop's"),
    ],
)
def test_credit_is_added_in_the_shops_money_only(session: Session, about: dict[str, Any], cents: int) -> None:
    assert came(session, [returned()], [piece()], [], [], [ours(settlement=1, **about)]).credited == cents


@pytest.mark.parametrize(
    ("gid", "credited", "refunded"),
    [("f1", 730, 0), ("another", 0, 730), ("", 0, 730)],
    ids=["by the refund that gave it", "not by another refund", "nor where nobody knows which gave it"],
)
def test_credit_in_money_nobody_told_in_the_shops_is_what_shopifys_refund_says(
    session: Session, gid: str, credited: int, refunded: int
) -> None:
    own = [ours(settlement=1, amount_cents=900, paid_in="JPY", refund_gid=gid)]
    found = came(session, [returned()], [piece()], [refund(730, 4, named="r1")], [], own)
    assert (found.credited, found.refunded) == (credited, refunded)


def test_two_batches_of_credit_and_three_boxes_joined_to_six_rows_count_once_each(session: Session) -> None:
    own = [
        ours(parcel=box, settlement=batch, amount_cents=batch * 100, refund_gid=f"f{batch}")
        for box in (7, 8, 9)
        for batch in (1, 2)
    ]
    refunds = [refund(100, 4, gid="f1"), refund(200, 4, gid="f2")]
    (only,), about = chains(session, [returned()], [piece()], refunds, [], own)
    assert (only.came.credited, only.came.refunded, about["r1"].parcels) == (300, 0, 3)


# --- what was around it


@pytest.mark.parametrize(
    ("own", "boxes"),
    [
        pytest.param([], 1, id="from before the app: one is assumed"),
        pytest.param([ours()], 0, id="ours, and brought to the boutique"),
        pytest.param([ours(parcel=4)], 1, id="one box"),
        pytest.param([ours(parcel=4), ours(parcel=4), ours(parcel=5)], 2, id="two boxes"),
    ],
)
def test_boxes_are_counted_once_each(session: Session, own: list[Any], boxes: int) -> None:
    assert chains(session, [returned()], [piece()], (), (), own)[1]["r1"].parcels == boxes


@pytest.mark.parametrize(
    ("cases", "about"),
    [
        pytest.param([], Around(), id="nobody looked after it"),
        pytest.param([looked_after()], Around(assisted=True), id="an advisor, in writing"),
        pytest.param([looked_after(minutes=20)], Around(assisted=True, minutes=20), id="and spoke for twenty minutes"),
        pytest.param(
            [looked_after(minutes=20), looked_after(minutes=0.6)], Around(assisted=True, minutes=21),
            id="two conversations, the second just begun",
        ),
        pytest.param([looked_after(minutes=-5)], Around(assisted=True), id="clocks that disagree take no time back"),
        pytest.param(
            [looked_after(outcome=Outcome.REWORK)], Around(assisted=True, reworked=True), id="and it was worked on"
        ),
        pytest.param([looked_after(outcome=Outcome.KEPT)], Around(assisted=True), id="and it was kept as it is"),
    ],
)  # fmt: skip
def test_what_looking_after_a_return_took(session: Session, cases: list[Any], about: Around) -> None:
    assert chains(session, [returned()], [piece()], (), cases)[1] == {"r1": about}


def test_what_is_around_an_open_return_is_told_too_and_nothing_is_shared(session: Session) -> None:
    rows = [returned("r1"), returned("r2", closed=None)]
    _, about = chains(session, rows, [piece("r1")], (), [looked_after("r2", minutes=9)])
    assert about == {"r1": Around(), "r2": Around(assisted=True, minutes=9)}
    assert about["r1"].given is not about["r2"].given and about["r1"].given == Counter()


REFUNDS = st.lists(
    st.tuples(st.integers(1, 10**6), st.integers(-3, 30), st.sampled_from([None, "r1", "r2"])), max_size=6
)


@given(told=REFUNDS)
def test_no_refund_is_counted_twice_and_none_of_a_time_with_returns_is_lost(
    session_for_all: Session, told: list[tuple[int, float, str | None]]
) -> None:
    refunds = [refund(cents, day, named=named, gid=f"f{n}") for n, (cents, day, named) in enumerate(told)]
    found, _ = chains(session_for_all, [returned("r1"), returned("r2", 10, 20)], [piece("r1"), piece("r2")], refunds)
    counted = sum(cents for cents, day, named in told if named or day >= 0)
    assert sum(one.came.refunded for one in found) == counted


@pytest.fixture(scope="module")
def session_for_all() -> Session:
    """One that is never asked anything: without a case nothing is read."""
    return Session()
