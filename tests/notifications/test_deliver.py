"""Handing messages over, once each, whatever happens in between."""

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlmodel import select

from kit.clock import now as clock_now
from kit.db import Database
from kit.errors import Conflict, NotFound, OutsideError, Waiting
from notifications import messages
from notifications.jobs import deliver, record_status
from notifications.models import Message
from notifications.ports import Outgoing
from notifications.states import NEXT, MessageState
from shops.models import Shop, ShopState
from tests import cast
from tests.cast import NOW
from tests.jobs_at_hand import Queue

S = MessageState


@dataclass
class Fake:
    """A channel with a record. `can_tell`: whether it can be asked what it took."""

    name: str = "sms"
    is_set_up: bool = True
    can_tell: bool = True
    error: Exception | None = None
    took: dict[int, str] = field(default_factory=dict)
    sends: int = 0
    during: Callable[[], None] = lambda: None

    def send(self, message: Outgoing) -> str:
        self.sends += 1
        if self.error and not getattr(self.error, "ambiguous", False):
            raise self.error
        self.took[message.message_id] = f"SM{message.message_id}"
        if self.error:
            raise self.error
        self.during()
        return self.took[message.message_id]

    def find(self, message: Outgoing) -> str | None:
        if not self.can_tell:
            raise OutsideError(self.name, "cannot say", permanent=True)
        return self.took.get(message.message_id)


class Killed(BaseException):
    pass


@pytest.fixture
def message_id(database: Database, queue: Queue) -> int:
    with database.begin() as session:
        shop = cast.alice(session)
        written = write(session, cast.number(shop.id))
        assert written is not None
        return cast.number(written.id)


def write(session, shop_id: int, key: str = "case:1:x", to: str = "+33612344141", **more) -> Message | None:
    values = {"house": "Verdane", "link": "https://x.example/1"}
    return messages.send(
        session, shop_id=shop_id, message="desk_link", channel="sms", to=to, values=values, key=key, now=NOW, **more
    )


def row(database: Database) -> Message:
    with database.begin() as session:
        return session.exec(select(Message)).one()


def go(database: Database, channel: Fake, message_id: int) -> None:
    deliver(database.begin, channels={"sms": channel}, shop_id=row(database).shop_id, message_id=message_id)


def test_a_message_is_sent_once_however_often_its_job_runs(database: Database, message_id: int) -> None:
    channel = Fake()
    for _ in range(3):
        go(database, channel, message_id)
    found = row(database)
    assert (channel.sends, found.state, found.provider_id) == (1, S.SENT, f"SM{message_id}")
    assert found.sent_at is not None


def test_the_same_key_is_written_once_and_another_shops_is_its_own(
    database: Database, queue: Queue, message_id: int
) -> None:
    with database.begin() as session:
        shop_id = row(database).shop_id
        assert write(session, shop_id) is None
        assert write(session, cast.number(cast.alice(session, "dana.myshopify.com").id)) is not None
    assert len(queue.waiting) == 2


@pytest.mark.parametrize("more", [{"to": ""}, {"consent": False}])
def test_without_an_address_or_consent_nothing_is_written(database: Database, queue: Queue, more) -> None:
    with database.begin() as session:
        assert write(session, cast.number(cast.alice(session).id), **more) is None
    assert queue.waiting == []


def test_a_text_handed_over_by_a_worker_that_died_is_found_and_not_sent_again(
    database: Database, message_id: int
) -> None:
    def killed() -> None:
        raise Killed

    channel = Fake(during=killed)
    with pytest.raises(Killed):
        go(database, channel, message_id)
    assert row(database).state is S.SENDING
    go(database, channel, message_id)
    assert (channel.sends, row(database).state, row(database).provider_id) == (1, S.SENT, f"SM{message_id}")


def test_one_that_certainly_did_not_go_out_is_sent_after_all(database: Database, message_id: int) -> None:
    long_ago = clock_now() - timedelta(seconds=31)
    with database.begin() as session:
        assert messages.claim(session, message_id, now=long_ago)
        assert not messages.claim(session, message_id, now=long_ago)
    channel = Fake()
    go(database, channel, message_id)
    assert (channel.sends, row(database).state) == (1, S.SENT)


