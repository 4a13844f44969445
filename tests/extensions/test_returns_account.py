"""extensions/returns-account: its bundles in Chromium beside our own server, with Shopify's elements left unstyled.

The bundles are made by `extensions/returns-account/build`, which also checks the types against Shopify's package. Here
no Node is needed; bundles of older sources fail.
"""

import hashlib
import json
import re
import threading
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect
from werkzeug.serving import make_server

from kit.db import Database
from simulators.shopify.serving import Quiet
from tests.pages.account_house import House, open_house
from tests.pages.test_extension_orders import GID, as_client, bring_home
from tests.pages.words import findings
from tests.simulators.small_shop import ORDER

ROOT = Path(__file__).parents[2]
SOURCE, BUNDLES = ROOT / "extensions/returns-account", Path(__file__).parent / "returns-account"
HOUSE, ACCOUNT = "https://app.example.com", "https://account.verdane.example"
WORDS = {path.name.split(".")[0]: json.loads(path.read_text()) for path in (SOURCE / "locales").glob("*.json")}
SHOPIFY = """
globalThis.shopify = {
  orderId: %(order)s, returnId: %(returned)s, order: {value: {id: %(order)s}},
  sessionToken: {get: async () => %(token)s},
  localization: {language: {value: {isoCode: 'en'}}},
  i18n: {translate: (key, given = {}) => (%(words)s)[key].replace(/{{(\\w+)}}/g, (_, name) => given[name])},
  close: () => { document.title = 'closed'; },
};
(await import('/%(target)s.js')).default();
"""


def test_the_bundles_are_of_the_sources_as_they_stand() -> None:
    """Made anew by extensions/returns-account/build."""
    sources = [*sorted(SOURCE.glob("src/*.ts")), *sorted(SOURCE.glob("src/*.tsx")), SOURCE / "package-lock.json"]
    print_of = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    made = sorted(BUNDLES.glob("*.js"))
    assert [path.stem for path in made] == ["Action", "MenuItem", "ReturnDetails"]
    for bundle in made:
        assert bundle.read_text().startswith(f"// of {print_of}\n"), bundle.name


def test_what_is_deployed_names_targets_of_2026_07_and_modules_that_are_there() -> None:
    toml = tomllib.loads((SOURCE / "shopify.extension.toml").read_text())
    (extension,) = toml["extensions"]
    assert toml["api_version"] == "2026-07" and extension["type"] == "ui_extension"
    assert {one["target"]: one["module"] for one in extension["targeting"]} == {
        "customer-account.order.action.menu-item.render": "./src/MenuItem.tsx",
        "customer-account.order.action.render": "./src/Action.tsx",
        "customer-account.order-status.return-details.render-after": "./src/ReturnDetails.tsx",
    }
    assert all((SOURCE / one["module"]).is_file() for one in extension["targeting"])
    assert extension["capabilities"]["network_access"] is True
    package = json.loads((SOURCE / "package.json").read_text())
    assert package["dependencies"]["@shopify/ui-extensions"].startswith("2026.7.")
    assert '"resolved"' not in (SOURCE / "package-lock.json").read_text(), "the lock names no host"


def test_every_language_says_everything_with_the_same_names_in_it() -> None:
    assert set(WORDS) == {"en", "fr", "de", "it", "es", "ja", "zh-CN", "ar"}
    english = WORDS["en"]
    used = set(
        re.findall(r"words\(\s*'(\w+)'|'(steps|begin)'", "".join(p.read_text() for p in SOURCE.glob("src/*.tsx")))
    )
    named = {word for pair in used for word in pair if word} | {"menu", "name", "description"}
    assert named == set(english)
    for language, words in WORDS.items():
        assert set(words) == set(english) and all(words.values()), language
        for key, sentence in words.items():
            assert re.findall(r"{{\w+}}", sentence) == re.findall(r"{{\w+}}", english[key]), (language, key)
            assert "!" not in sentence and "！" not in sentence, (language, key)
    assert not findings("client", " ".join(english.values()))


