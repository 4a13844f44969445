"""The admin around the app, in a real browser, with a tiny app of another origin inside it."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
import requests
from flask import Flask, Response, make_response, redirect, request, send_from_directory
from playwright.sync_api import FrameLocator, Page, expect

from simulators.frames.admin import ADMIN_FILES
from tests.simulators.town import Town, living, serving

HEAD = (
    '<!doctype html><html lang="en"><head><title>{title}</title><meta name="shopify-api-key" content="demo-key">'
    '<script src="{base}/cdn/app-bridge.js"></script><script src="{base}/cdn/polaris.js"></script>'
    '<script src="/admin.js"></script></head><body>'
    '<s-app-nav><s-link href="/app" rel="home">Home</s-link><s-link href="/app/cases">Cases</s-link>'
    '<s-link href="/app/settings">Settings</s-link></s-app-nav><s-page heading="{title}">'
)
PAGES = {
    "": '<s-link href="/app/cases?stage=open">All cases</s-link><form method="get" action="/app/cases">'
    '<input name="q" value="ring"><button>Search</button></form><p id="q">{query}</p>',
    "cases": '<p id="q">{query}</p><form method="post" data-fetch action="/app/refund"><s-button type="submit">Refund'
    '</s-button></form><form method="post" data-fetch action="/app/fail"><button>Fail</button></form>'
    '<form method="post" data-fetch action="/app/go"><button name="way" value="settings">Go</button></form>',
    "rights": '<s-button data-scopes="read_users" data-then="/app/refund">Give this right</s-button>',
    "settings": '<form method="post" data-save-bar><s-text-field label="House" name="house" value="Verdane">'
    '</s-text-field></form><s-link href="/app">Home</s-link>',
}


@dataclass
class TinyApp:
    """Stands for ours: documents want id_token or bounce, fetches want Bearer; stale tokens can be ordered."""

    base: str = ""
    stale: int = 0
    documents: list[str] = field(default_factory=list)
    posts: list[tuple[str, dict]] = field(default_factory=list)

    def make(self) -> Flask:
        app = Flask("tiny")
        app.add_url_rule("/app", "home", self.page)
        app.add_url_rule("/app/<name>", "page", self.page)
        app.add_url_rule("/app/<name>", "post", self.post, methods=["POST"])
        app.add_url_rule("/admin.js", "script", lambda: send_from_directory(ADMIN_FILES, "admin.js"))
        app.add_url_rule("/bounce", "bounce", lambda: self.html("bounce", ""))
        return app

    def page(self, name: str = "") -> Response:
        token = request.args.get("id_token") or request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not token:
            return redirect(f"/bounce?shopify-reload={request.full_path.rstrip('?')}")  # type: ignore[return-value]
        self.documents.append(user_of(token))
        shown = {k: v for k, v in request.args.items() if k in ("q", "stage")}
        return self.html(name or "home", PAGES[name].replace("{query}", json.dumps(shown)))

    def post(self, name: str) -> Response:
        bearer = request.headers.get("Authorization", "")
        if self.stale or not bearer.startswith("Bearer "):
            self.stale -= 1
            return make_response("", 401, {"X-Shopify-Retry-Invalid-Session-Request": "1"})
        self.posts.append((name, request.form.to_dict()))
        if name == "refund":
            return make_response({"toast": "On its way."})
        if name == "fail":
            return make_response({"error": {"code": "no", "message": "It has been refunded already."}}, 409)
        if name == "go":
            return make_response({"redirect": f"/app/{request.form['way']}"})
        if not request.form["house"]:
            fields = {"house": "Give the house a name."}
            return make_response({"error": {"code": "invalid", "message": "Not saved.", "fields": fields}}, 422)
        return redirect("/app/cases", 303)  # type: ignore[return-value]

    def html(self, title: str, body: str, status: int = 200) -> Response:
        page = HEAD.format(base=self.base, title=title.capitalize()) + body + "</s-page></body></html>"
        answer = make_response(page, status)
        answer.headers["Content-Security-Policy"] = (
            f"default-src 'self'; script-src 'self' {self.base}; frame-ancestors {self.base}"
        )
        return answer


def user_of(token: str) -> str:
    head, body, signature = token.split(".")
    expected = hmac.new(b"demo-secret", f"{head}.{body}".encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64decode(signature + "==") == expected
    return json.loads(base64.urlsafe_b64decode(body + "=="))["sub"]


@pytest.fixture
def tiny() -> TinyApp:
    return TinyApp()


@pytest.fixture
def town(tiny: TinyApp) -> Iterator[Town]:
    with serving(tiny.make()) as url, living(url, clock=lambda: datetime.now(UTC)) as found:
        tiny.base = found.base
        yield found


@pytest.fixture
def frame(town: Town, page1280: Page) -> FrameLocator:
    page1280.goto(f"{town.base}/admin")
    frame = page1280.frame_locator("iframe")
    expect(frame.locator("s-page h1")).to_have_text("Home")
    return frame


def test_the_document_carries_what_shopify_sends_and_hides_it_again(
    town: Town, tiny: TinyApp, page1280: Page, frame: FrameLocator
) -> None:
    source = page1280.locator("iframe").get_attribute("src") or ""
    for name in ("embedded=1", "hmac=", "host=", "id_token=", "locale=en", "session=", "shop=", "timestamp="):
        assert name in source
    inner = page1280.frames[1].url
    assert "id_token" not in inner and "hmac" not in inner and "shop=" in inner
    assert tiny.documents == ["11"]  # the owner
    expect(page1280.locator("#links a")).to_have_text(["Cases", "Settings"])
    expect(page1280).to_have_title("Home · Demo store")


def test_links_and_searches_load_with_a_fresh_token(tiny: TinyApp, page1280: Page, frame: FrameLocator) -> None:
    frame.get_by_role("link", name="All cases").click()
    expect(frame.locator("#q")).to_have_text('{"stage": "open"}')
    expect(page1280.locator("#links a[aria-current]")).to_have_text("Cases")
    assert "path=%2Fapp%2Fcases%3Fstage%3Dopen" in page1280.url
    page1280.locator("nav .home").click()
    frame.get_by_role("button", name="Search").click()
    expect(frame.locator("#q")).to_have_text('{"q": "ring"}')
    assert len(tiny.documents) == 4


def test_a_reload_of_the_admin_stays_on_the_page(page1280: Page, frame: FrameLocator) -> None:
    page1280.get_by_role("link", name="Settings").click()
    expect(frame.locator("s-page h1")).to_have_text("Settings")
    expect(page1280).to_have_title("Settings · Demo store")
    page1280.reload()
    expect(frame.locator("s-page h1")).to_have_text("Settings")


def test_a_document_without_a_token_bounces_and_comes_back(town: Town, page1280: Page, frame: FrameLocator) -> None:
    page1280.frames[1].evaluate("location.assign('/app/cases?stage=open')")
    expect(frame.locator("#q")).to_have_text('{"stage": "open"}')
    page1280.frames[1].evaluate(
        "location.assign('/bounce?shopify-reload=' + encodeURIComponent('https://evil.example/'))"
    )
    expect(frame.locator("s-page h1")).to_have_text("Bounce")


def test_a_page_opened_alone_goes_into_the_admin(
    town: Town, tiny: TinyApp, page1280: Page, frame: FrameLocator
) -> None:
    page1280.goto(f"{town.parts.config.app_url}/app/cases?stage=open")
    expect(page1280.frame_locator("iframe").locator("#q")).to_have_text('{"stage": "open"}')


def test_a_button_is_sent_with_a_token_and_a_stale_one_is_tried_again(
    tiny: TinyApp, page1280: Page, frame: FrameLocator
) -> None:
    frame.get_by_role("link", name="All cases").click()
    tiny.stale = 1
    frame.get_by_role("button", name="Refund").click()
    expect(page1280.locator(".toast")).to_have_text("On its way.")
    assert tiny.posts == [("refund", {})]
    frame.get_by_role("button", name="Fail").click()
    expect(page1280.locator(".toast.err")).to_have_text("It has been refunded already.")
    frame.get_by_role("button", name="Go").click()
    expect(frame.locator("s-page h1")).to_have_text("Settings")
    assert tiny.posts[-1] == ("go", {"way": "settings"})


def test_the_save_bar_saves_discards_and_shows_errors(tiny: TinyApp, page1280: Page, frame: FrameLocator) -> None:
    page1280.get_by_role("link", name="Settings").click()
    house, bar = frame.get_by_label("House"), page1280.locator(".save")
    expect(bar).to_be_hidden()
    house.fill("Other")
    expect(bar).to_be_visible()
    frame.get_by_role("link", name="Home").click()
    expect(frame.locator("s-page h1")).to_have_text("Settings")  # nothing is left while the bar is up
    bar.get_by_role("button", name="Discard").click()
    expect(bar).to_be_hidden()
    expect(house).to_have_value("Verdane")
    house.fill("")
    bar.get_by_role("button", name="Save").click()
    expect(frame.get_by_text("Give the house a name.")).to_be_visible()
    expect(bar).to_be_visible()  # what was refused is not saved
    house.fill("Verdane Paris")
    bar.get_by_role("button", name="Save").click()
    expect(frame.locator("s-page h1")).to_have_text("Cases")
    assert tiny.posts[-1] == ("settings", {"house": "Verdane Paris"})
    expect(bar).to_be_hidden()


def test_a_right_is_asked_for_and_what_follows_is_sent_only_when_it_was_given(
    town: Town, tiny: TinyApp, page1280: Page, frame: FrameLocator
) -> None:
    page1280.goto(f"{town.base}/admin?path=/app/rights")
    button, window = frame.get_by_role("button", name="Give this right"), page1280.get_by_role("dialog")
    shop = town.parts.store.shops[town.parts.config.shop]
    button.click()
    expect(window).to_contain_text("read_users")
    window.get_by_role("button", name="Not now").click()
    expect(page1280.locator(".toast")).to_have_text("Nothing was changed.")
    assert tiny.posts == [] and "read_users" not in shop.installation["scopes"]
    button.click()
    window.get_by_role("button", name="Allow").click()
    expect(page1280.locator(".toast")).to_have_text("On its way.")
    expect(window).to_be_hidden()
    assert tiny.posts == [("refund", {})] and "read_users" in shop.installation["scopes"]


def test_where_app_bridge_cannot_ask_the_link_is_named(
    town: Town, tiny: TinyApp, page1280: Page, frame: FrameLocator
) -> None:
    page1280.goto(f"{town.base}/admin?path=/app/rights")
    button = frame.get_by_role("button", name="Give this right")
    expect(button).to_be_enabled()
    page1280.frames[1].evaluate("delete window.shopify.scopes")
    button.click()
    expect(page1280.locator(".toast.err")).to_contain_text("Use the link to Shopify's own page.")
    assert tiny.posts == []


def test_someone_else_can_be_signed_in(tiny: TinyApp, page1280: Page, frame: FrameLocator) -> None:
    with page1280.expect_response(lambda answer: "/app?" in answer.url and "id_token=" in answer.url):
        page1280.get_by_label("Signed in as").select_option(label="Bob Marsh")
    expect(page1280.frame_locator("iframe").locator("s-page h1")).to_have_text("Home")
    assert tiny.documents[-1] == "12"


def test_before_installation_it_can_be_installed(tiny: TinyApp) -> None:
    with serving(tiny.make()) as url, living(url, installed=False) as town:
        tiny.base = town.base
        page = requests.get(f"{town.base}/admin", timeout=5).text
        assert "Install Assisted returns" in page and "See and change returns" in page and "<iframe" not in page
        assert requests.post(f"{town.base}/admin/session-token", timeout=5).status_code == 403
        page = requests.post(f"{town.base}/admin/install", timeout=5).text
        assert "<iframe" in page
        assert requests.get(f"{town.base}/admin?shop=stranger.myshopify.com", timeout=5).status_code == 404


def test_a_path_of_another_host_is_not_framed(town: Town) -> None:
    for path in ("//evil.example/", "https://evil.example/", "/\\evil.example"):
        page = requests.get(f"{town.base}/admin", params={"path": path}, timeout=5).text
        assert f'src="{town.parts.config.app_url}/app?' in page
