"""A return opened from here, to the letter: what Shopify is asked, what the row says after each answer."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel import Session

from kit.db import Database
from kit.errors import AppError, Conflict, NotFound, OutsideError
from logistics.reads import ReturnRead
from routing import openings
from routing.events import ReturnSeen
from routing.models import OpenedReturn
from routing.openings import NO_TRACE, PUT_ASIDE, SEVERAL, SKEW, STILL_WORKING
from routing.reads import OrderReturn, Reason, WantedLine
from routing.states import OpeningState
from tests import cast
from tests.cast import NOW

ORDER, MADE = "gid://shopify/Order/1", "gid://shopify/Return/901"
BAG, SCARF = "gid://shopify/FulfillmentLineItem/1", "gid://shopify/FulfillmentLineItem/2"
TOO_SMALL, OTHER = "gid://shopify/ReturnReasonDefinition/1", "gid://shopify/ReturnReasonDefinition/2"
LOST = OutsideError("shopify", "time-out", ambiguous=True)
SECOND = timedelta(seconds=1)


class House:
    """One shop's openings, with Shopify, the clock and the queue in the test's own hands."""

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch):
        self.database, self.at = database, NOW
        self.answer: str | Exception = MADE
        self.there: tuple[OrderReturn, ...] = ()
        self.known: tuple[Reason, ...] = (Reason(TOO_SMALL, "Too small"), Reason(OTHER, "Other"))
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.jobs: list[tuple[str, dict[str, Any]]] = []
        self.told: list[object] = []
        self.meanwhile: Callable[[], object] = lambda: None
        with database.begin() as session:
            shop = cast.alice(session)
            self.shop_id, self.bob_id = cast.number(shop.id), cast.number(cast.bob(session, shop).id)
        monkeypatch.setattr("routing.openings.clock.now", lambda: self.at)
        monkeypatch.setattr("routing.openings.jobs.enqueue", self._enqueue)
        monkeypatch.setattr("routing.openings.jobs.publish", lambda _s, event: self.told.append(event))

    def _enqueue(self, session: Session, name: str, **args: Any) -> None:
        assert session.in_transaction()
        self.jobs.append((name, args))

    # Shopify

    def returns_of(self, shop_id: int, order_gid: str) -> tuple[OrderReturn, ...]:
        assert (shop_id, order_gid) == (self.shop_id, ORDER)
        self.meanwhile()
        return self.there

    def reasons(self, shop_id: int) -> tuple[Reason, ...]:
        assert shop_id == self.shop_id
        return self.known

    def create(self, shop_id: int, **asked: Any) -> str:
        return self._answered("create", shop_id, asked)

    def request(self, shop_id: int, **asked: Any) -> str:
        return self._answered("request", shop_id, asked)

    def _answered(self, call: str, shop_id: int, asked: dict[str, Any]) -> str:
        assert shop_id == self.shop_id
        self.asked.append((call, asked))
        self.meanwhile()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    # ours

    def ask(self, key: str = "k", *, by_client: bool = False, **more: Any) -> int:
        about: dict[str, Any] = {"order_gid": ORDER, "order_name": "#1042", "lines": [(BAG, 1)], "now": self.at}
        whose = {"advisor_id": None if by_client else self.bob_id, "reason_gid": TOO_SMALL, "shop_id": self.shop_id}
        with self.database.begin() as session:
            return cast.number(openings.ask(session, key=key, **(about | whose | more)).id)

    def run(self, opened_id: int) -> None:
        openings.open_return(self.database.begin, openings=self, shop_id=self.shop_id, opened_id=opened_id)  # type: ignore[arg-type]

    def loses(self, opened_id: int) -> OutsideError:
        self.answer = LOST
        with pytest.raises(OutsideError) as caught:
            self.run(opened_id)
        return caught.value

    def row(self, opened_id: int) -> OpenedReturn:
        with self.database.begin() as session:
            return openings.get_opened(session, shop_id=self.shop_id, opened_id=opened_id)

    def shown(self, n: int, *lines: tuple[str, int], after: timedelta = SECOND) -> OrderReturn:
        at: datetime = NOW + after
        return OrderReturn(f"gid://shopify/Return/{n}", "OPEN", at, lines or ((BAG, 1),))

    def settle(self, return_gid: str, *lines: tuple[str, int], shop_id: int | None = None) -> tuple[int | None, bool]:
        """Who opened what Shopify tells of, and whether it came from here."""
        told: list[Any] = [
            SimpleNamespace(fulfillment_line_gid=gid, quantity=quantity) for gid, quantity in lines or ((BAG, 1),)
        ]
        read = ReturnRead(return_gid, "#1042-R1", "OPEN", ORDER, "#1042", tuple(told), (), (), "USD")
        about: dict[str, Any] = {"shop_id": shop_id or self.shop_id, "read": read}
        with self.database.begin() as session:
            advisor = openings.settle_by(session, **about)
            return advisor.id if advisor else None, openings.came_from_here(session, **about)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite alone: test_openings.py has what the database decides."""
    return sqlite_url


