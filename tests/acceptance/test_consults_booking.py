"""Consults, booking side: checks of the reference's 4.4 and the bad input of issue 6, a test a line, on both databases.

Those of the room (7, 8, 9, and the polling of 15) are in test_consults_rooms.py.
"""

import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlmodel import Session, col, select

import benchmarks.slots as bench
from consults import booking, feeds, reservations
from consults.advisors import set_hours
from consults.at_once import be_free
from consults.booking import book_consult, confirm_hold, free_times, hold_time, move_consult
from consults.busy_calendars import IcsCalendar
from consults.cells import SlotTaken
from consults.feed_words import IN_WORDS, FeedTrouble, FeedUnreadable
from consults.guests import invite
from consults.history import history
from consults.kinds import Kind, StaffRole
from consults.models import Advisor, Case, Consult, ConsultPolicy, Participant, SlotCell, TimeOff
from consults.policy import set_policy
from consults.proposals import propose
from consults.slots import Rule, free_slots, working_spans
from consults.states import ConsultState
from consults.time_models import BusyBlock, BusyFeed
from consults.zones import show_times
from jobs.attempts import Job
from kit.causes import Cause
from kit.db import Database
from kit.errors import Conflict, OutsideError
from notifications.jobs import deliver
from notifications.messages import attachments_of, in_trouble
from notifications.models import Message
from shopify_app.app import create_app
from shopify_app.wiring import jobs_table
from shops import crypt
from shops.links import CONSULT, revoke_links
from tests import cast
from tests.acceptance.processes_under_test import PATIENCE_SECONDS, answers, run, stop, wait_until
from tests.cast import NOW
from tests.jobs_at_hand import Queue
from tests.pages.words import csrf, findings, text

FOUR = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # 16:00 in Paris, the day it is
TOMORROW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
LOCALES = ("en", "en-US", "fr", "de", "es", "ja", "zh", "ar-AE")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """With connections for all who want the same time at once."""
    crypt.use_keys("a-key-for-tests")
    made = Database(database_url, pool_size=25)
    yield made
    made.close()


@dataclass
class House:
    """Alice's shop with Bob and Cleo, its pages, and the jobs that follow."""

    database: Database
    app: Flask
    world: cast.World
    queue: Queue
    jobs: dict[str, Job]

    @property
    def about(self) -> dict[str, Any]:
        return {"shop_id": self.world.shop_id, "case_id": cast.number(self.world.case.id)}

    def do(self, act: Callable[[Session], Any]) -> Any:
        with self.database.begin() as session:
            return act(session)

    def book(self, at: datetime = FOUR, zone: str = "Europe/Paris", kind: str = "video", **more: Any) -> Consult:
        about = self.about | {"starts_at": at, "kind": kind, "client_zone": zone, "idempotency_key": "k", "now": NOW}
        return self.do(lambda s: book_consult(s, **(about | more)))

    def move(self, consult: Consult, at: datetime, now: datetime = NOW) -> Consult:
        mine: dict[str, Any] = {"shop_id": self.world.shop_id, "consult_id": cast.number(consult.id)}
        return self.do(lambda s: move_consult(s, **mine, starts_at=at, now=now))

    def link(self, person_id: int | None = None, now: datetime = NOW) -> str:
        token = self.do(lambda s: cast.consult_link(s, self.world.case, person_id=person_id, now=now))
        return f"/consult/{token}"

    def client(self) -> FlaskClient:
        return self.app.test_client()

    def desk(self, now: datetime = NOW) -> FlaskClient:
        client = self.app.test_client()
        client.set_cookie("desk", self.do(lambda s: cast.desk_cookie(s, self.world.bob, now=now)), path="/desk")
        return client

    def run_jobs(self, now: datetime = NOW) -> None:
        """What waits of conversations is done; nothing is handed over, no parcel moves, and Shopify is not there."""
        names = {name for name in self.jobs if name.startswith("consults.")} - {"consults.prepare_brief"}
        with cast.clock(now):
            self.queue.drain(self.database, self.jobs, only=names)

    def sent(self, name: str, channel: str = "email") -> list[Message]:
        query = select(Message).where(Message.name == name, Message.channel == channel).order_by(col(Message.id))
        return self.do(lambda s: list(s.exec(query)))

    def rows(self) -> dict[str, int]:
        from shopify_app.tables import metadata

        with self.database.engine.connect() as connection:
            return {
                name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
                for name, table in metadata.tables.items()
            }


@pytest.fixture
def house(database: Database, queue: Queue) -> Iterator[House]:
    with cast.clock():
        config = cast.settings(database.url)
        app = create_app(config, database)
        with database.begin() as session:
            world = cast.everyone(session)
            session.add(ConsultPolicy(shop_id=world.shop_id, notice_minutes=0))
        yield House(database, app, world, queue, dict(jobs_table(config, database)))


def entry(message: Message) -> Any:
    """The calendar entry that came with a mail, and its method."""
    (file,) = [a for a in attachments_of(message) if a.filename.endswith(".ics")]
    calendar = Calendar.from_ical(file.content)
    return calendar.walk("VEVENT")[0], str(calendar["METHOD"])


def more_cases(house: House, count: int) -> list[int]:
    def make(session: Session) -> list[int]:
        shop, bob = session.merge(house.world.shop), session.merge(house.world.bob)
        return [
            cast.number(cast.cleos_case(session, shop, bob, return_gid=f"gid://shopify/Return/9{n}").id)
            for n in range(count)
        ]

    return house.do(make)


def anna(house: House, consult: Consult) -> Participant:
    """Cleo's sister, who comes along."""
    about: dict[str, Any] = {"shop_id": house.world.shop_id, "consult_id": consult.id, "now": NOW}
    return house.do(lambda s: invite(s, **about, name="Anna", relation="sister", email="anna@example.com"))


def overlaps(database: Database) -> int:
    """Conversations of one advisor that run into one another."""
    with database.begin() as session:
        live = select(Consult).where(Consult.state == ConsultState.BOOKED).order_by(col(Consult.starts_at))
        rows = session.exec(live).all()
    return sum(a.advisor_id == b.advisor_id and b.starts_at < a.ends_at for a, b in pairwise(rows))


# --- 1, 2: clocks that change


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("America/New_York", date(2027, 3, 14)),
        ("Europe/Paris", date(2027, 3, 28)),
        ("Australia/Sydney", date(2026, 10, 4)),
        ("Australia/Sydney", date(2027, 4, 4)),
        ("America/New_York", date(2026, 11, 1)),
    ],
)
def test_1_an_afternoon_has_ten_half_hours_on_the_day_the_clocks_change(zone: str, day: date) -> None:
    working = working_spans([Rule(n, 13 * 60, 18 * 60) for n in range(7)], {}, zone, day, day)
    before = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=2)
    about: dict[str, Any] = {"minutes": 30, "step_minutes": 30, "notice": timedelta(0), "window": timedelta(days=4)}
    found = free_slots(working, [], now=before, **about)
    walls = [slot.starts_at.astimezone(ZoneInfo(zone)).strftime("%H:%M") for slot in found]
    assert walls == [f"{h}:{m}" for h in range(13, 18) for m in ("00", "30")]


