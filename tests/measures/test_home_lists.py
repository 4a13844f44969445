"""Which returns stand on a merchant's lists, in what order and with which words: rules that no database decides."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from consults.kinds import Kind, Outcome
from consults.models import Case, Consult, Promise_
from consults.states import CaseState, ConsultState
from kit.money import Money
from logistics.models import Rma, RmaLine, Settlement
from logistics.states import Goods, SettlementState
from measures import home
from routing import rules
from routing.levels import Level
from routing.models import Decision
from tests import cast
from tests.cast import NOW, number
from tests.jobs_at_hand import Queue

PARIS = "Europe/Paris"


@pytest.fixture
def shop_id(session: Session, queue: Queue) -> int:
    return number(cast.alice(session).id)


def simple(session: Session, shop_id: int, name: str, *, days: float = 0, **more: Any) -> Rma:
    """A return without an advisor, opened so many days ago; the parcel is on its way unless said otherwise."""
    told: dict[str, Any] = {
        "goods_state": Goods.IN_TRANSIT, "assisted": False, "value_cents": 10_000, "currency": "USD",
        "presentment_currency": "USD", "client_name": name, "opened_at": NOW - timedelta(days=days),
        "number": f"V-{name}", "return_gid": f"r/{name}", "order_gid": f"o/{name}", "order_name": name,
    }  # fmt: skip
    row = Rma(shop_id=shop_id, **told | more)
    session.add(row)
    session.flush()
    return row


def money(session: Session, rma: Rma, state: SettlementState, cents: int = 9_000) -> None:
    session.add(
        Settlement(
            shop_id=rma.shop_id, rma_id=number(rma.id), batch=1, state=state, amount_cents=cents, currency="USD",
            proposed_at=NOW,
        )
    )  # fmt: skip
    session.flush()


def waiting(session: Session, shop_id: int, **more: Any) -> list[tuple[str, str]]:
    rows = home.waiting(session, shop_id=shop_id, zone=PARIS, now=NOW, **more)
    return [(row.client, row.step.words) for row in rows]


# --- what waits


@pytest.mark.parametrize(
    ("goods", "state", "words"),
    [
        pytest.param(Goods.ARRIVED, None, "Inspect the piece", id="a piece that is here is inspected"),
        pytest.param(Goods.INSPECTED, SettlementState.PROPOSED, "$90 waits for a click", id="money waits for a click"),
        pytest.param(Goods.IN_TRANSIT, SettlementState.UNSETTLED, "Look at the payment", id="a payment is looked at"),
        pytest.param(Goods.INSPECTED, SettlementState.SENDING, "Payment being sent", id="money is on its way"),
        pytest.param(Goods.INSPECTED, SettlementState.APPROVED, "Payment being sent", id="or about to be"),
        pytest.param(Goods.INSPECTED, SettlementState.SETTLED, None, id="what is paid waits for nobody"),
        pytest.param(Goods.AUTHORISED, None, None, id="a label being made is left alone"),
        pytest.param(Goods.IN_TRANSIT, None, None, id="and a parcel to the carrier"),
        pytest.param(Goods.CLOSED, SettlementState.PROPOSED, None, id="what is over is over"),
    ],
)
def test_a_return_without_an_advisor_is_listed_where_there_is_something_to_do_or_money_on_its_way(
    session: Session, shop_id: int, goods: Goods, state: SettlementState | None, words: str | None
) -> None:
    rma = simple(session, shop_id, "Jonas", goods_state=goods)
    if state is not None:
        money(session, rma, state)
    assert waiting(session, shop_id) == ([("Jonas", words)] if words else [])


def test_an_old_piece_to_inspect_is_not_lost_behind_a_hundred_newer_parcels(session: Session, shop_id: int) -> None:
    simple(session, shop_id, "Old", days=90, goods_state=Goods.ARRIVED)
    for n in range(101):
        simple(session, shop_id, f"new{n}", days=n / 200)
    assert waiting(session, shop_id) == [("Old", "Inspect the piece")]


def test_who_has_waited_longest_stands_first_and_what_runs_by_itself_last(session: Session, shop_id: int) -> None:
    for name, days in (("b", 2), ("a", 9), ("c", 1)):
        simple(session, shop_id, name, days=days, goods_state=Goods.ARRIVED)
    money(session, simple(session, shop_id, "sent", days=30, goods_state=Goods.INSPECTED), SettlementState.SENDING)
    assert [client for client, _ in waiting(session, shop_id)] == ["a", "b", "c", "sent"]
    assert [client for client, _ in waiting(session, shop_id, limit=2)] == ["a", "b"]


def test_what_an_advisor_looks_after_is_in_its_own_list_only(session: Session, shop_id: int) -> None:
    money(
        session, simple(session, shop_id, "of Bob", goods_state=Goods.ARRIVED, assisted=True), SettlementState.SENDING
    )
    assert waiting(session, shop_id) == []
    assert home.simple(session, shop_id=shop_id, zone=PARIS, now=NOW) == []


# --- returns without an advisor


@pytest.mark.parametrize(
    ("goods", "more", "words", "tone"),
    [
        pytest.param(Goods.CLOSED, {"settled_at": NOW}, "Paid back", "success", id="paid"),
        pytest.param(Goods.ENDED, {"ended_how": "cancelled"}, "Ended: cancelled", "", id="ended, and how"),
        pytest.param(Goods.ENDED, {}, "Ended: in Shopify", "", id="ended elsewhere"),
        pytest.param(Goods.LABELLED, {}, "Parcel with the client", "", id="still open"),
    ],
)
def test_a_simple_return_says_what_became_of_it_or_where_it_is(
    session: Session, shop_id: int, goods: Goods, more: dict[str, Any], words: str, tone: str
) -> None:
    rma = simple(session, shop_id, "Jonas", goods_state=goods, **more)
    (row,) = home.simple(session, shop_id=shop_id, zone=PARIS, now=NOW)
    assert (row.step.words, row.step.tone, row.advisor, row.case_id) == (words, tone, "", None)
    assert home.step_of_return(session, rma, zone=PARIS, now=NOW) == row.step, "the return's own page says the same"


def test_a_simple_return_is_called_by_its_dearest_piece_or_by_its_number(session: Session, shop_id: int) -> None:
    rings = simple(session, shop_id, "Jonas", days=1)
    simple(session, shop_id, "Mira")
    for title, cents in (("Meridian ring", 9_000), ("Case", 100), ("Chain", 4_000)):
        line: dict[str, Any] = {"return_line_gid": title, "title": title, "quantity": 1, "value_cents": cents}
        session.add(RmaLine(shop_id=shop_id, rma_id=number(rings.id), **line))
    session.flush()
    rows = home.simple(session, shop_id=shop_id, zone=PARIS, now=NOW)
    assert [(row.client, row.piece, row.value) for row in rows] == [
        ("Mira", "V-Mira", Money(10_000, "USD")), ("Jonas", "Meridian ring", Money(10_000, "USD"))
    ]  # fmt: skip
    assert rows[1].path == f"/app/returns/{rings.id}"


def test_a_hundred_are_shown_the_newest_first(session: Session, shop_id: int) -> None:
    for n in range(101):
        simple(session, shop_id, f"{n:03}", days=n)
    rows = home.simple(session, shop_id=shop_id, zone=PARIS, now=NOW)
    assert [row.client for row in rows] == [f"{n:03}" for n in range(100)]


# --- cases


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome.KEPT, "Kept"), (Outcome.EXCHANGE, "Exchanged"), (Outcome.UPGRADE, "Exchanged for more"),
        (Outcome.REWORK, "Reworked"), (Outcome.VIEWING, "Viewing arranged"), (Outcome.REFUND, "Refunded"),
        (Outcome.FOLLOW_UP, "To be spoken of again"), (Outcome.OTHER, "Another way"), (None, "Closed"),
    ],
)  # fmt: skip
def test_a_closed_case_says_what_the_client_decided(
    session: Session, queue: Queue, outcome: Outcome | None, words: str
) -> None:
    world = cast.everyone(session)
    world.case.state, world.case.outcome = CaseState.CLOSED, outcome
    session.flush()
    (row,) = home.closed_assisted(session, shop_id=world.shop_id, zone=PARIS, now=NOW)
    assert (row.step.words, row.step.tone) == (words, "success")
    assert home.open_assisted(session, shop_id=world.shop_id, zone=PARIS, now=NOW) == []
    assert home.step_of_case(session, world.case, zone=PARIS, now=NOW) == row.step


def consult(session: Session, case: Case, hours: float, state: ConsultState) -> None:
    at = NOW + timedelta(hours=hours)
    session.add(
        Consult(
            shop_id=case.shop_id, case_id=number(case.id), advisor_id=number(case.advisor_id), kind=Kind.VIDEO,
            state=state, starts_at=at, ends_at=at + timedelta(minutes=30), created_at=NOW,
            idempotency_key=f"{hours}{state}",
        )
    )  # fmt: skip
    session.flush()


@pytest.mark.parametrize(
    ("talks", "words"),
    [
        pytest.param([(2, ConsultState.BOOKED)], "Video today 12:00", id="the one that is booked"),
        pytest.param([(2, ConsultState.CANCELLED)], "First answer by today 12:00", id="one called off is none"),
        pytest.param(
            [(-48, ConsultState.NO_SHOW), (2, ConsultState.BOOKED)], "Video today 12:00", id="the later of two"
        ),
        pytest.param([(-48, ConsultState.COMPLETED)], "Outcome to write down", id="one that is over"),
        pytest.param([(0, ConsultState.IN_SESSION)], "In conversation now", id="one that is going on"),
    ],
)
def test_a_case_is_listed_by_its_latest_conversation_that_stands(
    session: Session, queue: Queue, talks: list[tuple[float, ConsultState]], words: str
) -> None:
    world = cast.everyone(session)
    for hours, state in talks:
        consult(session, world.case, hours, state)
    assert [row.step.words for row in home.open_assisted(session, shop_id=world.shop_id, zone=PARIS, now=NOW)] == [
        words
    ]


def test_a_case_says_the_money_of_its_parcel_and_has_its_return(session: Session, queue: Queue) -> None:
    world = cast.everyone(session)
    money(session, world.rma, SettlementState.PROPOSED, 1_480_000)
    (row,) = home.open_assisted(session, shop_id=world.shop_id, zone=PARIS, now=NOW)
    assert (row.step.words, row.rma_id) == ("$14,800 waits for a click", world.rma.id)


def promise(session: Session, case: Case, what: str, on: date, **more: Any) -> None:
    about: dict[str, Any] = {"owner_advisor_id": number(case.advisor_id), "created_at": NOW}
    session.add(Promise_(shop_id=case.shop_id, case_id=number(case.id), what=what, due_on=on, **about | more))
    session.flush()


def test_a_case_shows_the_earliest_promise_that_is_not_kept(session: Session, queue: Queue) -> None:
    world = cast.everyone(session)
    for what, day, done_at in (("Late", 22, None), ("Later", 23, None), ("Kept", 20, NOW)):
        promise(session, world.case, what, date(2026, 11, day), done_at=done_at)
    (row,) = home.open_assisted(session, shop_id=world.shop_id, zone=PARIS, now=NOW)
    assert (row.step.words, row.step.tone) == ("Promised for Sun 22 November: Late", "warning")


# --- promises, by the shop's own day


@pytest.mark.parametrize(
    ("zone", "listed"),
    [
        pytest.param("Europe/Paris", [("24th", True), ("25th", False), ("2nd", False)], id="in Paris it is the 25th"),
        pytest.param("America/New_York", [("24th", False), ("25th", False)], id="in New York it is still the 24th"),
        pytest.param(
            "Pacific/Auckland", [("24th", True), ("25th", False), ("2nd", False)], id="in Auckland long since"
        ),
    ],
)
def test_a_promise_is_late_and_within_the_week_by_the_shops_own_day(
    session: Session, queue: Queue, zone: str, listed: list[tuple[str, bool]]
) -> None:
    """Seen at 23:30 UTC on 24 November: half past midnight in Paris."""
    world = cast.everyone(session)
    for what, on in (("25th", date(2026, 11, 25)), ("24th", date(2026, 11, 24)), ("2nd", date(2026, 12, 2)),
                     ("3rd", date(2026, 12, 3))):  # fmt: skip
        promise(session, world.case, what, on)
    promise(session, world.case, "kept", date(2026, 11, 20), done_at=NOW)
    at = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    due = home.promises_due(session, shop_id=world.shop_id, zone=zone, now=at)
    assert [(one.what, one.late) for one in due] == listed
    assert {(one.client, one.advisor, one.case_id) for one in due} == {("Cleo Whitlock", "Bob Laurent", world.case.id)}


def test_promises_of_another_shop_and_of_a_client_who_was_erased(session: Session, queue: Queue) -> None:
    world, dana = cast.everyone(session), cast.dana(session)
    promise(session, world.case, "Ours", date(2026, 11, 25))
    promise(session, dana.case, "Theirs", date(2026, 11, 25))
    world.case.client_name = None
    session.flush()
    (due,) = home.promises_due(session, shop_id=world.shop_id, zone=PARIS, now=NOW)
    assert (due.what, due.client) == ("Ours", ""), "a promise is still to be kept, and names nobody"


# --- decisions and cohorts


def test_the_newest_decisions_stand_first_each_with_the_case_it_led_to(session: Session, queue: Queue) -> None:
    world, dana = cast.everyone(session), cast.dana(session)
    for n, (shop_id, gid) in enumerate(
        ((world.shop_id, "r/1"), (world.shop_id, world.case.return_gid), (dana.shop_id, world.case.return_gid))
    ):
        session.add(
            Decision(
                shop_id=shop_id, return_gid=gid, order_gid="o", outcome=rules.Outcome.ASSISTED, level=Level.LINE,
                words="", policy_version=1, total_cents=1, currency="USD", decided_at=NOW + timedelta(minutes=n),
            )
        )  # fmt: skip
    session.flush()
    found = home.recent_decisions(session, shop_id=world.shop_id)
    assert [(one.return_gid, case_id) for one, case_id in found] == [
        (world.case.return_gid, world.case.id), ("r/1", None)
    ]  # fmt: skip
    assert len(home.recent_decisions(session, shop_id=world.shop_id, limit=1)) == 1
    assert [case_id for _, case_id in home.recent_decisions(session, shop_id=dana.shop_id)] == [None]


def test_open_returns_are_counted_by_kind_and_those_that_are_over_in_neither(session: Session, queue: Queue) -> None:
    world = cast.everyone(session)
    for n, goods in enumerate(Goods):
        simple(session, world.shop_id, f"{n}", goods_state=goods)
    assisted, alone = home.cohorts(session, shop_id=world.shop_id)
    assert (assisted.open, alone.open) == (1, len(home.OPEN_GOODS))
    assert set(Goods) - set(home.OPEN_GOODS) == {Goods.CLOSED, Goods.ENDED}
