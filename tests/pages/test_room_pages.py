"""The room's pages with each provider, what an advisor shows, what a merchant chooses; and that Dana sees nothing."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from consults.booking import next_consult
from consults.models import Consult, ConsultPolicy
from consults.pieces import stock
from consults.pieces.holds import hold_piece
from consults.pieces.kinds import Piece
from consults.rooms import consents
from consults.rooms.provider import EMBEDDED, LINK, TWILIO_VIDEO
from consults.rooms.rooms import join, room_for
from consults.rooms.showing import on_the_table
from consults.rooms.twilio_video import SCRIPT
from shopify_app.app import create_app
from tests import cast
from tests.pages.admin_caller import ALICE, Caller
from tests.pages.test_portal_pages import booked
from tests.pages.words import csrf, findings, text

SALON = "https://meet.verdane.example/salon"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def talk(world, made) -> Consult:
    return made(lambda s: booked(s, world))


def by(made, talk: Consult, provider: str, link: str = "") -> None:
    def change(session: Session) -> None:
        session.get_one(Consult, talk.id).provider = provider
        policy = session.get(ConsultPolicy, talk.shop_id) or ConsultPolicy(shop_id=talk.shop_id)
        policy.room_link = link
        session.add(policy)

    made(change)


def test_the_houses_own_room_is_a_link_without_script_while_it_is_open(world, made, visitor, at_desk, talk) -> None:
    by(made, talk, LINK, SALON)
    link = made(lambda s: cast.consult_link(s, world.case))
    pages = {f"/consult/{link}/room": visitor, f"/desk/consults/{talk.id}/room": at_desk(world.bob)}
    for path, caller in pages.items():
        before = caller.get(path).text
        assert SALON not in before and "as soon as the room opens" in before, "not told ahead of time"
        with cast.clock(talk.starts_at):
            page = caller.get(path).text
        assert f'href="{SALON}"' in page and 'rel="noopener noreferrer"' in page and "room.js" not in page
        assert "tel:+33" in page
        assert findings("client", text(page)) == [] or "/desk" in path


def test_a_room_at_twilio_brings_its_script_and_may_reach_twilio_and_nobody_else(
    database, world, made, at_desk, talk, tmp_path, monkeypatch
) -> None:
    about = {"twilio_account_sid": "AC1", "twilio_auth_token": "t", "twilio_messaging_service_sid": "MG1"}
    keys = {"twilio_api_key_sid": "SK1", "twilio_api_key_secret": "a secret as long as such secrets are"}
    app = create_app(cast.settings(database.url, **about, **keys), database)
    by(made, talk, TWILIO_VIDEO)
    address = f"/consult/{made(lambda s: cast.consult_link(s, world.case))}/room"
    with cast.clock(talk.starts_at):
        plain = app.test_client().get(address)
        assert SCRIPT not in plain.text and "twilio.com" not in plain.headers["Content-Security-Policy"]
        assert app.test_client().post(f"{address}/join", json={}).get_json()["kind"] == EMBEDDED, "its file is missing"
        (tmp_path / SCRIPT).write_text("")
        monkeypatch.setattr(app.extensions["returns"].rooms[TWILIO_VIDEO], "scripts", tmp_path)
        page = app.test_client().get(address)
        scripts = re.findall(r'<script src="([^"]+)"', page.text)
        assert scripts == [f"/static/vendor/{SCRIPT}", "/static/room-twilio.js", "/static/room.js"]
        policy = page.headers["Content-Security-Policy"]
        assert (
            "connect-src 'self' https://*.twilio.com wss://*.twilio.com;" in policy and "script-src 'self';" in policy
        )
        grant = app.test_client().post(f"{address}/join", json={}).get_json()
        assert (grant["kind"], grant["room"]) == (TWILIO_VIDEO, f"consult-{talk.id}") and grant["token"]
    assert "twilio" not in app.test_client().get(address.removesuffix("/room")).headers["Content-Security-Policy"]


def test_an_advisor_shows_a_piece_and_puts_it_away_without_script(world, made, at_desk, talk) -> None:
    bob, path = at_desk(world.bob), f"/desk/consults/{talk.id}/room"
    token = csrf(bob.get(path).text)

    def lying() -> Any:
        return made(lambda s: on_the_table(s, s.get_one(Consult, talk.id)))

    picture = "https://cdn.example/lower.jpg"
    piece = Piece(
        "v1", "p1", "The lower Meridian", "ring", "emerald", "52", 1_420_000, "EUR", available=1, image=picture
    )
    made(lambda s: stock.keep_pieces(s, shop_id=world.shop_id, pieces=[piece], now=cast.NOW))
    about = {"shop_id": world.shop_id, "case_id": world.case.id, "advisor_id": world.bob.id, "now": cast.NOW}
    held = made(lambda s: hold_piece(s, variant_gid="v1", **about))
    assert f'name="piece" value="{held.id}"' in bob.get(path).text and picture in bob.get(path).text
    sent = {"csrf": token, "piece": held.id, "title": "Typed", "image": "https://elsewhere.example/x.jpg"}
    assert bob.post(f"{path}/show", data=sent | {"step": "show"}).headers["Location"] == path
    shown = lying()
    assert (shown["title"], shown["detail"], shown["image"]) == ("The lower Meridian, 52", "€14,200", picture)
    assert bob.post(f"{path}/show", data=sent | {"piece": "0", "step": "show"}).status_code == 404
    assert bob.post(f"{path}/show", data=sent | {"piece": "theirs", "step": "show"}).status_code == 303
    assert lying()["title"] == world.case.piece_title
    assert bob.post(f"{path}/show", data=sent | {"csrf": "x"}).status_code == 403
    assert bob.post(f"{path}/show", data={"csrf": token, "step": "away"}).status_code == 303
    assert lying() is None


def test_dana_shows_nothing_in_a_room_of_alices(world, made, at_desk, talk) -> None:
    dana = made(lambda s: cast.dana(s))
    stranger = at_desk(dana.bob)
    token = csrf(stranger.get(f"/desk/cases/{dana.case.id}").text)
    answer = stranger.post(f"/desk/consults/{talk.id}/room/show", data={"csrf": token, "title": "Mine", "step": "show"})
    assert answer.status_code == 404
    assert made(lambda s: on_the_table(s, s.get_one(Consult, talk.id))) is None


def test_the_desk_says_who_is_in_the_room(world, made, at_desk, talk) -> None:
    bob, path = at_desk(world.bob), f"/desk/cases/{world.case.id}"
    assert "in the room</p>" not in bob.get(path).text

    def come(session: Session) -> None:
        room = room_for(session, shop_id=world.shop_id, consult_id=cast.number(talk.id))
        who = cast.number(next(p.id for p in room.participants if p.role == "client"))
        join(session, shop_id=world.shop_id, consult_id=cast.number(talk.id), participant_id=who, now=talk.starts_at)

    made(come)
    with cast.clock(talk.starts_at):
        assert "Mrs Whitlock is in the room" in bob.get(path).text


# --- what a merchant chooses


def settings_form(**more: str) -> dict[str, str]:
    return {"house": "Verdane", "telephone": "+33 1 84 88 00 00", **more}


def test_a_merchant_chooses_where_conversations_take_place(app, world, made) -> None:
    alice = Caller(app, app.extensions["returns"].settings, ALICE)
    assert "Built in, for up to four people" in alice.open("/app/settings").text
    assert alice.send("/app/settings", **settings_form(room_provider=LINK, room_link=SALON)).status_code == 200
    policy = made(lambda s: s.get_one(ConsultPolicy, world.shop_id))
    assert (policy.room_provider, policy.room_link) == (LINK, SALON)
    alice.send("/app/settings", **settings_form())
    assert made(lambda s: s.get_one(ConsultPolicy, world.shop_id)).room_provider == LINK, "a form that does not ask"
    made(lambda s: booked(s, world))
    assert made(lambda s: next_consult(s, shop_id=world.shop_id, case_id=world.case.id)).provider == LINK


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"room_provider": LINK, "room_link": ""}, "room_link", "Write the whole address"),
        ({"room_provider": LINK, "room_link": "http://meet.verdane.example"}, "room_link", "https://"),
        ({"room_provider": EMBEDDED, "room_link": "javascript:alert(1)"}, "room_link", "https://"),
        ({"room_provider": TWILIO_VIDEO}, "room_provider", "Twilio Video needs"),
        ({"room_provider": "zoom"}, "room_provider", "Choose one of the rooms."),
    ],
)
def test_a_room_that_could_not_be_reached_is_not_saved(app, world, made, given, field, words) -> None:
    alice = Caller(app, app.extensions["returns"].settings, ALICE)
    answer = alice.send("/app/settings", **settings_form(**given))
    assert answer.status_code == 422 and words in answer.get_json()["error"]["fields"][field]
    assert made(lambda s: s.get(ConsultPolicy, world.shop_id)) is None


def test_what_the_rooms_script_says_is_worded_as_a_client_reads_it() -> None:
    script = re.sub(r"/\*[\s\S]*?\*/|// .*", "", (ROOT / "shopify_app/static/room.js").read_text())
    said = re.findall(r"[\"`]([A-Z][^\"`\n]* [^\"`\n]*)[\"`]", script)
    assert len(said) > 15 and "Your connection is interrupted. We keep trying." in said
    assert findings("client", " ".join(re.sub(r"\$\{[^}]*\}", "", words) for words in said)) == []


def test_the_script_that_is_fetched_is_the_one_the_page_asks_for() -> None:
    fetcher = (ROOT / "bin/twilio-video").read_text()
    (version,) = re.findall(r"^version=(\S+)$", fetcher, re.MULTILINE)
    assert f"twilio-video-{version}.min.js" == SCRIPT
    assert re.search(r"^sha256=[0-9a-f]{64}$", fetcher, re.MULTILINE)
    assert "shopify_app/static/vendor/" in (ROOT / ".gitignore").read_text()


def test_an_advisors_own_room_goes_before_the_houses(app, world, made, visitor, talk) -> None:
    by(made, talk, LINK, SALON)
    alice = Caller(app, app.extensions["returns"].settings, ALICE)
    page, own = f"/app/advisors/{world.bob.id}", "https://meet.verdane.example/bob"
    form = {"name": "Bob Laurent", "phone": "+33184880017", "languages": "fr", "active": "on"}
    assert alice.send(page, **form, room_link="http://bob").status_code == 422
    assert alice.send(page, **form, room_link=own).status_code == 200
    with cast.clock(talk.starts_at):
        shown = visitor.get(f"/consult/{made(lambda s: cast.consult_link(s, world.case))}/room").text
    assert f'href="{own}"' in shown and SALON not in shown


def test_an_advisor_leads_everybody_to_another_room(world, made, at_desk, talk) -> None:
    bob, path = at_desk(world.bob), f"/desk/consults/{talk.id}/room"
    assert "Trouble with this room?" not in bob.get(path).text, "there is no other that is set up"
    by(made, talk, EMBEDDED, SALON)
    page = bob.get(path).text
    assert "Trouble with this room?" in page and "Twilio Video" not in page
    token = csrf(page)
    assert bob.post(f"{path}/switch", data={"csrf": token, "provider": TWILIO_VIDEO}).status_code == 400
    assert bob.post(f"{path}/switch", data={"csrf": "x", "provider": LINK}).status_code == 403
    assert bob.post(f"{path}/switch", data={"csrf": token, "provider": LINK}).status_code == 303
    assert made(lambda s: s.get_one(Consult, talk.id)).provider == LINK
    dana = made(lambda s: cast.dana(s))
    stranger = at_desk(dana.bob)
    theirs = csrf(stranger.get(f"/desk/cases/{dana.case.id}").text)
    assert stranger.post(f"{path}/switch", data={"csrf": theirs, "provider": EMBEDDED}).status_code == 404
    assert stranger.post(f"{path}/recording", data={"csrf": theirs, "step": "agree"}).status_code == 404


def test_each_person_agrees_to_a_recording_on_their_own_page_and_takes_it_back(
    database, world, made, talk, tmp_path, monkeypatch
) -> None:
    about = {"twilio_account_sid": "AC1", "twilio_auth_token": "t", "twilio_messaging_service_sid": "MG1"}
    keys = {"twilio_api_key_sid": "SK1", "twilio_api_key_secret": "a secret as long as such secrets are"}
    app = create_app(cast.settings(database.url, **about, **keys), database)
    (tmp_path / SCRIPT).write_text("")
    monkeypatch.setattr(app.extensions["returns"].rooms[TWILIO_VIDEO], "scripts", tmp_path)
    client, address = app.test_client(), f"/consult/{made(lambda s: cast.consult_link(s, world.case))}/room"
    desk, path = app.test_client(), f"/desk/consults/{talk.id}/room"
    desk.set_cookie("desk", made(lambda s: cast.desk_cookie(s, world.bob)), path="/desk")
    by(made, talk, TWILIO_VIDEO)
    with cast.clock(talk.starts_at):
        assert "I agree to a recording" not in client.get(address).text, "off by default"
        made(lambda s: setattr(s.get_one(ConsultPolicy, world.shop_id), "may_record", True))
        asked = client.get(address).text
        assert "Nothing is recorded." in asked and consents.WORDS in unescape(asked)
        assert findings("client", text(asked)) == []
        assert client.post(f"{address}/recording", data={"step": "agree"}).status_code == 303
        assert "You agree to a recording. It begins when everybody does." in client.get(address).text
        told = desk.get(path).text
        assert "Mrs Whitlock: agrees" in told and "Bob Laurent: has not agreed" in told
        sent = {"csrf": csrf(told), "step": "agree"}
        assert desk.post(f"{path}/recording", data=sent).status_code == 303
        assert made(lambda s: consents.may_record(s, s.get_one(Consult, talk.id)))
        assert client.post(f"{address}/recording", data={"step": "withdraw"}).status_code == 303
        assert not made(lambda s: consents.may_record(s, s.get_one(Consult, talk.id)))
        by(made, talk, EMBEDDED)
        assert "I agree to a recording" not in client.get(address).text, "the built-in room makes none"
