"""An advisor answers by text: 1 takes it, 2 is not today; strangers and clients are kept and shown; STOP is obeyed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from consults import cases, replies
from consults.history import history
from consults.kinds import StaffRole
from consults.models import Advisor, Case
from kit.addresses import Addresses
from notifications import texts
from notifications.events import TextArrived
from notifications.meanings import Meaning, read
from notifications.models import InboundText, Message, OptOut
from notifications.states import MessageState
from routing.hand_overs import next_in_turn
from shopify_app.wiring import AT_ONCE, jobs_table, wire
from shops.shops import get_shop
from tests import cast
from tests.cast import NOW, number
from tests.webhooks.posting import payload
from webhooks import inbox
from webhooks.models import Delivery, DeliveryState
from webhooks.topics import TOPICS, Context

BOB, CLAIRE, STRANGER, CLEO = "+33184880017", "+33184880018", "+15550001111", "+33612344141"
ADDRESSES = Addresses("https://returns.verdane.example.com")


@pytest.mark.parametrize(
    ("body", "told", "meaning"),
    [
        ("1", "", Meaning.TAKE),
        (" 1. ", "", Meaning.TAKE),
        ("Take it!", "", Meaning.TAKE),
        ("2", "", Meaning.NOT_TODAY),
        ("not  today", "", Meaning.NOT_TODAY),
        ("STOP", "", Meaning.STOP),
        ("Arrêt", "STOP", Meaning.STOP),
        ("start", "", Meaning.START),
        ("Help", "", Meaning.HELP),
        ("12", "", Meaning.UNCLEAR),
        ("1 or 2?", "", Meaning.UNCLEAR),
        ("", "", Meaning.UNCLEAR),
        ("1", "ELSE", Meaning.TAKE),
    ],
)
def test_a_short_answer_is_understood(body, told, meaning):
    assert read(body, told) is meaning


@given(st.text(max_size=40), st.text(max_size=6))
def test_no_text_is_too_odd_to_be_read(body, told):
    assert read(body, told) in Meaning


def test_twilios_form_becomes_an_event_that_never_travels_with_a_job():
    context = Context(None, "", "")
    arrived = TOPICS["twilio/inbound"](payload("twilio_inbound"), context)
    assert arrived == TextArrived("SM8f2f4e1c5c1c4f0e9f3e7c0d5a6b7c8d", BOB, "1", "", ours="+15005550006")
    assert TextArrived in AT_ONCE
    hidden = payload("twilio_inbound") | {"From": "whatsapp:US.ABC123", "Body": "a\x00b"}
    assert TOPICS["twilio/inbound"](hidden, context) == replace(arrived, sender="whatsapp:US.ABC123", body="ab")
    assert TOPICS["twilio/inbound"]({"Body": "1"}, context) is None


@pytest.fixture
def house(database, queue):
    """Bob has Cleo's case; Claire manages his boutique."""
    wire(cast.settings(database.url, token_keys="test-token-key"), database)
    with database.begin() as session:
        shop = cast.alice(session)
        bob = cast.bob(session, shop)
        claire = cast.bob(
            session, shop, name="Claire Roy", role=StaffRole.MANAGER, staff_gid="gid://shopify/StaffMember/8"
        )
        claire.boutique_id, claire.phone = bob.boutique_id, CLAIRE
        session.add(claire)
        return cast.cleos_case(session, shop, bob)


def come(database, sender, body, sid="SM1", told="", at=NOW, times=1):
    """A text arrives, as the pump hands it on, and its job runs; both may happen again."""
    with cast.clock(at):
        for _ in range(times):
            with database.begin() as session:
                replies.note_text(session, TextArrived(sid, sender, body, told))
        with database.begin() as session:
            (text_id,) = session.exec(select(InboundText.id).where(InboundText.provider_id == sid)).all()
        for _ in range(times):
            replies.answer_text(database.begin, addresses=ADDRESSES, colleague=next_in_turn, text_id=text_id)
    with database.begin() as session:
        return session.get(InboundText, text_id)


def answers(database):
    with database.begin() as session:
        query = select(Message).where(Message.name == "replied_advisor").order_by(col(Message.id))
        return [(m.recipient, m.body.split(" Your desk")[0]) for m in session.exec(query)]


def case_of(database, house):
    with database.begin() as session:
        return cases.get_case(session, shop_id=house.shop_id, case_id=number(house.id))


def test_1_takes_it_once_however_often_it_is_delivered(database, house):
    text = come(database, BOB, "1", times=3)
    assert (text.meaning, text.case_id, text.shop_id) == ("take", house.id, house.shop_id)
    case = case_of(database, house)
    assert (case.taken_at, case.first_answer_how) == (NOW, "took")
    assert answers(database) == [(BOB, "Mrs Whitlock is yours.")]


def test_2_asks_the_next_one_and_says_whom(database, house):
    come(database, BOB, "2", times=2)
    assert case_of(database, house).advisor_id != house.advisor_id
    assert answers(database) == [(BOB, "Noted. Claire Roy is asked now.")]


def test_the_latest_question_is_the_one_answered(database, house):
    with database.begin() as session:
        bob = session.get(Advisor, house.advisor_id)
        second = cast.cleos_case(
            session,
            get_shop(session, house.shop_id),
            bob,
            now=NOW + timedelta(hours=1),
            return_gid="gid://shopify/Return/7",
        )
        second_id = number(second.id)
    assert come(database, BOB, "1", at=NOW + timedelta(hours=1)).case_id == second_id
    assert case_of(database, house).taken_at is None
    assert come(database, BOB, "1", sid="SM2", at=NOW + timedelta(hours=1)).case_id == house.id