@pytest.fixture
def house(database: Database, monkeypatch: pytest.MonkeyPatch) -> House:
    return House(database, monkeypatch)


# --- asking


def test_what_was_asked_for_is_written_down_and_one_job_follows_in_the_orders_own_line(house: House) -> None:
    opened_id = house.ask(lines=[(SCARF, 2), (BAG, 1), ("none", 0)], exchanges=[("gid://shopify/ProductVariant/5", 1)])
    row = house.row(opened_id)
    assert (row.order_gid, row.order_name, row.reason_gid, row.advisor_id) == (ORDER, "#1042", TOO_SMALL, house.bob_id)
    assert row.lines == [
        {"fulfillment_line_gid": BAG, "quantity": 1},
        {"fulfillment_line_gid": SCARF, "quantity": 2},
    ]
    assert row.exchanges == [{"variant_gid": "gid://shopify/ProductVariant/5", "quantity": 1}]
    assert (row.state, row.asked_at, row.sent_at, row.notes) == (OpeningState.ASKED, NOW, None, None)
    about = {"key": f"opening:{house.shop_id}:{ORDER}", "shop_id": house.shop_id, "opened_id": opened_id}
    assert house.jobs == [("routing.open_return", about)]
    assert house.ask() == opened_id and len(house.jobs) == 1, "the same key is the same return"


def test_a_reason_and_a_word_of_a_line_are_kept_with_that_line(house: House) -> None:
    about: dict[str, Any] = {"reasons": {BAG: OTHER, "x": TOO_SMALL}, "notes": {BAG: "", SCARF: "Il gratte", "x": "no"}}
    opened_id = house.ask(lines=[(BAG, 1), (SCARF, 1)], **about)
    assert house.row(opened_id).lines[0]["reason_gid"] == OTHER and "reason_gid" not in house.row(opened_id).lines[1]
    assert openings.wanted_of(house.row(opened_id)) == (
        WantedLine(BAG, 1, OTHER, ""),
        WantedLine(SCARF, 1, TOO_SMALL, "Il gratte"),
    )
    assert house.row(house.ask("k-2", notes={BAG: ""})).notes is None, "nothing written is nothing kept"


def test_lines_are_asked_for_in_their_order_however_the_row_has_them() -> None:
    lines = [{"fulfillment_line_gid": gid, "quantity": 1} for gid in (SCARF, BAG)]
    row = OpenedReturn(shop_id=1, key="k", order_gid=ORDER, lines=lines, reason_gid=OTHER, asked_at=NOW)
    assert openings.wanted_of(row) == (WantedLine(BAG, 1, OTHER, ""), WantedLine(SCARF, 1, OTHER, ""))


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "Choose at least one piece."),
        ([(BAG, 0)], "Choose at least one piece."),
        ([(BAG, -1)], "Choose at least one piece."),
        ([(f"{n:02}", 1) for n in range(21)], "Choose 20 pieces at most."),
        ([(BAG, 1), (BAG, 2)], "Choose 20 pieces at most."),
    ],
)
def test_a_choice_that_is_none_says_why(lines: list[tuple[str, int]], words: str) -> None:
    with pytest.raises(AppError) as refused:
        openings.wanted_lines(lines)
    assert refused.value.message == words