def test_of_two_that_find_it_left_in_the_middle_one_sends_it(database: Database, message_id: int) -> None:
    with database.begin() as session:
        messages.claim(session, message_id, now=clock_now() - timedelta(seconds=31))
    gate, sent = threading.Barrier(4), []

    def unknown(_message: Outgoing) -> None:
        gate.wait(30)

    def work() -> None:
        channel = Fake()
        channel.find = unknown  # type: ignore[assignment, method-assign]
        with contextlib.suppress(Waiting):
            go(database, channel, message_id)
        sent.append(channel.sends)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(sent) == [0, 0, 0, 1] and row(database).state is S.SENT


def test_one_that_came_to_an_end_while_the_provider_was_asked_is_left_alone(
    database: Database, message_id: int
) -> None:
    """The worker that had it was slow, not dead."""
    with database.begin() as session:
        messages.claim(session, message_id, now=clock_now() - timedelta(seconds=31))
    channel = Fake()

    def find(_message: Outgoing) -> str | None:
        with database.begin() as session:
            messages.settle(session, message_id, S.SENT, provider_id="SM1", now=NOW)
        return None

    channel.find = find  # type: ignore[assignment, method-assign]
    go(database, channel, message_id)
    assert (channel.sends, row(database).provider_id) == (0, "SM1")


def test_one_that_may_still_be_on_its_way_out_is_waited_for(database: Database, message_id: int) -> None:
    """A text that was handed over twice within a second: the provider was slow, and we had been killed meanwhile."""
    with database.begin() as session:
        messages.claim(session, message_id, now=clock_now() - timedelta(seconds=20))
    channel = Fake()
    with pytest.raises(Waiting) as waiting:
        go(database, channel, message_id)
    assert (channel.sends, row(database).state) == (0, S.SENDING) and 5 < waiting.value.retry_after <= 10
    channel.took[message_id] = "SM1"
    go(database, channel, message_id)
    assert (channel.sends, row(database).state, row(database).provider_id) == (0, S.SENT, "SM1")


def test_each_time_it_is_handed_over_the_wait_begins_anew(database: Database, message_id: int) -> None:
    with database.begin() as session:
        messages.claim(session, message_id, now=clock_now() - timedelta(seconds=31))
    slow = Fake(error=OutsideError("twilio", "timed out", ambiguous=True))
    with pytest.raises(OutsideError):
        go(database, slow, message_id)
    slow.took.clear()  # not there yet
    with pytest.raises(Waiting):
        go(database, slow, message_id)
    assert slow.sends == 1


def test_where_nobody_can_tell_a_person_decides(database: Database, queue: Queue, message_id: int) -> None:
    channel = Fake(can_tell=False, error=OutsideError("smtp", "timed out", ambiguous=True))
    with pytest.raises(OutsideError):
        go(database, channel, message_id)
    go(database, channel, message_id)
    assert (channel.sends, row(database).state) == (1, S.UNSETTLED)
    with database.begin() as session:
        assert [m.id for m in messages.in_trouble(session, shop_id=row(database).shop_id)] == [message_id]
        messages.send_again(session, shop_id=row(database).shop_id, message_id=message_id)
    channel.error = None
    go(database, channel, message_id)
    assert (channel.sends, row(database).state) == (2, S.SENT)


def test_a_channel_that_is_not_set_up_holds_its_messages_and_says_so(database: Database, message_id: int) -> None:
    channel = Fake(is_set_up=False)
    go(database, channel, message_id)
    found = row(database)
    assert (channel.sends, found.state, found.error) == (0, S.HELD, "sms is not set up")


def test_a_number_that_does_not_exist_fails_for_good(database: Database, message_id: int) -> None:
    channel = Fake(error=OutsideError("twilio", "21211: no such number", permanent=True))
    go(database, channel, message_id)
    assert (row(database).state, row(database).error) == (S.FAILED, "twilio: 21211: no such number")
    go(database, channel, message_id)
    assert channel.sends == 1


def test_a_provider_that_is_away_is_tried_again(database: Database, message_id: int) -> None:
    channel = Fake(error=OutsideError("twilio", "no connection"))
    with pytest.raises(OutsideError):
        go(database, channel, message_id)
    assert row(database).state is S.QUEUED
    channel.error = None
    go(database, channel, message_id)
    assert (channel.sends, row(database).state) == (2, S.SENT)


def test_a_message_of_another_shop_is_never_sent(database: Database, message_id: int) -> None:
    channel = Fake()
    for shop_id, wanted in ((row(database).shop_id + 1, message_id), (row(database).shop_id, message_id + 1)):
        deliver(database.begin, channels={"sms": channel}, shop_id=shop_id, message_id=wanted)
    assert channel.sends == 0


