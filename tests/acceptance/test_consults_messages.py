"""Messages, as the fifteen checks of conversations have them: 10 and 11, the direct line, and what an outcome moves.

Twilio is a stand-in over HTTP: our own adapters call it, and it calls our own doors back, signed.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from consults.cases import record_outcome
from consults.day_plans import drop_day, set_day
from consults.kinds import WhyNot
from consults.line_models import Said
from consults.lines import set_line
from consults.models import Advisor, Case
from consults.reaching import agree
from consults.telling import Words, tell_shortly
from consults.threads import answer
from consults.time_models import BusyBlock, BusyFeed
from kit.db import Database
from kit.errors import Conflict, OutsideError
from logistics.cover_models import RmaVerdict
from logistics.eligibility.facts import Answer
from logistics.models import Rma, RmaStep
from notifications import codes, consents, texts
from notifications.chains import told
from notifications.code_models import CodeAsked
from notifications.jobs import deliver, record_status
from notifications.messages import in_trouble
from notifications.models import InboundText, Message, OptOut
from routing.answering import why_not
from routing.finding import look_up_order
from routing.rosters import candidate
from routing.timelines import covers
from shopify_app import privacy
from shopify_app.adapters import make_channels, make_verifier
from shopify_app.pages.portal import storefront_codes
from simulators.twilio.calls import Calls
from tests import cast
from tests.acceptance.message_house import CLEO, FORM, FRENCH, LINE, OURS, TEMPLATE, House, exchange, open_house
from tests.cast import NOW
from tests.jobs_at_hand import Queue
from tests.pages.test_portal_storefront import signed
from tests.pages.words import csrf, findings, text
from tests.simulators.town import Recorder, Town, serving

LINK = "https://returns.verdane.example.com/consult/" + "x" * 32
VALUES = {"house": "Verdane", "when": "Tue 24 Nov, 16:00", "advisor": "Bob", "link": LINK}
LETTER = VALUES | {
    "greeting": "Mrs Whitlock",
    "first_name": "Bob",
    "kind": "video",
    "place": LINK,
    "telephone": "",
    "telephone_hours": "",
}


@pytest.fixture(scope="module")
def twilio() -> Iterator[tuple[Recorder, Town]]:
    with exchange() as found:
        yield found


@pytest.fixture
def house(database: Database, queue: Queue, twilio: tuple[Recorder, Town]) -> Iterator[House]:
    with open_house(database, queue, *twilio) as made:
        yield made


def agreed(house: House, *channels: str, phone: str = CLEO, locale: str = "en") -> None:
    """Cleo agreed to be written to by these."""
    house.change_case(client_phone=phone, client_texts_ok="sms" in channels, client_locale=locale)

    def note(session: Session) -> None:
        for channel in channels:
            agree(session, the_case(session, house), channel, words="Write to me.", how="page", now=NOW)

    house.do(note)


def the_case(session: Session, house: House) -> Case:
    return session.get_one(Case, house.case_id)


def remind(house: House, key: str = "1", at: datetime = NOW) -> None:
    """The reminder of an hour before, by whichever way reaches her."""
    about: dict[str, Any] = {"message": "client_reminded", "key": f"case:{house.case_id}:{key}", "now": at}

    def write(session: Session) -> None:
        words = {"words": lambda: Words([VALUES]), "by_email": lambda: Words([LETTER])}
        last = at + timedelta(hours=1)
        tell_shortly(session, the_case(session, house), **about, **words, not_after=last)  # type: ignore[arg-type]

    house.do(write)
    house.run("notifications", at=at)


# --- 10: messages


def test_10_a_text_and_a_whatsapp_message_arrive_by_signed_word_and_a_forged_one_is_refused(house: House) -> None:
    agreed(house, "sms")
    remind(house)
    assert house.told_back(2) == [200, 200]
    agreed(house, "sms", "whatsapp", locale="fr-FR")
    remind(house, "2")
    assert house.told_back(2) == [200, 200]
    first, second = (m for m in house.sent("client_reminded") if m.step == 1)
    assert [(m.channel, m.state.value) for m in (first, second)] == [("sms", "delivered"), ("whatsapp", "delivered")]
    by_template = house.at_twilio(f"whatsapp:{CLEO}")[0]["_form"]
    assert by_template["ContentSid"] == FRENCH and "Body" not in by_template, "her language, and no free words"
    assert by_template["From"] == f"whatsapp:{OURS}" and LINK in by_template["ContentVariables"]
    house.control("POST", f"messages/{second.provider_id}/read")
    house.told_back(1)
    assert house.sent("client_reminded")[1].was_read
    said = house.recorder.received[-1]
    for headers in ({**said.headers, "X-Twilio-Signature": "Zm9yZ2Vk"}, FORM):
        assert house.deliver(said.path, said.body, headers) == 403


def test_10_word_that_comes_twice_late_or_out_of_order_leaves_the_state_right(house: House) -> None:
    agreed(house, "sms")
    remind(house)
    house.told_back(2)
    replayed = house.recorder.received[-2:]
    assert [house.deliver(r.path, r.body, r.headers) for r in replayed] == [200, 200], "stored once, by what they say"
    house.pump()
    row = house.sent("client_reminded")[0]
    about: dict[str, Any] = {"provider_id": row.provider_id, "error_code": ""}
    for status in ("queued", "sent", "accepted", "undelivered", "sending"):
        record_status(house.database.begin, **about, status=status)
    found = house.sent("client_reminded")
    assert [(m.state.value, m.passed_on) for m in found] == [("delivered", False), ("standby", False)]


def test_10_a_number_that_stopped_is_not_asked_again_hears_by_email_and_stands_in_the_admin(house: House) -> None:
    """21610: the network answered STOP, and we never heard it."""
    agreed(house, "sms", phone="+33612321610")
    for n in ("1", "2"):
        remind(house, n)
    found = house.sent("client_reminded")
    assert [(m.channel, m.state.value, m.passed_on) for m in found if m.key.endswith(":1")] == [
        ("sms", "failed", True),
        ("email", "held", False),
    ]
    assert [m.channel for m in found if m.key.endswith(":2")] == [], "no way is left that she did not end"
    assert len(house.do(lambda s: s.exec(select(OptOut)).all())) == 1
    listed = house.do(lambda s: in_trouble(s, shop_id=house.world.shop_id))
    assert ("sms", "opted_out") in [(m.channel, m.error_code) for m in listed]


def test_10_free_words_go_by_whatsapp_for_a_day_after_hers_and_then_by_template_only(house: House) -> None:
    agreed(house, "whatsapp")
    house.writes("Is the ring there?", sender=f"whatsapp:{CLEO}", to=f"whatsapp:{OURS}")
    remind(house, "1")
    remind(house, "2", at=NOW + timedelta(hours=25))
    newest, oldest = (m["_form"] for m in house.at_twilio(f"whatsapp:{CLEO}")[:2])
    assert oldest["Body"].startswith("Verdane: Tue 24 Nov") and "ContentSid" not in oldest
    assert newest["ContentSid"] == TEMPLATE and "Body" not in newest


def test_10_without_an_approved_template_the_next_way_is_taken_and_the_remedy_is_shown(house: House) -> None:
    agreed(house, "sms", "whatsapp")
    about: dict[str, Any] = {"message": "handed_over", "key": f"case:{house.case_id}:h", "now": NOW}
    values = {"house": "Verdane", "advisor": "Bob", "link": LINK}
    house.do(lambda s: tell_shortly(s, the_case(s, house), **about, words=lambda: Words([values])))
    house.run("notifications")
    assert house.ways("handed_over") == [("whatsapp", "failed"), ("sms", "sent")]
    (refused, _) = house.sent("handed_over")
    assert (refused.error_code, refused.provider_id) == ("window", None), "and Twilio was not even asked"


@pytest.mark.parametrize(
    ("ending", "first", "cause"),
    [("63016", ("whatsapp", "failed"), "63016"), ("30034", ("whatsapp", "undelivered"), "30034")],
)
def test_10_what_fails_on_its_way_goes_on_by_the_next_way_once_however_often_it_is_said(
    house: House, ending: str, first: tuple[str, str], cause: str
) -> None:
    agreed(house, "whatsapp", "sms", phone=f"+336123{ending}")
    remind(house)
    house.told_back(2)
    house.told_back(2)  # the text fails as well, by the same ending
    failed = house.sent("client_reminded")[0]
    about: dict[str, Any] = {"provider_id": failed.provider_id, "status": "failed", "error_code": cause}
    for _ in range(3):
        record_status(house.database.begin, **about)
    house.run("notifications")
    ways = house.ways("client_reminded")
    assert ways == [first, ("sms", first[1]), ("email", "held")], "each once, in her order"
    assert failed.error_code == cause and failed.passed_on
    assert [len(house.at_twilio(to)) for to in (f"whatsapp:+336123{ending}", f"+336123{ending}")] == [1, 1]
    (shown,) = house.do(lambda s: told(s, shop_id=house.world.shop_id, prefix=f"case:{house.case_id}:1"))
    assert [step.channel for step in shown.steps] == ["WhatsApp", "text", "e-mail"]
    page = house.desk().get(f"/desk/cases/{house.case_id}").text
    assert "What was sent, and how it went" in page and "WhatsApp, " in page and "e-mail, not set up" in page


def test_10_an_answer_that_was_lost_is_found_out_before_anything_else_goes(house: House) -> None:
    agreed(house, "sms", "whatsapp")
    house.control("POST", "faults", {"kind": "lost", "times": 1})
    channels = make_channels(house.settings)
    about: dict[str, Any] = {"shop_id": house.world.shop_id, "channels": channels}

    def write(session: Session) -> None:
        about = {"message": "client_reminded", "key": "case:1:lost", "now": NOW}
        tell_shortly(session, the_case(session, house), words=lambda: Words([VALUES]), **about)  # type: ignore[arg-type]

    house.do(write)
    row = house.sent("client_reminded")[0]
    with pytest.raises(OutsideError) as lost, cast.clock():
        deliver(house.database.begin, **about, message_id=cast.number(row.id))
    assert lost.value.ambiguous
    assert house.ways("client_reminded") == [("whatsapp", "sending"), ("sms", "standby")], "nothing else goes meanwhile"
    with cast.clock():
        deliver(house.database.begin, **about, message_id=cast.number(row.id))
    assert house.ways("client_reminded") == [("whatsapp", "sent"), ("sms", "standby")]
    assert len(house.at_twilio(f"whatsapp:{CLEO}")) == 1, "and it went once"
    house.queue.waiting.clear()


def test_10_who_hides_their_number_on_whatsapp_is_kept_shown_and_harms_nothing(house: House) -> None:
    house.writes("Hello", sender="whatsapp:US.ABC123", to=f"whatsapp:{OURS}")
    (kept,) = house.do(lambda s: texts.texts_of(s, shop_id=house.world.shop_id))
    assert (kept.sender, kept.channel, kept.case_id, kept.body) == ("US.ABC123", "whatsapp", None, "Hello")


def test_10_stop_ends_the_channel_it_was_said_on_and_start_begins_it_again(house: House) -> None:
    agreed(house, "sms", "whatsapp")
    house.writes("STOP", sender=f"whatsapp:{CLEO}", to=f"whatsapp:{OURS}")
    remind(house)
    assert house.ways("client_reminded")[0] == ("sms", "sent")
    house.told_back(2)
    house.writes("START", sender=f"whatsapp:{CLEO}", to=f"whatsapp:{OURS}")
    remind(house, "2")
    assert [m.channel for m in house.sent("client_reminded") if m.key.endswith(":2") and m.step == 1] == ["whatsapp"]


def test_consent_to_whatsapp_is_given_on_the_page_with_its_proof_and_taken_back_there(house: House) -> None:
    house.change_case(client_phone=CLEO)
    link = f"/consult/{house.do(lambda s: cast.consult_link(s, house.world.case))}"
    client = house.app.test_client()
    form = {"at": (NOW + timedelta(hours=6)).isoformat(), "kind": "video", "phone": CLEO, "whatsapp": "yes"}
    assert client.post(link, data=form).status_code == 303
    (proof,) = house.do(lambda s: consents.proofs(s, shop_id=house.world.shop_id, addresses={CLEO}))
    assert (proof.channel, proof.given_at, proof.how) == ("whatsapp", NOW, "page") and "WhatsApp first" in proof.words
    page = client.get(link).text
    assert "No longer by WhatsApp" in page and findings("client", text(page)) == []
    assert client.post(f"{link}/writing", data={"whatsapp": "no"}).status_code == 303
    (ended,) = house.do(lambda s: consents.proofs(s, shop_id=house.world.shop_id, addresses={CLEO}))
    assert ended.withdrawn_at == NOW, "the proof stays; it says when it ended"


def test_a_text_that_fails_at_night_goes_on_in_the_morning_and_one_that_is_no_use_any_more_not_at_all(
    house: House,
) -> None:
    agreed(house, "whatsapp", "sms", phone="+33612363016")
    late = NOW.replace(hour=21)  # ten at night in Paris
    remind(house, at=late)
    row = house.sent("client_reminded")[0]
    about: dict[str, Any] = {"provider_id": row.provider_id, "status": "failed", "error_code": "63016"}
    house.queue.waiting.clear()
    with cast.clock(late + timedelta(minutes=5)):
        record_status(house.database.begin, **about)
    assert house.ways("client_reminded")[1] == ("sms", "queued") and len(house.queue.waiting) == 1
    remind(house, "2", at=NOW)
    second = next(m for m in house.sent("client_reminded") if m.key.endswith(":2") and m.step == 1)
    with cast.clock(NOW + timedelta(hours=2)):
        record_status(house.database.begin, **(about | {"provider_id": second.provider_id}))
    states = [(m.channel, m.state.value) for m in house.sent("client_reminded") if m.key.endswith(":2")]
    assert NOW + timedelta(hours=2) > second.created_at + timedelta(hours=1)
    assert states == [("whatsapp", "failed"), ("sms", "standby"), ("email", "standby")]


def test_every_way_of_every_message_is_written_down_before_any_is_taken(house: House) -> None:
    agreed(house, "sms", "whatsapp")
    remind(house)
    rows = house.sent("client_reminded")
    assert [(m.channel, m.step, m.key) for m in rows] == [
        (channel, step, f"case:{house.case_id}:1") for step, channel in enumerate(("whatsapp", "sms", "email"), 1)
    ]
    assert {bool(m.body) for m in rows} == {True} and isinstance(rows[0], Message)


# --- the direct line


def line(house: House, number: str = LINE, world: cast.World | None = None, **owner: Any) -> None:
    """Give Bob's boutique, or Bob, a number of ours."""
    world = world or house.world
    owner = owner or {"boutique_id": world.bob.boutique_id}
    house.do(lambda s: set_line(s, shop_id=world.shop_id, number=number, **owner))