def test_twenty_lines_may_be_chosen() -> None:
    lines = [(f"{n:02}", n + 1) for n in range(20)]
    assert openings.wanted_lines(list(reversed(lines))) == lines


# --- what Shopify is asked


def test_an_advisors_return_is_made_with_its_reason_and_what_is_sent_instead(house: House) -> None:
    house.run(opened_id := house.ask(lines=[(SCARF, 1), (BAG, 2)], exchanges=[("gid://shopify/ProductVariant/5", 3)]))
    asked = {
        "order_gid": ORDER,
        "lines": [(BAG, 2), (SCARF, 1)],
        "reason_gid": TOO_SMALL,
        "requested_at": NOW,
        "exchanges": [("gid://shopify/ProductVariant/5", 3)],
    }
    assert house.asked == [("create", asked)] and house.told == [ReturnSeen(house.shop_id, MADE, ORDER)]
    row = house.row(opened_id)
    assert (row.state, row.return_gid, row.problem, row.sent_at, row.before) == (OpeningState.MADE, MADE, "", NOW, [])


def test_a_clients_return_is_requested_with_each_lines_own_reason_and_words_which_are_then_not_kept(
    house: House,
) -> None:
    opened_id = house.ask(by_client=True, reasons={BAG: OTHER}, notes={BAG: "Too small for me"})
    house.known = ()
    house.run(opened_id)
    lines = (WantedLine(BAG, 1, OTHER, "Too small for me"),)
    assert house.asked == [("request", {"order_gid": ORDER, "lines": lines})]
    assert (house.row(opened_id).state, house.row(opened_id).notes) == (OpeningState.MADE, None)


@pytest.mark.parametrize(
    ("known", "scarf"),
    [((Reason(TOO_SMALL, "Too small"), Reason(OTHER, "OTHER")), OTHER), ((), "")],
    ids=["the shop's word for it", "a shop with no reasons at all"],
)
def test_who_would_rather_not_say_why_is_given_the_shops_word_for_that(
    house: House, known: tuple[Reason, ...], scarf: str
) -> None:
    house.known = known
    lines: dict[str, Any] = {"lines": [(BAG, 1), (SCARF, 1)], "reason_gid": "", "reasons": {BAG: TOO_SMALL}}
    house.run(house.ask(by_client=True, **lines))
    assert house.asked[0][1]["lines"] == (WantedLine(BAG, 1, TOO_SMALL, ""), WantedLine(SCARF, 1, scarf, ""))


def test_what_the_order_had_before_is_written_down_before_anything_is_sent(house: House) -> None:
    house.there = (house.shown(9), house.shown(8))
    opened_id = house.ask()
    house.loses(opened_id)
    row = house.row(opened_id)
    assert (row.state, row.sent_at, row.problem) == (OpeningState.SENDING, NOW, "")
    assert row.before == ["gid://shopify/Return/8", "gid://shopify/Return/9"]


def test_what_is_made_is_not_looked_at_again(house: House) -> None:
    opened_id = house.ask()
    for _ in range(2):
        house.run(opened_id)
    assert len(house.asked) == len(house.told) == 1


def test_where_another_run_was_quicker_nothing_is_sent(house: House) -> None:
    opened_id = house.ask()
    house.meanwhile = lambda: set_to(house, opened_id, OpeningState.SENDING)
    house.run(opened_id)
    assert house.asked == house.told == [] and house.row(opened_id).sent_at is None


