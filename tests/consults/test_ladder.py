"""The ladder of the first answer: owner, deputy, manager, pool; once each, in business hours, ended by any answer."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from consults import booking, cases, clock_jobs, first_answers, jobs, ladder, opening, tiers
from consults.events import AnswerHalfDue, CaseHandedOver, FirstAnswerLate
from consults.hands import Hands, give
from consults.history import history
from consults.kinds import StaffRole
from consults.models import Advisor, Case, Consult, ConsultPolicy, FirstAnswerRung, TimeOff
from consults.rungs import Rung
from consults.slots import Rule
from consults.states import CaseState
from consults.wishes import prefer_simple_return
from kit.addresses import Addresses
from kit.errors import AppError, Conflict, NotFound
from kit.money import Money
from notifications.models import Message
from notifications.states import MessageState
from routing.hand_overs import next_in_turn
from shopify_app.wiring import jobs_table, wire
from shops.shops import get_shop
from tests import cast
from tests.cast import CLEO, NOW, number

HOUR = timedelta(hours=1)
ADDRESSES = Addresses("https://returns.verdane.example.com")


@dataclass(frozen=True)
class House:
    """Alice's shop with Bob, who sold it, his boutique's manager, and a colleague elsewhere."""

    shop_id: int
    case_id: int
    bob: int
    claire: int
    teo: int


@pytest.fixture
def told(monkeypatch):
    events = []
    for module in ("consults.ladder", "consults.hands"):
        monkeypatch.setattr(f"{module}.publish", lambda _session, event: events.append(event))
    return events


@pytest.fixture
def house(database) -> House:
    with database.begin() as session:
        shop = cast.alice(session)
        bob = cast.bob(session, shop)
        claire = cast.bob(
            session, shop, name="Claire Roy", role=StaffRole.MANAGER, staff_gid="gid://shopify/StaffMember/8"
        )
        claire.boutique_id, claire.phone, claire.email = bob.boutique_id, "+33184880018", "claire@verdane.example"
        teo = cast.bob(session, shop, name="Teo Marchetti", staff_gid="gid://shopify/StaffMember/9")
        teo.phone, teo.email = "+33184880019", "teo@verdane.example"
        case = cast.cleos_case(session, shop, bob)
        session.add_all([claire, teo, ConsultPolicy(shop_id=number(shop.id), notice_minutes=0)])
        session.flush()
        return House(number(shop.id), number(case.id), number(bob.id), number(claire.id), number(teo.id))


def tick(database, at):
    with cast.clock(at):
        clock_jobs.keep_first_answers(database.begin, colleague=next_in_turn)


def rungs(database, house):
    with database.begin() as session:
        found = first_answers.rungs_of(session, shop_id=house.shop_id, case_id=house.case_id)
        return [(row.rung.value, row.advisor_id, row.fired_at - NOW, row.why) for row in found]


def case_of(database, house):
    with database.begin() as session:
        return cases.get_case(session, shop_id=house.shop_id, case_id=house.case_id)


def test_nobody_answers_and_each_rung_is_climbed_in_its_time(database, house, told):
    """Two hours were promised: half of it for the owner, then the promise, then half of it for each stand-in."""
    for minutes in range(0, 60 * 6, 5):
        tick(database, NOW + timedelta(minutes=minutes))
    assert rungs(database, house) == [
        ("owner", house.bob, 1 * HOUR, "late"),
        ("deputy", None, 2 * HOUR, "late"),  # none is named
        ("manager", house.claire, 2 * HOUR, "late"),
        ("pool", house.teo, 3 * HOUR, "late"),
    ]
    case = case_of(database, house)
    assert (case.advisor_id, case.next_rung, case.next_rung_at) == (house.teo, None, None)
    gid = CLEO.return_gid
    assert told == [
        AnswerHalfDue(house.shop_id, house.case_id, gid),
        FirstAnswerLate(house.shop_id, house.case_id, gid, "manager"),
        CaseHandedOver(house.shop_id, house.case_id, gid, house.bob, house.claire),
        FirstAnswerLate(house.shop_id, house.case_id, gid, "pool"),
        CaseHandedOver(house.shop_id, house.case_id, gid, house.claire, house.teo),
    ]


def test_a_breach_fires_once_per_rung_although_workers_look_at_the_same_time(database, house, told):
    for hours in (1, 2, 3):
        with cast.clock(NOW + hours * HOUR), ThreadPoolExecutor(4) as workers:
            look = partial(clock_jobs.keep_first_answers, database.begin, colleague=next_in_turn)
            for done in [workers.submit(look) for _ in range(4)]:
                done.result()
    assert [row[0] for row in rungs(database, house)] == ["owner", "deputy", "manager", "pool"]
    assert len([event for event in told if isinstance(event, CaseHandedOver)]) == 2


def test_a_worker_that_read_an_old_row_climbs_nothing(database, house, told):
    """The step itself is guarded, not only the question whether it is due."""
    with database.begin() as session:
        stale = cases.get_case(session, shop_id=house.shop_id, case_id=house.case_id)
        session.expunge(stale)
    tick(database, NOW + HOUR)
    with database.begin() as session:
        fresh = session.merge(stale, load=False)
        assert ladder._step(session, fresh, Rung.OWNER, house.bob, "late", NOW + HOUR) is False
    assert len(rungs(database, house)) == 1


def test_a_worker_that_was_away_all_day_leaves_each_stand_in_their_time(database, house, told):
    tick(database, NOW + 9 * HOUR)  # 19:00, when it closes
    assert [row[0] for row in rungs(database, house)] == ["owner"]
    tick(database, NOW + 9 * HOUR)
    assert [row[0] for row in rungs(database, house)] == ["owner", "deputy", "manager"]
    case = case_of(database, house)
    assert case.next_rung_at == NOW + 25 * HOUR  # eleven the next morning


def test_the_clock_stands_still_over_a_sunday_and_a_closed_monday(database, house, told):
    saturday = NOW + timedelta(days=4, hours=8, minutes=30)  # 18:30
    with database.begin() as session:
        bob = session.get(Advisor, house.bob)
        opening.set_opening(
            session,
            shop_id=house.shop_id,
            boutique_id=bob.boutique_id,
            zone="Europe/Paris",
            week=opening.USUAL,
            holidays={(saturday + timedelta(days=2)).date(): "Inventory"},
        )
        case = cast.cleos_case(
            session, get_shop(session, house.shop_id), bob, now=saturday, return_gid="gid://shopify/Return/5"
        )
        assert case.first_answer_due_at == saturday + timedelta(days=3, hours=-7)  # Tuesday, 11:30
        assert case.next_rung_at == saturday + timedelta(days=3, hours=-8)


@pytest.mark.parametrize(
    ("cents", "minutes"), [(0, 120), (2_499_999, 120), (2_500_000, 30), (2_500_001, 30), (90_000_000, 30)]
)
def test_the_promise_goes_by_what_comes_back_is_worth(database, house, cents, minutes):
    with database.begin() as session:
        assert tiers.promised_minutes(session, shop_id=house.shop_id, value=Money(cents, "USD")) == minutes


def test_a_shop_has_promises_of_its_own_and_none_from_before_it_changed_its_currency(database, house):
    def promised(cents, currency="USD"):
        return tiers.promised_minutes(session, shop_id=house.shop_id, value=Money(cents, currency))

    with database.begin() as session:
        dearer = [(Money(1_000_000, "USD"), 60), (Money(5_000_000, "USD"), 15)]
        tiers.set_tiers(session, shop_id=house.shop_id, usual=240, dearer=dearer)
        assert [promised(c) for c in (0, 999_999, 1_000_000, 4_999_999, 5_000_000)] == [240, 240, 60, 60, 15]
        assert promised(9_000_000, "EUR") == 240
        for usual, wrong in ((0, []), (30, [(Money(0, "USD"), 30)]), (30, [(Money(5, "USD"), 30)] * 2)):
            with pytest.raises(AppError):
                tiers.set_tiers(session, shop_id=house.shop_id, usual=usual, dearer=wrong)
        assert promised(0) == 240
        tiers.set_tiers(session, shop_id=house.shop_id, usual=45, dearer=[])
        assert promised(90_000_000) == 45


# --- what counts as an answer


def take(session, house):
    cases.take_case(session, shop_id=house.shop_id, case_id=house.case_id, advisor_id=house.bob, now=NOW)


def book(session, house, key="k", at=NOW + 3 * HOUR):
    about = {"shop_id": house.shop_id, "case_id": house.case_id, "kind": "video", "client_zone": "Europe/Paris"}
    return booking.book_consult(session, **about, starts_at=at, idempotency_key=key, now=NOW)


def wrote(session, house):
    case = cases.get_case(session, shop_id=house.shop_id, case_id=house.case_id)
    assert first_answers.note_answer(session, case, how="wrote", actor="advisor:1", now=NOW)
    assert not first_answers.note_answer(session, case, how="called", actor="advisor:1", now=NOW)


def decided(session, house):
    about = {"shop_id": house.shop_id, "case_id": house.case_id, "advisor_id": house.bob, "now": NOW}
    cases.record_outcome(session, **about, outcome="kept", root_cause="size")


@pytest.mark.parametrize(("answer", "how"), [(take, "took"), (book, "booked"), (wrote, "wrote"), (decided, "decided")])
def test_any_answer_ends_the_ladder(database, house, told, answer, how):
    with database.begin() as session:
        answer(session, house)
    for hours in range(1, 6):
        tick(database, NOW + hours * HOUR)
    case = case_of(database, house)
    assert (rungs(database, house), case.first_answer_how, case.advisor_id) == ([], how, house.bob)
    assert [event for event in told if not isinstance(event, CaseHandedOver)] == []


def test_who_would_rather_not_talk_is_nobodys_to_chase(database, house, told):
    with database.begin() as session:
        prefer_simple_return(session, shop_id=house.shop_id, case_id=house.case_id, now=NOW)
    tick(database, NOW + 5 * HOUR)
    assert rungs(database, house) == [] and told == []


def test_a_closed_case_is_left_alone(database, house, told):
    with database.begin() as session:
        decided(session, house)
        cases.note_parcel_done(session, shop_id=house.shop_id, return_gid=CLEO.return_gid, now=NOW)
        case = cases.get_case(session, shop_id=house.shop_id, case_id=house.case_id)
        assert (case.state, case.next_rung_at) == (CaseState.CLOSED, None)


# --- take it, not today


def offered(house, who, at=NOW + 3 * HOUR):
    return {"shop_id": house.shop_id, "case_id": house.case_id, "advisor_id": who, "now": at}


def test_not_today_asks_the_next_one_at_once_and_breaks_no_promise(database, house, told):
    with database.begin() as session:
        asked = ladder.not_today(session, colleague=next_in_turn, **offered(house, house.bob, NOW))
        assert asked is not None and asked.id == house.claire
    assert [(row[0], row[1], row[3]) for row in rungs(database, house)] == [
        ("owner", house.bob, "not_today"),
        ("deputy", None, "not_today"),
        ("manager", house.claire, "not_today"),
    ]
    assert not [event for event in told if isinstance(event, FirstAnswerLate | AnswerHalfDue)]
    assert case_of(database, house).next_rung_at == NOW + HOUR
    with database.begin() as session, pytest.raises(Conflict, match="Claire Roy looks after it now"):
        ladder.not_today(session, colleague=next_in_turn, **offered(house, house.bob, NOW))


def test_when_nobody_is_left_it_stays_and_says_so(database, house, told):
    with database.begin() as session:
        for who in (house.bob, house.claire):
            assert ladder.not_today(session, colleague=next_in_turn, **offered(house, who)) is not None
        assert ladder.not_today(session, colleague=next_in_turn, **offered(house, house.teo)) is None
        case = cases.get_case(session, shop_id=house.shop_id, case_id=house.case_id)
        assert (case.advisor_id, first_answers.waits(case)) == (house.teo, True)
        lines = [line.kind for line in history(session, shop_id=house.shop_id, case_id=house.case_id)]
        assert lines.count("advisor.not_today") == 3


def test_the_owner_may_take_it_back_until_somebody_has_answered(database, house, told):
    for hours in (1, 2):
        tick(database, NOW + hours * HOUR)
    with database.begin() as session:
        case = ladder.take_offer(session, **offered(house, house.bob))
        assert (case.advisor_id, case.first_answer_how) == (house.bob, "took")
        assert (case.seller_words, case.sold_by_advisor) == (CLEO.seller_words, True)
        with pytest.raises(Conflict, match="Bob Laurent looks after it now"):
            ladder.take_offer(session, **offered(house, house.claire))


def test_a_stand_in_reads_whose_client_it_is_and_never_that_they_sold_it(database, house, told):
    for hours in (1, 2):
        tick(database, NOW + hours * HOUR)
    case = case_of(database, house)
    assert case.seller_words == "A client of Bob Laurent who still waits for a word; you manage the boutique."
    assert case.sold_by_advisor is False
    with database.begin() as session:
        assert first_answers.owner_id(session, case) == house.bob
        assert [c.id for c in first_answers.lent_out(session, shop_id=house.shop_id, advisor_id=house.bob)] == [case.id]
        assert first_answers.lent_out(session, shop_id=house.shop_id, advisor_id=house.claire) == []


def test_who_was_never_asked_takes_nothing(database, house, told):
    with database.begin() as session:
        with pytest.raises(Conflict):
            ladder.take_offer(session, **offered(house, house.teo))
        dana = cast.dana(session)
        for verb in (ladder.take_offer, partial(ladder.not_today, colleague=next_in_turn)):
            with pytest.raises(NotFound):
                verb(session, **(offered(house, number(dana.bob.id)) | {"shop_id": dana.shop_id}))


def test_nobody_who_is_away_or_inactive_or_of_another_house_is_asked(database, house, told):
    with database.begin() as session:
        cast.dana(session)
        away: dict[str, Any] = {"starts_at": NOW, "ends_at": NOW + timedelta(days=9)}
        session.add(TimeOff(shop_id=house.shop_id, advisor_id=house.claire, **away))
        teo = session.get(Advisor, house.teo)
        teo.active = False
        session.add(teo)
    for hours in (1, 2, 3):
        tick(database, NOW + hours * HOUR)
    assert [(row[0], row[1]) for row in rungs(database, house)] == [
        ("owner", house.bob),
        ("deputy", None),
        ("manager", None),
        ("pool", None),
    ]
    # Nobody is there, which is worth one word at the top of the ladder, and no hand-over.
    assert [e.rung for e in told if isinstance(e, FirstAnswerLate) and e.shop_id == house.shop_id] == ["pool"]
    assert case_of(database, house).advisor_id == house.bob


# --- a silent advisor stops nothing


def test_the_client_can_choose_a_time_on_every_rung_of_the_ladder(database, house, told):
    for hours in (0, 1, 2, 3, 30):
        tick(database, NOW + hours * HOUR)
        with database.begin() as session:
            case = cases.get_case(session, shop_id=house.shop_id, case_id=house.case_id)
            about = {"shop_id": house.shop_id, "advisor_id": case.advisor_id}
            assert booking.free_times(session, **about, now=NOW + hours * HOUR)
    with database.begin() as session:
        consult = book(session, house, at=NOW + 4 * HOUR)
        assert consult.advisor_id == house.teo
        assert cases.get_case(session, shop_id=house.shop_id, case_id=house.case_id).first_answer_how == "booked"


def give_to_teo(session, house):
    case = cases.get_case(session, shop_id=house.shop_id, case_id=house.case_id)
    give(session, case, Hands(advisor_id=house.teo, owner_id=house.bob), why="test", now=NOW)


def test_a_time_and_a_hand_over_in_the_same_moment_do_not_part(database, house, told):
    """Whoever is first, the time is with the one who has the case."""
    with database.begin() as session:
        consult = book(session, house)
        give_to_teo(session, house)
        assert (consult.advisor_id, consult.state.value) == (house.teo, "booked")
        booking.cancel_consult(session, shop_id=house.shop_id, consult_id=number(consult.id), now=NOW)
        held = booking.hold_time(
            session,
            shop_id=house.shop_id,
            case_id=house.case_id,
            starts_at=NOW + 3 * HOUR,
            kind="video",
            client_zone="Europe/Paris",
            idempotency_key="h",
            now=NOW,
        )
        held_id = number(held.id)
        # In the same moment: the case is Claire's, and the time that is held was Teo's.
        session.connection().execute(sa.update(Case).values(advisor_id=house.claire))
    with pytest.raises(Conflict, match="Somebody else looks after this now"), database.begin() as session:
        booking.confirm_hold(session, shop_id=house.shop_id, consult_id=held_id, now=NOW)
    with database.begin() as session:
        assert session.get(Consult, held_id).state.value == "held"


# --- what is said


@pytest.fixture
def queue(database, queue):
    wire(cast.settings(database.url, token_keys="test-token-key"), database)
    return queue


def drain(database, queue, at):
    table = jobs_table(cast.settings(database.url, token_keys="test-token-key"), database)
    with cast.clock(at):
        queue.drain(database, table, only=SAID)


SAID = {
    "consults.remind_owner",
    "consults.offer_case",
    "consults.tell_client_handed_over",
    "consults.copy_colleagues",
    "consults.tell_advisor",
}


def sent(database):
    with database.begin() as session:
        going = select(Message).where(Message.state != MessageState.STANDBY)
        return list(session.exec(going.order_by(col(Message.id))))


def test_the_client_reads_the_new_name_and_the_owner_is_kept_in_the_picture(database, house, queue):
    for hours in (1, 2):
        tick(database, NOW + hours * HOUR)
        drain(database, queue, NOW + hours * HOUR)
    by_name = {(m.name, m.channel, m.recipient): m for m in sent(database)}
    assert set(by_name) == {
        ("reminded_advisor", "sms", "+33184880017"),
        ("stands_in_advisor", "sms", "+33184880018"),
        ("handed_over", "email", "cleo@example.com"),
        ("copied_advisor", "email", "bob@verdane.example"),
    }
    letter = by_name["handed_over", "email", "cleo@example.com"]
    assert letter.subject == "Claire Roy looks after you now"
    assert "Bob Laurent is kept in the picture" in letter.body
    copy = by_name["copied_advisor", "email", "bob@verdane.example"]
    assert copy.subject == "Mrs Whitlock is with Claire Roy now" and "It stays your client" in copy.body
    offer = by_name["stands_in_advisor", "sms", "+33184880018"].body
    assert offer.startswith("For Bob") and offer.endswith("Reply 1 to take it, 2 not today.") and len(offer) <= 160


def test_a_client_who_agreed_to_texts_is_texted_too_and_one_who_would_rather_not_talk_is_not_written_to(
    database, house, queue
):
    with database.begin() as session:
        case = session.get(Case, house.case_id)
        case.client_texts_ok = True
        session.add(case)
        ladder.not_today(session, colleague=next_in_turn, **offered(house, house.bob, NOW))
    drain(database, queue, NOW)
    assert [(m.channel, m.recipient) for m in sent(database) if m.name == "handed_over"] == [
        ("email", "cleo@example.com"),
        ("sms", "+33612344141"),
    ]
    with database.begin() as session:
        prefer_simple_return(session, shop_id=house.shop_id, case_id=house.case_id, now=NOW)
        give_to_teo(session, house)
    drain(database, queue, NOW)
    assert len([m for m in sent(database) if m.name == "handed_over"]) == 2


def test_a_text_at_night_waits_for_the_morning_and_for_the_question_whether_it_is_still_wanted(database, house, queue):
    night = NOW + 14 * HOUR  # 23:00
    about = {"addresses": ADDRESSES, "shop_id": house.shop_id, "case_id": house.case_id, "return_gid": CLEO.return_gid}
    queue.waiting.clear()
    for _ in range(2):
        with cast.clock(night):
            jobs.tell_advisor(database.begin, **about)
    assert sent(database) == []
    assert queue.names() == ["consults.tell_advisor"]  # once, for the next morning
    drain(database, queue, NOW + 24 * HOUR)
    assert [(m.name, m.recipient) for m in sent(database)] == [("advisor_new_case", "+33184880017")]
    with database.begin() as session:
        take(session, house)
    with cast.clock(NOW + 25 * HOUR):
        clock_jobs.remind_owner(database.begin, **about)
    assert len(sent(database)) == 1


def test_an_advisor_who_stands_in_by_night_is_texted_in_their_own_morning(database, house, queue):
    with database.begin() as session:
        claire = session.get(Advisor, house.claire)
        claire.zone = "America/New_York"
        session.add(claire)
        # Five in the morning in New York.
        ladder.not_today(session, colleague=next_in_turn, **offered(house, house.bob, NOW))
    drain(database, queue, NOW)
    assert [m.name for m in sent(database) if m.channel == "sms"] == []
    assert [m.name for m in sent(database)] == ["handed_over", "copied_advisor"]


def test_a_week_is_saved_whole_or_not_at_all(database, house):
    with database.begin() as session:
        boutique_id = session.get(Advisor, house.bob).boutique_id
        about = {"shop_id": house.shop_id, "boutique_id": boutique_id, "holidays": {}}
        for zone, week in (
            ("Europe/Atlantis", opening.USUAL),
            ("Europe/Paris", ()),
            ("Europe/Paris", (Rule(0, 600, 600),)),
            ("Europe/Paris", (Rule(0, 1140, 600),)),
            ("Europe/Paris", (Rule(7, 600, 1140),)),
        ):
            with pytest.raises(AppError):
                opening.set_opening(session, **about, zone=zone, week=week)
        dana = cast.dana(session)
        with pytest.raises(NotFound):
            opening.set_opening(session, **(about | {"shop_id": dana.shop_id}), zone="Europe/Paris", week=opening.USUAL)
        assert session.exec(select(FirstAnswerRung)).all() == []
        bob = session.get(Advisor, house.bob)
        assert opening.hours_of(session, bob).week == opening.USUAL
