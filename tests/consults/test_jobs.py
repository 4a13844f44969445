"""What is written to whom, once, and what is said where somebody cannot be written to."""

import json
import re
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from sqlmodel import col, select

import jobs.queue as jobs_queue
from consults import booking, jobs
from consults.history import history
from consults.models import Advisor, Case, Consult, ConsultPolicy
from consults.states import CaseState
from consults.wishes import prefer_simple_return
from kit.addresses import Addresses
from notifications.messages import attachments_of
from notifications.models import Message
from notifications.states import MessageState
from shops import links
from shops.models import Link, Shop
from tests import cast
from tests.cast import CLEO, NOW
from tests.consults.test_rooms import START

WORDS = json.loads((Path(__file__).parent.parent / "words.json").read_text())
ADDRESSES = Addresses("https://returns.verdane.example.com")  # its links are about as long as real ones
MAILBOX = "conversations@verdane.example"


class Pages:
    def fresh_link(self, session, *, shop_id, return_gid):
        return f"{ADDRESSES.app_url}/r/token-of-{return_gid.rsplit('/', 1)[-1]}"


class NoPages:
    def fresh_link(self, session, *, shop_id, return_gid):
        return None


def tell(database, town, times=1):
    with cast.clock(NOW):
        for _ in range(times):
            jobs.tell_advisor(
                database.begin,
                addresses=ADDRESSES,
                shop_id=town.shop_id,
                case_id=town.case_id,
                return_gid=CLEO.return_gid,
            )


def invite(database, town, times=1, pages=None, at=NOW):
    with cast.clock(at):
        for _ in range(times):
            jobs.invite_client(
                database.begin,
                addresses=ADDRESSES,
                return_pages=pages or Pages(),
                shop_id=town.shop_id,
                case_id=town.case_id,
                return_gid=CLEO.return_gid,
            )


@pytest.fixture
def consult_id(database, town):
    with database.begin() as session:
        return booking.book_consult(
            session,
            shop_id=town.shop_id,
            case_id=town.case_id,
            starts_at=START,
            kind="video",
            client_zone="America/New_York",
            idempotency_key="k",
            now=NOW,
        ).id


def about(database, town, consult_id, job=jobs.confirm_consult, at=NOW):
    with cast.clock(at):
        job(
            database.begin,
            addresses=ADDRESSES,
            mailbox=MAILBOX,
            shop_id=town.shop_id,
            consult_id=consult_id,
            return_gid=CLEO.return_gid,
        )


def change(database, model, row_id, **values):
    with database.begin() as session:
        row = session.get(model, row_id)
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)


def sent(database):
    with database.begin() as session:
        going = select(Message).where(Message.state != MessageState.STANDBY)
        return list(session.exec(going.order_by(col(Message.id))))


def one(database, name, channel):
    (found,) = [m for m in sent(database) if (m.name, m.channel) == (name, channel)]
    return found


def link_in(text):
    (link,) = re.findall(r"https://\S+", text)
    return link


def lines(database, town):
    with database.begin() as session:
        return [(e.kind, e.detail) for e in history(session, shop_id=town.shop_id, case_id=town.case_id)][1:]


def test_the_advisor_is_told_once_with_a_link_that_works_once(database, town):
    tell(database, town, times=3)
    (message,) = sent(database)
    link = link_in(message.body)
    said = f"Mrs Whitlock, about the Meridian ring you sold: {link} Reply 1 to take it, 2 not today."
    assert message.body == said
    assert (message.recipient, message.key) == ("+33184880017", f"case:{town.case_id}:advisor:{town.advisor_id}:new")
    assert len(message.body) <= 160
    with database.begin() as session:
        assert len(session.exec(select(Link)).all()) == 1
        opened = links.use_link(session, link.rsplit("/", 1)[-1], purpose=links.DESK, now=NOW)
        assert (opened.subject_id, opened.person_id) == (town.case_id, town.advisor_id)
        with pytest.raises(links.LinkDone):
            links.use_link(session, link.rsplit("/", 1)[-1], purpose=links.DESK, now=NOW)
    assert lines(database, town) == [("told.advisor_new_case", "by text")]


def test_the_text_says_in_full_what_is_wanted_where_there_is_room(database, town):
    change(database, Case, town.case_id, piece_title="ring", client_name="Cleo Ek")
    tell(database, town)
    assert sent(database)[0].body.startswith("Mrs Ek would like to talk about the ring you sold: https")


@pytest.mark.parametrize(
    "title",
    ["Pavé-set celestial automatic wristwatch with moon phase, rose gold", "", "Ring"],
)
def test_a_text_is_shortened_until_it_fits(database, town, title):
    change(database, Case, town.case_id, piece_title=title, client_name="Cleo Featherstonehaugh")
    tell(database, town)
    assert len(sent(database)[0].body) <= 160