def test_inside_working_hours_a_call_is_put_through_and_neither_sees_the_others_number(house: House) -> None:
    line(house)
    heard = house.rings()
    assert heard.content_type.startswith("text/xml")
    assert f'<Dial callerId="{LINE}" answerOnBridge="true" timeout="20"' in heard.text
    assert "<Number>+33184880017</Number>" in heard.text and CLEO not in heard.text
    assert house.rings("/after", DialCallStatus="completed").text.endswith("<Response><Hangup/></Response>")
    assert house.run("consults") == [], "it was answered, and nobody is written to"


def test_a_call_nobody_picks_up_is_said_kindly_and_a_link_to_times_follows_once(house: House) -> None:
    line(house)
    house.change_case(client_locale="fr-FR")
    for _ in range(2):
        assert "<Dial" in house.rings().text
        said = house.rings("/after", DialCallStatus="no-answer").text
    assert '<Say language="fr-FR">Bonjour. Bob n\'est pas au téléphone' in said
    house.run("consults")
    (written,) = (m for m in house.sent("line_missed") if m.step == 1)
    assert (written.channel, written.recipient) == ("sms", CLEO) and "vous avez appelé Bob Laurent" in written.body
    assert [m.channel for m in house.sent("client_rang_advisor")] == ["sms", "email"]
    assert CLEO not in house.sent("client_rang_advisor")[0].body


