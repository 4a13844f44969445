"""What one look at a shop reads: the steps, messages, returns and cases of that shop, and of no other."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import Session

from jobs.models import JobTrouble, TroubleState
from kit.causes import Cause
from kit.db import Database
from notifications.models import Message
from notifications.states import MessageState
from shopify_app.mending.look import STEPS, Look, Place
from tests import cast
from tests.cast import NOW


@pytest.fixture
def session(sqlite_url: str) -> Iterator[Session]:
    config = cast.settings(sqlite_url)
    database = Database(config.database_url)
    with database.begin() as session:
        yield session
    database.close()


@pytest.fixture
def world(session: Session) -> cast.World:
    return cast.everyone(session)


def look(session: Session, world: cast.World) -> Look:
    session.flush()
    return Look(session, world.shop, cast.settings(), NOW)


def step(session: Session, world: cast.World, name: str, cause: str = Cause.COVER, **args: Any) -> JobTrouble:
    about: dict[str, Any] = {"first_at": NOW, "last_at": NOW, "name": "logistics.get_label", "cause": cause}
    state = args.pop("state", TroubleState.WAITING)
    row = JobTrouble(root_id=name, shop_id=world.shop_id, state=state, args=args, **about)
    session.add(row)
    session.flush()
    return row


def message(session: Session, world: cast.World, key: str, state: MessageState = MessageState.FAILED) -> None:
    session.add(
        Message(shop_id=world.shop_id, name="desk_link", channel="sms", key=key, recipient="+33", body="x",
                state=state, created_at=NOW)
    )  # fmt: skip


def test_the_number_of_a_return_is_read_where_a_step_or_a_message_is_about_it(
    session: Session, world: cast.World
) -> None:
    assert look(session, world).numbers == {}
    rma_id = cast.number(world.rma.id)
    step(session, world, "s1", rma_id=rma_id)
    assert look(session, world).numbers == {rma_id: world.rma.number}
    other = cast.cleos_return(session, world.shop, return_gid="gid://shopify/Return/77")
    message(session, world, f"rma:{other.id}:label")
    assert look(session, world).numbers == {rma_id: world.rma.number, other.id: other.number}


def test_the_order_of_a_case_is_read_where_a_message_is_about_it(session: Session, world: cast.World) -> None:
    case_id = cast.number(world.case.id)
    message(session, world, f"rma:{case_id}:label")
    assert look(session, world).orders == {}
    message(session, world, f"case:{case_id}:invited")
    assert look(session, world).orders == {case_id: "#1042"}


@pytest.mark.parametrize("state", [MessageState.SENT, MessageState.DELIVERED])
def test_a_message_that_went_out_is_no_reason_to_look(session: Session, world: cast.World, state: MessageState) -> None:
    message(session, world, f"case:{world.case.id}:invited", state)
    assert (look(session, world).messages, look(session, world).orders) == ([], {})


def test_another_shops_return_and_case_are_not_named_even_when_one_of_our_rows_says_their_number(
    session: Session, world: cast.World
) -> None:
    dana = cast.dana(session)
    waiting = step(session, world, "s1", rma_id=dana.rma.id)
    message(session, world, f"case:{dana.case.id}:invited")
    seen = look(session, world)
    assert (seen.numbers, seen.orders) == ({}, {})
    assert seen.stopped(Cause.COVER) == [Place("", f"/app/activity#step-{waiting.id}")]


def test_another_shops_steps_and_messages_are_not_ours(session: Session, world: cast.World) -> None:
    dana = cast.dana(session)
    step(session, dana, "s1")
    message(session, dana, "k")
    assert (look(session, world).trouble, look(session, world).messages) == ([], [])
    assert len(look(session, dana).trouble) == len(look(session, dana).messages) == 1


@pytest.mark.parametrize(
    ("state", "cause", "is_told"),
    [
        (TroubleState.GIVEN_UP, "", True),
        (TroubleState.GIVEN_UP, Cause.COVER, False),  # told as that
        (TroubleState.WAITING, "", False),  # goes on by itself
    ],
)
def test_a_step_is_a_persons_once_it_was_given_up_for_a_reason_nobody_can_name(
    session: Session, world: cast.World, state: TroubleState, cause: str, is_told: bool
) -> None:
    row = step(session, world, "s1", cause, state=state)
    (failure,) = STEPS
    assert failure.find(look(session, world)) == ([Place("", f"/app/activity#step-{row.id}")] if is_told else [])
