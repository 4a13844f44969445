"""Rooms: the lines that must be shown, and the checks of them that were agreed; a test a line. Two real browsers."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from consults.kinds import Outcome
from consults.models import Case, Consult
from consults.rooms.provider import TWILIO_VIDEO
from consults.rooms.twilio_video import SCRIPT
from consults.states import ConsultState
from tests import cast
from tests.acceptance.room_house import START, TALK, Salon, eventually, join, meet, salon, until
from tests.pages.page_checks import axe_findings, findings
from tests.turn_relay import relay

ROOT = Path(__file__).parents[2]
SECRET = "shared-with-the-relay"


@pytest.fixture
def house(sqlite_url: str, free_port: Callable[[], int], browser_context) -> Iterator[Salon]:
    """One of the two databases will do here; what differs by database is in test_consults_room_rules.py."""
    with salon(sqlite_url, free_port(), browser_context) as made:
        yield made


def test_two_meet_see_a_piece_reload_leave_and_the_outcome_is_recorded(house: Salon) -> None:
    """Book, meet (decoded frames on both sides), show a piece, reload and be back without a tap, leave, record.

    That it takes less than three seconds is measured by bin/bench rooms.
    """
    client, advisor = house.client(), house.advisor()
    for page in (client, advisor):
        expect(page.get_by_text("Not recorded.")).to_be_visible()
    join(client, advisor)
    meet(client, advisor)
    assert house.consult().state is ConsultState.IN_SESSION

    advisor.get_by_role("radio", name="The lower Meridian").check()
    advisor.get_by_role("button", name="Show it").click()
    table = client.get_by_role("status").filter(has_text="The lower Meridian")
    table.wait_for()
    assert table.inner_text().split("\n")[0] == "Bob Laurent would like you to see" and "€14,200" in table.inner_text()
    assert until(advisor, lambda told: told["there"] == "1"), "showing it did not end the conversation"
    advisor.get_by_role("button", name="Put it away").click()
    table.wait_for(state="hidden")

    client.reload()
    meet(client, advisor)
    expect(client.get_by_role("button", name="Leave")).to_be_visible()  # back without a tap
    assert until(advisor, lambda told: told["there"] == "1"), "and the other had nothing to do"

    client.get_by_role("button", name="Leave").click()
    advisor.get_by_role("button", name="Leave").click()
    eventually(lambda: house.consult().state is ConsultState.COMPLETED, advisor)
    advisor.get_by_text("Please record what Mrs Whitlock decided.").wait_for()
    advisor.get_by_role("link", name="Record outcome").first.click()
    advisor.get_by_role("radio", name="Keeps it").check()
    advisor.get_by_role("radio", name="Proportion").check()
    advisor.get_by_role("radio", name="None").check()
    advisor.get_by_role("button", name="Save").click()
    with house.database.begin() as session:
        assert session.get_one(Case, house.world.case.id).outcome is Outcome.KEPT


def no_camera(why: str) -> str:
    refuse = f"() => Promise.reject(new DOMException('x', '{why}'))"
    return f"if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = {refuse};"


def test_a_guest_without_a_camera_only_receives(house: Salon) -> None:
    guest, advisor = house.client(house.guest("Tom"), script=no_camera("NotFoundError")), house.advisor()
    join(guest, advisor)
    meet(guest)
    told = until(advisor, lambda told: told["there"] == "1")
    assert told["frames"] == 0 and told["bytes"] == 0, "nothing of the guest arrives"
    assert until(guest, lambda told: True)["sent"] == 0


def test_a_fifth_person_is_told_that_it_is_full(house: Salon) -> None:
    pages = [house.client(), house.advisor(), house.client(house.guest("Tom")), house.client(house.guest("Ada"))]
    join(*pages)
    for page in pages:
        page.get_by_role("button", name="Leave").wait_for()
    fifth = house.client(house.somebody_more("Eve"))
    join(fifth)
    fifth.get_by_text(
        "Four people are in the room, which is as many as it holds. One may join by telephone."
    ).wait_for()
    expect(fifth.get_by_role("link", name="+33 1 84 88 00 17")).to_be_visible()
    with pages[3].expect_response("**/leave"):
        pages[3].get_by_role("button", name="Leave").click()
    join(fifth)
    fifth.get_by_role("button", name="Leave").wait_for()


def test_it_works_with_nothing_but_a_loopback_interface(sqlite_template: Path) -> None:
    """The first test again, in a network of its own that has no other interface."""
    alone = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-rn"]
    first = test_two_meet_see_a_piece_reload_leave_and_the_outcome_is_recorded.__name__
    test = f"{Path(__file__).relative_to(ROOT)}::{first}"
    command = [*alone, sys.executable, "-m", "tests.acceptance.on_loopback", str(sqlite_template), test]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert "interfaces: lo\n" in done.stdout and "1 passed" in done.stdout


def test_by_a_relay_alone_they_see_one_another_all_the_same(sqlite_url, free_port, browser_context) -> None:
    """The relay is a stand-in that wants coturn's credentials; with coturn itself: docs/operations.md, Rooms."""
    with relay(SECRET) as lent:
        about = {"turn_urls": lent.url, "turn_secret": SECRET, "turn_only": "yes"}
        with salon(sqlite_url, free_port(), browser_context, **about) as house:
            client, advisor = house.client(), house.advisor()
            join(client, advisor)
            meet(client, advisor)
            pairs = until(client, lambda told: told["pairs"])["pairs"]
            assert {(near, far) for near, far, _ in pairs} == {("relay", "relay")}
            eventually(lambda: lent.carried > 100, client)
            assert lent.refused == 0


