"""The desk: in by a single-use link, an advisor's own cases, a manager's whole shop, nothing of another's."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from consults.booking import book_consult, free_times
from consults.cases import get_case
from consults.kinds import Outcome, RootCause, StaffRole
from consults.models import Case, Promise_
from consults.promises import add_promise
from notifications.models import Message
from shopify_app.pages.desk import cues
from shops.links import revoke_links
from tests import cast
from tests.pages.words import csrf, findings, text


def book(session, world, kind="video"):
    slot = free_times(session, shop_id=world.shop_id, advisor_id=world.bob.id, now=cast.NOW)[0]
    return book_consult(
        session,
        shop_id=world.shop_id,
        case_id=world.case.id,
        starts_at=slot.starts_at,
        kind=kind,
        client_zone="Europe/Paris",
        idempotency_key=f"k-{world.case.id}",
        now=cast.NOW,
    )


def promise(session, world):
    return add_promise(
        session,
        shop_id=world.shop_id,
        case_id=world.case.id,
        what="Two sketches of the lower setting",
        due_on=cast.NOW.date(),
        advisor_id=world.bob.id,
        now=cast.NOW,
    )


def test_looking_at_a_desk_link_does_not_use_it_up(world, made, visitor, row_counts) -> None:
    token = made(lambda s: cast.desk_link(s, world.bob, world.case))
    before = row_counts()
    for _ in range(2):
        assert "Open the desk" in visitor.get(f"/desk/in/{token}").text
    assert row_counts() == before
    answer = visitor.post(f"/desk/in/{token}")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/desk/cases/{world.case.id}")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/desk" in cookie
    assert visitor.get(answer.headers["Location"]).status_code == 200


def test_a_desk_link_opens_once_and_a_fresh_one_is_texted(world, made, visitor, app, row_counts) -> None:
    token = made(lambda s: cast.desk_link(s, world.bob, world.case))
    assert visitor.post(f"/desk/in/{token}").status_code == 303
    for method in (visitor.get, visitor.post):
        answer = method(f"/desk/in/{token}")
        assert answer.status_code == 410
        assert "This link has done its work" in answer.text
    said = visitor.post(f"/desk/in/{token}/fresh").text
    assert visitor.post("/desk/in/never-one-of-ours/fresh").text == said
    visitor.post(f"/desk/in/{token}/fresh")
    sent = made(lambda s: s.exec(select(Message).where(Message.name == "desk_link")).all())
    assert [message.recipient for message in sent] == [world.bob.phone]
    fresh = re.search(r"/desk/in/(\S+)", sent[0].body)
    assert fresh and app.test_client().post(f"/desk/in/{fresh.group(1)}").status_code == 303


def test_a_revoked_desk_link_is_answered_kindly(world, made, visitor) -> None:
    token = made(lambda s: cast.desk_link(s, world.bob, world.case))
    made(lambda s: revoke_links(s, shop_id=world.shop_id, purpose="desk", subject_id=world.case.id, now=cast.NOW))
    assert visitor.get(f"/desk/in/{token}").status_code == 410


PAGES = ["", "/outcome"]
POSTS = ["/take", "/outcome", "/promises"]


def test_without_a_session_every_page_says_how_to_open_the_desk(world, made, visitor) -> None:
    consult = made(lambda s: book(s, world))
    case = f"/desk/cases/{world.case.id}"
    for path in ["/desk", *(case + page for page in PAGES), f"/desk/consults/{consult.id}/room"]:
        answer = visitor.get(path)
        assert answer.status_code == 401, path
        assert "Your desk is not open on this device" in answer.text
    answer = visitor.post(f"/desk/consults/{consult.id}/room/join", json={})
    assert (answer.status_code, answer.json["error"]["code"]) == (401, "not_signed_in")


def test_dana_sees_nothing_of_another_shop(world, made, at_desk) -> None:
    other = made(cast.dana)
    consult, owed = made(lambda s: book(s, world)), made(lambda s: promise(s, world))
    desk = at_desk(other.bob)
    assert "Whitlock" not in desk.get("/desk").text.replace("Cleo", "")
    token = csrf(desk.get(f"/desk/cases/{other.case.id}").text)
    for path in [f"/desk/cases/{world.case.id}{page}" for page in PAGES] + [f"/desk/consults/{consult.id}/room"]:
        answer = desk.get(path)
        assert answer.status_code == 404, path
        assert "Whitlock" not in answer.text
    forms = [f"/desk/cases/{world.case.id}{page}" for page in [*POSTS, f"/promises/{owed.id}/done"]]
    for path in forms:
        data = {"csrf": token, "what": "x", "due_on": "2026-11-26", "outcome": "refund", "root_cause": "size"}
        assert desk.post(path, data=data).status_code == 404, path
    # A promise of another shop is not reached through one's own case either.
    assert desk.post(f"/desk/cases/{other.case.id}/promises/{owed.id}/done", data={"csrf": token}).status_code == 404
    for verb in ("join", "signal", "poll", "leave"):
        answer = desk.post(f"/desk/consults/{consult.id}/room/{verb}", json={"csrf": token})
        assert (answer.status_code, answer.json["error"]["code"]) == (404, "not_found")
    untouched = made(lambda s: get_case(s, shop_id=world.shop_id, case_id=world.case.id))
    assert (untouched.taken_at, untouched.outcome) == (None, None)


def test_an_advisor_sees_their_own_cases_and_a_manager_all_of_the_shop(world, made, at_desk) -> None:
    colleague = made(lambda s: cast.bob(s, world.shop, name="Teo Marchetti", staff_gid="gid://shopify/StaffMember/8"))
    manager = made(
        lambda s: cast.bob(
            s, world.shop, name="Claire", role=StaffRole.MANAGER, staff_gid="gid://shopify/StaffMember/9"
        )
    )
    path = f"/desk/cases/{world.case.id}"
    assert at_desk(colleague).get(path).status_code == 404
    assert "Whitlock" not in at_desk(colleague).get("/desk").text
    assert at_desk(manager).get(path).status_code == 200
    assert "Bob Laurent" in at_desk(manager).get("/desk").text


def test_looking_changes_nothing(world, made, at_desk, row_counts) -> None:
    consult = made(lambda s: book(s, world))
    made(lambda s: promise(s, world))
    desk = at_desk(world.bob)
    before, case = row_counts(), made(lambda s: s.get(Case, world.case.id).model_dump())
    for path in [
        "/desk",
        *(f"/desk/cases/{world.case.id}{page}" for page in PAGES),
        f"/desk/consults/{consult.id}/room",
    ]:
        answer = desk.get(path)
        assert answer.status_code == 200, path
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "style=" not in answer.text and "<script>" not in answer.text
    after = row_counts()
    assert after.pop("accesslog") > before.pop("accesslog"), "who looked is written down"
    assert after == before
    assert made(lambda s: s.get(Case, world.case.id).model_dump()) == case


@pytest.mark.parametrize("given", ["", "0" * 64, "é"])
def test_a_form_without_its_token_is_refused(world, made, at_desk, given: str) -> None:
    owed = made(lambda s: promise(s, world))
    desk = at_desk(world.bob)
    for path in [*POSTS, f"/promises/{owed.id}/done"]:
        answer = desk.post(f"/desk/cases/{world.case.id}{path}", data={"csrf": given, "outcome": "kept"})
        assert answer.status_code == 403, path
    consult = made(lambda s: book(s, world))
    assert desk.post(f"/desk/consults/{consult.id}/room/join", json={"csrf": given}).status_code == 403


def test_a_text_message_leads_to_a_recorded_outcome_and_a_promise(world, made, at_desk) -> None:
    desk, path = at_desk(world.bob), f"/desk/cases/{world.case.id}"
    page = desk.get(path).text
    assert "2 h to answer" in page or "120 min to answer" in page
    assert "It sits higher on my hand than I imagined." in page
    token = csrf(page)
    assert desk.post(f"{path}/take", data={"csrf": token}).headers["Location"] == path
    assert "to answer" not in desk.get(path).text
    form = {"csrf": token, "outcome": "refund", "root_cause": "proportion", "quote": "Too tall for me."}
    looked = desk.post(f"{path}/outcome", data={**form, "step": "look"})
    assert looked.status_code == 200 and 'value="proportion" required checked' in looked.text
    assert made(lambda s: s.get(Case, world.case.id).outcome) is None
    half = desk.post(f"{path}/outcome", data={**form, "promise": "one", "what": "A note", "due_on": ""})
    assert half.status_code == 422 and "A promise is a thing and a day" in half.text
    full = {**form, "promise": "one", "what": "A note by hand", "due_on": "2026-11-26"}
    assert desk.post(f"{path}/outcome", data=full).status_code == 303
    case = made(lambda s: s.get(Case, world.case.id))
    assert (case.outcome, case.root_cause, case.client_quote) == (
        Outcome.REFUND,
        RootCause.PROPORTION,
        "Too tall for me.",
    )
    kept = made(lambda s: s.exec(select(Promise_)).one())
    assert "By Thursday 26 November" in desk.get(path).text
    done = desk.post(f"{path}/promises/{kept.id}/done", data={"csrf": token})
    assert done.status_code == 303
    assert made(lambda s: s.get(Promise_, kept.id).done_at) == cast.NOW


def test_an_outcome_needs_what_was_decided_and_why(world, at_desk) -> None:
    desk, path = at_desk(world.bob), f"/desk/cases/{world.case.id}"
    token = csrf(desk.get(path).text)
    answer = desk.post(f"{path}/outcome", data={"csrf": token, "outcome": "refund", "promise": "none"})
    assert answer.status_code == 422
    assert "Choose what they decided" in answer.text


def test_today_shows_conversations_promises_and_what_is_new(world, made, at_desk) -> None:
    assert "2 h to answer" in text(at_desk(world.bob).get("/desk").text)
    made(lambda s: book(s, world))  # which is an answer
    made(lambda s: promise(s, world))
    words = text(at_desk(world.bob).get("/desk").text)
    for part in ("Tuesday 24 November", "Mrs Whitlock", "Two sketches of the lower setting", "Take it"):
        assert part in words


def test_a_refund_stands_among_the_ways_forward_with_its_amount(world, at_desk) -> None:
    words = text(at_desk(world.bob).get(f"/desk/cases/{world.case.id}").text)
    assert "Refund , $14,800" in words.replace("Refund, ", "Refund , ")
    assert "Say yes at once." in words


def test_a_missing_fact_is_called_unknown(world, made, at_desk) -> None:
    bare = made(
        lambda s: cast.cleos_case(
            s,
            world.shop,
            world.bob,
            return_gid="gid://shopify/Return/77",
            client_name=None,
            client_title="",
            client_phone=None,
            bought_on=None,
            reason_label="",
            seller_words="",
            client_words=None,
        )
    )
    words = text(at_desk(world.bob).get(f"/desk/cases/{bare.id}").text)
    assert words.count("unknown") >= 4
    assert "None" not in words


def test_the_advisor_meets_the_client_in_the_room(world, made, at_desk, visitor) -> None:
    consult = made(lambda s: book(s, world))
    link = made(lambda s: cast.consult_link(s, world.case))
    with cast.clock(consult.starts_at - timedelta(minutes=5)):
        desk = at_desk(world.bob)
        room = desk.get(f"/desk/consults/{consult.id}/room")
        assert room.headers["Permissions-Policy"].startswith("camera=(self)")
        token = re.search(r'data-csrf="([0-9a-f]+)"', room.text)
        assert token
        joined = desk.post(f"/desk/consults/{consult.id}/room/join", json={"csrf": token.group(1)})
        assert joined.json["role"] == "advisor"
        met = visitor.post(f"/consult/{link}/room/join", json={})
        assert [person["role"] for person in met.json["people"]] == ["advisor"]
        poll = f"/desk/consults/{consult.id}/room/poll"
        asked = desk.post(poll, json={"after": 0, "sitting": 1}, headers={"X-Csrf": token.group(1)})
        assert asked.json["state"] == "in_session"
        assert desk.post(poll, json={"after": "x", "csrf": token.group(1)}).status_code == 400


def test_cues_suggest_nothing_better_left_unsaid() -> None:
    for cue in (cues.WELCOME, cues.SHOWING, *cues.MOMENTS, cues.A_DAY):
        said = " ".join((cue.title, cue.say, *cue.questions))
        assert findings("cue", said) == []
        assert len(cue.questions) <= 3 and bool(cue.say) == bool(cue.unsaid)
        assert all(question.split()[0] in ("What", "How", "Where") for question in cue.questions)