def test_an_advisor_without_a_telephone_is_noted(database, town):
    change(database, Advisor, town.advisor_id, phone=None)
    tell(database, town, times=2)
    assert sent(database) == []
    assert lines(database, town) == [("advisor.not_told", "no telephone number")]


def test_the_client_is_invited_by_email_and_by_text_only_with_consent(database, town):
    invite(database, town, times=2)
    (message,) = sent(database)
    assert message.recipient == "cleo@example.com"
    assert message.subject == "Bob Laurent would be glad to talk with you"
    assert f"{ADDRESSES.app_url}/consult/" in message.body
    assert f"{ADDRESSES.app_url}/r/token-of-42" in message.body
    assert "goes on whichever you choose" in message.body
    change(database, Case, town.case_id, client_texts_ok=True)
    invite(database, town, times=2)
    text = one(database, "client_invited", "sms")
    assert len(sent(database)) == 2 and len(text.body) <= 160 and text.recipient == "+33612344141"


def test_an_invitation_without_a_return_page_still_says_that_the_return_goes_on(database, town):
    invite(database, town, pages=NoPages())
    assert "you need do nothing" in sent(database)[0].body


def test_a_client_nobody_can_write_to_is_noted_once(database, town):
    change(database, Case, town.case_id, client_email=None, client_name=None, client_title="")
    invite(database, town, times=2)
    tell(database, town)
    assert lines(database, town)[0] == ("client.not_invited", "no address to invite")
    assert sent(database)[0].body.startswith("A client, about the Meridian ring")


def test_a_house_that_offers_both_puts_neither_before_the_other(database, town):
    change(database, Case, town.case_id, side_by_side=True, client_texts_ok=True)
    invite(database, town, times=2)
    letter, text = sent(database)
    assert (letter.name, text.name) == ("client_offered_both", "client_offered_both")
    assert letter.subject == "The Meridian ring: two ways, as you like"
    alone, talk = letter.body.index("Return it without a conversation"), letter.body.index("Or talk with Bob Laurent")
    assert alone < letter.body.index("/r/token-of-42") < talk < letter.body.index("/consult/")
    assert "would be glad" not in letter.body + text.body, "that is said where the conversation comes first"
    assert "What you are owed is the same either way." in letter.body
    assert text.body.startswith("Verdane: your return goes on, or talk with Bob") and len(text.body) <= 160


NIGHT = NOW.replace(hour=21)  # ten in the evening with Bob; he begins at ten in the morning
MORNING = NOW + timedelta(days=1)


@pytest.fixture
def by_night(database, town, queue):
    """A time on the day after, which is booked, and called off, at night."""
    with database.begin() as session:
        slots = booking.free_times(session, shop_id=town.shop_id, advisor_id=town.advisor_id, now=NIGHT)
        wanted = {"shop_id": town.shop_id, "case_id": town.case_id, "kind": "video", "client_zone": "America/New_York"}
        consult = booking.book_consult(
            session, **wanted, starts_at=slots[4].starts_at, idempotency_key="night", now=NIGHT
        )
    queue.waiting.clear()
    return consult.id


@pytest.fixture(autouse=True)
def nothing_follows(monkeypatch):
    """Only what the jobs here secure themselves, whatever a test before this one has wired in the same process."""
    monkeypatch.setattr(jobs_queue, "_events", {})


def run_at(at, database, town, consult_id, job):
    with cast.clock(at):
        job(
            database.begin, addresses=ADDRESSES, mailbox=MAILBOX, shop_id=town.shop_id, consult_id=consult_id,
            return_gid=CLEO.return_gid,
        )  # fmt: skip


def drain_at(at, database, queue):
    made: dict[str, Any] = {"addresses": ADDRESSES, "mailbox": MAILBOX}
    table = {f"consults.{job.__name__}": partial(job, **made) for job in (jobs.confirm_consult, jobs.tell_cancelled)}
    with cast.clock(at):
        return queue.drain(database, table)


def later(queue):
    return [name for name in queue.names() if name.startswith("consults.")]


def texts(database):
    return [m.name for m in sent(database) if m.channel == "sms"]


def test_an_advisors_confirmation_by_text_keeps_their_quiet_hours_and_the_letters_go_at_once(
    database, town, queue, by_night
):
    for _ in range(2):
        run_at(NIGHT, database, town, by_night, jobs.confirm_consult)
    assert [m.name for m in sent(database)] == ["consult_confirmed", "consult_confirmed_advisor"]
    assert texts(database) == [] and later(queue) == ["consults.confirm_consult"], "once, for the morning"
    drain_at(MORNING, database, queue)
    assert texts(database) == ["consult_confirmed_advisor"]
    run_at(MORNING, database, town, by_night, jobs.confirm_consult)
    assert len(sent(database)) == 3