def test_1_a_conversation_booked_before_the_change_keeps_its_instant_and_its_hour_everywhere(house: House) -> None:
    """Booked in the winter for the day after Paris changes its clocks."""
    march, monday = datetime(2027, 3, 22, 9, tzinfo=UTC), datetime(2027, 3, 29, 14, 0, tzinfo=UTC)
    with cast.clock(march):
        house.book(monday, now=march)
        link = house.link(now=march)
    house.run_jobs(march)
    (mail,) = house.sent("consult_confirmed")
    event, _ = entry(mail)
    assert "Monday 29 March, 16:00" in mail.body and event["DTSTART"].dt == monday
    for now in (march, datetime(2027, 3, 28, 12, tzinfo=UTC)):
        with cast.clock(now):
            assert "Monday 29 March, 16:00" in text(house.client().get(link).text)
            assert b"DTSTART:20270329T140000Z" in house.client().get(f"{link}/calendar.ics").data


def test_2_a_process_with_the_systems_zone_files_still_knows_vancouver_and_one_with_old_tables_does_not_start() -> None:
    asks = (
        "import zoneinfo, sys\n"
        "import kit.clock\n"
        "from datetime import UTC, datetime\n"
        "nine = datetime(2026, 12, 1, 9, tzinfo=zoneinfo.ZoneInfo('America/Vancouver'))\n"
        "kit.clock.check_zones()\n"
        "print(nine.astimezone(UTC).hour)\n"
        "class Old(zoneinfo.ZoneInfo):\n"
        "    pass\n"
        "kit.clock.ZoneInfo = lambda name: zoneinfo.ZoneInfo('Etc/GMT+8')\n"
        "kit.clock.check_zones()\n"
    )
    told = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, env={"PATH": "/usr/bin"})
    assert told.stdout.strip() == "16"
    assert told.returncode != 0 and "older than 2026b" in told.stderr, "the check stops what is an hour wrong"


# --- 3: one time, one client


