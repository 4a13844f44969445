"""A room in a real browser: the application on a port, Cleo's conversation, and her window beside Bob's."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from playwright.sync_api import Page
from werkzeug.serving import WSGIRequestHandler, make_server

from consults.booking import book_consult
from consults.kinds import Role
from consults.models import Consult, ConsultPolicy, Participant
from consults.pieces import stock
from consults.pieces.holds import hold_piece
from consults.pieces.kinds import Piece
from consults.rooms.rooms import add_guest
from kit.db import Database
from shopify_app.app import create_app
from tests import cast

START = cast.NOW.replace(hour=15)
TALK = cast.NOW.replace(hour=15, minute=5)  # the clock of all of it: both are there, five minutes in
BOTH = ["camera", "microphone"]

# Pictures are made and unmade in software here: small and few of them show the same.
WATCH = """
  if (navigator.mediaDevices) {
    const camera = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    const small = {width: 160, height: 90, frameRate: 10};
    navigator.mediaDevices.getUserMedia = (wanted) => camera(wanted.video ? {...wanted, video: small} : wanted);
  }
  window.connections = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...given) { super(...given); connections.push(this); }
  };
"""
FIGURES = """async () => {
  let frames = 0, bytes = 0, sent = 0;
  const pairs = [];
  for (const connection of window.connections) {
    if (connection.connectionState === 'closed') continue;
    const stats = await connection.getStats();
    stats.forEach((row) => {
      if (row.type === 'inbound-rtp') { frames += row.framesDecoded || 0; bytes += row.bytesReceived; }
      if (row.type === 'outbound-rtp') sent += row.bytesSent;
      if (row.type === 'candidate-pair' && row.nominated && row.state === 'succeeded') {
        const [near, far] = [stats.get(row.localCandidateId), stats.get(row.remoteCandidateId)];
        pairs.push([near.candidateType, far.candidateType, near.address]);
      }
    });
  }
  return {frames, bytes, sent, pairs, there: document.querySelector('[data-room]').dataset.roomPeople || '0'};
}"""


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """The test says what went wrong."""


@dataclass
class Salon:
    """Where a conversation of Cleo's takes place; `contexts` opens browsers."""

    base: str
    app: Flask
    database: Database
    world: cast.World
    consult_id: int
    contexts: Any

    def link(self, person_id: int | None = None) -> str:
        with self.database.begin() as session:
            return f"{self.base}/consult/{cast.consult_link(session, self.world.case, person_id=person_id)}"

    def guest(self, name: str) -> int:
        with self.database.begin() as session:
            made = add_guest(session, shop_id=self.world.shop_id, consult_id=self.consult_id, name=name, now=TALK)
            return cast.number(made.id)

    def somebody_more(self, name: str) -> int:
        """A fifth place, which nobody is offered; to see what the room itself says."""
        with self.database.begin() as session:
            row = Participant(shop_id=self.world.shop_id, consult_id=self.consult_id, role=Role.GUEST, name=name)
            session.add(row)
            session.flush()
            return cast.number(row.id)

    def consult(self) -> Consult:
        with self.database.begin() as session:
            return session.get_one(Consult, self.consult_id)

    def window(self, *, script: str = "", **options: Any) -> Page:
        """A page of its own browser context, whose connections can be looked into."""
        context = self.contexts(**{"permissions": BOTH, **options})
        context.add_init_script(WATCH + script)
        page: Page = context.new_page()
        page.set_default_timeout(60_000)  # four in one room are twelve pictures to encode on one machine
        return page

    def client(self, person_id: int | None = None, **options: Any) -> Page:
        page = self.window(**options)
        page.goto(f"{self.link(person_id)}/room")
        return page

    def advisor(self, **options: Any) -> Page:
        page = self.window(**options)
        with self.database.begin() as session:
            cookie = cast.desk_cookie(session, self.world.bob)
        page.context.add_cookies([{"name": "desk", "value": cookie, "url": f"{self.base}/desk"}])
        page.goto(f"{self.base}/desk/consults/{self.consult_id}/room")
        return page


@contextmanager
def salon(database_url: str, port: int, contexts: Any, **settings: str) -> Iterator[Salon]:
    """Cleo's conversation with Bob takes place now."""
    database = Database(database_url, pool_size=10)
    base = f"http://127.0.0.1:{port}"
    with cast.clock(TALK):
        app = create_app(cast.settings(database_url, app_url=base, **settings), database)
        server = make_server("127.0.0.1", port, app, threaded=True, request_handler=Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        with database.begin() as session:
            world = cast.everyone(session)
            session.add(ConsultPolicy(shop_id=world.shop_id, notice_minutes=0))
        with database.begin() as session:
            consult = book_consult(
                session,
                shop_id=world.shop_id,
                case_id=cast.number(world.case.id),
                starts_at=START,
                kind="video",
                client_zone="Europe/Paris",
                idempotency_key="salon",
                now=cast.NOW,
            )
            consult_id = cast.number(consult.id)
            lower = Piece("v1", "p1", "The lower Meridian", "ring", price_cents=1_420_000, currency="EUR", available=1)
            stock.keep_pieces(session, shop_id=world.shop_id, pieces=[lower], now=cast.NOW)
            about: dict[str, Any] = {"case_id": cast.number(world.case.id), "advisor_id": cast.number(world.bob.id)}
            hold_piece(session, shop_id=world.shop_id, variant_gid="v1", now=cast.NOW, **about)
        try:
            yield Salon(base, app, database, world, consult_id, contexts)
        finally:
            server.shutdown()
            thread.join()
            database.close()


def join(*pages: Page) -> None:
    for page in pages:
        page.get_by_role("button", name="Join").click()


def meet(*pages: Page, seconds: float = 60) -> None:
    """Until each of them has decoded pictures of somebody else and heard something."""
    for page in pages:
        before = until(page, lambda told: told["frames"] > 0 and told["bytes"] > 0, seconds)
        until(page, lambda told, before=before: told["frames"] > before["frames"], seconds)


def until(page: Page, is_so: Any, seconds: float = 60) -> dict[str, Any]:
    """Asked from here: a predicate in the page that is async would count as true at once."""
    end = time.monotonic() + seconds
    while True:
        told: dict[str, Any] = page.evaluate(FIGURES)
        if is_so(told):
            return told
        assert time.monotonic() < end, f"{told} on {page.inner_text('main')}"
        page.wait_for_timeout(100)


def eventually(is_so: Any, page: Page, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, page.inner_text("main")
        page.wait_for_timeout(50)