@pytest.fixture
def house(sqlite_url: str, free_port: Callable[[], int]) -> Iterator[House]:
    port, database = free_port(), Database(sqlite_url, pool_size=10)
    with open_house(database, app_url=f"http://127.0.0.1:{port}") as made:
        server = make_server("127.0.0.1", port, made.app, threaded=True, request_handler=Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield made
        server.shutdown()
        thread.join()
    database.close()


def open_target(page: Page, house: House, target: str, *, client: str = GID, returned: str = "") -> None:
    """One target on a page of Shopify's origin; calls of our address reach our server, with its answer's headers."""
    base = house.app.extensions["returns"].settings.app_url
    raw = as_client(client)["Authorization"].removeprefix("Bearer ")
    words = json.dumps(WORDS["en"])
    given = {"order": ORDER, "returned": returned, "token": raw}
    script = SHOPIFY % ({name: json.dumps(value) for name, value in given.items()} | {"words": words, "target": target})
    html = f"<!doctype html><html lang=en><title>open</title><body></body><script type=module>{script}</script>"

    def serve(route: Route) -> None:
        name = route.request.url.removeprefix(f"{ACCOUNT}/")
        kind, body = ("text/javascript", (BUNDLES / name).read_text()) if name.endswith(".js") else ("text/html", html)
        route.fulfill(content_type=f"{kind}; charset=utf-8", body=body)

    page.context.unroute_all()
    page.context.route(f"{ACCOUNT}/**", serve)
    page.context.route(f"{HOUSE}/**", lambda route: route.fulfill(
        response=route.fetch(url=route.request.url.replace(HOUSE, base))
    ))  # fmt: skip
    page.goto(f"{ACCOUNT}/orders/1001?{target}")


@pytest.mark.browser
def test_in_a_browser_the_menu_leads_to_the_sheet_and_the_sheet_to_our_page(
    house: House, browser_context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = browser_context().new_page()
    open_target(page, house, "MenuItem")
    expect(page.locator("s-button")).to_have_text("Return or exchange")

    open_target(page, house, "Action")
    expect(page.locator("s-customer-account-action")).to_have_attribute("heading", "Return or exchange")
    begin = page.locator("s-button[slot=primary-action]")
    expect(begin).to_have_text("Choose the piece")
    expect(begin).to_have_attribute("href", re.compile(r"/return/verdane/order\?pass="))
    page.locator("s-button[slot=secondary-actions]").click()
    expect(page).to_have_title("closed")

    open_target(page, house, "Action", client="gid://shopify/Customer/102")
    expect(page.locator("s-paragraph")).to_have_text(WORDS["en"]["missing"])
    expect(page.locator("s-button[slot=primary-action]")).to_have_count(0)

    monkeypatch.setattr("shopify_app.admin_api.client.READ_ATTEMPTS", 1)
    house.control("faults", [{"operation": "OrderBuyer", "kind": "500", "times": 1}])
    open_target(page, house, "Action")
    expect(page.locator("s-banner")).to_have_text(WORDS["en"]["away"])
    page.locator("s-button[slot=primary-action]").click()
    expect(page.locator("s-button[slot=primary-action]")).to_have_text("Choose the piece")

    rma = bring_home(house)
    open_target(page, house, "Action")
    expect(page.locator("s-button[slot=primary-action]")).to_have_text("See every step")
    open_target(page, house, "ReturnDetails", returned=rma.return_gid)
    expect(page.locator("s-text[type=strong]")).not_to_be_empty()
    expect(page.locator("s-paragraph")).to_contain_text("November")
    expect(page.locator("s-button").last).to_have_text("Choose a time with Bob")
    address = page.locator("s-button").first.get_attribute("href")
    page.goto(address or "")
    expect(page.get_by_role("heading", level=1)).to_have_text("We will look after it from here")
    page.get_by_role("button", name="See every step").click()
    expect(page).to_have_url(re.compile("/r/"))

    with page.expect_response(f"{HOUSE}/**") as told:
        open_target(page, house, "ReturnDetails", returned="gid://shopify/Return/999")
    told.value.finished()
    expect(page.locator("s-section")).to_have_count(0)
