"""Messages that did not arrive, in a person's hands: sent again, sent to a corrected address, put aside."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select

from kit.causes import Cause
from kit.db import Database
from kit.errors import Conflict, NotFound
from notifications import messages
from notifications.models import Message
from notifications.refusals import TWILIO, cause_of
from notifications.states import MessageState as S
from tests import cast
from tests.jobs_at_hand import Queue

OLD, NEW = "+33612300000", "+33612311111"
TROUBLE = (S.FAILED, S.HELD, S.UNSETTLED, S.UNDELIVERED)


@pytest.fixture
def write(database: Database, queue: Queue) -> Callable[..., int]:
    with database.begin() as session:
        shop = cast.alice(session)

    def written(state: S, to: str = OLD, **values: Any) -> int:
        with database.begin() as session:
            count = len(session.exec(select(Message.id)).all())
            row = Message(shop_id=cast.number(shop.id), name="desk_link", channel="sms", key=f"k{count}", recipient=to,
                          body="x", state=state, created_at=cast.NOW, **values)  # fmt: skip
            session.add(row)
            session.flush()
            return cast.number(row.id)

    return written


def one(database: Database, message_id: int) -> Message:
    with database.begin() as session:
        return session.get_one(Message, message_id)


@pytest.mark.parametrize("state", TROUBLE)
def test_sent_again_it_begins_from_nothing(database: Database, write: Callable, queue: Queue, state: S) -> None:
    message_id = write(state, status_rank=5, error="twilio: 30003", error_code="30003")
    with database.begin() as session:
        messages.send_again(session, shop_id=1, message_id=message_id)
    row = one(database, message_id)
    assert (row.state, row.status_rank, row.error, row.error_code) == (S.QUEUED, 0, "", "")
    assert queue.names() == ["notifications.deliver"]


@pytest.mark.parametrize("state", TROUBLE)
def test_put_aside_it_is_listed_no_more_and_never_sent(database: Database, write: Callable, state: S) -> None:
    message_id = write(state)
    with database.begin() as session:
        messages.put_aside(session, shop_id=1, message_id=message_id)
        assert messages.in_trouble(session, shop_id=1) == []
        with pytest.raises(Conflict):
            messages.send_again(session, shop_id=1, message_id=message_id)
    with pytest.raises(NotFound), database.begin() as session:
        messages.put_aside(session, shop_id=2, message_id=message_id)


@pytest.mark.parametrize("state", [S.QUEUED, S.SENDING, S.SENT, S.DELIVERED])
def test_what_goes_well_cannot_be_put_aside(database: Database, write: Callable, state: S) -> None:
    message_id = write(state)
    with pytest.raises(Conflict), database.begin() as session:
        messages.put_aside(session, shop_id=1, message_id=message_id)


def test_to_a_corrected_number_goes_what_did_not_reach_them_and_nothing_else(
    database: Database, write: Callable, queue: Queue
) -> None:
    again = [write(S.FAILED), write(S.UNDELIVERED)]
    stay = [write(S.HELD), write(S.UNSETTLED), write(S.DELIVERED), write(S.FAILED, "+33612399999")]
    with database.begin() as session:
        about: dict[str, Any] = {"shop_id": 1, "channel": "sms"}
        assert messages.readdress(session, before=OLD, after=NEW, **about) == 2
        assert messages.readdress(session, before=OLD, after=None, **about) == 0
        assert messages.readdress(session, before=None, after=NEW, **about) == 0
    assert [(one(database, i).recipient, one(database, i).state) for i in again] == [(NEW, S.QUEUED)] * 2
    assert all(one(database, i).recipient != NEW for i in stay)
    assert queue.names() == ["notifications.deliver"] * 2


@pytest.mark.parametrize(
    ("code", "status", "cause"),
    [*((code, 400, cause) for code, cause in TWILIO.items()), ("30003", 0, Cause.UNREACHABLE), (None, 401, "account"),
     (None, 404, ""), (12345, 400, ""), ("", 0, ""), ("x", 0, ""), ("\u00b2", 0, "")],
)  # fmt: skip
def test_a_refusal_has_its_cause(code: object, status: int, cause: str) -> None:
    assert cause_of(code, status) == cause
