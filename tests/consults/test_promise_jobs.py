"""What becomes of a promise: its owner is reminded the day before, their manager hears of it the day after, its client
when it is kept."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from consults import promise_jobs, promises
from consults.advisors import set_hours
from consults.kinds import StaffRole
from consults.models import Advisor, Case, Promise_
from kit.addresses import Addresses
from notifications.models import Message
from shops.models import Shop
from tests import cast
from tests.cast import NOW

ADDRESSES = Addresses("https://returns.verdane.example.com")
THURSDAY = date(2026, 11, 26)
PARIS = timedelta(hours=1)
MADE = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
Change = Callable[..., None]


@pytest.fixture
def promised(database, town, queue) -> Any:
    """Bob promised samples for Thursday; the manager of his boutique is Rose."""
    with database.begin() as session:
        case = session.get(Case, town.case_id)
        rose = cast.bob(session, session.get(Shop, case.shop_id), name="Rose Marchand", role=StaffRole.MANAGER,
                        staff_gid="gid://shopify/StaffMember/8")  # fmt: skip
        rose.email, rose.phone = "rose@verdane.example", "+33184880018"
        about = {"shop_id": town.shop_id, "case_id": town.case_id, "advisor_id": town.advisor_id, "now": MADE}
        promise = promises.add_promise(session, what="Samples of rose gold.", due_on=THURSDAY, **about)
        queue.waiting.clear()
        return promise.id


def look(database, *at: str) -> None:
    for instant in at:
        with cast.clock(datetime.fromisoformat(f"{instant}:00+00:00")):
            promise_jobs.watch_promises(database.begin, addresses=ADDRESSES)


def sent(database) -> list[tuple[str, str, str]]:
    with database.begin() as session:
        rows = session.exec(select(Message).order_by(col(Message.id)))
        return [(row.name, row.channel, row.recipient) for row in rows]


def change(database, town, **columns: Any) -> None:
    with database.begin() as session:
        bob = session.get(Advisor, town.advisor_id)
        for name, value in columns.items():
            setattr(bob, name, value)


REMINDED = ("promise_due_advisor", "sms", "+33184880017")
BY_MAIL = ("promise_due_advisor", "email", "bob@verdane.example")
ALARM = ("promise_broken_advisor", "email", "rose@verdane.example")


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2026-11-24T17:00", []),  # two days before
        ("2026-11-25T07:59", []),  # a minute to nine in Paris
        ("2026-11-25T08:30", []),  # half past nine: the boutique's day begins at ten
        ("2026-11-25T09:00", [REMINDED]),
        ("2026-11-25T16:30", [REMINDED]),
        ("2026-11-25T17:00", [BY_MAIL]),  # six in the evening: by mail, which wakes nobody
        ("2026-11-26T12:00", []),  # it stands on Today
        ("2026-11-27T07:59", []),
        ("2026-11-27T08:00", [ALARM]),
        ("2026-11-29T08:00", [ALARM]),
        ("2026-11-30T08:00", []),  # the app was away for days: Home says it
    ],
)
def test_a_promise_is_minded_on_its_days(database, town, promised, at: str, told: list[tuple[str, str, str]]) -> None:
    look(database, at)
    assert sent(database) == told


def test_each_is_said_once_however_often_it_is_looked(database, promised) -> None:
    look(database, *(f"2026-11-25T{hour:02}:00" for hour in range(24)))
    look(database, *(f"2026-11-27T{hour:02}:00" for hour in range(24)), "2026-11-28T12:00")
    assert sent(database) == [REMINDED, ALARM]


def test_days_are_those_where_the_advisor_is(database, town, promised) -> None:
    change(database, town, zone="Asia/Tokyo", texts_stopped_at=NOW)
    look(database, "2026-11-24T23:00")
    assert sent(database) == [], "eight in the morning there"
    look(database, "2026-11-25T00:00")
    assert sent(database) == [BY_MAIL]


def test_what_was_promised_for_the_next_day_is_not_said_back_within_the_hour(database, town, promised) -> None:
    with database.begin() as session:
        session.get(Promise_, promised).created_at = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
    look(database, "2026-11-25T10:00", "2026-11-25T17:00")
    assert sent(database) == []


@pytest.mark.parametrize("how", ["kept", "erased"])
def test_what_is_done_or_forgotten_is_minded_no_more(database, town, promised, how: str) -> None:
    with database.begin() as session:
        if how == "kept":
            session.get(Promise_, promised).done_at = NOW
        else:
            session.delete(session.get(Promise_, promised))
    look(database, "2026-11-25T12:00", "2026-11-27T12:00")
    assert sent(database) == []


def test_who_left_is_answered_for_by_their_manager_and_whoever_has_none_hears_of_it_themselves(
    database, town, promised
) -> None:
    change(database, town, active=False)
    look(database, "2026-11-25T17:00")
    assert sent(database) == [("promise_due_advisor", "email", "rose@verdane.example")]
    change(database, town, active=True, boutique_id=None)
    look(database, "2026-11-27T12:00")
    assert sent(database)[1:] == [("promise_broken_advisor", "email", "bob@verdane.example")]
    with database.begin() as session:
        first, second = session.exec(select(Message).order_by(col(Message.id)))
        assert "Bob Laurent promised Mrs Whitlock for tomorrow: Samples of rose gold.\n" in first.body
        assert "You promised Mrs Whitlock for Thursday 26 November: Samples of rose gold. It" in second.body


def test_whoever_is_not_at_work_that_day_is_reminded_by_mail_in_the_evening(database, town, promised) -> None:
    with database.begin() as session:
        set_hours(session, shop_id=town.shop_id, advisor_id=town.advisor_id, hours=[(0, 600, 1080)])
    look(database, *(f"2026-11-25T{hour:02}:00" for hour in range(24)))
    assert sent(database) == [BY_MAIL]


def test_one_that_fails_stops_no_other(database, town, promised, monkeypatch) -> None:
    with database.begin() as session:
        about = {"shop_id": town.shop_id, "case_id": town.case_id, "advisor_id": town.advisor_id, "now": MADE}
        other = promises.add_promise(session, what="A call", due_on=THURSDAY, **about).id
    see_to = promise_jobs._see_to

    def fails(session: Any, promise: Promise_, *rest: Any) -> None:
        if promise.id == promised:
            raise RuntimeError("of this one only")
        see_to(session, promise, *rest)

    monkeypatch.setattr(promise_jobs, "_see_to", fails)
    look(database, "2026-11-25T12:00")
    with database.begin() as session:
        assert [m.key for m in session.exec(select(Message))] == [f"case:{town.case_id}:promise:{other}:tomorrow"]


# --- kept


def keep(database, town, promised, queue, times: int = 1) -> None:
    for _ in range(times):
        with database.begin() as session:
            about = {"shop_id": town.shop_id, "case_id": town.case_id, "promise_id": promised, "now": NOW}
            promises.keep_promise(session, advisor_id=town.advisor_id, **about)


def test_a_client_is_written_to_once_when_it_is_kept_in_the_name_of_who_promised_it(
    database, town, promised, monkeypatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(promises, "publish", lambda _session, event: told.append(event))
    with database.begin() as session:
        dana = cast.bob(session, session.get(Shop, town.shop_id), name="Dana Roche",
                        staff_gid="gid://shopify/StaffMember/9")  # fmt: skip
        session.get(Case, town.case_id).advisor_id = dana.id  # who has it now
    keep(database, town, promised, None, times=2)
    assert len(told) == 1
    for _ in range(2):
        promise_jobs.tell_promise_kept(database.begin, addresses=ADDRESSES, **vars(told[0]))
    with database.begin() as session:
        (letter,) = session.exec(select(Message))
        assert (letter.name, letter.channel) == ("promise_kept", "email")
        assert "What Bob Laurent promised you is done: Samples of rose gold.\n" in letter.body
        assert len(re.findall(r"https://\S+/consult/\S+", letter.body)) == 1


@pytest.mark.parametrize("why", ["not done", "erased", "another house"])
def test_nobody_is_told_of_what_is_not_done_or_not_theirs(database, town, promised, why: str) -> None:
    with database.begin() as session:
        promise = session.get(Promise_, promised)
        promise.done_at = None if why == "not done" else NOW
        if why == "erased":
            session.delete(promise)
    shop_id = town.shop_id + (why == "another house")
    promise_jobs.tell_promise_kept(database.begin, addresses=ADDRESSES, shop_id=shop_id, promise_id=promised)
    assert sent(database) == []