def test_where_shopifys_word_was_quicker_than_its_answer_routing_is_not_told_again(house: House) -> None:
    opened_id = house.ask()
    house.meanwhile = lambda: house.asked and house.settle(MADE)
    house.run(opened_id)
    assert house.row(opened_id).return_gid == MADE and house.told == []


# --- after an answer that is none


@pytest.mark.parametrize(("asked_to_wait", "waits"), [(None, 31), (5, 31), (31.5, 31.5), (90, 90)])
def test_a_lost_answer_is_looked_into_when_shopify_must_be_done(
    house: House, asked_to_wait: float | None, waits: float
) -> None:
    assert timedelta(seconds=30) == STILL_WORKING
    house.answer = OutsideError("shopify", "time-out", ambiguous=True, retry_after=asked_to_wait)
    with pytest.raises(OutsideError, match=r"^shopify: no clear answer to an opened return$") as caught:
        house.run(house.ask())
    assert caught.value.retry_after == waits and not caught.value.permanent


def test_until_then_it_is_looked_for_again_and_from_then_on_a_person_looks(house: House) -> None:
    opened_id = house.ask()
    house.loses(opened_id)
    for passed, rest in ((0, 31), (29, 2)):
        house.at = NOW + passed * SECOND
        with pytest.raises(OutsideError, match=r"^shopify: may still be opening the return$") as caught:
            house.run(opened_id)
        assert caught.value.retry_after == rest
    house.at = NOW + STILL_WORKING
    house.run(opened_id)
    assert (house.row(opened_id).state, house.row(opened_id).problem) == (OpeningState.UNSETTLED, NO_TRACE)
    assert len(house.asked) == 1 and house.told == []


@pytest.mark.parametrize(
    ("shown", "state", "problem"),
    [
        ([{}], OpeningState.MADE, ""),
        ([{"after": -SKEW}], OpeningState.MADE, ""),  # Shopify's clock may be two minutes behind ours
        ([{"after": -SKEW - timedelta(microseconds=1)}], OpeningState.UNSETTLED, NO_TRACE),
        ([{"lines": ((SCARF, 1),)}], OpeningState.UNSETTLED, NO_TRACE),
        ([{"lines": ((BAG, 2),)}], OpeningState.UNSETTLED, NO_TRACE),
        ([{}, {}], OpeningState.UNSETTLED, SEVERAL),
        ([{}, {"lines": ((BAG, 2),)}], OpeningState.MADE, ""),
    ],
)
def test_what_came_of_a_lost_answer_is_told_by_its_lines_and_its_time(
    house: House, shown: list[dict[str, Any]], state: OpeningState, problem: str
) -> None:
    opened_id = house.ask()
    house.loses(opened_id)
    house.at = NOW + timedelta(minutes=1)
    house.there = tuple(house.shown(901 + n, *told.pop("lines", ()), **told) for n, told in enumerate(map(dict, shown)))
    house.run(opened_id)
    row = house.row(opened_id)
    assert (row.state, row.problem, row.return_gid) == (state, problem, MADE if state is OpeningState.MADE else None)
    assert house.told == ([ReturnSeen(house.shop_id, MADE, ORDER)] if state is OpeningState.MADE else [])


def test_a_plain_no_is_read_by_the_advisor_who_opened_it_and_of_a_clients_somebody_is_told(house: House) -> None:
    house.answer = OutsideError("shopify", "x" * 600, permanent=True)
    by_bob, by_client = house.ask(), house.ask("k-2", by_client=True)
    for opened_id in (by_bob, by_client):
        house.run(opened_id)
    said = f"shopify: {'x' * 600}"
    assert (house.row(by_bob).state, house.row(by_bob).problem) == (OpeningState.REFUSED, said[:500])
    words = f"Shopify did not take it: {said}"[:500]
    assert (house.row(by_client).state, house.row(by_client).problem) == (OpeningState.UNSETTLED, words)


