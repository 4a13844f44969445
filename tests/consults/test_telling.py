"""At which hour a client is written to shortly: by night only what they asked for, or did themselves."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

import jobs
from consults.around_jobs import tell_proposed
from consults.booking import free_times
from consults.clock_jobs import client_later
from consults.kinds import Kind
from consults.models import Advisor, Case
from consults.proposals import propose
from consults.telling import ASKED_FOR, TO_CLIENTS, Words, tell_shortly
from consults.threads import answer, hear
from kit.addresses import Addresses
from notifications import texts
from notifications.models import InboundText, Message
from tests import cast
from tests.cast import CLEO

ADDRESSES = Addresses("https://returns.verdane.example.com")
NIGHT = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)  # three in the morning in New York
MORNING = datetime(2026, 11, 25, 13, 0, tzinfo=UTC)
VALUES = {"house": "Verdane", "advisor": "Inès", "when": "Thu 26 Nov, 10:00", "link": "https://returns.example/c/1"}


@pytest.fixture
def sent_at(database, town, monkeypatch) -> Any:
    """When a message goes out that is written at an instant, to a client in New York."""
    found: list[datetime | None] = []
    monkeypatch.setattr(jobs, "enqueue", lambda _session, _name, *, at=None, **_about: found.append(at))

    def tell(message: str, now: datetime, **more: Any) -> datetime:
        with database.begin() as session:
            case = session.get(Case, town.case_id)
            case.client_zone, case.client_phone, case.client_texts_ok = "America/New_York", "+12125550123", True
            more |= {"message": message, "key": f"case:{case.id}:{message}", "now": now}
            assert tell_shortly(session, case, words=lambda: Words([VALUES]), **more)
        (at,) = found
        return at or now

    return tell


@pytest.mark.parametrize("message", sorted(TO_CLIENTS | {"line_missed"}))
def test_nobody_is_texted_at_night_who_did_not_ask_for_it(sent_at, message: str) -> None:
    assert sent_at(message, NIGHT) == (NIGHT if message in ASKED_FOR else MORNING)


@pytest.mark.parametrize("message", sorted(TO_CLIENTS | {"line_missed"}))
def test_by_day_each_goes_at_once(sent_at, message: str) -> None:
    assert sent_at(message, MORNING) == MORNING


def test_whoever_says_a_later_time_is_heard(sent_at) -> None:
    assert sent_at("client_invited", NIGHT, not_before=MORNING + timedelta(hours=1)) == MORNING + timedelta(hours=1)


def test_a_text_that_waits_for_the_morning_is_a_job_of_its_own_for_each_thing_it_says(database, town, queue) -> None:
    """Of two hand-overs in one night the second is told as well."""
    with database.begin() as session:
        case = session.get(Case, town.case_id)
        case.client_zone, case.client_texts_ok = "America/New_York", True
        for to in (7, 7, 8):
            about = {"case_id": case.id, "to_advisor_id": to}
            assert client_later(session, case, "consults.tell_client_handed_over", about, now=NIGHT)
        assert not client_later(session, case, "consults.tell_client_handed_over", about, now=MORNING)
        case.client_texts_ok = False
        assert not client_later(session, case, "consults.tell_client_handed_over", about, now=NIGHT), "no way to text"
    assert [given["args"]["to_advisor_id"] for name, given in queue.waiting] == [7, 8]


def test_times_proposed_at_night_are_a_letter_at_once_and_a_text_in_the_morning(database, town, queue) -> None:
    with database.begin() as session:
        case = session.get(Case, town.case_id)
        case.client_zone, case.client_texts_ok = "America/New_York", True
        free = free_times(session, shop_id=town.shop_id, advisor_id=town.advisor_id, now=NIGHT)
        wanted = {"shop_id": town.shop_id, "case_id": town.case_id, "kind": Kind.VIDEO, "by": "advisor:1"}
        propose(session, **wanted, starts=[free[3].starts_at], now=NIGHT)
    queue.waiting.clear()
    about = {"shop_id": town.shop_id, "case_id": town.case_id, "return_gid": CLEO.return_gid}
    for at, channels in ((NIGHT, ["email"]), (NIGHT, ["email"]), (MORNING, ["email", "sms"])):
        with cast.clock(at):
            tell_proposed(database.begin, addresses=ADDRESSES, **about, made_at=NIGHT.isoformat())
        with database.begin() as session:
            assert list(session.exec(select(Message.channel).order_by(col(Message.id)))) == channels
    assert [name for name, _ in queue.waiting if name != "notifications.deliver"] == ["consults.tell_proposed"]


@pytest.mark.parametrize("ago", [None, timedelta(minutes=59), timedelta(minutes=61)])
@pytest.mark.parametrize("now", [NIGHT, MORNING])
def test_an_advisors_answer_waits_for_the_morning_unless_its_client_wrote_within_the_hour(
    database, town, monkeypatch, ago: timedelta | None, now: datetime
) -> None:
    """Bob is in Paris, where it is nine; Cleo in New York, where it is three."""
    found: list[datetime | None] = []
    monkeypatch.setattr(jobs, "enqueue", lambda _session, _name, *, at=None, **_about: found.append(at))
    with database.begin() as session:
        case = session.get(Case, town.case_id)
        case.client_zone, case.client_phone, case.client_texts_ok = "America/New_York", "+12125550123", True
        if ago is not None:
            text: dict[str, Any] = {
                "channel": "sms",
                "sender": "+12125550123",
                "ours": "+12125550199",
                "body": "Are you there?",
            }
            assert hear(session, case, InboundText(**text, provider_id="SM1", at=now - ago))
        bob = session.get(Advisor, town.advisor_id)
        assert answer(session, case, bob, words="With pleasure.", key="k", now=now)
    is_up = now == MORNING or ago == timedelta(minutes=59)
    assert found == [None if is_up else MORNING]


def test_an_answer_by_letter_waits_for_nothing(database, town, monkeypatch) -> None:
    found: list[datetime | None] = []
    monkeypatch.setattr(jobs, "enqueue", lambda _session, _name, *, at=None, **_about: found.append(at))
    with database.begin() as session:
        case = session.get(Case, town.case_id)
        case.client_zone, case.client_phone, case.client_texts_ok = "America/New_York", "+12125550123", False
        text: dict[str, Any] = {
            "channel": "sms",
            "sender": "+12125550123",
            "ours": "+12125550199",
            "body": "Are you there?",
        }
        hear(session, case, InboundText(**text, provider_id="SM1", at=NIGHT - timedelta(days=1)))
        texts.note_stopped(session, "+12125550123", channel="sms", now=NIGHT)
        assert answer(session, case, session.get(Advisor, town.advisor_id), words="Yes.", key="k", now=NIGHT)
        assert session.exec(select(Message.channel, Message.state)).one()[0] == "email"
    assert found == [None]


def test_what_they_asked_for_is_what_they_did_themselves() -> None:
    assert {"consult_confirmed", "client_reminded", "line_missed"} == ASKED_FOR
