"""Routing's clock and its word with Shopify Flow: the lines that must be shown, a test a line."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from consults import booking, opening
from consults.cases import get_case
from consults.kinds import StaffRole
from consults.models import Advisor, Case, CaseEvent, ConsultPolicy, FirstAnswerRung
from consults.rights import Right
from consults.slots import Rule
from kit.db import Database
from logistics.reverse_deliveries import receive_by_hand
from logistics.rmas import find_rma
from logistics.states import Goods
from notifications.models import InboundText, Message
from routing.events import ReturnRouted
from routing.models import FlowNote
from routing.states import FlowState
from shopify_app.wiring import EVENTS, PERIODIC, jobs_table, wire
from simulators.shopify.mutations.notes import declared_triggers
from simulators.twilio.signing import sign as sign_as_twilio
from tests import cast
from tests.cast import NOW, number
from tests.journeys.edge_town import Town
from tests.webhooks.posting import payload
from webhooks import inbox
from webhooks.models import Delivery
from webhooks.sources import Refused
from webhooks.sources.flow import FlowSource
from webhooks.sources.shopify import sign
from webhooks.sources.twilio import TwilioSource

PARIS, NEW_YORK, TOKYO = "Europe/Paris", "America/New_York", "Asia/Tokyo"
TEN_TO_SEVEN = tuple(Rule(day, 10 * 60, 19 * 60) for day in range(6))


def wall(zone: str, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("why", "zone", "opened", "due"),
    [
        ("a night", PARIS, "2026-11-24 18:00", "2026-11-25 11:00"),
        ("a Sunday", PARIS, "2026-11-28 18:00", "2026-11-30 11:00"),
        ("a holiday", PARIS, "2026-12-24 18:00", "2026-12-26 11:00"),
        ("a holiday and a Sunday", NEW_YORK, "2027-01-01 12:00", "2027-01-02 12:00"),
        ("the clock goes back in Paris", PARIS, "2026-10-24 18:00", "2026-10-26 11:00"),
        ("the clock goes forward in Paris", PARIS, "2027-03-27 18:00", "2027-03-29 11:00"),
        ("the clock goes back in New York", NEW_YORK, "2026-10-31 18:00", "2026-11-02 11:00"),
        ("the clock goes forward in New York", NEW_YORK, "2027-03-13 18:00", "2027-03-15 11:00"),
        ("no change in Tokyo", TOKYO, "2027-03-27 18:00", "2027-03-29 11:00"),
    ],
)
def test_a_first_answer_is_due_in_the_hours_of_the_boutique(database, why, zone, opened, due):
    with database.begin() as session:
        shop = cast.alice(session)
        bob = cast.bob(session, shop, zone=zone)
        holidays = {date(2026, 12, 25): "Christmas", date(2027, 1, 1): "New Year"}
        about = {"shop_id": number(shop.id), "boutique_id": number(bob.boutique_id), "zone": zone}
        opening.set_opening(session, **about, week=TEN_TO_SEVEN, holidays=holidays)
        case = cast.cleos_case(session, shop, bob, now=wall(zone, opened))
        assert case.first_answer_due_at == wall(zone, due), why


def house(database: Database) -> tuple[int, int]:
    """Bob, who stays silent, his manager, a colleague, and Cleo's ring: the shop's and the case's id."""
    with database.begin() as session:
        world = cast.everyone(session)
        for n, (name, role) in enumerate((("Claire Roy", StaffRole.MANAGER), ("Teo Marchetti", StaffRole.ADVISOR))):
            person = cast.bob(
                session, world.shop, name=name, role=role, staff_gid=f"gid://shopify/StaffMember/{80 + n}"
            )
            person.boutique_id, person.phone = world.bob.boutique_id, f"+3318488008{n}"
            session.add(person)
        session.add(ConsultPolicy(shop_id=world.shop_id, notice_minutes=0))
        return world.shop_id, number(world.case.id)


