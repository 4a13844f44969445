"""What an advisor may offer and give, who comes along, and what was promised: the rules beside the desk's pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from consults import booking, guests
from consults.events import GestureAnswered, GestureAsked
from consults.gestures import gestures
from consults.gestures.models import Gesture
from consults.gestures.states import GestureState
from consults.models import Advisor, Case, CaseEvent, Consult
from consults.policy import set_policy
from consults.promises import add_promise, keep_promise, promises_of
from consults.rooms.embedded import RoomFull
from consults.rounds.rounds import (
    NoThirdOffer,
    Standing,
    begin_offer,
    client_asked,
    forget,
    refuse,
    rounds_of,
    standing,
)  # fmt: skip
from consults.states import CaseState, InvalidMove
from kit.db import Database
from kit.errors import AppError, Conflict, NotFound
from shops import crypt
from tests import cast
from tests.cast import NOW

BUDGET = 50_000


@dataclass
class Desk:
    """Bob with a budget of $500 a month, Claire who answers, and Cleo's case."""

    session: Session
    case: Case
    bob: Advisor
    claire: Advisor

    @property
    def by_bob(self) -> dict[str, Any]:
        return {"advisor_id": cast.number(self.bob.id), "now": NOW}

    def give(self, cents: int, once: str = "", **more: Any) -> Gesture:
        about = {"what": "A polish", "why": "She waited", "once": once or f"tap {cents}"} | self.by_bob | more
        return gestures.give(self.session, self.case, cents=cents, **about)

    def left(self, now: datetime = NOW) -> int:
        advisor_id = cast.number(self.bob.id)
        return gestures.left_of_budget(self.session, shop_id=self.case.shop_id, advisor_id=advisor_id, now=now).cents

    def answer(self, row: Gesture, allow: bool, by: Advisor | None = None) -> Gesture:
        about: dict[str, Any] = {"gesture_id": row.id, "advisor_id": cast.number((by or self.claire).id), "now": NOW}
        return gestures.answer(self.session, self.case, allow=allow, **about)

    def lines(self, kind: str) -> list[str]:
        return [line.detail for line in self.session.exec(select(CaseEvent).where(CaseEvent.kind == kind))]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    events: list[Any] = []
    for module in ("consults.gestures.gestures", "consults.guests", "consults.booking"):
        monkeypatch.setattr(f"{module}.publish", lambda _session, event: events.append(event))
    return events


