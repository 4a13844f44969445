"""Every page has its address below an entry of the navigation, which so shows that entry as open; old ones hold."""

import re
from collections.abc import Iterator

import pytest

from shopify_app.pages.admin.moved import moved
from tests.pages.admin_world import Admin
from tests.pages.admin_world_shared import open_shared

PAGES = ("aftercare", "catalogue", "cover", "look", "money", "phrases", "rules")
ROUTING, ADVISORS = ("promises", "sellers"), ("client-book", "staff")
NOW = {
    f"/app/{name}": f"/app/{entry}/{name}"
    for entry, names in (("settings", PAGES), ("routing", ROUTING), ("advisors", ADVISORS))
    for name in names
}
OF_HOME = {"/app/measures", "/app/pilot", "/app/withdrawals"}
"""Home leads to these; Shopify shows no entry for it."""
OF_CASES = {"/app/returns"}
"""An address clients' letters and Shopify's own pages hold."""


@pytest.fixture(scope="module")
def admin(sqlite_template, run_dir) -> Iterator[Admin]:
    with open_shared(sqlite_template, run_dir) as made:
        yield made


@pytest.mark.parametrize(
    ("old", "now"),
    [
        *[pytest.param(old, now, id=old.rsplit("/", 1)[-1]) for old, now in NOW.items()],
        pytest.param("/app/staffing", "/app/staffing", id="a longer name of another entry's, too"),
        pytest.param("/app/sellers/codes/3/remove", "/app/routing/sellers/codes/3/remove", id="a form's address"),
        pytest.param("/app/routing/sellers", "/app/routing/sellers", id="what is below Routing stays"),
        pytest.param("/app/cover/7/switch", "/app/settings/cover/7/switch", id="what is below one moved with it"),
        pytest.param("/app/coverage", "/app/coverage", id="a longer name is another page"),
        pytest.param("/app/settings/cover", "/app/settings/cover", id="where it is now stays"),
        pytest.param("/app/cases/cover", "/app/cases/cover", id="a name further down is no address of ours"),
        pytest.param("/desk/money", "/desk/money", id="the desk has its own"),
        pytest.param("/app", "/app", id="home"),
    ],
)
def test_an_old_address_leads_to_the_new_one(old: str, now: str):
    assert moved(old) == now


def test_every_page_opens_below_an_entry_of_the_navigation_or_is_led_to_from_home(admin: Admin):
    nav = admin.alice.open("/app/settings").text.partition("</s-app-nav>")[0]
    entries = re.findall(r'<s-link href="([^"]+)"(?! rel="home")', nav)
    assert len(entries) == 6
    pages = {
        rule.rule
        for rule in admin.app.url_map.iter_rules()
        if rule.rule.startswith("/app/") and "GET" in (rule.methods or ())
    }
    below_none = {path for path in pages if not any(path == e or path.startswith(f"{e}/") for e in entries)}
    known = {*OF_HOME, *OF_CASES, "/app/bounce"}
    assert {path for path in below_none if not any(path == e or path.startswith(f"{e}/") for e in known)} == set()


def test_what_is_below_an_entry_leads_back_to_it(admin: Admin):
    for path in NOW.values():
        page = admin.alice.open(path).text
        (back,) = re.findall(r'slot="breadcrumb-actions" href="([^"]+)"', page)
        assert path.startswith(f"{back}/"), path


@pytest.mark.parametrize("old", NOW)
def test_the_same_page_opens_at_both_addresses(admin: Admin, old: str):
    first, second = admin.alice.open(old), admin.alice.open(NOW[old])
    assert (first.status_code, second.status_code) == (200, 200)
    heading = re.compile(r'<s-page heading="[^"]+">')
    assert heading.findall(first.text) == heading.findall(second.text) != []


def test_a_form_that_was_open_when_its_address_moved_is_still_taken(admin: Admin):
    sent = admin.alice.send("/app/phrases", words="cheap", better="within reach")
    assert sent.status_code == 200 and "within reach" in admin.alice.open("/app/settings/phrases").text