def test_a_time_called_off_at_night_is_confirmed_to_nobody_and_told_in_the_morning(database, town, queue, by_night):
    run_at(NIGHT, database, town, by_night, jobs.confirm_consult)
    with database.begin() as session:
        booking.cancel_consult(session, shop_id=town.shop_id, consult_id=by_night, now=NIGHT)
    run_at(NIGHT, database, town, by_night, jobs.tell_cancelled)
    assert texts(database) == []
    assert later(queue) == ["consults.confirm_consult", "consults.tell_cancelled"]
    drain_at(MORNING, database, queue)
    assert texts(database) == ["consult_cancelled_advisor"]


def test_two_times_of_one_client_booked_in_one_night_are_both_told(database, town, queue, by_night):
    run_at(NIGHT, database, town, by_night, jobs.confirm_consult)
    with database.begin() as session:
        booking.cancel_consult(session, shop_id=town.shop_id, consult_id=by_night, now=NIGHT)
        slots = booking.free_times(session, shop_id=town.shop_id, advisor_id=town.advisor_id, now=NIGHT)
        wanted = {"shop_id": town.shop_id, "case_id": town.case_id, "kind": "video", "client_zone": "America/New_York"}
        again = booking.book_consult(session, **wanted, starts_at=slots[8].starts_at, idempotency_key="2", now=NIGHT)
    run_at(NIGHT, database, town, again.id, jobs.confirm_consult)
    drain_at(MORNING, database, queue)
    assert texts(database) == ["consult_confirmed_advisor"], "the one that was called off is not"


def test_a_text_that_would_come_after_the_conversation_does_not_come(database, town, queue, by_night):
    change(database, ConsultPolicy, town.shop_id, quiet_from_minute=20 * 60, quiet_until_minute=17 * 60)
    run_at(NIGHT, database, town, by_night, jobs.confirm_consult)
    assert later(queue) == [] and len(sent(database)) == 2


AT_NIGHT_THERE = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)  # three in the morning in New York
IN_THE_MORNING = datetime(2026, 11, 25, 13, 0, tzinfo=UTC)


@pytest.mark.parametrize("side_by_side", [False, True])
@pytest.mark.parametrize("meanwhile", ["sleeps", "books", "would rather not talk", "takes the return back"])
def test_a_client_who_sleeps_is_texted_in_the_morning_unless_they_have_chosen(
    database, town, queue, side_by_side, meanwhile
):
    asleep = {"client_zone": "America/New_York", "client_texts_ok": True, "side_by_side": side_by_side}
    change(database, Case, town.case_id, **asleep)
    queue.waiting.clear()
    invite(database, town, times=2, at=AT_NIGHT_THERE)
    assert [m.channel for m in sent(database)] == ["email"], "a letter wakes nobody"
    assert later(queue) == ["consults.invite_client"], "once"
    with database.begin() as session:
        mine = {"shop_id": town.shop_id, "case_id": town.case_id, "now": AT_NIGHT_THERE}
        if meanwhile == "books":
            slot = booking.free_times(session, shop_id=town.shop_id, advisor_id=town.advisor_id, now=mine["now"])[9]
            about: dict[str, Any] = {"kind": "video", "client_zone": "America/New_York", "idempotency_key": "n"}
            booking.book_consult(session, **mine, **about, starts_at=slot.starts_at)
        elif meanwhile == "would rather not talk":
            prefer_simple_return(session, **mine)
        elif meanwhile == "takes the return back":
            session.get(Case, town.case_id).state = CaseState.CLOSED
    invite(database, town, at=IN_THE_MORNING)
    assert texts(database) == ([sent(database)[0].name] if meanwhile == "sleeps" else [])


def entry(message):
    (file,) = attachments_of(message)
    calendar = Calendar.from_ical(file.content)
    return file, calendar, calendar.walk("VEVENT")[0]


def test_a_booking_is_confirmed_to_both_with_a_calendar_entry_each(database, town, consult_id):
    change(database, Case, town.case_id, client_texts_ok=True)
    about(database, town, consult_id)
    about(database, town, consult_id)
    assert len(sent(database)) == 4
    for name, address in (
        ("consult_confirmed", "cleo@example.com"),
        ("consult_confirmed_advisor", "bob@verdane.example"),
    ):
        file, calendar, event = entry(one(database, name, "email"))
        assert (file.filename, file.mime) == ("invite.ics", "text/calendar; method=REQUEST")
        assert calendar["METHOD"] == "REQUEST"
        assert event["UID"] == f"consult-{consult_id}@returns.verdane.example.com"
        assert (event["SEQUENCE"], event.decoded("DTSTART")) == (0, START)
        assert event["ORGANIZER"] == f"mailto:{MAILBOX}"
        assert event["ATTENDEE"] == f"mailto:{address}"
    client = one(database, "consult_confirmed", "email").body
    assert "Tuesday 24 November, 10:00, New York (UTC-5). In Paris (UTC+1): 16:00" in client
    advisor = one(database, "consult_confirmed_advisor", "sms").body
    assert "Tuesday 24 November, 16:00" in advisor
    text = one(database, "consult_confirmed", "sms").body
    assert text.startswith("Verdane: Tuesday 24 November, 10:00 with Bob. Your page: https://")
    assert len(text) <= 160 and len(advisor) <= 160