def test_a_relay_that_does_not_know_our_secret_is_said_and_the_telephone_shown(
    sqlite_url, free_port, browser_context
) -> None:
    with relay("another secret") as lent:
        about = {"turn_urls": lent.url, "turn_secret": SECRET, "turn_only": "yes"}
        with salon(sqlite_url, free_port(), browser_context, **about) as house:
            client, advisor = house.client(), house.advisor()
            join(client, advisor)
            words = "The relay between you does not let the picture through just now. You may ring instead."
            client.get_by_text(words).wait_for()
            expect(client.get_by_role("link", name="+33 1 84 88 00 17")).to_be_visible()
            assert lent.refused > 0 and lent.carried == 0


def test_without_a_camera_or_leave_to_use_it_one_joins_and_sees_the_telephone(house: Salon) -> None:
    advisor = house.advisor()
    join(advisor)
    for name, more in (("NotAllowedError", "To share them, allow it"), ("NotFoundError", "")):
        client = house.client(script=no_camera(name))
        said = client.get_by_text("Your camera and sound are not shared. You can join all the same, to see and hear.")
        expect(said).to_contain_text(more)
        expect(client.get_by_role("link", name="+33 1 84 88 00 17")).to_be_visible()
        join(client)
        meet(client)
        client.context.close()


SHARE = """
  if (navigator.mediaDevices) navigator.mediaDevices.getDisplayMedia = async () => {
    const canvas = Object.assign(document.createElement('canvas'), {width: 300, height: 100});
    const pen = canvas.getContext('2d'); let n = 0;
    setInterval(() => { pen.fillStyle = n++ % 2 ? '#123' : '#abc'; pen.fillRect(0, 0, 300, 100); }, 100);
    return canvas.captureStream(10); };"""


def test_a_screen_is_shown_sound_alone_is_chosen_and_a_phone_call_in_the_middle_ends_nothing(house: Salon) -> None:
    client, advisor = house.client(), house.advisor(script=SHARE)
    join(client, advisor)
    meet(client, advisor)
    a_screen_is_shown_and_taken_back(client, advisor)
    sound_only_sends_and_asks_for_no_picture(client, advisor)
    a_phone_call_in_the_middle_ends_nothing(client, advisor)
    assert house.consult().state is ConsultState.IN_SESSION


def a_screen_is_shown_and_taken_back(client: Page, advisor: Page) -> None:
    """What is shared stands in for a screen: a canvas, as wide as no camera here."""
    ratio = "(v => v ? v.videoWidth / v.videoHeight : 0)(document.querySelector('.ar-room-them video'))"
    advisor.get_by_role("button", name="Show my screen").click()
    eventually(lambda: client.evaluate(ratio) > 2.5, client)
    advisor.get_by_role("button", name="Stop showing").click()
    eventually(lambda: 0 < client.evaluate(ratio) < 2, client)