def all_at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    gate = threading.Barrier(count)

    def run(n: int) -> Any:
        gate.wait()
        try:
            return act(n)
        except Conflict as refused:
            return refused

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.fixture
def everyone_has_looked(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Nobody goes on to take the time before all have seen that it is free: the race as bad as it can be."""

    def set_up(count: int) -> None:
        looked = threading.Barrier(count)
        check = reservations.check_offered

        def wait(*args: Any, **more: Any) -> datetime:
            found = check(*args, **more)
            looked.wait(20)
            return found

        monkeypatch.setattr(reservations, "check_offered", wait)
        monkeypatch.setattr(booking, "check_offered", wait)

    return set_up


def race(house: House, cases: list[int]) -> list[Any]:
    def act(n: int) -> Any:
        about: dict[str, Any] = house.about | {
            "case_id": cases[n],
            "starts_at": FOUR,
            "kind": "video",
            "client_zone": "UTC",
        }
        return house.do(lambda s: book_consult(s, **about, idempotency_key=f"k{n}", now=NOW))

    return all_at_once(len(cases), act)


def test_3_of_twenty_who_all_saw_the_time_free_one_has_it(
    house: House, everyone_has_looked: Callable[[int], None]
) -> None:
    cases = more_cases(house, 20)
    everyone_has_looked(20)
    results = race(house, cases)
    assert Counter(type(r).__name__ for r in results) == {"Consult": 1, "SlotTaken": 19}
    assert overlaps(house.database) == 0


def test_3_control__with_the_databases_constraint_taken_away_the_same_race_books_twice(
    house: House, everyone_has_looked: Callable[[int], None]
) -> None:
    """Else the test above would prove nothing: it has to be the constraint that holds."""
    with house.database.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("CREATE TABLE bare AS SELECT * FROM slotcell")
            connection.exec_driver_sql("DROP TABLE slotcell")
            connection.exec_driver_sql("ALTER TABLE bare RENAME TO slotcell")
        else:
            connection.exec_driver_sql("ALTER TABLE slotcell DROP CONSTRAINT pk_slotcell")
    cases = more_cases(house, 20)
    everyone_has_looked(20)
    results = race(house, cases)
    assert sum(isinstance(r, Consult) for r in results) == 20
    assert overlaps(house.database) == 19


def test_3_of_twenty_who_move_to_one_time_one_arrives_and_the_others_stay_where_they_were(
    house: House, everyone_has_looked: Callable[[int], None]
) -> None:
    house.do(lambda s: set_hours(s, shop_id=house.world.shop_id, advisor_id=cast.number(house.world.bob.id),
                                 hours=[(n, 8 * 60, 22 * 60) for n in range(7)]))  # fmt: skip
    house.do(lambda s: set_policy(s, shop_id=house.world.shop_id, daily_cap=40, step_minutes=5))
    first = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
    booked = [
        house.book(first + timedelta(minutes=40 * n), case_id=case, idempotency_key=f"k{n}")
        for n, case in enumerate(more_cases(house, 20))
    ]
    before = {consult.id: consult.starts_at for consult in booked}
    everyone_has_looked(20)
    wanted = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
    results = all_at_once(20, lambda n: house.move(booked[n], wanted))
    assert Counter(type(r).__name__ for r in results) == {"Consult": 1, "SlotTaken": 19}
    after = house.do(lambda s: {c.id: c.starts_at for c in s.exec(select(Consult))})
    assert sum(after[i] == before[i] for i in before) == 19 and overlaps(house.database) == 0


def test_3_one_key_sent_fifty_times_is_one_row_and_fifty_times_the_same_answer(house: House) -> None:
    results = all_at_once(50, lambda n: house.book())
    assert {r.id for r in results} == {results[0].id}
    assert len(house.do(lambda s: s.exec(select(Consult)).all())) == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_3_fifty_clients_at_two_running_servers_get_one_reservation_and_forty_nine_kind_answers(
    database_url: str, free_port: Callable[[], int]
) -> None:
    """The real processes on the real clock: two of them, as on two machines."""
    crypt.use_keys("a-key-for-tests")
    database = Database(database_url, pool_size=5)
    now = datetime.now(UTC)
    with database.begin() as session:
        shop = cast.alice(session)
        bob = cast.bob(session, shop, zone="UTC")
        ids: dict[str, Any] = {"shop_id": cast.number(shop.id), "advisor_id": cast.number(bob.id)}
        set_hours(session, **ids, hours=[(n, 0, 1440) for n in range(7)])
        cases = [cast.cleos_case(session, shop, bob, return_gid=f"gid://shopify/Return/{n}") for n in range(50)]
        links = [cast.consult_link(session, case, now=now) for case in cases]
        wanted = free_times(session, **ids, now=now)[20].starts_at.isoformat()
    ports = [free_port(), free_port()]
    servers = []
    try:
        for port in ports:  # side by side
            servers.append(run(database_url, port, "web", "--port", str(port)))
        wait_until(lambda: all(answers(port) for port in ports), PATIENCE_SECONDS)
        form = {"at": wanted, "kind": "video", "zone": "UTC"}

        def ask(n: int) -> int:
            url = f"http://127.0.0.1:{ports[n % 2]}/consult/{links[n]}"
            sent = form | {"key": str(n)}
            return requests.post(url, data=sent, allow_redirects=False, timeout=PATIENCE_SECONDS).status_code

        assert Counter(all_at_once(50, ask)) == {303: 1, 409: 49}
        assert overlaps(database) == 0
        assert sum(ask(n) == 303 for n in range(50)) == 1, "asked again, each hears the same"
    finally:
        stop(*servers)
        database.close()


# --- 4, 5: held, moved


def test_4_a_hold_that_ran_out_is_offered_again_at_once_and_confirmed_late_it_is_a_conflict(house: House) -> None:
    about = house.about | {"starts_at": FOUR, "kind": "video", "client_zone": "UTC", "idempotency_key": "h", "now": NOW}
    held = house.do(lambda s: hold_time(s, **about))
    mine: dict[str, Any] = {"shop_id": house.world.shop_id, "advisor_id": cast.number(house.world.bob.id)}

    def offered(at: datetime) -> bool:
        return FOUR in [slot.starts_at for slot in house.do(lambda s: free_times(s, **mine, now=at))]

    assert not offered(NOW + timedelta(minutes=9, seconds=59))
    assert offered(NOW + timedelta(minutes=10, seconds=1))
    late = NOW + timedelta(minutes=10, seconds=1)
    with pytest.raises(SlotTaken) as refused:
        house.do(lambda s: confirm_hold(s, shop_id=house.world.shop_id, consult_id=held.id, now=late))
    assert refused.value.status == 409
    [other] = more_cases(house, 1)
    assert house.book(case_id=other, idempotency_key="o", now=late).state is ConsultState.BOOKED


def test_5_a_move_keeps_the_entry_raises_its_number_frees_the_old_time_and_strikes_its_reminders(house: House) -> None:
    consult, link = house.book(FOUR + timedelta(days=2)), house.link()
    house.run_jobs()
    times = [FOUR + timedelta(days=3), FOUR + timedelta(days=6)]
    for at in times:
        consult = house.move(consult, at)
        house.run_jobs()
        cells = house.do(lambda s: s.exec(select(SlotCell.at_epoch)).all())
        assert min(cells) == int(at.timestamp()) and len(cells) == 8, "the old cells are free at once"
    entries = [entry(mail)[0] for mail in house.sent("consult_confirmed")]
    assert len({str(e["UID"]) for e in entries}) == 1
    assert [int(e["SEQUENCE"]) for e in entries] == [0, 1, 2]
    assert house.client().get(link).status_code == 200, "the link from before the moves"

    def remind(sequence: int, at: datetime) -> int:
        with cast.clock(at):
            house.jobs["consults.remind"](
                house.database.begin, shop_id=house.world.shop_id, consult_id=consult.id, sequence=sequence, which="day"
            )
        return len(house.sent("client_reminded"))

    assert remind(0, FOUR + timedelta(days=1)) == 0, "of the first time"
    assert remind(1, times[0] - timedelta(days=1)) == 0, "of the second"
    assert remind(2, times[1] - timedelta(days=2)) == 0, "too early is not its time"
    assert remind(2, times[1] - timedelta(days=1)) == 1
    assert remind(2, times[1] - timedelta(days=1)) == 1, "and once"


# --- 6: far apart


def test_6_tokyo_and_paris_read_the_same_instant_everywhere_and_another_date_is_named(house: House) -> None:
    house.do(_texts_to_cleo(house))
    house.book(FOUR, zone="Asia/Tokyo")
    link = house.link()
    house.run_jobs()
    page = text(house.client().get(link).text)
    mail, sms = house.sent("consult_confirmed")[0], house.sent("consult_confirmed", "sms")[0]
    for said in (page, mail.body, sms.body):
        assert "Wednesday 25 November, 00:00" in said or "Wed 25 Nov, 00:00" in said
    assert "In Paris (UTC+1): Tuesday 24 November, 16:00" in mail.body, "the other date is named"
    told = house.sent("consult_confirmed_advisor")[0]
    assert "Tuesday 24 November, 16:00, Paris" in told.body
    assert entry(mail)[0]["DTSTART"].dt == entry(told)[0]["DTSTART"].dt == FOUR
    desk = house.desk()
    page = desk.get("/desk/times").text
    shown = desk.post("/desk/times/feed", data={"csrf": csrf(page)}).text
    address = re.search(r"http://127\.0\.0\.1:8000(/cal/[^\"]+\.ics)", shown)
    assert address
    feed = house.client().get(address.group(1))
    assert b"DTSTART:20261124T150000Z" in feed.data and b"Whitlock" not in feed.data
    etag = feed.headers["ETag"]
    assert house.client().get(address.group(1), headers={"If-None-Match": etag}).status_code == 304
    desk.post("/desk/times/feed", data={"csrf": csrf(page)})
    assert house.client().get(address.group(1)).status_code == 410, "a new address ends the one before"


def _texts_to_cleo(house: House) -> Callable[[Session], None]:
    def change(session: Session) -> None:
        case = session.get(Case, house.world.case.id)
        assert case is not None
        case.client_phone, case.client_texts_ok = "+819012345678", True
        session.add(case)

    return change


@pytest.mark.parametrize("locale", LOCALES)
def test_6_each_of_the_eight_locales_writes_the_day_and_the_hour(locale: str) -> None:
    said = show_times(FOUR, "Asia/Tokyo", locale)
    assert "25" in said or "٢٥" in said
    assert "2026" not in said and "٢٠٢٦" not in said


# --- 12: whose link may what


def test_12_looking_at_any_link_of_a_letter_changes_nothing(house: House) -> None:
    house.do(_texts_to_cleo(house))
    consult = house.book()
    anna(house, consult)
    house.run_jobs()
    letters = house.do(lambda s: s.exec(select(Message)).all())
    links = {link for m in letters for link in re.findall(r"http://127\.0\.0\.1:8000(/\S+)", m.body)}
    assert len(links) >= 4
    before = house.rows()
    for link in links:
        tails = ("", "/move", "/calendar.ics") if link.startswith("/consult/") else ("",)
        for tail in tails:
            assert house.client().get(f"{link}{tail}").status_code in (200, 404)
    assert house.rows() == before
    assert house.do(lambda s: s.get(Consult, consult.id)).version == consult.version


def test_12_who_comes_along_sees_the_time_and_the_room_and_changes_nothing(house: House) -> None:
    consult = house.book()
    guest = anna(house, consult)
    link = house.link(person_id=guest.id)
    seen = text(house.client().get(link).text)
    assert "Tuesday 24 November, 16:00" in seen and "Open the room" in seen
    for private in ("14,800", "$", "Meridian", "Cancel", "another time", house.world.case.client_email or "-"):
        assert private not in seen, private
    form = {"at": TOMORROW.isoformat(), "kind": "video"}
    for verb in ("/move", "/cancel", "", "/now", "/simple", "/return", "/along", f"/along/{guest.id}/remove"):
        assert house.client().post(f"{link}{verb}", data=form).status_code == 404, verb
    assert house.client().get(f"{link}/move").status_code == 404
    after = house.do(lambda s: s.get(Consult, consult.id))
    assert (after.starts_at, after.state, after.version) == (consult.starts_at, ConsultState.BOOKED, consult.version)


def test_12_who_comes_along_is_added_and_taken_out_without_rebooking(house: House) -> None:
    consult, link = house.book(), house.link()
    form = {"name": "Anna", "relation": "sister", "email": "anna@example.com", "zone": "Asia/Tokyo"}
    assert house.client().post(f"{link}/along", data=form).status_code == 303
    assert house.client().post(f"{link}/along", data=form).status_code == 303, "pressed twice"
    house.run_jobs()
    (mail,) = house.sent("along_invited")
    event, method = entry(mail)
    assert mail.recipient == "anna@example.com" and "Wednesday 25 November, 00:00" in mail.body
    assert method == "REQUEST" and "anna@example.com" in str(event["ATTENDEE"]) and int(event["SEQUENCE"]) == 0
    whole = str(event.to_ical()) + mail.body
    assert "Meridian" not in whole and "14,800" not in whole and (house.world.case.client_email or "-") not in whole
    theirs = re.search(r"http://127\.0\.0\.1:8000(/consult/\S+)", mail.body)
    assert theirs and house.client().get(theirs.group(1)).status_code == 200
    shown = house.client().get(link).text
    remove = re.search(r"/consult/[^\"]+/along/\d+/remove", shown)
    assert remove and "Anna" in shown
    desk, case = house.desk(), f"/desk/cases/{house.world.case.id}"
    assert "With them: Anna (sister)." in text(desk.get(case).text), "the advisor knows who will be there"
    for _ in range(2):
        assert house.client().post(remove.group()).status_code in (303, 404)
    assert "Anna" not in text(desk.get(case).text)
    assert house.client().get(theirs.group(1)).status_code == 410, "their link ends at once"
    house.run_jobs()
    (gone,) = house.sent("along_cancelled")
    event, method = entry(gone)
    assert method == "CANCEL" and int(event["SEQUENCE"]) == 1 and str(event["STATUS"]) == "CANCELLED"
    after = house.do(lambda s: s.get(Consult, consult.id))
    assert (after.id, after.starts_at, after.state) == (consult.id, consult.starts_at, ConsultState.BOOKED)
    assert len(house.sent("consult_confirmed")) == 1, "the client's own entry is left in peace"


@pytest.mark.parametrize("tail", ["", "/move", "/calendar.ics"])
def test_12_a_link_that_ran_out_or_was_ended_is_410_and_a_guessed_or_foreign_one_404(house: House, tail: str) -> None:
    house.book()
    link = house.link()
    with cast.clock(NOW + timedelta(days=61)):
        late = house.client().get(f"{link}{tail}")
    house.do(lambda s: revoke_links(s, shop_id=house.world.shop_id, purpose=CONSULT,
                                    subject_id=cast.number(house.world.case.id), now=NOW))  # fmt: skip
    ended = house.client().get(f"{link}{tail}")
    returns = house.do(lambda s: cast.return_link(s, house.world.rma))
    for answer in (late, ended):
        assert answer.status_code == 410 and "This link has done its work" in answer.text
    for guess in (f"/consult/{'x' * 32}", f"/consult/{returns}"):
        answer = house.client().get(f"{guess}{tail}")
        assert answer.status_code == 404
        assert findings("client", text(answer.text)) == [] and "Whitlock" not in answer.text


# --- 13: somebody sooner


def test_13_a_colleague_is_offered_by_name_never_put_in_unasked_and_stays_after_a_move(house: House) -> None:
    def away(session: Session) -> Advisor:
        shop, bob = session.merge(house.world.shop), session.merge(house.world.bob)
        session.add(TimeOff(shop_id=house.world.shop_id, advisor_id=cast.number(bob.id), starts_at=NOW,
                            ends_at=NOW + timedelta(days=9)))  # fmt: skip
        hugo = cast.bob(session, shop, name="Hugo Marchand", staff_gid="gid://shopify/StaffMember/8")
        hugo.boutique_id = bob.boutique_id
        silent = cast.bob(session, shop, name="Ken Sato", staff_gid="gid://shopify/StaffMember/11")
        silent.languages = "ja"
        session.add_all([hugo, silent])
        return hugo

    hugo, link = house.do(away), house.link()
    page = text(house.client().get(link).text)
    assert "Hugo Marchand can see you on" in page and "Ken Sato" not in page, "by name, and who speaks their language"
    assert house.do(lambda s: s.get(Case, house.world.case.id)).advisor_id == house.world.bob.id, "not unasked"
    assert house.client().post(f"{link}/colleague", data={"advisor": "999"}).status_code == 409
    assert house.client().post(f"{link}/colleague", data={"advisor": str(hugo.id)}).status_code == 303
    case = house.do(lambda s: s.get(Case, house.world.case.id))
    assert (case.advisor_id, case.owner_id) == (hugo.id, house.world.bob.id)
    consult = house.book(TOMORROW)
    assert house.move(consult, TOMORROW + timedelta(hours=2)).advisor_id == hugo.id


@pytest.mark.parametrize(
    ("columns", "offered"),
    [
        ({}, True),
        ({"categories": "rings, watches"}, True),
        ({"categories": "watches"}, False),
        ({"role": StaffRole.WAREHOUSE}, False),
        ({"role": StaffRole.FINANCE}, False),
        ({"active": False}, False),
    ],
)
def test_13_only_who_speaks_with_clients_and_knows_the_kind_of_piece_is_offered(
    house: House, columns: dict[str, Any], offered: bool
) -> None:
    def away(session: Session) -> None:
        bob = cast.number(house.world.bob.id)
        off: dict[str, Any] = {"starts_at": NOW, "ends_at": NOW + timedelta(days=9)}
        session.add(TimeOff(shop_id=house.world.shop_id, advisor_id=bob, **off))
        hugo = cast.bob(session, session.merge(house.world.shop), name="Hugo Marchand", staff_gid="gid://staff/8")
        for name, value in columns.items():
            setattr(hugo, name, value)
        session.merge(house.world.case).category = "Rings"
        session.add(hugo)

    house.do(away)
    assert ("Hugo Marchand can see you on" in text(house.client().get(house.link()).text)) is offered


def test_13_an_advisor_with_time_this_week_is_not_passed_over(house: House) -> None:
    house.do(lambda s: cast.bob(s, s.merge(house.world.shop), name="Hugo Marchand", staff_gid="gid://staff/8"))
    assert "Hugo" not in house.client().get(house.link()).text


# --- 14: calendars


BOMBS = {
    "by the second": (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20261124T090000Z\r\nRRULE:FREQ=SECONDLY\r\n"
                      b"END:VEVENT\r\nEND:VCALENDAR\r\n", FeedTrouble.TOO_OFTEN),
    "ten thousand and one": (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 10_001, FeedTrouble.TOO_MUCH),
    "three megabytes": (b"BEGIN:VCALENDAR\r\n" + b"X" * 3_000_000, FeedTrouble.TOO_LARGE),
    "no calendar": (b"<!doctype html>", FeedTrouble.NO_CALENDAR),
}  # fmt: skip


@pytest.fixture
def calendar_server() -> Iterator[Any]:
    """Somebody's calendar at an address on this machine."""
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, to = self.server.body, self.server.leads_to  # type: ignore[attr-defined]
            self.send_response(302 if to else 200)
            if to:
                self.send_header("Location", to)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            return

    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.body, server.leads_to = b"", ""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.url = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()


def read(address: str, local: str = "") -> Any:
    return IcsCalendar(local).busy(address, zone="UTC", since=NOW, until=NOW + timedelta(days=30))


@pytest.mark.parametrize("bomb", BOMBS)
def test_14_a_calendar_made_to_hurt_is_a_kind_sentence(calendar_server: Any, bomb: str) -> None:
    calendar_server.body, trouble = BOMBS[bomb]
    began = time.monotonic()
    with pytest.raises(FeedUnreadable) as refused:
        read(f"{calendar_server.url}/x.ics", calendar_server.url)
    assert refused.value.trouble is trouble and time.monotonic() - began < 60
    assert IN_WORDS[trouble].endswith(".") and not re.search("error|invalid|fail", IN_WORDS[trouble], re.IGNORECASE)


@pytest.mark.parametrize(
    ("address", "trouble"),
    [
        ("http://169.254.169.254/latest/meta-data", FeedTrouble.NOT_HTTPS),
        ("https://169.254.169.254/latest/meta-data", FeedTrouble.NOT_OUTSIDE),
        ("https://127.0.0.1/x.ics", FeedTrouble.NOT_OUTSIDE),
        ("https://localhost/x.ics", FeedTrouble.NOT_OUTSIDE),
        ("https://[::1]/x.ics", FeedTrouble.NOT_OUTSIDE),
        ("https://10.0.0.1/x.ics", FeedTrouble.NOT_OUTSIDE),
        ("file:///etc/passwd", FeedTrouble.NOT_HTTPS),
        ("https://a:b@calendar.example.com/x.ics", FeedTrouble.NOT_HTTPS),
        ("https://calendar.example.com:22/x.ics", FeedTrouble.NOT_HTTPS),
    ],
)
def test_14_an_address_that_is_not_on_the_public_internet_is_not_asked(address: str, trouble: FeedTrouble) -> None:
    with pytest.raises(FeedUnreadable) as refused:
        read(address)
    assert refused.value.trouble is trouble


def test_14_nor_one_that_a_public_address_leads_to(calendar_server: Any) -> None:
    calendar_server.leads_to = "https://169.254.169.254/latest/meta-data"
    with pytest.raises(FeedUnreadable) as refused:
        read(f"{calendar_server.url}/x.ics", calendar_server.url)
    assert refused.value.trouble is FeedTrouble.NOT_OUTSIDE


def test_14_what_a_calendar_says_is_not_offered_and_one_that_fails_for_a_day_stops_the_offer(
    house: House, calendar_server: Any
) -> None:
    mine: dict[str, Any] = {"shop_id": house.world.shop_id, "advisor_id": cast.number(house.world.bob.id)}
    desk = house.desk()
    token = csrf(desk.get("/desk/times").text)
    wrong = desk.post("/desk/times/calendars", data={"csrf": token, "address": "http://10.0.0.1/x.ics"})
    assert wrong.status_code == 422 and IN_WORDS[FeedTrouble.NOT_HTTPS] in text(wrong.text)
    good = {"csrf": token, "address": "webcal://calendar.example.com/secret.ics"}
    assert desk.post("/desk/times/calendars", data=good).status_code == 303
    feed = house.do(lambda s: s.exec(select(BusyFeed)).one())
    assert feed.address == "https://calendar.example.com/secret.ics"
    house.do(lambda s: setattr(s.get(BusyFeed, feed.id), "address", f"{calendar_server.url}/x.ics"))

    def look(at: datetime) -> list[datetime]:
        calendars = {"ics": IcsCalendar(calendar_server.url)}
        from consults.feed_jobs import read_feed

        with cast.clock(at):
            read_feed(house.database.begin, calendars=calendars, shop_id=house.world.shop_id, feed_id=feed.id)
        return [slot.starts_at for slot in house.do(lambda s: free_times(s, **mine, now=at))]

    calendar_server.body = (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Dentist\r\nDTSTART:20261124T150000Z\r\n"
                            b"DURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")  # fmt: skip
    offered = look(NOW)
    assert FOUR not in offered and FOUR + timedelta(days=1) in offered
    kept = house.do(lambda s: s.exec(select(BusyBlock)).all())
    assert [(b.starts_at, b.ends_at) for b in kept] == [(FOUR, FOUR + timedelta(hours=1))], "and not what it is about"
    calendar_server.body = b"gone"
    hour = NOW + timedelta(hours=1)
    kept_by = look(hour)
    assert kept_by and FOUR not in kept_by, "the last good copy counts for a day"
    late = NOW + timedelta(hours=25)
    assert look(late) == []
    with cast.clock(late):
        shown = text(house.desk(late).get("/desk/times").text)
    assert "No time is offered until it can be read again" in shown
    feeds_there = house.do(lambda s: feeds.feeds_in_trouble(s, shop_id=house.world.shop_id))
    assert [f.id for f in feeds_there] == [feed.id]
    house.do(lambda s: feeds.need_feed(s, **mine, feed_id=feed.id, needed=False))
    assert look(late), "the advisor said to offer times without it"


# --- 15: load


def test_15_sixty_days_of_one_advisor_take_under_fifty_milliseconds_with_their_rows(house: House) -> None:
    ids: dict[str, Any] = {"shop_id": house.world.shop_id, "advisor_id": cast.number(house.world.bob.id)}

    def furnish(session: Session) -> None:
        set_policy(session, shop_id=house.world.shop_id, window_days=60)
        feed = BusyFeed(**ids, address="https://calendar.example.com/x.ics", added_at=NOW, read_at=NOW)
        session.add(feed)
        session.flush()
        for n in range(200):
            starts = NOW + timedelta(hours=7 * n)
            session.add(
                BusyBlock(**ids, feed_id=cast.number(feed.id), starts_at=starts, ends_at=starts + timedelta(hours=1))
            )

    house.do(furnish)
    took = []
    for _ in range(15):
        with house.database.begin() as session:
            began = time.thread_time()
            found = free_times(session, **ids, now=NOW, days=60)
            took.append(time.thread_time() - began)
    assert len(found) > 500
    assert sorted(took)[7] < 0.05, f"{sorted(took)[7] * 1000:.1f} ms"


def test_slots_of_sixty_days_are_the_plain_loops_and_many_times_faster() -> None:
    """What `bin/bench slots` measures, with margins a busy machine keeps too."""
    ours, plain = 0.0, 0.0
    for zone, now in bench.ZONES.items():
        busy = bench.blocks(now, bench.BLOCKS, bench.DAYS)
        assert bench.reckon(zone, busy, now, bench.DAYS) == bench.nested_loop(zone, busy, now, bench.DAYS)
        ours += min(bench.timed(partial(bench.reckon, zone, busy, now, bench.DAYS), 20))
        plain += min(bench.timed(partial(bench.nested_loop, zone, busy, now, bench.DAYS), 2))
    assert plain / ours >= 10, f"{plain / ours:.1f}"


# --- proposed, at once, and what does not go together


def test_an_advisor_proposes_three_times_and_the_client_takes_one_with_one_tap(house: House) -> None:
    desk, case = house.desk(), house.world.case.id
    page = desk.get(f"/desk/cases/{case}/times").text
    values = re.findall(r'name="at" value="([^"]+)"', page)[4:7]
    form = {"csrf": csrf(page), "at": values, "kind": "telephone"}
    assert desk.post(f"/desk/cases/{case}/times", data=form | {"at": values * 2}).status_code == 303
    house.run_jobs()
    (mail,) = house.sent("times_proposed")
    assert findings("client", mail.body) == [] and mail.body.count("November,") == 3
    link = re.search(r"http://127\.0\.0\.1:8000(/consult/\S+)", mail.body)
    assert link
    taps = re.findall(r'action="(/consult/[^"]+/proposed/\d+)"', house.client().get(link.group(1)).text)
    assert len(taps) == 3
    before = house.rows()
    assert [house.client().get(tap).status_code for tap in taps] == [405] * 3 and house.rows() == before
    for _ in range(2):
        assert house.client().post(taps[1]).status_code == 303
    (consult,) = house.do(lambda s: s.exec(select(Consult)).all())
    assert consult.starts_at.isoformat() == values[1] and consult.kind.value == "telephone"


@pytest.mark.parametrize("minutes", [15, 20, -30])
def test_an_advisor_who_is_late_proposes_a_little_later_and_the_reserved_time_moves_there(
    house: House, minutes: int
) -> None:
    booked = house.book(kind="video")
    desk, case, link = house.desk(), house.world.case.id, house.link()
    page = desk.get(f"/desk/cases/{case}/times").text
    offered = re.findall(r'name="at" value="([^"]+)"', page)
    assert offered and FOUR.isoformat() not in offered, "what is reserved already is no proposal"
    to = FOUR + timedelta(minutes=minutes)
    form = {"csrf": csrf(page), "kind": "telephone"}
    assert desk.post(f"/desk/cases/{case}/times", data=form | {"at": FOUR.isoformat()}).status_code == 422
    assert desk.post(f"/desk/cases/{case}/times", data=form | {"at": to.isoformat()}).status_code == 303
    (tap,) = re.findall(r'action="(/consult/[^"]+/proposed/\d+)"', house.client().get(link).text)
    assert house.client().post(tap).status_code == 303
    (consult,) = house.do(lambda s: s.exec(select(Consult)).all())
    assert (consult.id, consult.starts_at, consult.kind, consult.sequence) == (booked.id, to, Kind.TELEPHONE, 1)
    assert "Proposed" not in house.client().get(link).text


def test_a_client_who_moves_may_come_a_quarter_of_an_hour_later(house: House) -> None:
    house.book()
    shown = set(re.findall(r'name="at" value="([^"]+)"', house.client().get(f"{house.link()}/move").text))
    assert (FOUR + timedelta(minutes=15)).isoformat() in shown and FOUR.isoformat() not in shown


def test_a_proposed_time_that_was_taken_meanwhile_is_said_kindly_and_nothing_is_lost(house: House) -> None:
    rows = house.do(lambda s: propose(s, **house.about, starts=[FOUR], kind=Kind.VIDEO, by="advisor:1", now=NOW))
    [other] = more_cases(house, 1)
    house.book(case_id=other, idempotency_key="o")
    link = house.link()
    answer = house.client().post(f"{link}/proposed/{rows[0].id}")
    assert answer.status_code == 409 and "has others" in answer.text and findings("client", text(answer.text)) == []
    assert house.client().post(f"{link}/proposed/999").status_code == 404


def test_an_advisor_who_says_so_may_be_talked_with_at_once(house: House) -> None:
    link, mine = house.link(), {"shop_id": house.world.shop_id, "advisor_id": cast.number(house.world.bob.id)}
    assert "Talk now" not in house.client().get(link).text
    assert house.client().post(f"{link}/now").status_code == 409
    house.do(lambda s: be_free(s, **mine, minutes=60, now=NOW))
    assert "Talk now, by video" in house.client().get(link).text
    answer = house.client().post(f"{link}/now", data={"kind": "video"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{link}/room")
    assert "We open" not in (room := house.client().get(f"{link}/room").text) and "The room opens on" not in room
    house.run_jobs()
    assert len(house.sent("consult_confirmed_advisor", "sms")) == 1, "the advisor hears of it at once"
    late = NOW + timedelta(hours=2)
    with cast.clock(late):
        assert "Talk now" not in house.client().get(link).text


def test_an_advisor_who_cannot_be_there_gives_the_time_back_and_is_led_to_propose_others(house: House) -> None:
    consult, desk = house.book(), house.desk()
    page = desk.get(f"/desk/cases/{house.world.case.id}").text
    before = house.rows()
    assert desk.get(f"/desk/consults/{consult.id}/decline").status_code == 405 and house.rows() == before
    answer = desk.post(f"/desk/consults/{consult.id}/decline", data={"csrf": csrf(page)})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/desk/cases/{house.world.case.id}/times")
    house.run_jobs()
    event, method = entry(house.sent("consult_cancelled")[0])
    assert method == "CANCEL" and int(event["SEQUENCE"]) == 1


def test_nobody_came__both_hear_of_it_and_two_new_times_are_a_tap_away(house: House) -> None:
    house.book()
    after = FOUR + timedelta(hours=2)
    with cast.clock(after):
        house.jobs["consults.close_rooms"](house.database.begin)
    house.run_jobs(after)
    (mail,) = house.sent("not_met")
    assert "We did not meet" in mail.body and len(re.findall(r"Wednesday 25 November, \d", mail.body)) == 2
    assert findings("client", f"{mail.subject} {mail.body}") == []
    assert [m.recipient for m in house.sent("not_met_advisor")] == [house.world.bob.email]
    with cast.clock(after):
        taps = re.findall(r'action="(/consult/[^"]+/proposed/\d+)"', house.client().get(house.link()).text)
        assert len(taps) == 2 and house.client().post(taps[0]).status_code == 303
    house.run_jobs(after)
    assert len(house.sent("not_met")) == 1


def over(house: House, kind: str = "telephone") -> tuple[Consult, datetime]:
    """A conversation whose time is over, and when that was seen."""
    consult, after = house.book(kind=kind), FOUR + timedelta(hours=2)
    with cast.clock(after):
        house.jobs["consults.close_rooms"](house.database.begin)
    house.run_jobs(after)
    return consult, after


def say(house: House, consult: Consult, missing: str, at: datetime) -> int:
    """What the advisor presses on their page."""
    with cast.clock(at):
        desk = house.desk(at)
        token = csrf(desk.get(f"/desk/cases/{house.world.case.id}").text)
        return desk.post(f"/desk/consults/{consult.id}/met", data={"csrf": token, "missing": missing}).status_code


@pytest.mark.parametrize(("missing", "words"), [("client", "We did not meet"), ("advisor", "You were there")])
@pytest.mark.parametrize("kind", ["telephone", "boutique"])
def test_of_a_call_or_a_visit_the_advisor_says_that_it_did_not_take_place(
    house: House, kind: str, missing: str, words: str
) -> None:
    consult, after = over(house, kind)
    assert house.sent("not_met") == [], "nobody tells us by itself"
    with cast.clock(after):
        page = text(house.desk(after).get(f"/desk/cases/{house.world.case.id}").text)
        assert "They did not come I was not there" in page and "We spoke after all" not in page
    assert [say(house, consult, missing, after) for _ in range(2)] == [303, 303]
    house.run_jobs(after)
    (mail,) = house.sent("not_met")
    assert words in mail.body and len(re.findall(r"Wednesday 25 November, \d", mail.body)) == 2, mail.body
    assert house.sent("not_met_advisor") == [], "whoever said it knows it"
    kept = house.do(lambda s: s.get(Consult, consult.id))
    assert (kept.state, kept.missing) == (ConsultState.NO_SHOW, missing)
    with cast.clock(after + timedelta(hours=3)):
        house.jobs["consults.ask_outcomes"](house.database.begin)
    assert house.sent("outcome_due_advisor") == [], "nothing was decided in a talk that was not"


def test_who_spoke_after_all_says_so_and_what_was_proposed_instead_is_taken_back(house: House) -> None:
    consult, after = over(house, "video")
    with cast.clock(after):
        page = text(house.desk(after).get(f"/desk/cases/{house.world.case.id}").text)
        assert "We spoke after all" in page and "They did not come" not in page
        assert "/proposed/" in house.client().get(house.link()).text
    assert say(house, consult, "", after) == 303
    house.run_jobs(after)
    assert house.do(lambda s: s.get(Consult, consult.id)).state is ConsultState.COMPLETED
    with cast.clock(after):
        assert "/proposed/" not in house.client().get(house.link()).text
    assert say(house, consult, "client", after) == 409, "of a room we know it ourselves"


@pytest.mark.parametrize(
    ("missing", "later", "code"),
    [
        ("somebody", timedelta(0), 400),
        ("client", timedelta(days=14), 409),
        ("client", timedelta(days=13), 303),
        ("", timedelta(0), 303),
    ],
)
def test_what_cannot_be_said_of_a_call_changes_nothing(house: House, missing: str, later: timedelta, code: int) -> None:
    consult, after = over(house)
    assert say(house, consult, missing, after + later) == code
    state = house.do(lambda s: s.get(Consult, consult.id)).state
    assert state is (ConsultState.NO_SHOW if (missing, code) == ("client", 303) else ConsultState.COMPLETED)


def test_once_another_time_is_reserved_or_the_outcome_written_the_last_talk_is_left_as_it_is(house: House) -> None:
    consult, after = over(house)
    house.book(at=TOMORROW + timedelta(hours=2), idempotency_key="next", now=after)
    assert say(house, consult, "client", after) == 409
    assert house.do(lambda s: s.get(Consult, consult.id)).state is ConsultState.COMPLETED


def test_another_shops_advisor_says_nothing_of_it(house: House) -> None:
    consult, after = over(house)
    dana = house.do(cast.dana)
    with cast.clock(after):
        desk = house.app.test_client()
        desk.set_cookie("desk", house.do(lambda s: cast.desk_cookie(s, dana.bob, now=after)), path="/desk")
        token = csrf(desk.get(f"/desk/cases/{dana.case.id}").text)
        answer = desk.post(f"/desk/consults/{consult.id}/met", data={"csrf": token, "missing": "client"})
    assert answer.status_code == 404


def test_a_client_alone_in_the_room_for_ten_minutes_is_seen_to_at_once_and_it_is_said_whose_it_was(
    house: House,
) -> None:
    consult, link = house.book(), house.link()

    def look(at: datetime) -> list[str]:
        with cast.clock(at):
            house.jobs["consults.watch_rooms"](house.database.begin)
        return [m.recipient for m in house.sent("alone_in_room_advisor", "sms")]

    with cast.clock(FOUR + timedelta(minutes=9, seconds=50)):
        assert house.client().post(f"{link}/room/join", json={}).status_code == 200
    assert look(FOUR + timedelta(minutes=9, seconds=55)) == [], "ten minutes are given"
    assert look(FOUR + timedelta(minutes=10)) == [house.world.bob.phone]
    assert look(FOUR + timedelta(minutes=10, seconds=15)) == [house.world.bob.phone], "once"
    after = FOUR + timedelta(hours=2)
    with cast.clock(after):
        house.jobs["consults.close_rooms"](house.database.begin)
    house.run_jobs(after)
    assert house.do(lambda s: s.get(Consult, consult.id)).missing == "advisor"
    (mail,) = house.sent("not_met")
    assert "You were there" in mail.body and findings("client", f"{mail.subject} {mail.body}") == []


def test_an_outcome_is_asked_for_once_a_day_until_it_is_given(house: House) -> None:
    consult = house.book(kind="telephone")
    over = FOUR + timedelta(hours=2)
    with cast.clock(over):
        house.jobs["consults.close_rooms"](house.database.begin)

    def ask(at: datetime) -> int:
        with cast.clock(at):
            house.jobs["consults.ask_outcomes"](house.database.begin)
        return len(house.sent("outcome_due_advisor"))

    assert ask(over) == 0, "not in the same minute"
    assert [ask(over + timedelta(hours=h)) for h in (2, 3, 24, 25, 48)] == [1, 1, 2, 2, 3]
    desk = house.desk()
    page = desk.get(f"/desk/cases/{consult.case_id}/outcome").text
    form = {"csrf": csrf(page), "outcome": "follow_up", "root_cause": "size", "promise": "none"}
    assert desk.post(f"/desk/cases/{consult.case_id}/outcome", data=form).status_code == 303
    assert ask(over + timedelta(hours=72)) == 3


def test_what_was_promised_is_minded_and_its_client_hears_when_it_is_ticked_on_the_desk(house: House) -> None:
    case, desk = house.world.case.id, house.desk()
    form = {"csrf": csrf(desk.get(f"/desk/cases/{case}").text), "what": "Samples of rose gold", "due_on": "2026-11-26"}
    for _ in range(2):
        assert desk.post(f"/desk/cases/{case}/promises", data=form).status_code == 303
    for day in (25, 27):
        with cast.clock(datetime(2026, 11, day, 12, tzinfo=UTC)):
            house.jobs["consults.watch_promises"](house.database.begin)
    minded = [
        (m.name, m.channel) for m in house.sent("promise_due_advisor", "sms") + house.sent("promise_broken_advisor")
    ]
    assert minded == [("promise_due_advisor", "sms")] * 2 + [("promise_broken_advisor", "email")] * 2
    tick = re.findall(r'action="(/desk/cases/\d+/promises/\d+/done)"', desk.get(f"/desk/cases/{case}").text)
    for _ in range(2):
        assert desk.post(tick[0], data={"csrf": form["csrf"]}).status_code == 303
    house.run_jobs()
    (letter,) = house.sent("promise_kept")
    assert letter.recipient == "cleo@example.com" and "is done: Samples of rose gold." in letter.body
    assert findings("client", f"{letter.subject} {letter.body}") == []


def test_who_has_a_return_that_is_over_and_nobody_talked_is_asked_once_a_week(house: House) -> None:
    over = FOUR + timedelta(days=3)
    house.do(lambda s: setattr(s.get(Case, house.world.case.id), "parcel_done_at", over))

    def ask(at: datetime) -> int:
        with cast.clock(at):
            house.jobs["consults.ask_outcomes"](house.database.begin)
        return len(house.sent("outcome_due_advisor"))

    hours = (0, 2, 3, 24, 24 * 7, 24 * 7 + 2, 24 * 70)
    assert [ask(over + timedelta(hours=h)) for h in hours] == [0, 1, 1, 1, 2, 2, 2]
    assert "is over, and nobody has written down what they decided" in house.sent("outcome_due_advisor")[0].body


def test_who_talked_twice_is_asked_once_what_was_decided(house: House) -> None:
    over = FOUR + timedelta(hours=2)
    for n, at in enumerate((FOUR - timedelta(hours=1), FOUR)):
        house.book(kind="telephone", starts_at=at, idempotency_key=f"talk {n}")
        with cast.clock(over):
            house.jobs["consults.close_rooms"](house.database.begin)
    with cast.clock(over + timedelta(hours=2)):
        house.jobs["consults.ask_outcomes"](house.database.begin)
    assert len(house.sent("outcome_due_advisor")) == 1


def test_consent_to_texts_is_kept_with_its_proof_when_it_is_given(house: House) -> None:
    form = {"at": FOUR.isoformat(), "kind": "video", "phone": "+33 6 12 34 56 78"}
    link = house.link()
    assert house.client().post(link, data=form | {"texts": "yes"}).status_code == 303
    lines = house.do(lambda s: history(s, **house.about))
    (proof,) = [line for line in lines if line.kind == "client.agreed_to_texts"]
    assert proof.at == NOW and "ending 78" in proof.detail and "Nothing else is sent" in proof.detail
    assert "612345678" not in proof.detail


def test_10_a_number_the_network_says_has_stopped_is_sent_no_text_again_and_hears_by_email(house: House) -> None:
    """21610: the STOP was answered by the network, and we never heard it."""

    class Refusing:
        name, is_set_up, asked = "sms", True, 0

        def send(self, message: Any) -> str:
            self.asked += 1
            raise OutsideError("twilio", "refused with 21610", permanent=True, cause=Cause.OPTED_OUT)

        def find(self, message: Any) -> None:
            return None

    house.do(_texts_to_cleo(house))
    consult, channel = house.book(FOUR + timedelta(days=1)), Refusing()
    house.run_jobs()
    house.move(consult, FOUR + timedelta(days=2))
    house.run_jobs()
    for message in house.sent("consult_confirmed", "sms"):
        deliver(
            house.database.begin, channels={"sms": channel}, shop_id=message.shop_id, message_id=cast.number(message.id)
        )
    assert channel.asked == 1, "the second is not even tried"
    states = {(m.state.value, m.recipient) for m in house.sent("consult_confirmed", "sms")}
    assert states == {("failed", "+819012345678")}
    assert len(house.do(lambda s: in_trouble(s, shop_id=house.world.shop_id))) == 2, "both stand in the admin's list"
    assert len(house.sent("consult_confirmed")) == 2, "and both were mailed"


# --- bad input


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"at": (NOW - timedelta(days=1)).isoformat()}, 409, "a moment before you"),
        ({"at": "yesterday"}, 400, "Please choose one of the times"),
        ({"at": "9999-12-31T23:59:59Z"}, 400, "Please choose one of the times"),
        ({"kind": "telepathy"}, 400, "Please choose how we shall meet"),
        ({"phone": "06 12 34"}, 422, "with its country code"),
        ({"phone": "+99 999 999 999 999 999"}, 422, "with its country code"),
    ],
)
def test_what_cannot_be_reserved_is_answered_in_a_kind_sentence(
    house: House, form: dict[str, str], status: int, words: str
) -> None:
    answer = house.client().post(house.link(), data={"at": FOUR.isoformat(), "kind": "video"} | form)
    assert answer.status_code == status and words in text(answer.text)
    assert findings("client", text(answer.text)) == []
    assert house.do(lambda s: s.exec(select(Consult)).all()) == []


