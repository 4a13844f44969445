"""Beyond a budget: one colleague who may say yes is told, the advisor hears what was said, the client nothing."""

from typing import Any

import pytest
from sqlmodel import col, select

from consults.gestures import gestures
from consults.gestures import jobs as gesture_jobs
from consults.gestures.models import Gesture
from consults.kinds import StaffRole
from consults.models import Advisor, Case
from consults.rights import Right
from kit.addresses import Addresses
from notifications.models import Message
from shops.models import Shop
from tests import cast
from tests.cast import NOW
from tests.jobs_at_hand import Queue

ADDRESSES = Addresses("https://returns.verdane.example.com")
ASKED, ANSWERED = "consults.tell_gesture_asked", "consults.tell_gesture_answered"


def asks(database, town, cents: int = 50_000) -> int:
    with database.begin() as session:
        case = session.get(Case, town.case_id)
        about: dict[str, Any] = {"what": "A polish", "why": "She waited for a week.", "once": "once"}
        row = gestures.give(session, case, cents=cents, advisor_id=town.advisor_id, now=NOW, **about)
        return cast.number(row.id)


def run(database, queue: Queue) -> None:
    """Every job of gestures that was secured, twice."""
    table = {ASKED: gesture_jobs.tell_gesture_asked, ANSWERED: gesture_jobs.tell_gesture_answered}
    with cast.clock(NOW):
        for name, given in queue.waiting:
            for _ in range(2 if name in table else 0):
                table[name](database.begin, addresses=ADDRESSES, **given["args"])


def told(database) -> list[tuple[str, str, str]]:
    with database.begin() as session:
        rows = session.exec(select(Message).order_by(col(Message.id)))
        return [(row.name, row.channel, row.recipient) for row in rows]


def bodies(database) -> str:
    with database.begin() as session:
        return " ".join(f"{row.subject} {row.body}" for row in session.exec(select(Message).order_by(col(Message.id))))


@pytest.fixture
def follows(monkeypatch) -> None:
    from shopify_app.wiring import AT_ONCE, EVENTS

    monkeypatch.setattr("jobs.queue._events", EVENTS)
    monkeypatch.setattr("jobs.queue._at_once", AT_ONCE)


@pytest.mark.parametrize("allow", [True, False])
def test_the_manager_is_asked_and_the_advisor_hears_the_answer(database, town, rose, queue, follows, allow) -> None:
    number = asks(database, town)
    run(database, queue)
    assert told(database) == [("gesture_asked_advisor", "email", "rose@verdane.example")]
    assert "Bob Laurent would like to give Mrs Whitlock: A polish, $500. She waited for a week." in bodies(database)
    with database.begin() as session:
        case = session.get(Case, town.case_id)
        about: dict[str, Any] = {"words": "Gladly.", "advisor_id": rose, "now": NOW}
        gestures.answer(session, case, gesture_id=number, allow=allow, **about)
    run(database, queue)
    assert told(database)[1:] == [("gesture_answered_advisor", "email", "bob@verdane.example")]
    said = "Rose Marchand says yes for Mrs Whitlock: A polish. It stands" if allow else "says not now, for Mrs Whitlock"
    assert said in bodies(database) and "“Gladly.”" in bodies(database)


def test_within_the_budget_nobody_is_asked(database, town, rose, queue, follows) -> None:
    with database.begin() as session:
        session.get(Advisor, town.advisor_id).budget_cents = 60_000
    asks(database, town)
    run(database, queue)
    assert told(database) == []


def test_what_was_answered_or_erased_meanwhile_is_asked_no_more(database, town, rose, queue, follows) -> None:
    number = asks(database, town)
    with database.begin() as session:
        gestures.take_back(session, session.get(Case, town.case_id), gesture_id=number)
    run(database, queue)
    with database.begin() as session:
        session.delete(session.get(Gesture, number))
    run(database, queue)
    assert told(database) == []


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({}, ("email", "rose@verdane.example")),
        ({"email": None}, ("sms", "+33184880018")),
        ({"active": False}, None),
        ({"rights_taken": [Right.ANSWER_ASKS.value]}, None),
    ],
)
def test_whoever_may_say_yes_is_asked_by_the_way_they_have(
    database, town, rose, queue, follows, columns, expected
) -> None:
    with database.begin() as session:
        for name, value in columns.items():
            setattr(session.get(Advisor, rose), name, value)
    asks(database, town)
    run(database, queue)
    assert told(database) == ([("gesture_asked_advisor", *expected)] if expected else [])


def test_without_a_manager_who_may_another_is_asked_and_never_the_one_who_asks(database, town, queue, follows) -> None:
    with database.begin() as session:
        session.get(Advisor, town.advisor_id).rights_given = [Right.ANSWER_ASKS.value]
        shop = session.get(Shop, town.shop_id)
        alice = cast.bob(
            session, shop, name="Alice Verdane", role=StaffRole.MERCHANT, staff_gid="gid://shopify/StaffMember/9"
        )
        alice.email = "alice@verdane.example"
    asks(database, town)
    run(database, queue)
    assert told(database) == [("gesture_asked_advisor", "email", "alice@verdane.example")]
