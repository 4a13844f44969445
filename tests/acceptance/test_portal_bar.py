"""The portal's bar: access, weight, strangers, hostile text. One visit a page, found by the routes themselves."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from playwright.sync_api import Page
from sqlmodel import select

from kit.clock import parse_instant
from kit.languages import FROM_RIGHT, HOUSE
from kit.text import clean, plain_cell
from logistics.models import Parcel, Settlement
from logistics.rmas import sender_of
from logistics.states import Goods, ParcelState, SettlementState
from measures import exporting
from notifications.channels.email import build
from notifications.ports import Outgoing
from notifications.rendering import MESSAGES, render
from routing.book_files import Rejected, read_table, write_rejected
from shopify_app.app import create_app
from shopify_app.pages.portal.passes import Acting, OrderPass, Proof, write_order_pass
from shopify_app.pages.portal.slip_letters import printable
from tests import cast
from tests.acceptance.callers_under_test import ALICES, NO_TOKEN, Address, Everywhere, addresses, rows_of
from tests.acceptance.code_under_test import sources
from tests.acceptance.hostile import HOSTILE, TURNING, smuggle
from tests.acceptance.test_edge_bar import BY_LAW, GUESSES
from tests.notifications.test_templates import VALUES
from tests.pages.admin_world import Admin
from tests.pages.page_checks import FOCUS, axe_findings
from tests.pages.test_every_page import pages, prepared, url_of
from tests.pages.test_every_page import served as served
from webhooks.bodies import read_json
from webhooks.sources.twilio import as_json

MOST_BYTES, MOST_SHIFT = 80 * 1024, 0.02
SHIFTS = """
  window.shifted = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) window.shifted += one.value; })
    .observe({type: "layout-shift", buffered: true});
"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
STOPS = """() => {
  const all = [...document.querySelectorAll('a[href],button,input:not([type=hidden]),select,textarea,summary')]
    .filter((n) => !n.disabled && n.checkVisibility({visibilityProperty: true}));
  const first = new Map();
  for (const n of all) if (n.type === 'radio' && (!first.has(n.name) || n.checked)) first.set(n.name, n);
  window.stops = all.filter((n) => n.type !== 'radio' || first.get(n.name) === n);
  return window.stops.length;
}"""
AT = "() => window.stops.indexOf(document.activeElement)"
EDGES = """() => [...document.querySelectorAll('button, .ar-btn, input:not([type=hidden]), select, textarea')]
  .filter((n) => n.checkVisibility() && !['radio', 'checkbox'].includes(n.type))
  .filter((n) => { const s = getComputedStyle(n);
    const edged = parseFloat(s.borderTopWidth) > 0 && s.borderTopStyle !== 'none';
    return !edged && !s.textDecorationLine.includes('underline'); })
  .map((n) => n.outerHTML.slice(0, 120))"""
ON_PAPER = """() => [...document.querySelectorAll('button, input:not([type=hidden]), select, textarea, .ar-btn')]
  .filter((n) => n.checkVisibility()).map((n) => n.outerHTML.slice(0, 120))"""


@pytest.fixture
def bar(served: Admin) -> Iterator[tuple[Admin, Everywhere, list[str]]]:
    """Alice's house with a return whose money went, and beside it one that can still be changed; its addresses."""
    with served.database.begin() as session:
        batch = session.exec(select(Settlement).where(Settlement.shop_id == served.world.shop_id)).one()
        batch.state, batch.settled_at = SettlementState.SETTLED, cast.NOW
        still = cast.cleos_return(session, session.merge(served.world.shop), return_gid="gid://shopify/Return/4777")
        still.goods_state = Goods.LABELLED
        box = Parcel(
            rma_id=cast.number(still.id), shop_id=still.shop_id, rfo_gid="gid://shopify/ReverseFulfillmentOrder/9",
            reference="rp-bar", state=ParcelState.ATTACHED, provider_shipment_id="shp_1", carrier="Harbour",
            need_cents=1, cover_currency="USD", label_url="https://carrier.example/label.pdf",
            collection_from=parse_instant("2026-11-27T08:00:00Z"), collection_code="PU1",
            collection_until=parse_instant("2026-11-27T11:00:00Z"), cover_confirmed_at=cast.NOW,
        )  # fmt: skip
        session.add_all([batch, still, box])
        assert sender_of(still).country == "FR"
        link = cast.return_link(session, still)
    more = [f"/r/{link}{rest}" for rest in ("", "/keep", "/collection", "/slip")]
    yield served, Everywhere(served, served.alice, served.world), more