def test_outside_working_hours_on_a_day_that_is_otherwise_and_in_a_meeting_nobody_is_rung(house: House) -> None:
    line(house, advisor_id=house.world.bob.id)
    bob, day = house.world.bob, NOW.date()
    with cast.clock(NOW.replace(hour=20)):
        assert "<Dial" not in house.rings(CallSid="CA-night").text
    about: dict[str, Any] = {"shop_id": house.world.shop_id, "advisor_id": bob.id}
    override = house.do(lambda s: set_day(s, **about, day=day, ranges=[]))
    assert "<Dial" not in house.rings(CallSid="CA-closed").text
    house.do(lambda s: drop_day(s, **about, override_id=cast.number(override.id)))
    assert "<Dial" in house.rings(CallSid="CA-open").text

    def meeting(session: Session) -> None:
        feed = BusyFeed(**about, address="https://calendar.example/x.ics", added_at=NOW, read_at=NOW)
        session.add(feed)
        session.flush()
        block: dict[str, Any] = {"starts_at": NOW - timedelta(minutes=5), "ends_at": NOW + timedelta(minutes=5)}
        session.add(BusyBlock(**about, feed_id=cast.number(feed.id), **block))

    house.do(meeting)
    assert "<Dial" not in house.rings(CallSid="CA-busy").text