def test_a_number_of_another_country_is_taken_and_a_zone_that_does_not_exist_leaves_the_clients_own(
    house: House,
) -> None:
    form = {"at": FOUR.isoformat(), "kind": "telephone", "phone": "0081 90 1234 5678", "zone": "Mars/Olympus_Mons"}
    link = house.link()
    assert house.client().get(f"{link}?zone=Mars/Olympus_Mons").status_code == 200
    assert house.client().post(link, data=form).status_code == 303
    (consult,) = house.do(lambda s: s.exec(select(Consult)).all())
    assert consult.client_zone == house.world.case.client_zone
    assert house.do(lambda s: s.get(Case, house.world.case.id)).client_phone == "+819012345678"


@pytest.mark.parametrize("email", ["", "anna", "anna@", "a@b@c.de", "x" * 300 + "@y.de\n"])
def test_an_address_nobody_can_be_written_to_at_is_a_kind_sentence(house: House, email: str) -> None:
    house.book()
    answer = house.client().post(f"{house.link()}/along", data={"name": "Anna", "email": email})
    assert answer.status_code == 400 and "email address" in answer.text and findings("client", text(answer.text)) == []


def test_a_client_who_reads_french_is_written_to_in_french(house: House) -> None:
    def french(session: Session) -> None:
        case = session.get(Case, house.world.case.id)
        assert case is not None
        case.client_locale = "fr-FR"
        session.add(case)

    house.do(french)
    house.book()
    house.run_jobs()
    (mail,) = house.sent("consult_confirmed")
    assert "sera avec vous le mardi 24 novembre, 16:00" in mail.body and "Tuesday" not in mail.body + mail.subject
    (told,) = house.sent("consult_confirmed_advisor")
    assert "Tuesday 24 November" in told.body


