"""Issue 7, afterwards: the same person, quiet hours, a cap over all returns, silence on purpose."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from consults.aftercare.jobs import plan_contacts
from consults.aftercare.learned import learn, move_client, notes_of, with_learned
from consults.aftercare.models import ContactStep, LearnedNote
from consults.aftercare.plans import Enough, choose_plan, put_off, steps_of, take_step, tasks_due
from consults.aftercare.steps import SENTENCES, StepKind, due, sentence_for
from consults.briefs.facts import facts_of
from consults.briefs.seen import ClientSeen, Noted, Seen
from consults.cases import get_case, note_parcel_done, record_outcome
from consults.models import Advisor, Case
from consults.policy import policy_of
from consults.privacy import erase_case, show_case
from consults.unsaid.checking import LANGUAGES, marks
from kit.db import Database
from kit.errors import AppError
from notifications.models import Message
from shops import crypt
from tests import cast
from tests.acceptance.callers_under_test import Everywhere, furnish
from tests.jobs_at_hand import Queue
from tests.pages.admin_world import Admin, open_admin
from tests.pages.words import csrf, text

WEEK_ON = cast.NOW + timedelta(days=8)
FAR = date(2030, 1, 1)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    crypt.use_keys("test-token-key")
    made = Database(database_url)
    yield made
    made.close()


@pytest.fixture
def world(database: Database, queue: Queue) -> cast.World:
    with database.begin() as session:
        return cast.everyone(session)


def by(world: cast.World) -> dict[str, Any]:
    return {"advisor_id": cast.number(world.bob.id), "now": cast.NOW}


def case_of(session: Session, world: cast.World) -> Case:
    return get_case(session, shop_id=world.shop_id, case_id=cast.number(world.case.id))


def close(database: Database, world: cast.World, **case: Any) -> int:
    """A return of Cleo's comes to its end; the number of its case."""
    with database.begin() as session:
        shop, bob = session.merge(world.shop), session.merge(world.bob)
        row = cast.cleos_case(session, shop, bob, **case) if case else case_of(session, world)
        case_id = cast.number(row.id)
        said: dict[str, Any] = {"outcome": "kept", "root_cause": "size"}
        record_outcome(session, shop_id=world.shop_id, case_id=case_id, **said, **by(world))
        note_parcel_done(session, shop_id=world.shop_id, return_gid=row.return_gid, now=cast.NOW)
    with cast.clock():
        plan_contacts(database.begin, shop_id=world.shop_id, case_id=case_id)
    return case_id


def tasks(session: Session, world: cast.World, now: Any = WEEK_ON, until: date | None = None) -> list[Any]:
    return tasks_due(session, shop_id=world.shop_id, until=until or now.date(), now=now)


@given(st.sampled_from(list(StepKind)), st.dates(), st.none() | st.dates())
def test_no_step_is_due_before_the_day_after_closing(kind: StepKind, closed_on: date, day: date | None) -> None:
    if closed_on < date(9999, 1, 1):
        found = due(kind, closed_on=closed_on, day=day)
        assert found is None or found > closed_on


def test_every_language_has_every_sentence_and_none_says_what_is_better_left_unsaid() -> None:
    assert set(SENTENCES) == set(LANGUAGES)
    for language, sentences in SENTENCES.items():
        assert set(sentences) == set(StepKind)
        assert [mark.words for words in sentences.values() for mark in marks(words)] == [], language
    assert sentence_for(StepKind.SEVEN, "fr-CH") == SENTENCES["fr"][StepKind.SEVEN]
    assert sentence_for(StepKind.SEVEN, "pt") == SENTENCES["en"][StepKind.SEVEN]


def test_seven_thirty_and_ninety_days_after_closing_unless_something_else_was_agreed(
    database: Database, world: cast.World
) -> None:
    close(database, world)
    with database.begin() as session:
        closed_on = cast.NOW.date()
        assert [(step.due_on - closed_on).days for step in steps_of(session, case_of(session, world))] == [7, 30, 90]
        assert tasks(session, world, now=cast.NOW + timedelta(days=6)) == []
        (task,) = tasks(session, world)
        assert (task.step.kind, task.person.id) == (StepKind.SEVEN, world.bob.id)
        assert session.exec(select(Message).where(Message.name == "advisor_note")).all() == [], "nothing goes by itself"