def test_what_never_arrived_leaves_the_row_as_it_was_before_that_try(house: House) -> None:
    house.there = (house.shown(8),)
    opened_id = house.ask()
    house.answer = OutsideError("shopify", "no connection")
    with pytest.raises(OutsideError, match="no connection"):
        house.run(opened_id)
    row = house.row(opened_id)
    assert (row.state, row.sent_at, row.before) == (OpeningState.ASKED, None, [])


def test_what_never_arrived_the_second_time_still_knows_of_the_first(house: House) -> None:
    house.there = (house.shown(8),)
    opened_id = house.ask()
    house.loses(opened_id)
    set_to(house, opened_id, OpeningState.UNSETTLED)
    with house.database.begin() as session:
        openings.ask_again(session, shop_id=house.shop_id, opened_id=opened_id)
    house.at, house.answer = NOW + timedelta(minutes=5), OutsideError("shopify", "no connection")
    house.there = (house.shown(9, (SCARF, 1)), house.shown(8))
    with pytest.raises(OutsideError, match="no connection"):
        house.run(opened_id)
    row = house.row(opened_id)
    assert (row.state, row.sent_at, row.before) == (OpeningState.ASKED, NOW, ["gid://shopify/Return/8"])
    assert row.problem == ""


def test_what_shopify_tells_of_at_last_is_no_problem_any_more(house: House) -> None:
    opened_id = house.ask()
    house.loses(opened_id)
    house.at = NOW + STILL_WORKING
    house.run(opened_id)
    assert house.row(opened_id).problem == NO_TRACE
    assert house.settle(MADE) == (house.bob_id, True)
    assert (house.row(opened_id).state, house.row(opened_id).problem) == (OpeningState.MADE, "")


# --- Shopify's own word


def test_shopifys_word_settles_what_was_sent_with_those_lines_and_says_whose_it_is(house: House) -> None:
    opened_id = house.ask(notes={BAG: "words"})
    assert house.settle(MADE) == (None, False), "nothing was sent yet: it is somebody else's"
    house.loses(opened_id)
    assert house.settle(MADE, (SCARF, 1)) == (None, False)
    assert house.settle(MADE) == (house.bob_id, True)
    assert house.settle(MADE, (SCARF, 1)) == (house.bob_id, True), "once known, by its id"
    row = house.row(opened_id)
    assert (row.state, row.return_gid, row.notes) == (OpeningState.MADE, MADE, None)
    assert house.settle("gid://shopify/Return/902") == (None, False), "one opening is one return"


def test_of_two_sent_alike_the_first_is_settled_first_and_the_clients_is_nobodys(house: House) -> None:
    first, second = house.ask(by_client=True), house.ask("k-2")
    house.loses(first), house.loses(second)
    assert house.settle(MADE) == (None, True)
    assert house.settle("gid://shopify/Return/902") == (house.bob_id, True)
    assert [house.row(n).return_gid for n in (first, second)] == [MADE, "gid://shopify/Return/902"]


def test_a_return_the_order_had_before_or_another_shops_is_not_ours(house: House) -> None:
    house.there = (house.shown(901),)
    opened_id = house.ask()
    house.loses(opened_id)
    with house.database.begin() as session:
        dana_id = cast.dana(session).shop_id
    assert house.settle(MADE) == (None, False)
    assert house.settle("gid://shopify/Return/902", shop_id=dana_id) == (None, False)
    assert house.row(opened_id).state is OpeningState.SENDING


# --- a person looks


def set_to(house: House, opened_id: int, state: OpeningState) -> None:
    with house.database.begin() as session:
        row = session.get_one(OpenedReturn, opened_id)
        row.state, row.problem = state, "Nobody can tell."


