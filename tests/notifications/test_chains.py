"""Ways to one person: which is taken next, when, and how often."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from kit.db import Database
from notifications import chains, messages
from notifications.chains import Way, pass_on, told
from notifications.models import Message
from notifications.quiet_hours import QuietHours
from notifications.states import MessageState
from tests import cast
from tests.cast import NOW

VALUES = {"house": "Verdane", "code": "123456"}
SMS, EMAIL = Way("sms", "+33612344141", VALUES), Way("email", "cleo@client.example", VALUES)
NIGHT = QuietHours(21 * 60, 8 * 60, "Europe/Paris")
TEN_AT_NIGHT, EIGHT = datetime.fromisoformat("2026-11-24T22:00+01:00"), datetime.fromisoformat("2026-11-25T08:00+01:00")
S = MessageState


@dataclass
class Desk:
    """One shop, and the jobs that were asked for: message and not before when."""

    session: Session
    shop_id: int
    asked: list[tuple[int, datetime | None]]

    def write(self, *ways: Way, key: str = "case:1:code", **more: Any) -> Message:
        written = messages.send_by(
            self.session, shop_id=self.shop_id, message="code", ways=ways, key=key, **({"now": NOW} | more)
        )
        assert written is not None
        self.asked.clear()
        return written

    def of(self, key: str = "case:1:code") -> list[Message]:
        return list(self.session.exec(select(Message).where(Message.key == key).order_by(col(Message.step))))

    def fails(self, message: Message) -> Message:
        message.state = S.UNDELIVERED
        self.session.add(message)
        return message


@pytest.fixture
def desk(on_sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    asked: list[tuple[int, datetime | None]] = []

    def enqueue(_session: Session, _name: str, *, at: datetime | None = None, message_id: int, **_about: Any) -> None:
        asked.append((message_id, at))

    monkeypatch.setattr("jobs.enqueue", enqueue)
    with on_sqlite.begin() as session:
        yield Desk(session, cast.number(cast.alice(session).id), asked)


def test_the_first_way_is_taken_and_the_others_stand_by(desk: Desk) -> None:
    desk.write(SMS, EMAIL)
    assert [(row.step, row.channel, row.state) for row in desk.of()] == [
        (1, "sms", S.QUEUED), (2, "email", S.STANDBY),
    ]  # fmt: skip


def test_without_a_way_or_with_a_key_that_was_used_nothing_is_written(desk: Desk) -> None:
    about: dict[str, Any] = {"shop_id": desk.shop_id, "message": "code", "key": "case:1:code", "now": NOW}
    assert messages.send_by(desk.session, ways=[], **about) is None
    desk.write(SMS)
    assert messages.send_by(desk.session, ways=[SMS, EMAIL], **about) is None and len(desk.of()) == 1


def test_what_did_not_arrive_goes_on_by_the_next_way_once(desk: Desk) -> None:
    first = desk.fails(desk.write(SMS, EMAIL))
    assert pass_on(desk.session, first, now=NOW) and not pass_on(desk.session, first, now=NOW)
    text, letter = desk.of()
    assert (text.passed_on, letter.state, letter.passed_on) == (True, S.QUEUED, False)
    assert desk.asked == [(letter.id, None)]


def test_after_the_last_way_there_is_none_and_a_message_by_itself_has_none(desk: Desk) -> None:
    assert not pass_on(desk.session, desk.fails(desk.write(SMS)), now=NOW)
    alone = messages.send(
        desk.session, shop_id=desk.shop_id, message="code", channel="sms", to=SMS.to, values=VALUES, key="x", now=NOW
    )
    assert alone is not None and not pass_on(desk.session, desk.fails(alone), now=NOW)
    assert [row.passed_on for row in (*desk.of(), alone)] == [False, False]


@pytest.mark.parametrize(
    ("late", "goes"), [(timedelta(0), False), (timedelta(seconds=-1), True), (timedelta(1), False)]
)
def test_what_is_no_use_any_more_is_not_sent_by_another_way(desk: Desk, late: timedelta, goes: bool) -> None:
    first = desk.fails(desk.write(SMS, EMAIL, not_after=NOW + timedelta(hours=1)))
    assert pass_on(desk.session, first, now=NOW + timedelta(hours=1) + late) is goes
    assert [row.state for row in desk.of()][1] is (S.QUEUED if goes else S.STANDBY)


@pytest.mark.parametrize(
    ("ways", "quiet", "waits_until"),
    [
        pytest.param((EMAIL, SMS), NIGHT, EIGHT, id="a text waits for the morning"),
        pytest.param((SMS, EMAIL), NIGHT, None, id="a letter wakes nobody"),
        pytest.param((EMAIL, SMS), None, None, id="a house without quiet hours"),
    ],
)
def test_at_night_only_texts_wait(
    desk: Desk, ways: tuple[Way, ...], quiet: QuietHours | None, waits_until: datetime | None
) -> None:
    first = desk.fails(desk.write(*ways, quiet=quiet))
    assert pass_on(desk.session, first, now=TEN_AT_NIGHT)
    assert desk.asked == [(desk.of()[1].id, waits_until)]


def test_a_way_that_was_erased_meanwhile_is_passed_over(desk: Desk) -> None:
    first = desk.fails(desk.write(SMS, Way("whatsapp", SMS.to, VALUES), EMAIL))
    desk.of()[1].state = S.ERASED
    assert pass_on(desk.session, first, now=NOW)
    assert [row.state for row in desk.of()] == [S.UNDELIVERED, S.ERASED, S.QUEUED]


def test_the_same_key_of_another_shop_is_another_chain(desk: Desk) -> None:
    first = desk.fails(desk.write(SMS))
    other = cast.alice(desk.session, "dana.myshopify.com", "Dana and Daughters")
    theirs = Desk(desk.session, cast.number(other.id), desk.asked)
    theirs.write(SMS, EMAIL)
    assert not pass_on(desk.session, first, now=NOW) and desk.asked == []
    assert [len(told(desk.session, shop_id=one.shop_id, prefix="case:1:")[0].steps) for one in (desk, theirs)] == [1, 2]


def test_what_was_told_is_read_newest_first_with_its_ways_in_their_order(desk: Desk) -> None:
    pass_on(desk.session, desk.fails(desk.write(SMS, EMAIL)), now=NOW)
    opened = desk.write(SMS, key="case:1:later")
    opened.state, opened.status_rank = S.DELIVERED, 7
    desk.write(EMAIL, key="case:10:of another case")
    desk.session.flush()
    later, earlier = told(desk.session, shop_id=desk.shop_id, prefix="case:1:")
    assert (later.key, earlier.key, earlier.name, earlier.at) == ("case:1:later", "case:1:code", "code", NOW)
    assert [(step.channel, step.words, step.passed_on) for step in earlier.steps] == [
        ("text", "Did not arrive", True), ("e-mail", "Waits to be sent", False),
    ]  # fmt: skip
    assert [step.words for step in later.steps] == ["Read"]


@pytest.mark.parametrize("prefix", ["case:_:", "case:%"])
def test_a_beginning_is_taken_as_it_is_written(desk: Desk, prefix: str) -> None:
    desk.write(SMS)
    desk.session.flush()
    assert told(desk.session, shop_id=desk.shop_id, prefix=prefix) == []


def test_every_state_has_words_and_no_two_the_same() -> None:
    assert set(chains.IN_WORDS) == set(S) and len(set(chains.IN_WORDS.values())) == len(S)