def test_an_occasion_and_a_service_have_their_own_days_and_none_is_none_on_purpose(
    database: Database, world: cast.World
) -> None:
    with database.begin() as session:
        with pytest.raises(AppError):
            choose_plan(session, case_of(session, world), kinds=[StepKind.OCCASION], **by(world))
        days: dict[str, Any] = {"occasion_on": date(2026, 12, 12), "service_on": date(2027, 11, 24)}
        kinds = [StepKind.OCCASION, StepKind.SERVICE]
        choose_plan(session, case_of(session, world), kinds=kinds, **days, **by(world))
    close(database, world)
    with database.begin() as session:
        assert [step.due_on for step in steps_of(session, case_of(session, world))] == list(days.values())
        choose_plan(session, case_of(session, world), kinds=[], **by(world))
    with cast.clock():
        plan_contacts(database.begin, shop_id=world.shop_id, case_id=cast.number(world.case.id))
    with database.begin() as session:
        assert steps_of(session, case_of(session, world)) == []


def test_the_successor_stays_in_touch_where_the_advisor_left(database: Database, world: cast.World) -> None:
    close(database, world)
    with database.begin() as session:
        heir = cast.bob(session, session.merge(world.shop), name="Teo", staff_gid="gid://shopify/StaffMember/8")
        bob = session.get_one(Advisor, world.bob.id)
        bob.active, bob.successor_id = False, heir.id
        session.add(bob)
        assert [task.person.name for task in tasks(session, world)] == ["Teo"]
        heir.active, heir.successor_id = False, bob.id
        session.add(heir)
        assert tasks(session, world) == [], "nobody is there, and two who point to each other end"


def test_a_client_hears_no_more_often_than_the_house_allows_over_all_their_returns(
    database: Database, world: cast.World
) -> None:
    first = close(database, world)
    second = close(database, world, return_gid="gid://shopify/Return/900")
    third = close(database, world, return_gid="gid://shopify/Return/901")
    with database.begin() as session:
        assert len(tasks(session, world)) == 2, "two in thirty days, by the default"
        for case_id in (first, second):
            case = get_case(session, shop_id=world.shop_id, case_id=case_id)
            (step, *_) = steps_of(session, case)
            about: dict[str, Any] = {"step_id": cast.number(step.id), "advisor_id": 1, "now": WEEK_ON}
            take_step(session, case, how="rang", **about)
            assert take_step(session, case, how="rang", **about).how == "rang", "twice is once"
        assert tasks(session, world) == []
    with database.begin() as session:
        case = get_case(session, shop_id=world.shop_id, case_id=third)
        (step, *_) = steps_of(session, case)
        with pytest.raises(Enough):
            take_step(session, case, step_id=cast.number(step.id), how="rang", advisor_id=1, now=WEEK_ON)
    with database.begin() as session:
        assert len(tasks(session, world, now=WEEK_ON + timedelta(days=31))) == 2
        policy = policy_of(session, shop_id=world.shop_id)
        policy.contact_most = 3
        session.add(policy)
        session.flush()
        assert len(tasks(session, world)) == 1


def test_who_has_a_return_under_way_is_left_to_it(database: Database, world: cast.World) -> None:
    close(database, world)
    with database.begin() as session:
        cast.cleos_case(
            session, session.merge(world.shop), session.merge(world.bob), return_gid="gid://shopify/Return/902"
        )
        assert tasks(session, world) == []


def test_in_the_night_where_they_are_a_task_says_from_when(database: Database, world: cast.World) -> None:
    close(database, world)
    with database.begin() as session:
        night = WEEK_ON.replace(hour=22)
        (task,) = tasks(session, world, now=night)
        assert task.not_before > night and task.not_before.astimezone(night.tzinfo).date() > night.date()


def test_put_off_with_a_reason_it_comes_back_in_two_weeks(database: Database, world: cast.World) -> None:
    close(database, world)
    with database.begin() as session:
        case = case_of(session, world)
        (step, *_) = steps_of(session, case)
        about: dict[str, Any] = {"step_id": cast.number(step.id), "today": WEEK_ON.date(), **by(world)}
        with pytest.raises(AppError):
            put_off(session, case, why=" ", **about)
        put_off(session, case, why="She travels.", **about)
        assert tasks(session, world) == []
        (task,) = tasks(session, world, now=WEEK_ON + timedelta(days=14))
        assert (task.step.why_later, show_case(session, case)["put_off"]) == ("She travels.", ["She travels."])


