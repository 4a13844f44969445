"""Writing to one another, consent to WhatsApp and the code at the storefront, in a browser without script."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlmodel import select
from werkzeug.serving import make_server

from consults.lines import set_line
from consults.models import Advisor, Case
from consults.reaching import agree
from consults.threads import answer, hear
from kit.db import Database
from notifications import texts
from notifications.events import TextArrived
from notifications.models import Message
from notifications.states import MessageState
from shopify_app.app import create_app
from tests import cast
from tests.browser import PHONE
from tests.pages.test_booking_browser import looked_at
from tests.pages.test_portal_browser import base as base
from tests.pages.test_portal_browser import database as database
from tests.pages.test_portal_pages import booked

LINE, CLEO = "+33184880020", "+33612344141"


@pytest.fixture(autouse=True)
def no_engine(queue: Any) -> Iterator[None]:
    yield


@pytest.fixture
def app(database: Database, free_port: Callable[[], int]) -> Iterator[Flask]:
    base = f"http://127.0.0.1:{free_port()}"
    twilio = {"twilio_account_sid": "AC1", "twilio_auth_token": "t", "twilio_messaging_service_sid": "MG1"}
    settings = cast.settings(database.url, app_url=base, **twilio, twilio_whatsapp_from="+33184880030")
    app = create_app(settings, database)
    server = make_server("127.0.0.1", int(base.rsplit(":", 1)[1]), app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield app
    server.shutdown()
    thread.join()


def a_thread(session: Any, world: cast.World) -> None:
    """Cleo wrote by WhatsApp, Bob answered, and it arrived by text only."""
    set_line(session, shop_id=world.shop_id, number=LINE, boutique_id=world.bob.boutique_id)
    case, bob = session.get_one(Case, world.case.id), session.get_one(Advisor, world.bob.id)
    case.client_texts_ok = True
    agree(session, case, "whatsapp", words="Write to me by WhatsApp first.", how="page", now=cast.NOW)
    came = TextArrived("SM1", f"whatsapp:{CLEO}", "Could you hold the ring until Friday?", "", f"whatsapp:{LINE}")
    kept = texts.keep(session, came, now=cast.NOW)
    assert kept is not None
    hear(session, case, kept)
    answer(session, case, bob, words="With pleasure.", key="k", now=cast.NOW)
    for message in session.exec(select(Message).where(Message.name == "line_answer")).all():
        message.state = {"whatsapp": MessageState.FAILED, "sms": MessageState.DELIVERED}.get(
            message.channel, message.state
        )
        message.passed_on = message.channel == "whatsapp"
        session.add(message)


def test_what_is_written_and_how_it_went_fits_the_screen_and_axe_finds_nothing(
    world: cast.World, made: Callable[..., Any], base: str, browser_context: Any
) -> None:
    made(lambda s: a_thread(s, world))
    link = made(lambda s: cast.consult_link(s, world.case))
    context = browser_context(**PHONE)
    cookie = made(lambda s: cast.desk_cookie(s, world.bob))
    context.add_cookies([{"name": "desk", "value": cookie, "url": f"{base}/desk"}])
    page = context.new_page()
    found = looked_at(page, base, [f"/consult/{link}", f"/desk/cases/{world.case.id}"], "before")
    assert "Could you hold the ring until Friday?" in page.content()
    page.locator("summary", has_text="What was sent").click()
    expect(page.get_by_text("WhatsApp, not taken; then text, arrived")).to_be_visible()
    made(lambda s: booked(s, world))
    found += looked_at(page, base, [f"/consult/{link}"], "reserved")
    assert found == []
    page.get_by_role("button", name="No longer by WhatsApp").click()
    expect(page.get_by_role("button", name="Write to me by WhatsApp")).to_be_visible()
    assert LINE in page.content() and "+33184880017" not in page.content(), "the line, and not Bob's own number"
