"""Scan, hand-over, inspection and wear in a browser: on the narrowest screen, without script, and by axe's rules."""

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect
from werkzeug.serving import make_server

from kit.db import Database
from logistics.custody_models import Deduction, PieceRecord
from logistics.custody_words import Grade
from logistics.models import Parcel, Rma
from logistics.rmas import lines_of
from logistics.states import Goods, ParcelState
from logistics.ways import Way
from shopify_app.app import create_app
from shopify_app.auth import form_token
from tests import cast
from tests.browser import PHONE
from tests.pages.page_checks import SCHEMES, axe_in_both_schemes

NARROW = {"viewport": {"width": 320, "height": 640}}
CODE = "ABCDE23456"


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """SQLite is enough here: what differs between the two is tested without a browser."""
    database = Database(sqlite_url, pool_size=10)
    yield database
    database.close()


@pytest.fixture
def app(database: Database, free_port: Callable[[], int], tmp_path: Path) -> Iterator[Flask]:
    port = free_port()
    settings = cast.settings(database.url, app_url=f"http://127.0.0.1:{port}")
    app = create_app(replace(settings, pictures_folder=str(tmp_path / "pictures")), database)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield app
    server.shutdown()
    thread.join()


@pytest.fixture
def base(app: Flask) -> str:
    return app.extensions["returns"].settings.app_url


def a_box(session: Any, world: cast.World) -> None:
    """Her ring may be brought to the boutique, and something is known of it from the sale."""
    rma = session.get(Rma, world.rma.id)
    rma.approved_at, rma.goods_state = cast.NOW, Goods.LABELLED
    box = Parcel(
        rma_id=rma.id, shop_id=world.shop_id, rfo_gid="gid://rfo/9", reference="rp-b", way=Way.BOUTIQUE,
        state=ParcelState.ATTACHED, handover_code=CODE, need_cents=cast.PRICE.cents, cover_currency="USD",
    )  # fmt: skip
    facts = {"report": "GIA 2141438171", "weight": "2.01"}
    gid = lines_of(session, rma)[0].line_gid
    about: dict[str, Any] = {"category": "stone", "facts": facts, "written_by": "Bob", "at": cast.NOW}
    session.add_all([rma, box, PieceRecord(shop_id=world.shop_id, line_gid=gid, **about)])


def a_charge(session: Any, world: cast.World) -> None:
    about: dict[str, Any] = {
        "proposed_by": "Bob",
        "proposed_at": cast.NOW,
        "words": "A fine scratch on the inside of the band.",
    }
    session.add(
        Deduction(
            rma_id=cast.number(world.rma.id),
            shop_id=world.shop_id,
            grade=Grade.LIGHT,
            amount_cents=74_000,
            currency="USD",
            **about,
        )
    )


def test_a_boutique_takes_a_piece_and_looks_at_it_on_a_telephone_without_script(
    world, made, base, browser_context
) -> None:
    made(lambda s: a_box(s, world))
    context = browser_context(**{**PHONE, "java_script_enabled": False})
    context.add_cookies(
        [{"name": "desk", "value": made(lambda s: cast.desk_cookie(s, world.bob)), "url": f"{base}/desk"}]
    )
    page = context.new_page()
    page.goto(f"{base}/desk/scan")
    page.get_by_label("Code").fill("abcde 23456")
    page.get_by_role("button", name="Look it up").click()
    page.get_by_role("button", name="I have the piece").click()
    expect(page.get_by_text("At the sale: GIA 2141438171")).to_be_visible()
    page.wait_for_load_state()  # what stands below it, too
    for group in page.locator("#list fieldset").all():
        if group.get_by_label("As sold").count():
            group.get_by_label("As sold").check()
    page.locator("#list").get_by_label("Not the same").nth(1).check()
    page.get_by_role("button", name="Write down what was found").click()
    expect(page.get_by_text("Another piece.")).to_be_visible()
    expect(page.get_by_text("The money waits for a person.")).to_be_visible()


def test_pages_of_a_piece_fit_the_narrowest_screen_and_axe_finds_nothing(
    world, made, app, base, browser_context
) -> None:
    made(lambda s: a_box(s, world))
    cookie, link = made(lambda s: (cast.desk_cookie(s, world.bob), cast.return_link(s, world.rma)))
    desk = app.test_client()
    desk.set_cookie("desk", cookie, path="/desk")
    csrf = form_token(app.extensions["returns"].settings.secret_key, cookie)
    pages = ["/desk/scan", f"/desk/scan/{CODE}", f"/r/{link}"]
    found = look_at(pages, base, cookie, browser_context, "before")
    with cast.clock():
        assert desk.post(f"/desk/scan/{CODE}", data={"csrf": csrf}).status_code == 303
        dot = b"\x89PNG\r\n\x1a\n" + b"not much of a picture"
        form = {"csrf": csrf, "for_client": "on", "picture": (BytesIO(dot), "ring.png")}
        assert desk.post(f"/desk/returns/{world.rma.id}/pictures", data=form).status_code == 303
    made(lambda s: a_charge(s, world))
    pages = ["/desk/scan", f"/desk/scan/{CODE}", f"/desk/returns/{world.rma.id}/inspection", f"/r/{link}/wear"]
    found += look_at([*pages, f"/r/{link}"], base, cookie, browser_context, "after")
    assert found == []


def look_at(paths: list[str], base: str, cookie: str, browser_context: Any, name: str) -> list[str]:
    found: list[str] = []
    context = browser_context(**NARROW)
    context.add_cookies([{"name": "desk", "value": cookie, "url": f"{base}/desk"}])
    page = context.new_page()
    for number, path in enumerate(paths):
        page.goto(base + path)
        found += axe_in_both_schemes(page, path)
        if folder := os.environ.get("PICTURES_OF_PAGES"):
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=f"{folder}/{name}-{scheme}-{number}.png", full_page=True)
    return found