def test_a_breach_fires_once_per_rung_although_two_workers_run(database, queue):
    config = cast.settings(database.url)
    wire(config, database)
    shop_id, case_id = house(database)
    queue.waiting.clear()
    assert PERIODIC["consults.keep_first_answers"] == 60
    # Two processes have an engine each; the barrier lets them go at the same instant, on every rung.
    workers = [Database(database.url) for _ in range(2)]
    tables = [jobs_table(config, one) for one in workers]
    for hours in (1, 2, 3, 4):
        gate = Barrier(2)

        def look(n: int, gate: Barrier = gate) -> None:
            gate.wait(timeout=10)
            tables[n]["consults.keep_first_answers"](workers[n].begin)

        with cast.clock(NOW + timedelta(hours=hours)), ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(look, n) for n in range(2)]:
                done.result()
    for one in workers:
        one.close()
    with database.begin() as session:
        rungs = session.exec(select(FirstAnswerRung).order_by(col(FirstAnswerRung.id))).all()
        assert [row.rung.value for row in rungs] == ["owner", "deputy", "manager", "pool"]
        assert len(session.exec(select(CaseEvent).where(CaseEvent.kind == "case.handed_over")).all()) == 2
        assert get_case(session, shop_id=shop_id, case_id=case_id).next_rung is None
    told = [name for name in queue.names() if name == "routing.tell_flow_late"]
    assert len(told) == 2, "one for the manager, one for the pool; nobody is named as deputy"


def test_a_silent_advisor_never_stops_the_client_from_booking_or_the_parcel_from_moving(database, queue):
    config = cast.settings(database.url)
    wire(config, database)
    queue.waiting.clear()
    shop_id, case_id = house(database)
    assert "logistics.authorise" in queue.names(), "the parcel set off with the return, and asked nobody"
    table = jobs_table(config, database)
    for minutes in range(0, 6 * 60, 20):
        with cast.clock(NOW + timedelta(minutes=minutes)):
            table["consults.keep_first_answers"](database.begin)
        with database.begin() as session:
            case = get_case(session, shop_id=shop_id, case_id=case_id)
            about: dict[str, Any] = {"shop_id": shop_id, "advisor_id": case.advisor_id}
            assert booking.free_times(session, **about, now=NOW + timedelta(minutes=minutes))
    with database.begin() as session:
        case = get_case(session, shop_id=shop_id, case_id=case_id)
        slot = booking.free_times(session, shop_id=shop_id, advisor_id=case.advisor_id, now=NOW + timedelta(hours=6))[0]
        wanted: dict[str, Any] = {"shop_id": shop_id, "case_id": case_id, "kind": "video", "client_zone": PARIS}
        wish: dict[str, Any] = {"starts_at": slot.starts_at, "idempotency_key": "k", "now": NOW + timedelta(hours=6)}
        consult = booking.book_consult(session, **wanted, **wish)
        assert consult.advisor_id == case.advisor_id
        assert session.get_one(Case, case_id).first_answer_how == "booked"
        rma = find_rma(session, shop_id=shop_id, return_gid=case.return_gid)
        assert rma is not None
        receive_by_hand(session, shop_id=shop_id, rma_id=number(rma.id), by="staff:7", now=NOW + timedelta(hours=6))
        assert rma.goods_state is Goods.ARRIVED


def test_quiet_hours_are_respected_and_the_client_reads_the_new_name(database, queue):
    config = cast.settings(database.url)
    wire(config, database)
    house(database)
    with database.begin() as session:
        claire = session.exec(select(Advisor).where(Advisor.name == "Claire Roy")).one()
        claire.zone = NEW_YORK  # where it is six in the morning when the promise is broken
        session.add(claire)
    table = jobs_table(config, database)
    said = {name for name in table if name.startswith("consults.")} - {"consults.prepare_brief"}
    for hours in (1, 2):
        with cast.clock(NOW + timedelta(hours=hours)):
            table["consults.keep_first_answers"](database.begin)
            queue.drain(database, table, only=said)
    with database.begin() as session:
        sent = session.exec(select(Message)).all()
    assert [m.subject for m in sent if m.name == "handed_over"] == ["Claire Roy looks after you now"]
    assert [m.recipient for m in sent if m.name == "copied_advisor"] == ["bob@verdane.example"]
    assert [m for m in sent if m.name == "stands_in_advisor"] == []  # she sleeps; the text has a minute of its own


def test_one_and_two_by_text_take_it_or_hand_it_on_when_twilio_signed_them(database, queue):
    config = cast.settings(database.url)
    wire(config, database)
    shop_id, case_id = house(database)
    queue.waiting.clear()
    door = TwilioSource("token", "https://app.example.com")
    url, table = "https://app.example.com/webhooks/twilio/inbound", jobs_table(config, database)
    for n, (sender, body) in enumerate((("+33184880017", "2"), ("+33184880080", "1"))):
        form = payload("twilio_inbound") | {"From": sender, "Body": body, "MessageSid": f"SM{n}"}
        raw = urlencode(form).encode()
        with pytest.raises(Refused):
            door.open({"x-twilio-signature": sign_as_twilio("wrong", url, form)}, raw, "inbound", "")
        envelope = door.open({"x-twilio-signature": sign_as_twilio("token", url, form)}, raw, "inbound", "")
        with database.begin() as session:
            kept: dict[str, Any] = {"source": "twilio", "topic": envelope.topic, "external_id": envelope.external_id}
            session.add(Delivery(**kept, body=raw, received_at=NOW))
        with cast.clock(NOW):
            inbox.pump(database.begin)
            queue.drain(database, table, only={"consults.answer_text"})
    with database.begin() as session:
        case = get_case(session, shop_id=shop_id, case_id=case_id)
        assert session.get_one(Advisor, case.advisor_id).name == "Claire Roy" and case.first_answer_how == "took"
        answers = [m.body for m in session.exec(select(Message).where(Message.name == "replied_advisor"))]
        assert answers[0].startswith("Noted. Claire Roy is asked now.")
        assert answers[1].startswith("Mrs Whitlock is yours.")