def test_a_moved_booking_is_confirmed_again_as_the_same_entry(database, town, consult_id):
    about(database, town, consult_id)
    with database.begin() as session:
        booking.move_consult(
            session, shop_id=town.shop_id, consult_id=consult_id, starts_at=START - timedelta(hours=1), now=NOW
        )
    about(database, town, consult_id)
    first, second = (entry(m)[2] for m in sent(database) if m.name == "consult_confirmed")
    assert (first["UID"], first["SEQUENCE"] + 1) == (second["UID"], second["SEQUENCE"])


def test_a_cancelled_booking_is_taken_out_of_both_calendars_and_not_confirmed(database, town, consult_id):
    with database.begin() as session:
        booking.cancel_consult(session, shop_id=town.shop_id, consult_id=consult_id, now=NOW)
    about(database, town, consult_id)
    assert sent(database) == []
    about(database, town, consult_id, jobs.tell_cancelled)
    about(database, town, consult_id, jobs.tell_cancelled)
    assert len(sent(database)) == 3
    _, calendar, event = entry(one(database, "consult_cancelled", "email"))
    assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)


@pytest.mark.parametrize(
    ("by", "texts_ok", "told_after", "expected"),
    [
        ("advisor:1", True, timedelta(0), 1),
        ("client", True, timedelta(0), 0),
        ("advisor:1", False, timedelta(0), 0),
        ("advisor:1", True, timedelta(days=1), 0),
    ],
    ids=["the house called it off", "they know it", "they take no texts", "the time is over"],
)
def test_what_the_house_calls_off_is_texted_too(database, town, consult_id, by, texts_ok, told_after, expected):
    change(database, Case, town.case_id, client_texts_ok=texts_ok, client_zone="Europe/Paris")
    with database.begin() as session:
        booking.cancel_consult(session, shop_id=town.shop_id, consult_id=consult_id, by=by, now=NOW)
    for _ in range(2):
        about(database, town, consult_id, jobs.tell_cancelled, at=NOW + told_after)
    texts = [m.body for m in sent(database) if (m.name, m.channel) == ("consult_cancelled", "sms")]
    assert len(texts) == expected and all("is called off. Another: https://" in t for t in texts)


@pytest.mark.parametrize("kind", ["telephone", "boutique", "video"])
@pytest.mark.parametrize("house_telephone", ["", "+33 1 84 88 00 00"])
def test_every_message_uses_the_houses_words_and_names_no_sum(database, town, consult_id, kind, house_telephone):
    change(database, Case, town.case_id, client_texts_ok=True, client_zone="Europe/Paris")
    change(database, Consult, consult_id, kind=kind)
    change(database, Shop, town.shop_id, telephone=house_telephone)
    tell(database, town)
    about(database, town, consult_id)
    with database.begin() as session:
        booking.cancel_consult(session, shop_id=town.shop_id, consult_id=consult_id, now=NOW)
    about(database, town, consult_id, jobs.tell_cancelled)
    invite(database, town)  # who has a time is not invited to choose one
    messages = sent(database)
    assert len(messages) == 10
    for message in messages:
        said = re.sub(r"https://\S+", "LINK", f"{message.subject}\n{message.body}")
        assert "14,800" not in said and "{" not in said and "None" not in said and "\n\n\n" not in said
        if message.recipient in (CLEO.client_email, CLEO.client_phone):
            for pattern, instead in WORDS["client"]:
                assert not re.search(pattern, said, re.I), f"{message.name}: {pattern} -> {instead}"


def test_the_parcel_side_is_noted_by_its_event(database, town):
    with cast.clock(NOW):
        jobs.note_parcel_done(
            database.begin, shop_id=town.shop_id, rma_id=1, return_gid=CLEO.return_gid, how="canceled"
        )
    assert lines(database, town) == [("case.parcel_done", "canceled")]


def test_the_fields_of_each_event_are_what_its_jobs_take(published, database, town):
    from consults.events import CaseOpened, ConsultBooked

    assert set(asdict(CaseOpened(1, 2, "r"))) == {"shop_id", "case_id", "return_gid"}
    assert set(asdict(ConsultBooked(1, 2, "r"))) == {"shop_id", "consult_id", "return_gid"}