def test_a_size_learned_is_in_the_next_brief_in_the_place_of_the_old_one_and_leaves_with_the_client(
    database: Database, world: cast.World
) -> None:
    with database.begin() as session:
        case = case_of(session, world)
        for key, value in (("shoe", "39"), ("ring_size", ""), ("birthday", "soon")):
            with pytest.raises(AppError):
                learn(session, case, key=key, value=value, **by(world))
        for value in ("53", "54"):
            learn(session, case, key="ring_size", value=value, **by(world))
        learn(session, case, key="anniversary", value="2016-12-12", **by(world))
        gid = case.client_gid
        assert gid is not None
        old = (Noted("ring_size", "52", f"{gid}#metafield:h.ring_size"), Noted("partner", "Tom", f"{gid}#p"))
        notes = notes_of(session, shop_id=world.shop_id, client_gid=gid)
        seen = with_learned(Seen(client=ClientSeen(gid=gid, notes=old)), notes, client_gid=gid)
        facts = {fact.key: fact for fact in facts_of(seen, now=cast.NOW)}
        assert facts["sizes"].words == "Ring 54" and facts["sizes"].sources[0].startswith("desk:")
        assert "12 December 2016" in facts["dates"].words and facts["people"].words == "Tom (partner)"
        assert show_case(session, case)["learned"] == {"anniversary": "2016-12-12", "ring_size": "54"}
        move_client(session, shop_id=world.shop_id, from_gid=gid, to_gid="gid://shopify/Customer/77")
        case.client_gid = "gid://shopify/Customer/77"
        erase_case(session, case)
        session.flush()
        assert session.exec(select(LearnedNote)).all() == []


# --- the pages


@pytest.fixture
def admin(sqlite_url: str) -> Iterator[Admin]:
    with open_admin(sqlite_url) as made:
        furnish(made)
        yield made


def test_today_shows_it_with_a_sentence_to_send_and_it_goes_only_by_hand(admin: Admin) -> None:
    alice, path = Everywhere(admin, admin.alice, admin.world), f"/desk/cases/{admin.world.case.id}"
    form = {"csrf": alice.csrf, "outcome": "kept", "root_cause": "size", "promise": "none", "care_seven": "on"}
    bad = alice.desk.post(f"{path}/outcome", data=form | {"care_occasion": "on", "occasion_on": "soon"})
    assert bad.status_code == 422 and "Name the day" in bad.text
    assert alice.desk.post(f"{path}/learned", data=form | {"key": "ring_size", "value_size": "53"}).status_code == 303
    assert alice.desk.post(f"{path}/outcome", data=form).status_code == 303
    close(admin.database, admin.world)
    with cast.clock(WEEK_ON):
        with admin.database.begin() as session:
            cookie = cast.desk_cookie(session, admin.world.bob, now=WEEK_ON)
            (step,) = session.exec(select(ContactStep)).all()
        desk = admin.app.test_client()
        desk.set_cookie("desk", cookie, path="/desk")
        today = text(desk.get("/desk").text)
        assert "To stay in touch" in today and "Mrs Whitlock, how it has been, a week on" in today
        sheet = desk.get(f"{path}/write?step={step.id}").text
        assert SENTENCES["en"][StepKind.SEVEN] in sheet
        words = {"csrf": csrf(sheet), "step": step.id, "channel": "email", "words": "How is it?", "once": "o"}
        looked = desk.post(f"{path}/write", data=words)
        seen = looked.text.split('name="seen" value="')[1].split('"')[0]
        plain = {key: value for key, value in words.items() if key != "step"}
        assert desk.post(f"{path}/write", data=plain | {"seen": seen}).status_code == 409, "the return is closed"
        assert desk.post(f"{path}/write", data=words | {"seen": seen}).status_code == 303
        with admin.database.begin() as session:
            assert len(session.exec(select(Message).where(Message.name == "advisor_note")).all()) == 1
            assert session.exec(select(ContactStep)).one().how == "wrote"
        assert "To stay in touch" not in desk.get("/desk").text


def test_dana_neither_sees_nor_takes_a_contact_of_alices(admin: Admin) -> None:
    close(admin.database, admin.world)
    with admin.database.begin() as session:
        step = session.exec(select(ContactStep).order_by(ContactStep.id)).first()  # type: ignore[arg-type]
    assert step is not None
    dana, path = Everywhere(admin, admin.stranger, admin.dana), f"/desk/cases/{admin.world.case.id}"
    for address in (f"{path}/care/{step.id}", f"{path}/learned", f"{path}/write"):
        form = {"csrf": dana.csrf, "how": "rang", "step": step.id, "key": "ring_size", "value_size": "5"}
        assert dana.desk.post(address, data=form).status_code == 404
    assert dana.desk.get(f"{path}/write?step={step.id}").status_code == 404
    with cast.clock(WEEK_ON), admin.database.begin() as session:
        assert tasks(session, admin.dana, until=FAR) == []