def test_a_message_that_was_erased_meanwhile_is_not_sent(database: Database, message_id: int) -> None:
    with database.begin() as session:
        found = session.exec(select(Message)).one()
        found.recipient = found.subject = found.body = ""
    channel = Fake()
    go(database, channel, message_id)
    assert channel.sends == 0


@pytest.mark.parametrize("state", list(ShopState))
def test_nothing_goes_out_for_a_house_that_left_and_after_it_came_back_only_by_a_click(
    database: Database, message_id: int, state: ShopState
) -> None:
    with database.begin() as session:
        session.get_one(Shop, row(database).shop_id).state = state
    channel, left = Fake(), state is ShopState.UNINSTALLED
    go(database, channel, message_id)
    assert (channel.sends, row(database).state) == ((0, S.FAILED) if left else (1, S.SENT))
    if not left:
        return
    assert row(database).error == "The app was not installed any more."
    with database.begin() as session:
        session.get_one(Shop, row(database).shop_id).state = ShopState.ACTIVE
    go(database, channel, message_id)
    assert channel.sends == 0, "hours later it may say what is not so any more"
    with database.begin() as session:
        messages.send_again(session, shop_id=row(database).shop_id, message_id=message_id)
    go(database, channel, message_id)
    assert channel.sends == 1


def test_what_went_out_is_not_sent_again_by_a_click(database: Database, message_id: int) -> None:
    go(database, Fake(), message_id)
    shop_id = row(database).shop_id
    with pytest.raises(Conflict), database.begin() as session:
        messages.send_again(session, shop_id=shop_id, message_id=message_id)
    with pytest.raises(NotFound), database.begin() as session:
        messages.send_again(session, shop_id=shop_id + 1, message_id=message_id)


@pytest.mark.parametrize(
    ("told", "state", "code"),
    [
        (["sent", "delivered"], S.DELIVERED, ""),
        (["delivered", "sent", "queued"], S.DELIVERED, ""),
        (["delivered", "delivered"], S.DELIVERED, ""),
        (["undelivered:30003"], S.UNDELIVERED, "30003"),
        (["undelivered:30003", "sent", "undelivered:30005"], S.UNDELIVERED, "30003"),
        (["delivered", "undelivered:30003"], S.DELIVERED, ""),
        (["undelivered:30003", "delivered"], S.DELIVERED, ""),
        (["failed:30007"], S.FAILED, "30007"),
        (["read"], S.DELIVERED, ""),
        (["unheard of"], S.SENT, ""),
    ],
)
def test_a_providers_words_come_late_twice_and_out_of_order(
    database: Database, message_id: int, told: list[str], state: S, code: str
) -> None:
    go(database, Fake(), message_id)
    for word in told:
        status, _, error = word.partition(":")
        record_status(database.begin, provider_id=f"SM{message_id}", status=status, error_code=error)
        record_status(database.begin, provider_id="SM-of-somebody-else", status=status, error_code=error)
    assert (row(database).state, row(database).error_code) == (state, code)


def test_every_state_says_what_may_follow() -> None:
    assert set(NEXT) == set(S) and all(target in S for targets in NEXT.values() for target in targets)


def test_a_status_quicker_than_our_own_record_of_the_hand_over_waits_for_it(database: Database, queue: Queue) -> None:
    with database.begin() as session:
        shop = cast.alice(session)
        written = messages.send(
            session,
            shop_id=cast.number(shop.id),
            message="desk_link",
            channel="sms",
            to="+33639980101",
            values={"house": "Verdane", "link": "https://x.example/desk/in/t"},
            key="early",
            now=cast.NOW,
        )
        assert written is not None and written.id is not None
        messages.claim(session, written.id, now=NOW)
    with pytest.raises(Waiting):
        record_status(database.begin, provider_id="SM1", status="delivered", error_code="")
    with database.begin() as session:
        messages.settle(session, written.id, MessageState.SENT, provider_id="SM1", now=cast.NOW)
    record_status(database.begin, provider_id="SM1", status="delivered", error_code="")
    record_status(database.begin, provider_id="SM-of-nobody", status="delivered", error_code="")
    with database.begin() as session:
        assert session.get_one(Message, written.id).state is MessageState.DELIVERED