def test_somebody_we_do_not_know_hears_whose_number_it_is_and_a_number_of_nobodys_harms_nothing(house: House) -> None:
    line(house)
    heard_by = {"+15550001111": "for ringing Verdane", "+33655555555": "merci d'appeler Verdane", "": "for ringing"}
    for caller, words in heard_by.items():
        heard = house.rings(From=caller, CallSid=f"CA{caller}").text
        assert words in heard and "<Dial" not in heard and findings("client", text(heard)) == []
    assert "Nobody can be reached" in house.rings(To="+15005550000").text
    assert house.run("consults") == []


def test_a_call_without_twilios_signature_is_refused(house: House) -> None:
    line(house)
    for signature in ("", "Zm9yZ2Vk", "é"):
        sent = {"X-Twilio-Signature": signature.encode("utf-8").decode("latin-1")}
        answer = house.app.test_client().post(
            "/webhooks/twilio/voice", data={"To": LINE, "CallSid": "CA9"}, headers=sent
        )
        assert answer.status_code == 403 and LINE not in answer.text


def test_the_stand_in_rings_as_twilio_does_and_hears_both_parts(house: House) -> None:
    line(house)
    with serving(house.app) as base:
        calls = Calls(house.town.parts.config.twilio_auth_token, house.settings.app_url, base)
        heard = calls.ring({"From": CLEO, "To": LINE, "CallSid": "CA77"}, end="busy")
    assert [verb["verb"] for verb in heard] == ["Dial", "Say", "Hangup"]