def test_two_by_text_is_refused_kindly_to_whoever_may_not_let_a_colleague_answer(database, queue):
    config = cast.settings(database.url)
    wire(config, database)
    shop_id, case_id = house(database)
    table = jobs_table(config, database)
    with database.begin() as session:
        before = get_case(session, shop_id=shop_id, case_id=case_id).advisor_id
        session.get_one(Advisor, before).rights_taken = [Right.HAND_OVER.value]
        text = InboundText(provider_id="SM1", sender="+33184880017", body="2", at=NOW)
        session.add(text)
        session.flush()
        text_id = text.id
    with cast.clock(NOW):
        table["consults.answer_text"](database.begin, text_id=text_id)
    with database.begin() as session:
        assert get_case(session, shop_id=shop_id, case_id=case_id).advisor_id == before
        (answer,) = session.exec(select(Message).where(Message.name == "replied_advisor"))
        assert answer.body.startswith("That is another person's right in this house.")


def test_flow_is_told_that_a_return_was_routed_through_the_real_door_of_the_stand_in(town: Town):
    assert EVENTS[ReturnRouted] == ("routing.tell_flow_routed",)
    town.control("POST", "returns", {"order_name": "1042", "as": "request"})
    town.deliver()
    decisions, _, _ = town.rows()
    for _ in range(2):
        about = {"shop_id": town.shop_id, "return_gid": decisions[0].return_gid}
        town.jobs["routing.tell_flow_routed"](town.database.begin, **about)
    (told,) = town.control("GET", "flow_triggers")
    assert told["handle"] == "return-routed" and set(told["payload"]) == declared_triggers()["return-routed"]
    assert told["payload"]["Outcome"] == decisions[0].outcome.value
    with town.database.begin() as session:
        assert session.exec(select(FlowNote)).one().state is FlowState.DONE


def test_flow_is_told_that_a_first_answer_is_late(town: Town):
    town.control("POST", "returns", {"order_name": "1042", "as": "request"})
    town.deliver()
    _, (case,), _ = town.rows()
    about = {"shop_id": town.shop_id, "case_id": number(case.id), "return_gid": case.return_gid, "rung": "pool"}
    town.jobs["routing.tell_flow_late"](town.database.begin, **about)
    (told,) = [t for t in town.control("GET", "flow_triggers") if t["handle"] == "first-answer-late"]
    assert set(told["payload"]) == declared_triggers()["first-answer-late"]
    assert told["payload"]["Rung"] == "pool"


def test_flows_action_routes_a_return_when_it_is_signed_as_shopify_asks(database, queue):
    config = cast.settings(database.url)
    wire(config, database)
    shop_id, case_id = house(database)
    source, run = FlowSource(("test-secret",)), payload("flow_route-return")
    run["properties"] |= {"advisor": "Teo Marchetti", "reason": "He knows the family"}
    body = json.dumps(run).encode()
    with pytest.raises(Refused):
        source.open({"x-shopify-hmac-sha256": sign(body, "another")}, body, "", "")
    envelope = source.open({"x-shopify-hmac-sha256": sign(body, "test-secret")}, body, "", "")
    with database.begin() as session:
        kept: dict[str, Any] = {
            "topic": envelope.topic,
            "external_id": envelope.external_id,
            "shop_domain": envelope.shop_domain,
        }
        session.add(Delivery(source="flow", **kept, body=body, received_at=NOW))
    with cast.clock(NOW):
        inbox.pump(database.begin)
    with database.begin() as session:
        case = get_case(session, shop_id=shop_id, case_id=case_id)
        assert session.get_one(Advisor, case.advisor_id).name == "Teo Marchetti"
        assert session.exec(select(FlowNote)).one().words == "#1042 went to Teo Marchetti: He knows the family"
