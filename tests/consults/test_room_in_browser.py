"""The room's own script, in two windows of a real browser, with fake cameras."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from consults.models import Consult
from consults.rooms import rooms
from consults.states import ConsultState
from kit.errors import AppError
from tests.consults.test_rooms import START, room  # noqa: F401 (a fixture)

STATIC = Path(__file__).parents[2] / "shopify_app" / "static"
FILES = {"room.js": "text/javascript", "room.css": "text/css", "face.css": "text/css"}
PAGE = """<!doctype html><html lang="en"><title>Room</title>
<link rel="stylesheet" href="/face.css"><link rel="stylesheet" href="/room.css"><body class="ar">
<section data-room data-base="/{who}" data-with="Bob" data-telephone="+33 1 84" data-after="Thank you."></section>
<script src="/room.js" defer></script></body></html>"""
"""With the stylesheets: without them the picture, when it comes, moves Join from under the finger."""


class Door(BaseHTTPRequestHandler):
    """GET /<who> is the page, POST /<who>/<verb> the endpoints."""

    database: Any
    town: Any
    consult_id: int
    heard: list[tuple[int, str]]

    def do_GET(self):
        who = self.path.strip("/")
        if who in FILES:
            return self.reply(200, (STATIC / who).read_text(), FILES[who])
        self.reply(200, PAGE.format(who=who), "text/html")

    def do_POST(self):
        _, who, verb = self.path.split("/")
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.heard.append((int(who), verb))
        try:
            with self.database.begin() as session:
                answer = self.act(session, verb, int(who), body)
            self.reply(200, json.dumps(answer), "application/json")
        except AppError as error:
            told = {"error": {"code": error.code, "message": error.message}}
            self.reply(error.status, json.dumps(told), "application/json")

    def act(self, session, verb, who, body):
        here: dict[str, Any] = {"consult_id": self.consult_id, "now": START}
        if verb == "join":
            return rooms.join(session, shop_id=self.town.shop_id, participant_id=who, **here).as_json()
        for one in body.get("send", ()):
            rooms.send_signal(session, sender_id=who, recipient_id=one["to"], body=one["body"], **here)
        if verb == "leave":
            rooms.leave(session, participant_id=who, sitting=body["sitting"], **here)
            return {}
        given: dict[str, Any] = {"after_id": body["after"], "sitting": body["sitting"]}
        return rooms.poll(session, participant_id=who, **given, **here).as_json()

    def reply(self, status, text, kind):
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One of the two will do: what is tried here is the script."""
    return sqlite_url


@pytest.fixture
def heard() -> list[tuple[int, str]]:
    """Who asked what, in the order it came."""
    return []


@pytest.fixture
def address(database, town, room, heard) -> Iterator[str]:  # noqa: F811
    door = type("Door", (Door,), {"database": database, "town": town, "consult_id": room[0], "heard": heard})
    server = ThreadingHTTPServer(("127.0.0.1", 0), door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def until(page, expression, seconds=60, when=lambda: True):
    """Poll from here: a predicate in the page that is async would count as true at once."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if page.evaluate(expression) and when():
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{expression}: {page.inner_text('body')}")


SEES = "(() => { const v = document.querySelector('.ar-room-them video'); return !!v && v.currentTime > 0.5; })()"
STATE = "document.querySelector('[data-room]').dataset.roomState"


def state_of(database, consult_id):
    with database.begin() as session:
        return session.get(Consult, consult_id).state


def test_two_people_see_one_another_reload_and_part(browser_context, address, database, room, heard):  # noqa: F811
    consult_id, client_id, advisor_id = room
    client, advisor = (browser_context(permissions=["camera", "microphone"]).new_page() for _ in range(2))
    for page, who in ((client, client_id), (advisor, advisor_id)):
        page.goto(f"{address}/{who}")
        expect(page.locator("body")).to_contain_text("Not recorded.")
        page.get_by_role("button", name="Join").click()
    for page in (client, advisor):
        until(page, SEES)
        assert page.evaluate(STATE) == "connected"
    assert state_of(database, consult_id) is ConsultState.IN_SESSION

    client.reload()
    until(client, SEES)
    until(advisor, SEES)

    client.get_by_role("button", name="Leave").click()
    expect(client.locator("body")).to_contain_text("Thank you.")
    until(advisor, f"{STATE} === 'waiting'")
    # What a page says when it is closed, and then the closing: a browser on a busy machine gives a page that is being
    # closed half a second, and then nobody hears that it went. The room's end does not hang on that (jobs.close_rooms).
    advisor.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    advisor.close(run_before_unload=False)
    end = time.monotonic() + 60
    while state_of(database, consult_id) is not ConsultState.COMPLETED and time.monotonic() < end:
        time.sleep(0.1)
    gone = [who for who, verb in heard if verb == "leave"]
    assert state_of(database, consult_id) is ConsultState.COMPLETED, f"{gone} of {client_id}, {advisor_id} went"


def test_who_left_stays_out_whatever_is_answered_to_what_was_asked_before(browser_context, address, room):  # noqa: F811
    """A question under way when one leaves is answered after it, with `again`: come in anew."""
    page = browser_context().new_page()
    held: list[Route] = []
    joined: list[str] = []
    page.on("request", lambda request: joined.append(request.url) if request.url.endswith("/join") else None)
    page.goto(f"{address}/{room[1]}")
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("button", name="Leave")).to_be_visible()
    page.route("**/poll", lambda route: held.append(route))
    until(page, "true", when=lambda: held)
    with page.expect_response("**/leave"):
        page.get_by_role("button", name="Leave").click()
    with page.expect_response("**/poll") as late:
        held[0].continue_()
    assert late.value.json()["again"] is True
    page.unroute("**/poll")
    page.get_by_role("button", name="Come back in").click()
    until(page, f"{STATE} === 'waiting'")
    assert len(joined) == 2, "once when one came, and once when one came back"


NO_CAMERA = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('none', 'NotFoundError'))"


def test_somebody_without_a_camera_joins_all_the_same(browser_context, address, room):  # noqa: F811
    _, client_id, advisor_id = room
    client, advisor = (browser_context(permissions=["camera", "microphone"]).new_page() for _ in range(2))
    client.add_init_script(NO_CAMERA)
    advisor.goto(f"{address}/{advisor_id}")
    advisor.get_by_role("button", name="Join").click()
    client.goto(f"{address}/{client_id}")
    expect(client.locator("body")).to_contain_text("+33 1 84")
    until(client, "document.body.innerText.includes('You can join all the same')")
    client.get_by_role("button", name="Join").click()
    until(client, SEES)
    until(advisor, f"{STATE} === 'connected'")