def test_a_second_press_while_the_first_is_under_way_sends_nothing_more(house: House) -> None:
    opened_id = house.ask()
    set_to(house, opened_id, OpeningState.UNSETTLED)

    def pressed() -> None:
        with house.database.begin() as session:
            openings.ask_again(session, shop_id=house.shop_id, opened_id=opened_id)

    pressed()
    house.loses(opened_id)  # Shopify may be at work on it
    with pytest.raises(Conflict):
        pressed()
    assert (house.row(opened_id).state, len(house.asked)) == (OpeningState.SENDING, 1)


@pytest.mark.parametrize("state", list(OpeningState))
def test_only_what_nobody_can_tell_is_sent_again_or_put_aside(house: House, state: OpeningState) -> None:
    for verb, to, problem, no in (
        (openings.ask_again, OpeningState.ASKED, "", "It is being looked at already."),
        (openings.put_aside, OpeningState.REFUSED, PUT_ASIDE, "It has moved on meanwhile. Look again."),
    ):
        opened_id = house.ask(verb.__name__)
        set_to(house, opened_id, state)
        house.jobs.clear()
        may = state is OpeningState.UNSETTLED
        with house.database.begin() as session:
            if may:
                verb(session, shop_id=house.shop_id, opened_id=opened_id)
            else:
                with pytest.raises(Conflict) as refused:
                    verb(session, shop_id=house.shop_id, opened_id=opened_id)
                assert refused.value.message == no
        row = house.row(opened_id)
        assert (row.state, row.problem) == ((to, problem) if may else (state, "Nobody can tell."))
        assert len(house.jobs) == (may and verb is openings.ask_again)


def test_what_is_not_here_says_so(house: House) -> None:
    with house.database.begin() as session, pytest.raises(NotFound) as refused:
        openings.get_opened(session, shop_id=house.shop_id, opened_id=1)
    assert refused.value.message == "That page is not known here."


def listed(
    house: House, read: Callable[..., list[OpenedReturn]], *, shop_id: int | None = None, **about: Any
) -> list[int | None]:
    with house.database.begin() as session:
        return [row.id for row in read(session, shop_id=shop_id or house.shop_id, **about)]


def test_the_newest_are_listed_first_and_before_them_what_needs_a_person(house: House) -> None:
    rows = [house.ask(f"k-{n}") for n in range(11)]
    house.ask("hers", by_client=True)
    hers = house.ask("vera's", advisor_id=house.bob_id + 1)
    set_to(house, rows[0], OpeningState.UNSETTLED)
    assert listed(house, openings.recent, advisor_id=house.bob_id) == [rows[0], *reversed(rows[2:])]
    assert listed(house, openings.recent, advisor_id=None) == [rows[0], hers, *reversed(rows[3:])]
    assert listed(house, openings.unsettled) == [rows[0]]
    set_to(house, rows[5], OpeningState.UNSETTLED)
    assert listed(house, openings.unsettled) == [rows[0], rows[5]], "oldest first"
    with house.database.begin() as session:
        dana_id = cast.dana(session).shop_id
    assert listed(house, openings.unsettled, shop_id=dana_id) == []
    assert listed(house, openings.recent, shop_id=dana_id, advisor_id=None) == []


# --- leaving


def test_a_clients_words_go_with_their_orders_and_nobody_elses(house: House, database: Database) -> None:
    with database.begin() as session:
        dana_id = cast.dana(session).shop_id
    words: dict[str, Any] = {"notes": {BAG: "too small for me"}}
    theirs, another = house.ask(**words), house.ask("k-2", order_gid="gid://shopify/Order/2", **words)
    danas = house.ask(shop_id=dana_id, **words)

    def kept(session: Session) -> list[bool]:
        session.expire_all()
        return [session.get_one(OpenedReturn, row).notes is not None for row in (theirs, another, danas)]

    with database.begin() as session:
        openings.forget_notes(session, shop_id=house.shop_id, order_gids=[])
        assert kept(session) == [True, True, True]
        openings.forget_notes(session, shop_id=house.shop_id, order_gids=[ORDER, "gid://shopify/Order/3"])
        assert kept(session) == [False, True, True]