def test_a_client_writes_and_the_advisor_answers_from_the_desk_and_it_is_one_thread(house: House) -> None:
    line(house)
    house.writes("Could you hold the ring until Friday?")
    (wrote,) = (m for m in house.sent("client_wrote_advisor") if m.step == 1)
    assert wrote.recipient == "+33184880017" and "Friday" not in wrote.body and "/desk/in/" in wrote.body
    assert house.do(lambda s: s.exec(select(Said)).one()).body == "Could you hold the ring until Friday?"
    raw = house.do(lambda s: s.connection().exec_driver_sql("SELECT body FROM said").scalar_one())
    assert "Friday" not in raw, "sealed at rest"
    desk = house.desk()
    page = desk.get(f"/desk/cases/{house.case_id}").text
    assert "Could you hold the ring until Friday?" in text(page) and "Neither of you sees" in text(page)
    form = {"csrf": csrf(page), "key": "k1", "words": "With pleasure, until Friday."}
    for _ in range(2):
        assert desk.post(f"/desk/cases/{house.case_id}/written", data=form).status_code == 303
    house.run("notifications")
    answers = [m for m in house.at_twilio(CLEO) if m["body"] == "With pleasure, until Friday. Bob, Verdane"]
    assert [m["_form"]["From"] for m in answers] == [LINE], "once, from the number she wrote to"
    house.until(lambda: house.sent("line_answer")[0].state.value == "delivered")
    after = text(desk.get(f"/desk/cases/{house.case_id}").text)
    assert "With pleasure, until Friday." in after and "Arrived (text)" in after
    assert house.do(lambda s: s.get_one(Case, house.case_id)).first_answer_how == "wrote"


def test_an_answer_to_whatsapp_goes_there_and_a_day_later_by_another_way(house: House) -> None:
    line(house)
    house.change_case(client_texts_ok=True)
    house.writes("Bonjour", sender=f"whatsapp:{CLEO}", to=f"whatsapp:{LINE}")
    house.writes("Bonjour ?", sender="whatsapp:FR.HIDDEN", to=f"whatsapp:{LINE}")
    assert len(house.do(lambda s: s.exec(select(Said)).all())) == 1, "whom nobody knows is in no thread"

    def reply(words: str, at: datetime) -> list[tuple[str, str]]:
        def act(session: Session) -> None:
            bob = session.get_one(Advisor, house.world.bob.id)
            answer(session, the_case(session, house), bob, words=words, key=words, now=at)

        house.do(act)
        house.run("notifications", at=at)
        return [(m.channel, m.state.value) for m in house.sent("line_answer") if words in m.body]

    assert reply("At once.", NOW)[0] == ("whatsapp", "sent")
    assert reply("Later.", NOW + timedelta(hours=26))[:2] == [("whatsapp", "failed"), ("sms", "sent")]