def test_whoever_was_asked_before_may_still_take_it_and_later_is_told_who_has_it(database, house):
    come(database, BOB, "2")
    come(database, BOB, "1", sid="SM2")
    assert case_of(database, house).advisor_id == house.advisor_id
    come(database, CLAIRE, "1", sid="SM3")
    assert answers(database)[-2:] == [(BOB, "Mrs Whitlock is yours."), (CLAIRE, "Nothing waits for your answer.")]


def test_other_words_are_kept_and_answered_once_a_day(database, house):
    for n in range(3):
        text = come(database, BOB, "Who is it?", sid=f"SM{n}")
    assert text.meaning == "unclear" and case_of(database, house).taken_at is None
    assert answers(database) == [(BOB, "Reply 1 to take it or 2 for not today.")]


def test_a_number_nobody_has_is_kept_and_shown_in_the_only_house_there_is(database, house):
    text = come(database, STRANGER, "1")
    assert (text.meaning, text.shop_id, text.advisor_id) == ("unknown", house.shop_id, None)
    assert answers(database) == []
    with database.begin() as session:
        assert [t.body for t in texts.texts_of(session, shop_id=house.shop_id)] == ["1"]


def test_with_two_houses_a_stranger_is_shown_to_neither_and_danas_advisor_moves_nothing_of_alices(database, house):
    with database.begin() as session:
        dana = cast.dana(session)
        advisor = session.get(Advisor, dana.bob.id)
        advisor.phone = "+33184889999"
        session.add(advisor)
    assert come(database, STRANGER, "1").shop_id is None
    assert come(database, "+33184889999", "1", sid="SM2").shop_id == dana.shop_id
    assert case_of(database, house).taken_at is None
    with database.begin() as session:
        assert texts.texts_of(session, shop_id=house.shop_id) == []


def test_a_client_who_writes_back_stands_in_their_case(database, house):
    text = come(database, CLEO, "Could you ring me?")
    assert (text.meaning, text.case_id) == ("unknown", house.id)
    with database.begin() as session:
        lines = [line.kind for line in history(session, shop_id=house.shop_id, case_id=number(house.id))]
        assert lines[-1] == "client.wrote"
        assert session.get(Case, house.id).first_answer_at is None  # the client wrote, not the advisor


def test_stop_ends_texts_to_that_number_and_start_begins_them_again(database, house, queue):
    config = cast.settings(
        database.url,
        token_keys="test-token-key",
        twilio_account_sid="AC1",
        twilio_auth_token="t",
        twilio_messaging_service_sid="MG1",
    )
    assert come(database, BOB, "Stop").meaning == "stop"
    come(database, BOB, "stop", sid="SM2")
    with database.begin() as session:
        assert len(session.exec(select(OptOut)).all()) == 1
        assert texts.has_opted_out(session, BOB) and not texts.has_opted_out(session, CLAIRE)
        stopped = {p.name: p.texts_stopped_at for p in session.exec(select(Advisor))}
        assert stopped == {"Bob Laurent": NOW, "Claire Roy": None}, "who can answer in time goes by it"
    queue.waiting.clear()
    table = jobs_table(config, database)
    with cast.clock(NOW):
        table["consults.tell_advisor"](
            database.begin, shop_id=house.shop_id, case_id=house.id, return_gid=house.return_gid
        )
        queue.drain(database, table, only={"notifications.deliver"})  # and no provider is asked
    with database.begin() as session:
        message, letter = session.exec(select(Message).order_by(col(Message.id))).all()
        assert (message.state, message.error) == (MessageState.FAILED, texts.OPTED_OUT)
        assert (letter.channel, letter.state) == ("email", MessageState.HELD), "they hear of it by e-mail instead"
    come(database, BOB, "START", sid="SM3")
    with database.begin() as session:
        assert not texts.has_opted_out(session, BOB) and session.exec(select(OptOut)).all() == []
        assert [p.texts_stopped_at for p in session.exec(select(Advisor))] == [None, None]
    assert answers(database) == []  # the network answers these itself


def test_what_a_client_sent_leaves_with_them(database, house):
    come(database, CLEO, "Could you ring me?")
    come(database, CLEO, "stop", sid="SM2")
    come(database, BOB, "hello", sid="SM3")
    with database.begin() as session:
        shown = texts.from_numbers(session, shop_id=house.shop_id, numbers={CLEO})
        assert [text.body for text in shown] == ["Could you ring me?", "stop"]
        assert texts.erase_from(session, shop_id=house.shop_id, numbers={CLEO}) == ["SM1", "SM2"]
    with database.begin() as session:
        assert [t.provider_id for t in session.exec(select(InboundText))] == ["SM3"]
        assert session.exec(select(OptOut)).all() == []
        texts.forget(session, now=NOW + timedelta(days=31))
        assert session.exec(select(InboundText)).all() == []


def test_a_signed_text_at_the_door_takes_the_case(database, house, queue):
    """From the form Twilio posts to the case: the stored delivery, the pump, the job."""
    form = payload("twilio_inbound")
    with database.begin() as session:
        about: dict[str, Any] = {"source": "twilio", "topic": "twilio/inbound", "external_id": f"{form['MessageSid']}:"}
        session.add(Delivery(**about, body=urlencode(form).encode(), received_at=NOW))
    queue.waiting.clear()
    config = cast.settings(database.url, token_keys="test-token-key")
    with cast.clock(NOW):
        assert inbox.pump(database.begin) == 1
        queue.drain(database, jobs_table(config, database), only={"consults.answer_text"})
    with database.begin() as session:
        (delivery,) = session.exec(select(Delivery)).all()
        assert delivery.state is DeliveryState.HANDLED
    assert case_of(database, house).first_answer_how == "took"
