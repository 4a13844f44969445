"""The portal: a link a client was given, the times, the reservation, the page of the return."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from consults.booking import book_consult, free_times, next_consult
from consults.cases import record_outcome
from consults.models import Case, CaseEvent, Consult, ConsultPolicy, Participant
from consults.rooms.rooms import add_guest
from kit.money import Money
from logistics import dispositions, reverse_deliveries, rmas, settlements
from logistics.history import lock_rma, move_goods
from logistics.models import Parcel, Rma, Settlement
from logistics.reads import SuggestedOutcome
from logistics.rmas import record_approval
from logistics.states import Finding, Goods, ParcelState, SettlementState
from notifications.models import Message
from shops.links import CONSULT, RETURN, revoke_links
from shops.models import Link
from tests import cast
from tests.pages.words import findings, text

STRANGE = "{{ shop.secret }}{% assign x = 1 %}<script>alert(1)</script>"


@pytest.fixture
def consult_link(world, made) -> str:
    return made(lambda s: cast.consult_link(s, world.case))


@pytest.fixture
def return_link(world, made) -> str:
    return made(lambda s: cast.return_link(s, world.rma))


def first_time(html: str) -> str:
    found = re.search(r'name="at" value="([^"]+)"', html)
    assert found, "no time on the page"
    return found.group(1)


def form(html: str, **values: str) -> dict[str, str]:
    key = re.search(r'name="key" value="([^"]+)"', html)
    assert key
    return {"at": first_time(html), "kind": "video", "key": key.group(1), "zone": "Europe/Paris", **values}


def labelled(session, world) -> None:
    """The parcel side as far as a label on a box."""
    rma = lock_rma(session, shop_id=world.shop_id, rma_id=world.rma.id)
    record_approval(session, rma, cast.cleos_read(status="OPEN"), now=cast.NOW)
    box = session.exec(select(Parcel).where(Parcel.rma_id == rma.id)).one()
    box.state, box.tracking_code, box.label_url = ParcelState.ATTACHED, "TRK1", "https://carrier.example/label.pdf"
    box.cover_cents, box.cover_confirmed_at, box.tracking_url = box.need_cents, cast.NOW, "https://carrier.example/TRK1"
    session.add(box)
    move_goods(session, rma, Goods.LABELLED, actor="app", now=cast.NOW)


def arrived(session, world) -> None:
    reverse_deliveries.receive_by_hand(session, shop_id=world.shop_id, rma_id=world.rma.id, by="Alice", now=cast.NOW)


def inspected(session, world) -> None:
    dispositions.inspect(
        session,
        shop_id=world.shop_id,
        rma_id=world.rma.id,
        finding=Finding.MATCH,
        note="",
        restock=True,
        by="Alice",
        now=cast.NOW,
    )
    rma = lock_rma(session, shop_id=world.shop_id, rma_id=world.rma.id)
    money = Money(1_364_000, "USD")
    suggested = SuggestedOutcome(money, (("gid://shopify/OrderTransaction/1", money),))
    line = cast.cleos_read().lines[0].gid
    settlements.propose(session, rma, lines=[(line, 1)], suggested=suggested, ask=True, now=cast.NOW)


def settled(session, world) -> None:
    batch = session.exec(select(Settlement)).one()
    batch.state, batch.settled_at = SettlementState.SETTLED, cast.NOW
    session.add(batch)
    rma = lock_rma(session, shop_id=world.shop_id, rma_id=world.rma.id)
    rmas.mark_settled(session, rma, exchanged=False, actor="app", now=cast.NOW)


def closed(session, world) -> None:
    rma = lock_rma(session, shop_id=world.shop_id, rma_id=world.rma.id)
    rmas.end_rma(session, rma, how="closed", now=cast.NOW)


def booked(session, world, kind: str = "video") -> Consult:
    slot = free_times(session, shop_id=world.shop_id, advisor_id=world.bob.id, now=cast.NOW)[0]
    return book_consult(
        session,
        shop_id=world.shop_id,
        case_id=world.case.id,
        starts_at=slot.starts_at,
        kind=kind,
        client_zone="Europe/Paris",
        idempotency_key="already",
        now=cast.NOW,
    )


# --- choosing a time


def test_the_page_offers_three_days_of_the_advisors_time(world, visitor, consult_link) -> None:
    page = visitor.get(f"/consult/{consult_link}")
    words = text(page.text)
    assert page.status_code == 200
    assert re.findall(r"<fieldset class=\"ar-day\"><legend>([^<]+)", page.text) == [
        "Tuesday 24 November",
        "Wednesday 25 November",
        "Thursday 26 November",
    ]
    assert "Your time, Paris (UTC+1)." in words
    assert "Bob helped you choose the Meridian ring in October. Speaks French and English." in words
    assert "The refund is the same either way: $14,800, to the card you used." in words
    assert "checked><span>Video" in page.text and 'name="texts" value="yes" checked' not in page.text
    assert first_time(page.text) == "2026-11-24T11:00:00+00:00"  # two hours' notice


def test_later_days_follow_and_another_zone_is_chosen_by_name(world, visitor, consult_link) -> None:
    page = visitor.get(f"/consult/{consult_link}").text
    later = re.search(r'href="([^"]+)">Later days', page)
    assert later and "from=2026-11-27" in later.group(1)
    assert "Friday 27 November" in visitor.get(later.group(1).replace("&amp;", "&")).text
    there = visitor.get(f"/consult/{consult_link}?zone=America/New_York").text
    assert "New York (UTC−5)" in there and "<span>06:00</span>" in there
    for nonsense in ("?zone=Atlantis/Centre&from=tomorrow", "?zone=../etc", "?from=9999-12-31"):
        assert visitor.get(f"/consult/{consult_link}{nonsense}").status_code == 200


def test_a_reserved_time_is_confirmed_on_the_same_page(world, made, visitor, consult_link) -> None:
    page = visitor.get(f"/consult/{consult_link}").text
    answer = visitor.post(f"/consult/{consult_link}", data=form(page, phone="+33 6 12 34 41 41", texts="yes"))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/consult/{consult_link}")
    words = text(visitor.get(f"/consult/{consult_link}").text)
    assert "Bob will see you on Tuesday 24 November, 12:00" in words
    assert "cleo@example.com" in words
    case = made(lambda s: s.get(Case, world.case.id))
    assert (case.client_phone, case.client_texts_ok) == ("+33612344141", True)


def test_a_double_click_reserves_once(world, made, visitor, consult_link) -> None:
    asked = form(visitor.get(f"/consult/{consult_link}").text)
    for _ in range(2):
        assert visitor.post(f"/consult/{consult_link}", data=asked).status_code == 303
    assert len(made(lambda s: s.exec(select(Consult)).all())) == 1


def test_a_time_taken_meanwhile_says_so_and_shows_its_neighbours(world, made, visitor, consult_link) -> None:
    asked = form(visitor.get(f"/consult/{consult_link}").text)
    edda = made(lambda s: cast.cleos_case(s, world.shop, world.bob, return_gid="gid://shopify/Return/50"))
    other = made(lambda s: cast.consult_link(s, edda))
    assert visitor.post(f"/consult/{other}", data={**asked, "key": "other"}).status_code == 303
    answer = visitor.post(f"/consult/{consult_link}", data=asked)
    assert answer.status_code == 409
    words = text(answer.text)
    assert "Someone chose 12:00 a moment before you" in words and "These times are close to it." in words
    near = form(answer.text)
    assert near["at"] != asked["at"]
    assert visitor.post(f"/consult/{consult_link}", data=near).status_code == 303


def test_consent_is_not_taken_for_granted_and_a_short_number_is_pointed_out(world, made, visitor, consult_link) -> None:
    asked = form(visitor.get(f"/consult/{consult_link}").text)
    answer = visitor.post(f"/consult/{consult_link}", data={**asked, "phone": "06 12", "kind": "telephone"})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text and "with its country code" in answer.text
    assert 'value="telephone" checked' in answer.text
    assert visitor.post(f"/consult/{consult_link}", data={**asked, "phone": ""}).status_code == 303
    case = made(lambda s: s.get(Case, world.case.id))
    assert (case.client_phone, case.client_texts_ok) == ("+33612344141", False)


@pytest.mark.parametrize(
    "asked", [{}, {"at": "soon", "kind": "video"}, {"at": "2026-11-24T11:00:00", "kind": "video"}, {"kind": "séance"}]
)
def test_half_a_form_is_a_sentence_and_not_a_crash(world, visitor, consult_link, asked) -> None:
    answer = visitor.post(f"/consult/{consult_link}", data=asked)
    assert answer.status_code == 400
    assert "Please choose" in answer.text


def test_a_reservation_is_moved_kept_in_the_calendar_and_given_back(world, made, visitor, consult_link) -> None:
    before = made(lambda s: booked(s, world))
    page = visitor.get(f"/consult/{consult_link}/move")
    assert "Which time suits you better?" in page.text
    times = re.findall(r'name="at" value="([^"]+)"', page.text)
    assert visitor.post(f"/consult/{consult_link}/move", data={"at": times[-1]}).status_code == 303
    moved = made(lambda s: s.get(Consult, before.id))
    assert (moved.starts_at.isoformat(), moved.sequence) == (times[-1], 1)
    file = visitor.get(f"/consult/{consult_link}/calendar.ics")
    assert file.mimetype == "text/calendar" and b"UID:consult-" in file.data and b"SEQUENCE:1" in file.data
    assert visitor.post(f"/consult/{consult_link}/cancel").status_code == 303
    assert made(lambda s: next_consult(s, shop_id=world.shop_id, case_id=world.case.id)) is None
    assert visitor.get(f"/consult/{consult_link}/calendar.ics").status_code == 404


def test_a_time_chosen_by_another_clock_stays_on_that_clock(world, made, visitor, consult_link) -> None:
    made(lambda s: booked(s, world))
    page = visitor.get(f"/consult/{consult_link}/move?zone=Asia/Tokyo").text
    form = {"at": re.findall(r'name="at" value="([^"]+)"', page)[-1], "zone": "Asia/Tokyo"}
    assert 'name="zone" value="Asia/Tokyo"' in page
    assert visitor.post(f"/consult/{consult_link}/move", data=form).status_code == 303
    assert "Tokyo (UTC+9)" in visitor.get(f"/consult/{consult_link}").text


def test_a_cancelled_time_is_said_to_be_until_it_would_have_begun_or_another_is_reserved(
    world, made, visitor, consult_link
) -> None:
    page, said = f"/consult/{consult_link}", "Your time is cancelled: "
    consult = made(lambda s: booked(s, world))
    assert said not in visitor.get(page).text and said not in visitor.get(f"{page}/move").text
    visitor.post(f"{page}/cancel")
    again = visitor.get(page).text
    assert "Your time is cancelled: Tuesday 24 November, 12:00." in text(again) and "Reserve this time" in again
    assert visitor.post(f"{page}/cancel").status_code == 404, "there is nothing left to cancel"
    with cast.clock(consult.starts_at):
        assert said not in visitor.get(page).text
    visitor.post(page, data=form(again))
    assert said not in visitor.get(page).text and said not in visitor.get(f"{page}/move").text


def test_no_time_left_still_leaves_two_ways(world, made, visitor, consult_link) -> None:
    made(lambda s: s.add(ConsultPolicy(shop_id=world.shop_id, window_days=0)))
    page = visitor.get(f"/consult/{consult_link}").text
    assert "Bob has no time left in the coming weeks" in page
    assert "Return it without a conversation" in page and "+33 1 84 88 00 00" in page


def test_a_simple_return_is_noted_and_nothing_else_changes(world, made, visitor, consult_link, row_counts) -> None:
    before = row_counts()
    for _ in range(2):
        answer = visitor.post(f"/consult/{consult_link}/simple")
        assert answer.status_code == 303 and answer.headers["Location"].startswith("/r/")
    page = visitor.get(answer.headers["Location"]).text
    assert "A simple return, as you wished." in page
    after = row_counts()
    changed = {name: after[name] - before[name] for name in before if after[name] != before[name]}
    assert changed == {"link": 2, "caseevent": 1}
    assert made(lambda s: s.get(Case, world.case.id)).state.value == "open"


def test_after_the_conversation_the_page_thanks_and_leads_on(world, made, visitor, consult_link) -> None:
    consult = made(lambda s: booked(s, world))
    with cast.clock(consult.starts_at):
        desk_seat = made(
            lambda s: s.exec(
                select(Participant).where(Participant.consult_id == consult.id, Participant.role == "advisor")
            ).one()
        )
        from consults.rooms import rooms

        made(
            lambda s: rooms.join(
                s, shop_id=world.shop_id, consult_id=consult.id, participant_id=desk_seat.id, now=consult.starts_at
            )
        )
        joined = visitor.post(f"/consult/{consult_link}/room/join", json={}).json
        assert joined["state"] == "in_session"
        made(lambda s: rooms.leave(s, consult_id=consult.id, participant_id=desk_seat.id, now=consult.starts_at))
        assert visitor.post(f"/consult/{consult_link}/room/leave", json={"sitting": joined["sitting"]}).json == {}
    words = text(visitor.get(f"/consult/{consult_link}").text)
    assert "It was good to talk with you" in words
    assert "Reserve this time" in visitor.get(f"/consult/{consult_link}?again=1").text
    assert visitor.post(f"/consult/{consult_link}/return").status_code == 303


# --- guests and the room


def test_a_guest_finds_the_room_and_nothing_about_the_client(world, made, visitor, consult_link) -> None:
    consult = made(lambda s: booked(s, world))
    guest = made(
        lambda s: add_guest(s, shop_id=world.shop_id, consult_id=consult.id, name="Tom Whitlock", now=cast.NOW)
    )
    link = made(lambda s: cast.consult_link(s, world.case, person_id=guest.id))
    page = visitor.get(f"/consult/{link}").text
    for private in ("cleo@", "14,800", "Meridian", "Cancel", "+33612344141"):
        assert private not in page
    for verb in ("move", "cancel", "simple", "return"):
        assert visitor.post(f"/consult/{link}/{verb}", data={"at": "2026-11-25T11:00:00+00:00"}).status_code == 404
    with cast.clock(consult.starts_at):
        alone = visitor.post(f"/consult/{link}/room/join", json={})
        assert "role" not in alone.json, "who comes along waits for one of the two"
        visitor.post(f"/consult/{consult_link}/room/join", json={})
        assert visitor.post(f"/consult/{link}/room/join", json={}).json["role"] == "guest"


def test_the_room_may_use_the_camera_and_opens_ten_minutes_before(world, made, visitor, consult_link) -> None:
    assert visitor.get(f"/consult/{consult_link}/room").status_code == 404
    consult = made(lambda s: booked(s, world))
    early = visitor.get(f"/consult/{consult_link}/room")
    assert "The room opens on Tuesday 24 November, 11:50" in early.text
    assert "camera=(self)" in early.headers["Permissions-Policy"]
    refused = visitor.post(f"/consult/{consult_link}/room/join", json={})
    assert (refused.status_code, refused.json["error"]["code"]) == (403, "room_closed")
    with cast.clock(consult.starts_at - timedelta(minutes=10)):
        assert visitor.post(f"/consult/{consult_link}/room/join", json={}).status_code == 200
    with cast.clock(consult.ends_at + timedelta(hours=2)):
        assert "This conversation is over" in visitor.get(f"/consult/{consult_link}/room").text
    for odd in ("[]", '"x"', "null"):
        assert (
            visitor.post(f"/consult/{consult_link}/room/join", data=odd, content_type="application/json").status_code
            == 400
        )


# --- links


def test_looking_changes_nothing(world, made, visitor, consult_link, return_link, row_counts) -> None:
    made(lambda s: labelled(s, world))
    consult_pages = ["", "/calendar.ics", "/move", "/room", "?again=1", "?zone=Asia/Tokyo&from=2026-11-26"]
    made(lambda s: booked(s, world))
    before, case = row_counts(), made(lambda s: s.get(Case, world.case.id).model_dump())
    paths = [f"/consult/{consult_link}{page}" for page in consult_pages]
    for path in [*paths, f"/r/{return_link}", f"/r/{return_link}/slip"]:
        answer = visitor.get(path)
        assert answer.status_code == 200, path
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "style=" not in answer.text and "<script>" not in answer.text
    assert visitor.get(f"/r/{return_link}/label").headers["Location"] == "https://carrier.example/label.pdf"
    assert row_counts() == before
    assert made(lambda s: s.get(Case, world.case.id).model_dump()) == case


@pytest.mark.parametrize("how", ["revoked", "ran out"])
def test_a_link_that_has_done_its_work_says_so_and_a_fresh_one_is_sent(
    world, made, visitor, consult_link, return_link, how
) -> None:
    for purpose, subject in ((CONSULT, world.case.id), (RETURN, world.rma.id)):
        if how == "revoked":
            made(
                lambda s, p=purpose, i=subject: revoke_links(
                    s, shop_id=world.shop_id, purpose=p, subject_id=i, now=cast.NOW
                )
            )
    with cast.clock(cast.NOW if how == "revoked" else cast.NOW + timedelta(days=200)):
        for path in (f"/consult/{consult_link}", f"/r/{return_link}"):
            answer = visitor.get(path)
            assert answer.status_code == 410
            assert "This link has done its work" in answer.text and "VERDANE" in answer.text
            assert visitor.post(f"{path}/simple").status_code == 410
            said = visitor.post(f"{path}/fresh")
            assert said.status_code == 200
            visitor.post(f"{path}/fresh")
        sent = made(lambda s: s.exec(select(Message).where(Message.name == "return_link")).all())
        assert [message.recipient for message in sent] == ["cleo@example.com"] * 2
        fresh = re.search(r"(/r/\S+)", sent[0].body)
        assert fresh and visitor.get(fresh.group(1)).status_code == 200
    asked = visitor.post("/r/never-one-of-ours/fresh")
    assert asked.status_code == 200 and "A fresh link is on its way" in asked.text


def test_a_link_of_one_kind_opens_nothing_of_another(world, made, visitor, consult_link, return_link) -> None:
    desk = made(lambda s: cast.desk_link(s, world.bob, world.case))
    for path in (f"/r/{consult_link}", f"/consult/{return_link}", f"/r/{desk}", f"/desk/in/{return_link}", "/r/x"):
        answer = visitor.get(path)
        assert answer.status_code == 404, path
        assert "Whitlock" not in answer.text
    asked = visitor.post(f"/consult/{return_link}/room/join", json={})
    assert (asked.status_code, asked.json["error"]["code"]) == (404, "not_found")


def test_danas_links_show_danas_return_only(world, made, visitor) -> None:
    other = made(cast.dana)
    page = visitor.get(f"/r/{made(lambda s: cast.return_link(s, other.rma))}").text
    assert "DANA AND DAUGHTERS" in page and "VERDANE" not in page


# --- the page of the return

STEPS = [
    ([], "Your label will be with you shortly", "Your label"),
    ([labelled], "The Meridian ring can travel whenever it suits you", "Send it"),
    ([labelled, arrived], "The Meridian ring is with us", "At our atelier"),
    ([labelled, arrived, inspected], "$13,640 comes next", "$13,640, back to you"),
    ([labelled, arrived, inspected, settled], "$13,640 is on its way to you", "$13,640, back to you"),
    ([labelled, arrived, inspected, settled, closed], "$13,640 is on its way to you", ""),
]


@pytest.mark.parametrize(("done", "heading", "now"), STEPS, ids=[str(len(step[0])) for step in STEPS])
def test_the_way_has_a_heading_a_now_and_a_day_for_each_step(
    world, made, visitor, return_link, done, heading, now
) -> None:
    for step in done:
        made(lambda s, step=step: step(s, world))
    page = visitor.get(f"/r/{return_link}").text
    assert heading in page
    current = re.findall(r'aria-current="step">\s*<h2 class="ar-h3">([^<]+)', page)
    assert current == ([now] if now else [])
    steps = re.findall(r'<h2 class="ar-h3">[^<]+</h2>\s*<p class="ar-sm[^>]*>([^<]+)', page)
    assert all(re.search(r"\d (November|December)|working day|Any day|as soon as", words) for words in steps), steps


def test_money_settled_in_the_admin_is_not_given_an_amount(world, made, visitor, return_link) -> None:
    def elsewhere(session):
        rma = lock_rma(session, shop_id=world.shop_id, rma_id=world.rma.id)
        rmas.mark_settled(session, rma, exchanged=False, actor="shopify", now=cast.NOW)

    made(elsewhere)
    page = text(visitor.get(f"/r/{return_link}").text)
    assert "Your refund is on its way to you" in page and "Back to you Your refund" in page


def test_a_label_and_a_slip_are_there_once_they_are_ready(world, made, visitor, return_link) -> None:
    assert visitor.get(f"/r/{return_link}/label").status_code == 404
    made(lambda s: labelled(s, world))
    assert "Print the label" in visitor.get(f"/r/{return_link}").text
    slip = visitor.get(f"/r/{return_link}/slip").text
    assert 'aria-label="Code R-1042-1"' in slip and "R-1042-1" in text(slip)
    assert "Mrs Whitlock, Paris" in text(slip) and "Bob Laurent, +33184880017" in text(slip)
    assert not re.search(r"[$€]|14,800|value", text(slip))
    for box in ("0", "2", "-1", "x"):
        assert visitor.get(f"/r/{return_link}/label?box={box}").status_code == (302 if box == "x" else 404)


def test_the_plain_way_out_is_always_there(world, made, visitor, return_link) -> None:
    page = visitor.get(f"/r/{return_link}").text
    assert "I would like a refund, without a conversation" in page
    assert "It goes on by itself" in page
    assert visitor.post(f"/r/{return_link}/simple").status_code == 303
    page = visitor.get(f"/r/{return_link}").text
    assert "A simple return, as you wished." in page
    assert "Your refund needs nothing more from you than the piece itself." in page
    kinds = made(lambda s: [event.kind for event in s.exec(select(CaseEvent)).all()])
    assert kinds.count("case.simple_return") == 1


def test_a_reserved_conversation_is_the_step_that_is_now(world, made, visitor, return_link) -> None:
    made(lambda s: labelled(s, world))
    made(lambda s: booked(s, world))
    page = visitor.get(f"/r/{return_link}").text
    assert "Bob will be with you on Tuesday 24 November, 12:00" in page
    assert page.count('aria-current="step"') == 1 and "A conversation with Bob" in page
    assert "Print the label" in page  # nobody has to talk before sending
    answer = visitor.post(f"/r/{return_link}/conversation")
    assert "Reserved" in visitor.get(answer.headers["Location"]).text


def test_a_return_without_an_advisor_has_the_same_way(world, made, visitor) -> None:
    plain = made(lambda s: cast.cleos_return(s, world.shop, return_gid="gid://shopify/Return/43", assisted=False))
    link = made(lambda s: cast.return_link(s, plain))
    page = visitor.get(f"/r/{link}").text
    assert "Your label will be with you shortly" in page
    assert "Bob" not in page and "conversation" not in text(page)
    assert visitor.post(f"/r/{link}/conversation").status_code == 404
    assert visitor.post(f"/r/{link}/simple").status_code == 303


def test_what_a_client_wrote_is_text(world, made, visitor, return_link) -> None:
    def rename(session):
        rma = session.get(Rma, world.rma.id)
        rma.client_name = STRANGE
        session.add(rma)

    made(rename)
    page = visitor.get(f"/r/{return_link}/slip").text
    assert "<script>alert" not in page


# --- words


def test_every_page_keeps_to_the_words_of_the_house(world, made, visitor, consult_link, return_link) -> None:
    """Zero findings of words.json, on every page and in every state reached here."""
    read: list[str] = []

    def look(path: str, status: int = 200) -> None:
        answer = visitor.get(path)
        assert answer.status_code == status, path
        read.append(text(answer.text))

    look(f"/consult/{consult_link}")
    look(f"/r/{return_link}")
    look("/r/never", 404)
    read.append(text(visitor.post(f"/consult/{consult_link}", data={"kind": "video"}).text))
    read.append(text(visitor.post("/r/never/fresh").text))
    for step in (labelled, arrived, inspected, settled, closed):
        made(lambda s, step=step: step(s, world))
        look(f"/r/{return_link}")
    look(f"/r/{return_link}/slip")
    for kind in ("telephone", "boutique", "video"):
        made(lambda s, kind=kind: _one_talk(s, world, kind))
        look(f"/consult/{consult_link}")
    look(f"/r/{return_link}")
    look(f"/consult/{consult_link}/room")
    look(f"/consult/{consult_link}/move")
    made(
        lambda s: record_outcome(
            s,
            shop_id=world.shop_id,
            case_id=world.case.id,
            advisor_id=world.bob.id,
            outcome="refund",
            root_cause="size",
            now=cast.NOW,
        )
    )
    look(f"/r/{return_link}")
    with cast.clock(datetime(2027, 12, 1, tzinfo=UTC)):
        look(f"/r/{return_link}", 410)
    assert {words[:60]: found for words in read if (found := findings("client", words))} == {}


def _one_talk(session, world, kind: str) -> None:
    consult = next_consult(session, shop_id=world.shop_id, case_id=world.case.id)
    if consult is None:
        booked(session, world, kind)
    else:
        consult.kind = type(consult.kind)(kind)
        session.add(consult)


def test_links_are_only_made_by_asking(world, made, visitor, return_link) -> None:
    before = len(made(lambda s: s.exec(select(Link)).all()))
    for method in ("conversation", "simple", "fresh"):
        assert visitor.get(f"/r/{return_link}/{method}").status_code in (404, 405)
    assert len(made(lambda s: s.exec(select(Link)).all())) == before


def test_the_slip_is_a_file_too_that_names_no_price(world, made, visitor, return_link) -> None:
    made(lambda s: labelled(s, world))
    answer = visitor.get(f"/r/{return_link}/slip.pdf")
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/pdf"
    assert answer.data.startswith(b"%PDF-") and "slip-R-1042-1.pdf" in answer.headers["Content-Disposition"]
    assert visitor.get("/r/" + "n" * 32 + "/slip.pdf").status_code == 404