def test_a_stranger_who_writes_to_a_line_is_answered_kindly_once_a_day(house: House) -> None:
    line(house)
    for n in range(2):
        house.writes(f"Hello {n}", sender="+15550001111")
    (said,) = house.sent("line_unknown")
    assert said.body.startswith("Verdane: thank you for writing.") and said.sender == LINE
    assert [t.shop_id for t in house.do(lambda s: s.exec(select(InboundText)).all())] == [house.world.shop_id] * 2


def test_stop_to_a_line_ends_texts_and_the_desk_says_what_is_left(house: House) -> None:
    line(house)
    house.change_case(client_email=None)
    house.writes("One question")
    house.writes("STOP")
    desk = house.desk()
    page = desk.get(f"/desk/cases/{house.case_id}").text
    form = {"csrf": csrf(page), "key": "k1", "words": "Yes?"}
    refused = desk.post(f"/desk/cases/{house.case_id}/written", data=form)
    assert refused.status_code == 409 and "Please ring them" in refused.text
    assert desk.post(f"/desk/cases/{house.case_id}/written", data=form | {"words": " "}).status_code == 422


def test_a_thread_leaves_with_the_client_and_is_shown_when_they_ask(house: House) -> None:
    line(house)
    house.writes("My words", sender=f"whatsapp:{CLEO}", to=f"whatsapp:{LINE}")
    about: dict[str, Any] = {"shop_id": house.world.shop_id, "client_gid": "gid://shopify/Customer/9", "order_gids": []}
    shown = house.do(lambda s: privacy.show_client(s, **about))
    assert [line["words"] for line in shown["conversations"][0]["written"]] == ["My words"]
    privacy.redact_client(house.database.begin, **about)
    rows = house.rows()
    assert {name: rows[name] for name in ("said", "thread", "inboundtext", "consent")} == dict.fromkeys(
        ("said", "thread", "inboundtext", "consent"), 0
    )


def test_danas_line_knows_nobody_of_alices_and_no_two_houses_have_one_number(house: House) -> None:
    line(house)
    dana = house.do(cast.dana)
    with pytest.raises(Conflict):
        line(house, world=dana)
    line(house, "+33184880099", world=dana)
    house.change_case(client_phone="+33611111111")
    heard = house.rings(From="+33611111111", To="+33184880099", CallSid="CA-dana").text
    assert "<Dial" not in heard and "Dana and Daughters" in heard and "Verdane" not in heard
    house.writes("Hello", sender="+33611111111", to="+33184880099")
    assert house.do(lambda s: s.exec(select(Said)).all()) == []
    house.do(lambda s: s.exec(select(Case)).all())
    assert house.desk(dana).get(f"/desk/cases/{house.case_id}").status_code == 404
    posted = house.desk(dana).post(f"/desk/cases/{house.case_id}/written", data={"words": "x"})
    assert posted.status_code in (403, 404)


# --- 11: one-time codes