@pytest.fixture
def desk(sqlite_url: str, told: list[Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    crypt.use_keys("test-token-key")
    monkeypatch.setattr("jobs.enqueue", lambda *_args, **_more: None)
    database = Database(sqlite_url)
    with database.begin() as session:
        shop = cast.alice(session)
        bob = cast.bob(session, shop)
        bob.budget_cents = BUDGET
        claire = cast.bob(session, shop, name="Claire Morel", staff_gid="gid://shopify/StaffMember/8")
        yield Desk(session, cast.cleos_case(session, shop, bob), bob, claire)
    database.close()


# --- a budget


@pytest.mark.parametrize(
    ("cents", "state", "left"),
    [(1, "allowed", BUDGET - 1), (BUDGET, "allowed", 0), (BUDGET + 1, "asked", BUDGET)],
    ids=["a cent", "all of it", "a cent more is asked for, and takes nothing of it"],
)
def test_what_the_budget_holds_is_given_at_once(desk: Desk, cents: int, state: str, left: int) -> None:
    row = desk.give(cents)
    assert (row.state, row.beyond, row.currency, desk.left()) == (GestureState(state), cents > BUDGET, "USD", left)


def test_a_second_tap_is_the_same_gesture(desk: Desk) -> None:
    assert desk.give(20_000, "tap").id == desk.give(20_000, "tap").id
    assert desk.left() == BUDGET - 20_000 and desk.lines("gesture.given") == ["$200"]


def test_what_is_taken_back_is_in_the_budget_again_and_twice_is_as_once(desk: Desk) -> None:
    row = desk.give(20_000)
    for _ in range(2):
        gestures.take_back(desk.session, desk.case, gesture_id=cast.number(row.id))
    assert desk.left() == BUDGET and gestures.shown_to_client(desk.session, desk.case) == []


@pytest.mark.parametrize(
    ("given", "then", "left"),
    [
        ("2026-11-30T22:59", "2026-11-30T22:59", BUDGET - 100),
        ("2026-11-30T22:59", "2026-11-30T23:00", BUDGET),  # midnight in Paris, where the shop is
        ("2026-10-31T23:00", "2026-11-30T12:00", BUDGET - 100),
        ("2026-10-31T22:59", "2026-11-01T00:00", BUDGET),
    ],
)
def test_a_budget_is_whole_again_when_the_month_begins_where_the_shop_is(
    desk: Desk, given: str, then: str, left: int
) -> None:
    at, later = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (given, then))
    desk.give(100, now=at)
    assert desk.left(later) == left


@pytest.mark.parametrize("wrong", [{"what": " "}, {"why": ""}, {"cents": 0}, {"cents": -5}])
def test_nothing_is_given_that_says_nothing_or_costs_nothing(desk: Desk, wrong: dict[str, Any]) -> None:
    with pytest.raises(AppError):
        desk.give(**({"cents": 100} | wrong))
    assert desk.left() == BUDGET and rounds_of(desk.session, desk.case) == [], "and no round began with it"


def test_only_what_was_allowed_is_shown_and_never_what_it_costs(desk: Desk, told: list[Any]) -> None:
    desk.give(100, what="A polish")
    asked = desk.give(90_000, what="A second strap")
    assert gestures.shown_to_client(desk.session, desk.case) == ["A polish"]
    desk.answer(asked, allow=True)
    assert gestures.shown_to_client(desk.session, desk.case) == ["A polish", "A second strap"]
    assert desk.left() == BUDGET - 100, "what was allowed beyond a budget is not taken from it"
    case, return_gid = cast.number(desk.case.id), desk.case.return_gid
    about = (desk.case.shop_id, case, return_gid, cast.number(asked.id))
    assert told == [GestureAsked(*about), GestureAnswered(*about, allowed=True, at=NOW.isoformat())]
    assert [row.id for row in gestures.exceptions(desk.session, shop_id=desk.case.shop_id)] == [asked.id]
    assert gestures.exceptions(desk.session, shop_id=desk.case.shop_id + 1) == []


def test_nobody_answers_what_they_asked_for_and_nobody_answers_twice(desk: Desk, told: list[Any]) -> None:
    asked = desk.give(90_000)
    with pytest.raises(AppError) as refused:
        desk.answer(asked, allow=True, by=desk.bob)
    assert refused.value.status == 403
    assert desk.answer(asked, allow=False).state is GestureState.NOT_NOW
    with pytest.raises(Conflict):
        desk.answer(asked, allow=True)
    assert [type(event) for event in told] == [GestureAsked, GestureAnswered], "asked once and answered once"
    assert gestures.shown_to_client(desk.session, desk.case) == []


def test_a_yes_that_comes_after_the_case_is_closed_shows_the_client_nothing(desk: Desk, told: list[Any]) -> None:
    asked, other = desk.give(90_000), desk.give(90_001)
    desk.case.state = CaseState.CLOSED
    with pytest.raises(InvalidMove):
        desk.answer(asked, allow=True)
    with pytest.raises(InvalidMove):
        desk.give(100, "late")
    assert desk.answer(other, allow=False).state is GestureState.NOT_NOW, "a no can always be said"
    assert gestures.shown_to_client(desk.session, desk.case) == []


def test_a_gesture_of_another_case_is_not_known_here(desk: Desk) -> None:
    asked = desk.give(90_000)
    desk.case = cast.dana(desk.session).case
    with pytest.raises(NotFound):
        desk.answer(asked, allow=True)


# --- rounds of offers


@pytest.mark.parametrize(
    ("refused", "live", "may"),
    [(0, False, True), (1, False, True), (2, False, False), (2, True, True), (3, False, False)],
)
def test_after_two_noes_nothing_more_is_offered_unless_they_ask(refused: int, live: bool, may: bool) -> None:
    assert Standing(refused, live).may_offer is may


def test_a_round_is_one_however_much_is_offered_in_it_and_a_no_ends_it_once(desk: Desk) -> None:
    first = begin_offer(desk.session, desk.case, **desk.by_bob)
    assert begin_offer(desk.session, desk.case, **desk.by_bob).id == first.id
    for _ in range(2):
        refuse(desk.session, desk.case, **desk.by_bob)
    assert standing(desk.session, desk.case) == Standing(1, False) and len(desk.lines("offer.refused")) == 1


def test_the_third_round_is_the_clients_to_begin(desk: Desk) -> None:
    for _ in range(2):
        begin_offer(desk.session, desk.case, **desk.by_bob)
        refuse(desk.session, desk.case, **desk.by_bob)
    with pytest.raises(NoThirdOffer):
        begin_offer(desk.session, desk.case, **desk.by_bob)
    third = client_asked(desk.session, desk.case, words=" What  else is there? ", **desk.by_bob)
    assert (third.number, third.asked_words) == (3, "What else is there?")
    assert client_asked(desk.session, desk.case, words="And else?", **desk.by_bob).id == third.id, "it is under way"
    assert begin_offer(desk.session, desk.case, **desk.by_bob).id == third.id
    refuse(desk.session, desk.case, **desk.by_bob)
    with pytest.raises(NoThirdOffer):
        begin_offer(desk.session, desk.case, **desk.by_bob)
    forget(desk.session, shop_id=desk.case.shop_id, case_id=cast.number(desk.case.id))
    assert [row.asked_words for row in rounds_of(desk.session, desk.case)] == [None] * 3


def test_there_is_no_no_to_nothing_and_no_round_without_their_words_or_of_a_closed_case(desk: Desk) -> None:
    with pytest.raises(AppError, match="Nothing has been offered"):
        refuse(desk.session, desk.case, **desk.by_bob)
    with pytest.raises(AppError, match="in their words"):
        client_asked(desk.session, desk.case, words=" \n ", **desk.by_bob)
    desk.case.state = CaseState.CLOSED
    with pytest.raises(InvalidMove):
        client_asked(desk.session, desk.case, words="What else?", **desk.by_bob)
    assert rounds_of(desk.session, desk.case) == []


# --- who comes along


@pytest.fixture
def talk(desk: Desk) -> Consult:
    set_policy(desk.session, shop_id=desk.case.shop_id, notice_minutes=0)
    return booking.book_consult(
        desk.session, shop_id=desk.case.shop_id, case_id=cast.number(desk.case.id), client_zone="Europe/Paris",
        starts_at=NOW + timedelta(hours=6), kind="video", idempotency_key="k", now=NOW,
    )  # fmt: skip


def invite(desk: Desk, talk: Consult, email: str, **more: Any) -> Any:
    about: dict[str, Any] = {"shop_id": talk.shop_id, "consult_id": talk.id, "name": "Tom", "relation": "Partner"}
    return guests.invite(desk.session, email=email, now=NOW, **(about | more))


def test_the_same_address_is_the_same_place_however_it_is_written(desk: Desk, talk: Consult, told: list[Any]) -> None:
    told.clear()
    tom = invite(desk, talk, " Tom@Client.example ", relation="  My   partner ", zone="Asia/Tokyo")
    assert invite(desk, talk, "tom@client.EXAMPLE").id == tom.id and len(told) == 1
    assert (tom.email, tom.relation, tom.zone) == ("Tom@Client.example", "My partner", "Asia/Tokyo")


def test_two_come_along_and_a_third_is_told_that_it_is_full_until_one_does_not(desk: Desk, talk: Consult) -> None:
    first, _ = invite(desk, talk, "a@client.example"), invite(desk, talk, "b@client.example", zone="Mars/Olympus")
    with pytest.raises(RoomFull):
        invite(desk, talk, "c@client.example")
    about: dict[str, Any] = {"shop_id": talk.shop_id, "consult_id": talk.id, "participant_id": first.id, "now": NOW}
    before = talk.sequence
    for _ in range(2):
        guests.uninvite(desk.session, **about)
    desk.session.refresh(talk)
    assert talk.sequence == before + 1, "their entry is struck once"
    invite(desk, talk, "c@client.example")
    assert [(guest.email, guest.zone) for guest in guests.guests_of(desk.session, talk)] == [
        ("b@client.example", ""), ("c@client.example", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("email", ["", "tom", "tom@house", "tom@house.", "@house.com", "tom tom@house.com", "a@b@c.de"])
def test_somebody_nothing_can_be_sent_to_is_asked_for_again(desk: Desk, talk: Consult, email: str) -> None:
    with pytest.raises(guests.AddressUnclear):
        invite(desk, talk, email)
    assert guests.guests_of(desk.session, talk) == []


def test_nobody_is_added_to_what_was_called_off_or_is_another_shops(desk: Desk, talk: Consult) -> None:
    with pytest.raises(NotFound):
        invite(desk, talk, "tom@client.example", shop_id=talk.shop_id + 1)
    booking.cancel_consult(desk.session, shop_id=talk.shop_id, consult_id=cast.number(talk.id), now=NOW)
    with pytest.raises(InvalidMove):
        invite(desk, talk, "tom@client.example")


# --- what was promised


def test_a_promise_is_kept_once_by_its_own_house_and_the_earliest_comes_first(desk: Desk) -> None:
    about: dict[str, Any] = {"shop_id": desk.case.shop_id, "case_id": cast.number(desk.case.id)}
    late = add_promise(desk.session, what=" Write   to her ", due_on=date(2026, 12, 1), **about, **desk.by_bob)
    soon = add_promise(desk.session, what="Ring her", due_on=date(2026, 11, 25), **about, **desk.by_bob)
    assert [row.what for row in promises_of(desk.session, **about)] == ["Ring her", "Write to her"]
    for hours in (1, 2):
        kept = keep_promise(
            desk.session,
            promise_id=cast.number(soon.id),
            **about,
            **(desk.by_bob | {"now": NOW + timedelta(hours=hours)}),
        )
    assert kept.done_at == NOW + timedelta(hours=1) and late.done_at is None and len(desk.lines("promise.kept")) == 1
    for wrong in ({"shop_id": desk.case.shop_id + 1}, {"case_id": desk.case.id + 1}):  # type: ignore[operator]
        with pytest.raises(NotFound):
            keep_promise(desk.session, promise_id=cast.number(late.id), **(about | wrong), **desk.by_bob)
    with pytest.raises(AppError, match="few words"):
        add_promise(desk.session, what="  ", due_on=date(2026, 12, 1), **about, **desk.by_bob)