@pytest.mark.parametrize(
    ("locale", "opening", "when", "words"),
    [
        ("de-AT", "Sehr geehrte Frau Whitlock,", "Dienstag, 24. November, 16:00", "Der Raum, ein anderer Termin"),
        ("ja-JP", "Whitlock様", "11月24日火曜日 16:00", "日時の変更"),
        ("ar-AE", "حضرة السيدة Whitlock", "الثلاثاء، 24 نوفمبر، 4:00", "لتغيير الموعد"),
        ("zh-TW", "Cleo Whitlock,", "Tuesday 24 November, 16:00", "The room, another time"),
    ],
)
def test_a_client_is_written_to_in_their_language_calendar_and_all_and_their_advisor_in_english(
    house: House, locale: str, opening: str, when: str, words: str
) -> None:
    def speaks(session: Session) -> None:
        case = session.get(Case, house.world.case.id)
        assert case is not None
        case.client_locale, case.client_title = locale, "Mrs"
        session.add(case)

    house.do(speaks)
    house.book()
    house.run_jobs()
    (mail,) = house.sent("consult_confirmed")
    assert when in mail.subject and when in mail.body
    assert opening in mail.body
    assert words in entry(mail)[0]["description"]
    (told,) = house.sent("consult_confirmed_advisor")
    assert "Tuesday 24 November" in told.body and "Whitlock" in told.body and told.body.isascii()