@pytest.fixture(params=["own", "verify"])
def code_house(
    request: pytest.FixtureRequest, database: Database, queue: Queue, twilio: tuple[Recorder, Town],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[House]:  # fmt: skip
    monkeypatch.setattr(storefront_codes, "SLOW_SECONDS", 0.0)
    monkeypatch.setattr(storefront_codes, "CHECK_SECONDS", 0.0)
    chosen = {"twilio_verify_service_sid": "VA" + "0" * 32} if request.param == "verify" else {}
    number = "+336" + str(abs(hash(request.node.name)) % 10**8).zfill(8).replace("500", "511")
    recorder, town = twilio
    with open_house(database, queue, recorder, town, **chosen) as made:
        made.do(lambda s: _give_number(s, made, number))
        yield made


def _give_number(session: Session, house: House, number: str) -> None:
    rma = session.get_one(Rma, house.world.rma.id)
    rma.client_phone = number
    session.add(rma)
    house.world.rma.client_phone = number


def asks(house: House, order: str = "1042", email: str = "cleo@example.com") -> str:
    """The token of the page that asks for the code."""
    answer_ = house.app.test_client().post(signed("/find"), data={"order": order, "address": email, "by": "sms"})
    assert answer_.status_code == 200
    found = re.search(r'name="token" value="([\w-]+)"', answer_.text)
    assert found
    _look_up(house)
    house.run("notifications")
    return found[1]


class NotThere:
    """A Shopify that knows none of these orders: the return is ours to know."""

    def contact(self, shop_id: int, name: str) -> None:
        return None

    def of_client(self, shop_id: int, client_gid: str) -> tuple[Any, ...]:
        return ()


def _look_up(house: House) -> None:
    by_verify = make_verifier(house.settings) is not None
    about: dict[str, Any] = {"orders": NotThere(), "by_verify": by_verify, "secret": "test-secret-key"}
    for row in house.do(lambda s: s.exec(select(CodeAsked).order_by(col(CodeAsked.id))).all()):
        look_up_order(house.database.begin, shop_id=row.shop_id, asked_id=cast.number(row.id), **about)


def sent_code(house: House) -> str:
    to = house.world.rma.client_phone
    said = next(m["body"] for m in house.at_twilio(to))
    found = re.search(r"\d{6}", said)
    assert found
    return found[0]


def tries(house: House, token: str, code: str) -> str:
    answer_ = house.app.test_client().post(signed("/code"), data={"token": token, "code": code})
    assert answer_.status_code == 200 and findings("client", text(answer_.text)) == []
    return text(answer_.text)


def test_11_a_wrong_code_stays_pending_the_sixth_try_is_blocked_and_a_right_one_works_once(code_house: House) -> None:
    token = asks(code_house)
    right = sent_code(code_house)
    wrong = f"{(int(right) + 1) % 10**6:06}"
    assert "That is not the code" in tries(code_house, token, wrong)
    assert "Order 1042" in tries(code_house, token, right)
    assert "has had its time" in tries(code_house, token, right), "it works once"
    second = asks(code_house)
    for _ in range(5):
        assert "That is not the code" in tries(code_house, second, "000001" if right != "000001" else "000002")
    assert "tried too often" in tries(code_house, second, "000003")
    assert "tried too often" in tries(code_house, second, sent_code(code_house)), "even the right one"


def test_11_whoever_guesses_an_order_or_an_address_gets_the_same_screens_and_no_code_fits(code_house: House) -> None:
    client, form = code_house.app.test_client(), {"order": "1042", "address": "cleo@example.com", "by": "sms"}
    known = client.post(signed("/find"), data=form).text
    unknown = client.post(signed("/find"), data=form | {"address": "who@example.com"}).text
    strip = re.compile(r'value="[\w-]{32}"')
    assert strip.sub("", known) == strip.sub("", unknown)
    token = asks(code_house, email="who@example.com")
    for _ in range(5):
        assert "That is not the code" in tries(code_house, token, "123456")
    assert "tried too often" in tries(code_house, token, "123456")
    assert "has had its time" in tries(code_house, "n" * 32, "123456")


def test_11_a_code_runs_out_belongs_to_its_shop_and_too_many_are_not_sent(code_house: House) -> None:
    token = asks(code_house)
    code = sent_code(code_house)
    about: dict[str, Any] = {"token": token, "code": code, "secret": "test-secret-key"}
    check = codes.check
    mine: dict[str, Any] = {"shop_id": code_house.world.shop_id}
    verifier = make_verifier(code_house.settings)
    dana = code_house.do(cast.dana)
    foreign = check(code_house.database.begin, verifier, shop_id=dana.shop_id, **about, now=NOW)
    late = check(code_house.database.begin, verifier, **mine, **about, now=NOW + timedelta(minutes=11))
    assert (foreign.found, late.found) == (codes.Found.OVER, codes.Found.OVER)
    for _ in range(5):
        asks(code_house)
    asked = code_house.do(lambda s: s.exec(select(CodeAsked)).all())
    assert sum(bool(row.by) for row in asked) == 5 and len(asked) == 6
    assert {row.code_hash == code for row in asked} == {False}
    privacy.redact_client(code_house.database.begin, **mine, client_gid="gid://shopify/Customer/9", order_gids=[])
    assert code_house.do(lambda s: [row.recipient for row in s.exec(select(CodeAsked))]) in ([], [""])


# --- what an outcome moves, and who is there


def test_return_it_lets_a_return_go_on_that_waited_for_a_person_and_is_written_down_once(house: House) -> None:
    def waits(session: Session) -> None:
        verdict = session.exec(select(RmaVerdict).where(RmaVerdict.rma_id == house.world.rma.id)).one()
        verdict.answer, verdict.let_at = Answer.LOOK, None
        session.add(verdict)

    house.do(waits)
    desk = house.desk()
    page = desk.get(f"/desk/cases/{house.case_id}/outcome").text
    form = {"csrf": csrf(page), "root_cause": "size", "promise": "none"}
    for outcome in ("kept", "refund", "exchange", "refund"):
        assert desk.post(f"/desk/cases/{house.case_id}/outcome", data=form | {"outcome": outcome}).status_code == 303
    house.queue.drain(house.database, house.jobs, only={"routing.follow_outcome"})
    verdict = house.do(lambda s: s.exec(select(RmaVerdict).where(RmaVerdict.rma_id == house.world.rma.id)).one())
    assert (verdict.goes_on, verdict.let_by) == (True, f"advisor:{house.world.bob.id}")
    steps = house.do(lambda s: [r.kind for r in s.exec(select(RmaStep).where(RmaStep.rma_id == house.world.rma.id))])
    assert steps.count("client_decided") == steps.count("let_go_on") == 1
    assert house.do(lambda s: s.get_one(Case, house.case_id)).outcome == "refund"


@pytest.mark.parametrize(("answer_", "outcome"), [(Answer.NO, "refund"), (Answer.LOOK, "kept")])
def test_what_the_house_plainly_does_not_take_back_stays_the_merchants_and_keeping_moves_nothing(
    house: House, answer_: Answer, outcome: str
) -> None:
    def judged(session: Session) -> None:
        verdict = session.exec(select(RmaVerdict).where(RmaVerdict.rma_id == house.world.rma.id)).one()
        verdict.answer = answer_
        session.add(verdict)
        about: dict[str, Any] = {"advisor_id": cast.number(house.world.bob.id), "root_cause": "size", "now": NOW}
        record_outcome(session, **house.about, outcome=outcome, **about)

    house.do(judged)
    house.queue.drain(house.database, house.jobs, only={"routing.follow_outcome"})
    verdict = house.do(lambda s: s.exec(select(RmaVerdict).where(RmaVerdict.rma_id == house.world.rma.id)).one())
    assert not verdict.goes_on


def test_who_has_the_day_off_by_their_own_calendar_is_not_asked_and_a_day_opened_by_hand_is_a_day_at_work(
    house: House,
) -> None:
    about: dict[str, Any] = {"shop_id": house.world.shop_id, "advisor_id": cast.number(house.world.bob.id)}
    second = int(NOW.timestamp())

    def reason() -> WhyNot | None:
        def look(session: Session) -> WhyNot | None:
            bob = session.get_one(Advisor, house.world.bob.id)
            return why_not(candidate(session, bob, now=NOW), now=second, answer_by=second + 7200)

        return house.do(look)

    assert reason() is None
    override = house.do(lambda s: set_day(s, **about, day=NOW.date(), ranges=[]))
    assert reason() is WhyNot.OFF_SHIFT
    house.do(lambda s: drop_day(s, **about, override_id=cast.number(override.id)))

    def day_off(session: Session) -> None:
        feed = BusyFeed(**about, address="https://calendar.example/y.ics", added_at=NOW, read_at=NOW)
        session.add(feed)
        session.flush()
        midnight = NOW.replace(hour=0)
        whole: dict[str, Any] = {"starts_at": midnight - timedelta(hours=1), "ends_at": midnight + timedelta(hours=23)}
        session.add(BusyBlock(**about, feed_id=cast.number(feed.id), **whole))

    house.do(day_off)
    assert reason() is WhyNot.AWAY
    sunday = NOW + timedelta(days=5)
    assert house.do(lambda s: _is_on(s, house, sunday)) is False
    house.do(lambda s: set_day(s, **about, day=sunday.date(), ranges=[(540, 720)]))
    assert house.do(lambda s: _is_on(s, house, sunday)) is True


def _is_on(session: Session, house: House, at: datetime) -> bool:
    bob = session.get_one(Advisor, house.world.bob.id)
    return covers(candidate(session, bob, now=NOW).shifts, int(at.timestamp()))
