"""Every page of the merchant: who may see it, what it says, and that its markup is Shopify's."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from jobs.models import JobTrouble, TroubleState, WorkerBeat
from kit.addresses import Addresses
from kit.money import Money
from shops.models import Shop, ShopState
from tests.cast import NOW, number
from tests.pages.admin_caller import ALICE, Caller, id_token, read
from tests.pages.admin_world import Admin, bring_to_payment, open_admin


@pytest.fixture
def admin(sqlite_url: str) -> Iterator[Admin]:
    with open_admin(sqlite_url) as made:
        yield made


HERE = Path(__file__).parent
WORDS = json.loads((HERE.parent / "words.json").read_text())["merchant"]
ELEMENTS = json.loads((HERE.parent / "polaris_elements.json").read_text())
INDEXES = ["/app", "/app/cases", "/app/cases?show=closed", "/app/cases?show=simple", "/app/routing", "/app/advisors",
           "/app/advisors/new", "/app/routing/promises", "/app/routing/promises/boutiques/new",
           "/app/advisors/commission", "/app/settings", "/app/activity"]  # fmt: skip


def every_page(world: Admin) -> list[str]:
    mine = world.world
    return [
        *INDEXES,
        f"/app/cases/{mine.case.id}",
        f"/app/returns/{mine.rma.id}",
        f"/app/returns/{world.simple_id}",
        f"/app/advisors/{mine.bob.id}",
    ]


# --- who may see it


def test_every_page_opens_for_a_merchant_with_an_id_token(admin: Admin):
    for path in every_page(admin):
        assert "<s-page" in admin.alice.open(path).text, path


def test_a_document_without_a_token_is_led_to_fetch_one(admin: Admin):
    for path in every_page(admin):
        answer = admin.app.test_client().get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 200 and "/app/bounce?" in answer.text, path
        assert "Cleo" not in answer.text


def test_a_fetch_without_a_token_is_told_to_come_again(admin: Admin):
    for path in posts(admin.world, admin.simple_id):
        answer = admin.app.test_client().post(path, headers={"Authorization": "Bearer nonsense"})
        assert answer.status_code == 401
        assert answer.headers["X-Shopify-Retry-Invalid-Session-Request"] == "1"


def test_dana_of_another_shop_sees_none_of_alices_pages(admin: Admin):
    for path in every_page(admin):
        answer = admin.stranger.open(path)
        if path in INDEXES:
            assert answer.status_code == 200
        else:
            assert answer.status_code == 404, path
        for secret in ("Cleo Whitlock", "Bob Laurent", "Verdane"):
            assert secret not in answer.text, (path, secret)


def posts(world, simple_id: int) -> list[str]:
    return [
        f"/app/returns/{simple_id}/arrival",
        f"/app/returns/{world.rma.id}/inspection",
        f"/app/returns/{world.rma.id}/payment",
        f"/app/advisors/{world.bob.id}",
        f"/app/desk-link?advisor_id={world.bob.id}",
        "/app/activity/jobs/1/retry",
        "/app/activity/jobs/1/aside",
        "/app/activity/jobs/1/hurry",
        "/app/activity/jobs/1/giveup",
        "/app/activity/messages/1/again",
        "/app/activity/messages/1/aside",
        "/app/activity/deliveries/1/replay",
        "/app/activity/deliveries/1/aside",
        "/app/activity/openings/1/again",
        "/app/activity/openings/1/aside",
        f"/app/returns/{world.rma.id}/sender",
        f"/app/returns/{world.rma.id}/seen",
        f"/app/returns/{world.rma.id}/payment/aside",
    ]


def test_dana_changes_nothing_of_alices(admin: Admin):
    for path in posts(admin.world, admin.simple_id):
        answer = admin.stranger.send(path, settlement_id="1", finding="match", name="X", languages="en")
        assert answer.status_code == 404, path
        assert "Bob" not in answer.text


def test_a_page_sets_no_cookie_and_names_the_shop_that_may_frame_it(admin: Admin):
    for path in every_page(admin):
        answer = admin.alice.open(path)
        assert "Set-Cookie" not in answer.headers
        assert f"frame-ancestors https://{ALICE} https://admin.shopify.com" in answer.headers["Content-Security-Policy"]


# --- its words and its markup


def test_no_page_holds_a_word_that_merchants_are_not_told(admin: Admin):
    for path in every_page(admin):
        text = read(admin.alice.open(path)).text
        found = [(p, m.group()) for p, _ in WORDS if (m := re.search(p, text, re.I))]
        assert not found, path


def test_every_element_and_attribute_is_one_that_shopify_documents(admin: Admin):
    common = {"id", "slot", "hidden", "lang", "data-post"}
    for path in every_page(admin):
        for tag, attributes in read(admin.alice.open(path)).tags:
            if not tag.startswith("s-"):
                continue
            known = ELEMENTS[tag]
            for name, value in attributes.items():
                assert name in common or name in known["attributes"], (path, tag, name)
                allowed = known.get("values", {}).get(name)
                assert not allowed or value in allowed, (path, tag, name, value)


def test_nothing_is_inline_and_nothing_comes_from_elsewhere_but_shopifys_two_scripts(admin: Admin):
    shopifys = {admin.config.app_bridge_url, admin.config.polaris_url}
    for path in every_page(admin):
        page = read(admin.alice.open(path))
        for tag, attributes in page.tags:
            assert "style" not in attributes, (path, tag)
            assert not any(name.startswith("on") for name in attributes), (path, tag)
            if tag == "script":
                assert str(attributes["src"]).startswith("/static/admin/") or attributes["src"] in shopifys
        scripts = [a for t, a in page.tags if t == "script"]
        assert [a["src"] for a in scripts[:2]] == [admin.config.app_bridge_url, admin.config.polaris_url]
        assert not any({"async", "defer", "type"} & set(a) for a in scripts[:2])


def test_navigation_holds_plain_nouns_and_no_second_home(admin: Admin):
    page = read(admin.alice.open("/app"))
    links = [a for t, a in page.tags if t == "s-link"]
    assert [a["href"] for a in links[:6]] == ["/app", "/app/cases", "/app/routing", "/app/advisors", "/app/settings",
                                              "/app/activity"]  # fmt: skip
    assert links[0]["rel"] == "home"


# --- home


def test_home_says_what_each_return_waits_for(admin: Admin):
    text = read(admin.alice.open("/app")).text
    assert "Cleo Whitlock Meridian ring $14,800 Video today" in text
    assert "1 open case" in text
    assert "Thu 26 November · Sketches of Verdane" in text


def test_home_says_which_figures_it_does_not_have(admin: Admin):
    text = read(admin.alice.open("/app")).text
    assert "No figure yet" in text and "0 to 0" in text
    assert "The measures are counted once your orders are read." in text


def test_home_says_that_texts_are_held_and_that_no_worker_runs(admin: Admin):
    text = read(admin.alice.open("/app")).text
    assert "Text messages Held in the outbox" in text
    assert "Background work Not running" in text
    with admin.database.begin() as session:
        session.add(WorkerBeat(slot="one", beat_at=NOW, started_at=NOW))
    assert "Background work Running" in read(admin.alice.open("/app")).text


def test_home_lists_what_needs_attention_the_most_pressing_first(admin: Admin):
    def listed() -> list[str]:
        ids = [str(a.get("id") or "") for _, a in read(admin.alice.open("/app")).tags]
        return [i.removeprefix("need-") for i in ids if i.startswith("need-")]

    assert listed() == ["work_stands_still", "given_up", "receiver", "no_default"]
    with admin.database.begin() as session:
        session.add(
            JobTrouble(
                root_id="old",
                name="routing.route_return",
                shop_id=admin.world.shop_id,
                state=TroubleState.WAITING,
                reason="Orders older than 60 days need approval to read old orders.",
                cause="old_order",
                first_at=NOW,
                last_at=NOW,
            )
        )
    assert listed() == ["work_stands_still", "given_up", "old_order", "receiver"]
    text = read(admin.alice.open("/app")).text
    assert "The first 4 of 6" in text and "See all 6" in text
    assert "A return waits because its order is older than 60 days" in text


def test_a_lost_grant_is_renewed_on_the_way_in(admin: Admin, monkeypatch: pytest.MonkeyPatch):
    asked = []
    monkeypatch.setattr("shopify_app.pages.admin.calling.ensure_installed", lambda run, token: asked.append(token))
    with admin.database.begin() as session:
        shop = session.exec(select(Shop).where(Shop.domain == ALICE)).one()
        shop.state = ShopState.RECONNECT
        session.add(shop)
    page = read(admin.alice.open("/app"))
    assert [a["heading"] for t, a in page.tags if t == "s-banner"] == ["Shopify ended the app's access to your store"]
    assert [token.shop_domain for token in asked] == [ALICE]


# --- the bounce page


def test_the_bounce_page_returns_to_the_same_page_with_its_query_and_without_what_was_spent(admin: Admin):
    stale = id_token(admin.config, ALICE, exp=1, nbf=0)
    answer = admin.app.test_client().get(f"/app/cases?show=closed&shop={ALICE}&id_token={stale}&hmac=1")
    address = re.search(r'content="0;url=([^"]+)"', answer.text)[1].replace("&amp;", "&")  # type: ignore[index]
    assert "id_token" not in address and "hmac" not in address and "show%3Dclosed" in address
    page = admin.app.test_client().get(address)
    assert page.status_code == 200 and admin.config.app_bridge_url in page.text and "refresh" not in page.text


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/app", "//evil.example/app", "/\\evil.example", "javascript:alert(1)", "/desk", "",
     "/app/bounce",
     "http://127.0.0.1:8000.evil.example/app", "http://127.0.0.1:8000@evil.example/app", "/application"],
)  # fmt: skip
def test_the_bounce_page_returns_nowhere_but_to_the_merchants_own_pages(admin: Admin, target: str):
    answer = admin.app.test_client().get("/app/bounce", query_string={"shopify-reload": target})
    assert answer.status_code == 302
    home = Addresses(admin.config.app_url).app_url + "/app"
    assert answer.headers["Location"] == f"/app/bounce?shopify-reload={home.replace(':', '%3A').replace('/', '%2F')}"


# --- cases and returns


def test_a_case_says_why_this_advisor_and_shows_both_histories(admin: Admin):
    text = read(admin.alice.open(f"/app/cases/{admin.world.case.id}")).text
    assert "Why this advisor Bob Laurent" in text and "Bob Laurent sold the piece." in text
    assert "“It sits higher on my hand than I imagined.”" in text
    assert "Case opened Tue 24 November, 10:00" in text and "Return opened Tue 24 November, 10:00" in text


def test_the_amount_is_one_click_with_every_digit(admin: Admin):
    with admin.database.begin() as session:
        bring_to_payment(session, admin.world.rma)
    text = read(admin.alice.open(f"/app/cases/{admin.world.case.id}")).text
    assert "Pay $14,800.00 back" in text and "$14,800 waits for a click" in text
    assert "Found The piece as sold" in text


def test_money_that_may_have_gone_out_says_what_to_check(admin: Admin):
    with admin.database.begin() as session:
        bring_to_payment(session, admin.world.rma, state="unsettled", reason="Shopify did not answer in time.")
    text = read(admin.alice.open(f"/app/returns/{admin.world.rma.id}")).text
    assert "Shopify did not answer in time." in text and "does its timeline show a refund of $14,800.00?" in text


def test_amounts_keep_their_currencys_own_digits():
    from shopify_app.pages.admin.calling import exact

    assert [exact(Money(1480000, "JPY")), exact(Money(1364000, "EUR"))] == ["¥1,480,000", "€13,640.00"]


def test_a_text_with_markup_in_it_is_shown_as_text(admin: Admin):
    with admin.database.begin() as session:
        case = session.get(type(admin.world.case), number(admin.world.case.id))
        assert case is not None
        case.client_words = "<script>alert(1)</script><s-button>x</s-button>"
        session.add(case)
    html = admin.alice.open(f"/app/cases/{admin.world.case.id}").text
    assert "<script>alert" not in html and "&lt;script&gt;alert" in html


def test_an_erased_client_leaves_a_page_that_still_opens(admin: Admin):
    with admin.database.begin() as session:
        case = session.get(type(admin.world.case), number(admin.world.case.id))
        assert case is not None
        case.client_name = case.client_words = None
        session.add(case)
    for path in ("/app", "/app/cases", f"/app/cases/{admin.world.case.id}"):
        assert admin.alice.open(path).status_code == 200


def test_another_member_of_staff_sees_the_same_shop(admin: Admin):
    assert "Cleo Whitlock" in Caller(admin.app, admin.config, ALICE, "8").open("/app/cases").text