@pytest.fixture(scope="module")
def app_alone(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(cast.settings(f"sqlite:///{tmp_path_factory.mktemp('alone')}/app.db"))


def portal(admin: Admin, alice: Everywhere, more: list[str]) -> list[tuple[str, str]]:
    """(name, address) of every page of the portal, as the routes have them, and what is there in another state."""
    found = [(a.rule, url_of(alice, a)) for a in pages(admin, alice, "portal")]
    return [*found, *((path.partition("/r/")[2].partition("/")[2], admin.config.app_url + path) for path in more)]


def test_every_page_of_the_portal_is_light_still_narrow_large_forced_and_by_keyboard(
    bar: tuple[Admin, Everywhere, list[str]], browser_context: Any
) -> None:
    """Under 80 KB, shift under 0.02; 320 pixels, 200 percent, forced colours, keyboard alone, and on paper."""
    admin, alice, more = bar
    page = prepared(admin, alice, browser_context, viewport={"width": 390, "height": 800})
    page.add_init_script(SHIFTS)
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    bytes_of: dict[str, int] = {}
    page.on("response", lambda answer: bytes_of.update({answer.url: weigh(answer)}))
    walked, found = portal(admin, alice, more), []
    for name, url in walked:
        bytes_of.clear()
        page.set_viewport_size({"width": 390, "height": 800})
        page.goto(url, wait_until="load")
        if url.removeprefix(admin.config.app_url) in more:  # the others meet axe in tests/pages/test_every_page.py
            found += axe_findings(page, name)
        found += [f"{name}: {line}" for line in (*measured(page, bytes_of), *used(page))]
    assert found == []
    assert len(walked) >= 18, [name for name, _url in walked]


def weigh(answer: Any) -> int:
    return 0 if answer.request.resource_type in ("image", "media") or answer.status >= 300 else len(answer.body())


def measured(page: Page, bytes_of: dict[str, int]) -> Iterator[str]:
    if (weight := sum(bytes_of.values())) > MOST_BYTES:
        yield f"weighs {weight} bytes: {bytes_of}"
    if (shift := page.evaluate("() => window.shifted")) > MOST_SHIFT:
        yield f"shifts by {shift}"


def used(page: Page) -> Iterator[str]:
    yield from by_keyboard(page)
    page.emulate_media(forced_colors="active")
    yield from (f"forced colours: {line}" for line in page.evaluate(FOCUS))
    yield from (f"no edge in forced colours: {line}" for line in page.evaluate(EDGES))
    page.emulate_media(forced_colors="none")
    page.set_viewport_size({"width": 320, "height": 640})
    if over := page.evaluate(SIDEWAYS):
        yield f"{over} pixels too wide at 320"
    page.set_viewport_size({"width": 1280, "height": 800})
    page.evaluate("() => { document.documentElement.style.zoom = 2 }")
    if over := page.evaluate(SIDEWAYS):
        yield f"{over} pixels too wide at 200 percent"
    page.evaluate("() => { document.documentElement.style.zoom = 1 }")
    page.emulate_media(media="print")
    yield from (f"on paper: {line}" for line in page.evaluate(ON_PAPER))
    page.emulate_media(media="screen")


def by_keyboard(page: Page) -> Iterator[str]:
    """Every control is reached by Tab alone, in the order in which it stands."""
    count, reached = page.evaluate(STOPS), [-1]
    for _ in range(3 * count):  # a field for a date takes several
        if reached[-1] == count - 1:
            break
        page.keyboard.press("Tab")
        at = page.evaluate(AT)
        if at not in (-1, reached[-1]):
            reached.append(at)
    if reached != list(range(-1, count)):
        yield f"by keyboard {reached} of {count}"


# --- whoever is of another shop


def of_the_portal(admin: Admin) -> set[str]:
    return {rule.rule for rule in admin.app.url_map.iter_rules() if rule.endpoint.startswith("portal.")}


def test_the_client_of_another_shop_gets_nothing_on_any_page_of_the_portal(
    bar: tuple[Admin, Everywhere, list[str]],
) -> None:
    """Every rule of the portal, with each link and pass of Dana's client, and Alice's ids and words in the form."""
    admin, alice, _more = bar
    dana = Everywhere(admin, admin.stranger, admin.dana)
    before, seen = rows_of(admin, admin.world.shop_id), set()
    strangers_pass = write_order_pass(
        admin.config.secret_key,
        OrderPass(admin.dana.shop_id, "gid://shopify/Order/1042", Acting.BUYER, Proof.CODE),
        now=cast.NOW,
    )
    forms = {**GUESSES, "pass": strangers_pass, "order_pass": strangers_pass, "wish": "refund", "card": 1, "way": 0}
    for tokens in (dana.tokens, crossed(dana.tokens), {"": NO_TOKEN}):
        for address in addresses(admin.app, alice.ids, tokens):
            if address.rule not in of_the_portal(admin):
                continue
            seen.add(address.rule)
            answer = dana.ask(address, **(forms if address.method == "POST" else {}))
            assert answer.status_code < 500, (address, answer.status_code)
            shown = answer.get_data().decode("utf-8", "replace")
            public = ALICES[:1] if house_only(address) else ()
            assert not [word for word in (*ALICES, "Cleo Whitlock") if word in shown and word not in public], address
    assert rows_of(admin, admin.world.shop_id) == before
    assert seen == of_the_portal(admin) and len(seen) > 40


def house_only(address: Address) -> bool:
    """A page that names the house in its address, for whoever comes, and shows its name."""
    return address.rule.startswith("/return/<house>") or (address.method, address.rule) in BY_LAW


def crossed(tokens: dict[str, str]) -> dict[str, str]:
    """Each link where another belongs."""
    kinds = list(tokens)
    return {kind: tokens[kinds[(n + 1) % len(kinds)]] for n, kind in enumerate(kinds)}


# --- hostile text in every field


@pytest.fixture
def hostile(bar: tuple[Admin, Everywhere, list[str]]) -> tuple[Admin, Everywhere, list[str]]:
    admin, alice, more = bar
    smuggle(admin.database, admin.world.shop_id)
    return admin, alice, more


def test_hostile_text_reads_as_text_on_every_page_and_in_every_file(hostile: Any) -> None:
    """Portal, desk, admin, slips, papers, calendars: nothing is run, turned around, or broken by it."""
    admin, alice, more = hostile
    shown = 0
    paths = [
        (address, alice.ask(address)) for address in addresses(admin.app, alice.ids, alice.tokens) if reads(address)
    ]
    paths += [(path, admin.app.test_client().get(path)) for path in more]
    assert all(answer.status_code == 200 for _path, answer in paths[-len(more) :])
    for address, answer in paths:
        raw = answer.get_data()
        assert answer.status_code < 500 or address.rule == "/readyz", (address, answer.status_code)
        text = raw.decode("latin-1" if answer.mimetype == "application/pdf" else "utf-8", "replace")
        if answer.mimetype == "text/html" or answer.mimetype == "application/liquid":
            assert "<img src=x" not in text and "<script>alert" not in text, address
            assert not set(TURNING) & set(text) and "\0" not in text, address
            shown += "&lt;img src=x" in text
        if answer.mimetype == "text/calendar":
            assert "\nDTSTART:1970" not in text and "\nBcc" not in text, address
    assert shown >= 15, "it is shown, as text"


def reads(address: Address) -> bool:
    return address.method == "GET" and not address.path.startswith("/static")


def test_hostile_text_prints_on_the_slip_and_in_every_paper(hostile: Any) -> None:
    """The file opens, names no garbage, and says where what it cannot print stands."""
    _admin, alice, _more = hostile
    for name in ("slip", "custody", "receipt", "credit-note"):
        answer = alice.anybody.get(f"/r/{alice.tokens['r']}/{name}.pdf")
        assert answer.status_code == 200 and answer.data.startswith(b"%PDF") and len(answer.data) < 200_000, name
        assert "\n" not in answer.headers["Content-Disposition"] and "<" not in answer.headers["Content-Disposition"]
    line = printable(HOSTILE)
    assert "\ufffd" not in line and "漢" not in line and "[…]" in line


@pytest.mark.parametrize(("message", "channel"), [(m, c) for m, found in sorted(MESSAGES.items()) for c in found])
def test_hostile_text_in_a_message_adds_no_header_and_no_second_link(message: str, channel: str) -> None:
    values = {name: HOSTILE if is_words(name, value) else value for name, value in VALUES.items()}
    for locale in HOUSE:
        subject, body = render(message, channel, values, locale)
        assert "\n" not in subject and "\r" not in subject and len(subject) <= 300
        assert turned_by(subject + body, locale) == [] and "\0" not in body
        if channel == "sms":
            assert "\n" not in body
            continue
        note = Outgoing(1, HOSTILE, "cleo@example.com", subject, body, (), cast.NOW)
        mail = build(note, sender="care@verdane.example", host="returns.example.com")
        assert mail["Bcc"] is None and mail.get_content_type() == "text/plain"
        assert b"\nBcc:" not in mail.as_bytes().partition(b"\r\n\r\n")[0]


def turned_by(text: str, locale: str) -> list[str]:
    """Signs that turn text around. In an Arabic mail the house sets values apart itself, and ends what it begins."""
    if locale not in FROM_RIGHT:
        return sorted(set(TURNING) & set(text))
    begun, ended = sum(text.count(sign) for sign in "\u2066\u2067\u2068"), text.count("\u2069")
    return sorted(set("\u202a\u202b\u202c\u202d\u202e") & set(text)) + ["not ended"] * (begun != ended)


def is_words(name: str, value: Any) -> bool:
    return isinstance(value, str) and "link" not in name and name not in ("kind", "way", "code")


@pytest.mark.parametrize(
    "begin", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x", HOSTILE]
)
def test_no_cell_of_any_export_begins_a_formula(begin: str) -> None:
    rejected = write_rejected([begin], [Rejected(1, "No name.", (begin,))]).decode("utf-8-sig")
    exported = exporting._line((begin, 5, -2))
    for text in (rejected, exported):
        for row in csv.reader(io.StringIO(text, newline="")):
            assert not [cell for cell in row if cell[:1] in "=+@\t\r\n＝＋－＠" and cell], row
    assert plain_cell(begin) == f"'{begin}"


def test_every_csv_of_the_app_is_written_by_a_file_that_makes_its_cells_plain() -> None:
    writers = {path: text for path, text in sources() if "csv.writer(" in text or "DictWriter(" in text}
    assert set(writers) == {"measures/exporting.py", "routing/book_files.py", "routing/credits.py"}
    assert all("plain_cell(" in text or "map(plain_cell" in text for text in writers.values())


@pytest.mark.parametrize("mark", [*TURNING, "\u2068", "\u2069", "\x00"], ids=lambda mark: f"U+{ord(mark):04X}")
def test_what_turns_text_around_stays_outside_every_door(app_alone: Flask, mark: str) -> None:
    """A form, an address, a JSON body, a webhook, an answer of Shopify's, a text message: one place cleans them all."""
    with app_alone.test_request_context("/?q=a" + quote(mark) + "b", method="POST", data={"q": f"a{mark}b"}) as asked:
        assert (asked.request.args["q"], asked.request.form["q"]) == ("ab", "ab")
    with app_alone.test_request_context("/", method="POST", json={"q": f"a{mark}b"}) as asked:
        assert asked.request.get_json() == {"q": "ab"}
    for as_it_is in (True, False):
        assert read_json(json.dumps({"name": f"a{mark}b"}, ensure_ascii=as_it_is).encode()) == {"name": "ab"}
    assert as_json(f"Body={quote(f'a{mark}b')}".encode()) == {"Body": "ab"}
    if mark != "\x00":  # a file with one is no list of rows
        assert "ab" in str(read_table(f"advisor,email\na{mark}b,c@example.com\n".encode()))
    assert clean("سلام עברית é 💍") == "سلام עברית é 💍", "what is written from right to left needs none of them"