def sound_only_sends_and_asks_for_no_picture(client: Page, advisor: Page) -> None:
    client.get_by_role("button", name="Sound only").click()
    moving = """async () => { const frames = async () => { let n = 0; for (const c of connections)
      (await c.getStats()).forEach((row) => { n += row.framesDecoded || 0; }); return n; };
      const before = await frames(); await new Promise((done) => setTimeout(done, 700));
      return await frames() > before; }"""
    eventually(lambda: not client.evaluate(moving), client)
    client.get_by_role("button", name="With picture").click()
    meet(client, advisor)


def a_phone_call_in_the_middle_ends_nothing(client: Page, advisor: Page) -> None:
    """The network goes, the telephone takes camera and microphone away, the page is looked at again."""
    client.context.set_offline(True)
    client.get_by_text("Your connection is interrupted. We keep trying.").wait_for()
    client.evaluate("document.querySelector('.ar-room-me').srcObject.getTracks().forEach((track) => track.stop())")
    frozen = until(advisor, lambda told: True)["frames"]
    client.context.set_offline(False)
    client.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    until(advisor, lambda told: told["frames"] > frozen + 10)
    meet(client, advisor)
    client.get_by_text("Your connection is interrupted.").wait_for(state="hidden")


def test_another_page_of_ones_own_takes_over_and_gives_back(house: Salon) -> None:
    link = f"{house.link()}/room"
    first, second = house.window(), house.window()
    first.goto(link)
    second.goto(link)
    join(first)
    first.get_by_role("button", name="Leave").wait_for()
    join(second)
    first.get_by_text("You are in this conversation on another page.").wait_for()
    first.get_by_role("button", name="Use this page instead").click()
    second.get_by_text("You are in this conversation on another page.").wait_for()


def test_without_script_the_room_says_how_to_join_by_telephone(house: Salon) -> None:
    for page in (house.client(java_script_enabled=False), house.advisor(java_script_enabled=False)):
        said = page.locator("main").inner_text()  # expect() passes over what stands in <noscript>
        assert "You can still talk: the number below is the way in by telephone." in said
        assert page.get_by_text("By telephone instead:").get_by_role("link").get_attribute("href")


SLOW_CAMERA = """
  if (navigator.mediaDevices) {
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    const said = new Promise((done) => { window.cameraComes = done; });
    navigator.mediaDevices.getUserMedia = async (wanted) => { await said; return ask(wanted); };
  }
"""


def test_the_room_opens_and_closes_by_its_window(house: Salon) -> None:
    """Join is pressed before the browser has the camera: what the room answers stays, and so does the button."""
    client = house.client(script=SLOW_CAMERA)
    button, refused = client.get_by_role("button", name="Join"), client.get_by_text("The room is not open now.")
    with cast.clock(START.replace(hour=14, minute=49)):
        join(client)
        expect(refused).to_be_visible()
        place = button.bounding_box()
        client.evaluate("cameraComes()")
        expect(client.get_by_role("button", name="Camera on")).to_be_visible()
        expect(refused).to_be_visible()
        assert button.bounding_box() == place, "nobody's finger misses it"
    with cast.clock(TALK):
        join(client)
        client.get_by_role("button", name="Leave").wait_for()
    with cast.clock(START.replace(hour=16, minute=1)):
        client.goto(f"{house.link()}/room")
        expect(client.get_by_role("heading", level=1)).to_have_text("Thank you. This conversation is over")


def test_each_state_of_the_room_can_be_read_and_used(house: Salon) -> None:
    """Before, during and after, at 390 and 1280 pixels, light and dark; axe finds nothing either."""
    client, advisor = house.client(), house.advisor()
    for page in (client, advisor):
        expect(page.get_by_role("button", name="Camera on")).to_be_visible()
    found = looked_at(client, "before") + looked_at(advisor, "before, the advisor's")
    join(client, advisor)
    meet(client, advisor)
    advisor.get_by_role("radio", name="The lower Meridian").check()
    advisor.get_by_role("button", name="Show it").click()
    client.get_by_role("status").filter(has_text="The lower Meridian").wait_for()
    found += looked_at(client, "during") + looked_at(advisor, "during, the advisor's")
    for page in (client, advisor):
        page.get_by_role("button", name="Leave").click()
        page.locator("[data-room-state=ended]").wait_for()
    found += looked_at(client, "after") + looked_at(advisor, "after, the advisor's")
    with cast.clock(START.replace(hour=16, minute=1)):
        for page in (client, advisor):
            page.reload()
            found += looked_at(page, "closed")
    assert found == []


def looked_at(page: Page, when: str) -> list[str]:
    return axe_findings(page, when) + findings(page, when)


def test_the_room_is_entered_and_left_by_keyboard_alone(house: Salon) -> None:
    client = house.client()
    expect(client.get_by_role("button", name="Camera on")).to_be_visible()
    assert tab_to(client, "Join") == ["Sound on", "Camera on", "Try the sound", "Join"]
    client.keyboard.press("Enter")
    client.locator("[data-room-state=waiting]").wait_for()
    expect(client.get_by_role("button", name="Leave")).to_be_visible()
    assert tab_to(client, "Leave")[-2:] == ["Show my screen", "Leave"]
    client.keyboard.press("Enter")
    client.locator("[data-room-state=ended]").wait_for()
    assert tab_to(client, "Come back in")[-1] == "Come back in"
    client.keyboard.press("Space")
    client.locator("[data-room-state=waiting]").wait_for()


def tab_to(page: Page, words: str) -> list[str]:
    """What the keyboard meets from the top of the page on."""
    met: list[str] = []
    page.evaluate("document.activeElement.blur()")
    page.locator("h1").evaluate("(h) => { h.tabIndex = -1; h.focus(); }")
    while words not in met:
        page.keyboard.press("Tab")
        met.append(page.evaluate("document.activeElement.textContent.trim()"))
        assert len(met) < 20, met
    return met


TWILIOS = """
  class Track { constructor(track) { this.mediaStreamTrack = track; this.kind = track.kind; } }
  class Known { constructor() { this.heard = {}; this.tracks = new Map(); }
    on(name, then) { this.heard[name] = then; } tell(name, ...what) { this.heard[name](...what); } }
  window.Twilio = {Video: {LocalAudioTrack: Track, LocalVideoTrack: Track, connect: async (token, options) => {
    const room = window.room = new Known();
    Object.assign(room, {token, options, participants: new Map(), left: false, disconnect() { this.left = true; }});
    room.localParticipant = Object.assign(new Known(), {published: [],
      async publishTrack(track) { this.published.push(track.kind); }, unpublishTrack() {}});
    return room;
  }}};
  window.somebody = (sid, identity) => Object.assign(new Known(), {sid, identity});
"""


def test_a_room_at_twilio_is_entered_with_the_token_and_left(sqlite_url, free_port, browser_context, tmp_path) -> None:
    """Twilio's own script is stood in for; what it is asked, and what the page makes of its answers, is ours."""
    about = {"twilio_account_sid": "AC1", "twilio_auth_token": "t", "twilio_messaging_service_sid": "MG1"}
    keys = {"twilio_api_key_sid": "SK1", "twilio_api_key_secret": "a secret as long as such secrets are"}
    with salon(sqlite_url, free_port(), browser_context, **about, **keys) as house:
        (tmp_path / SCRIPT).write_text("")
        house.app.extensions["returns"].rooms[TWILIO_VIDEO].scripts = tmp_path
        with house.database.begin() as session:
            session.get_one(Consult, house.consult_id).provider = TWILIO_VIDEO
        client = house.window()
        client.route(f"**/{SCRIPT}", lambda route: route.fulfill(content_type="text/javascript", body=TWILIOS))
        client.goto(f"{house.link()}/room")
        join(client)
        client.locator("[data-room-state=waiting]").wait_for()
        assert client.evaluate("room.options.name") == f"consult-{house.consult_id}"
        assert client.evaluate("room.options.tracks.map((track) => track.kind).sort()") == ["audio", "video"]
        assert len(client.evaluate("room.token").split(".")) == 3
        client.evaluate("window.bob = somebody('PA1', '2'); room.tell('participantConnected', bob)")
        client.evaluate("bob.tell('trackSubscribed', {attach: () => document.createElement('video')})")
        client.locator("[data-room-state=connected] .ar-room-them video").wait_for(state="attached")
        client.evaluate("room.tell('participantDisconnected', bob)")
        client.locator("[data-room-state=waiting]").wait_for()
        client.get_by_role("button", name="Leave").click()
        eventually(lambda: client.evaluate("room.left"), client)
