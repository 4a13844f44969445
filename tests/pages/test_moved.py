"""What stands below Settings has its address there, so that the navigation shows Settings as open; old ones hold."""

import re
from collections.abc import Iterator

import pytest

from shopify_app.pages.admin.moved import moved
from tests.pages.admin_world import Admin
from tests.pages.admin_world_shared import open_shared

PAGES = ("aftercare", "catalogue", "cover", "look", "money", "phrases", "rules")


@pytest.fixture(scope="module")
def admin(sqlite_template, run_dir) -> Iterator[Admin]:
    with open_shared(sqlite_template, run_dir) as made:
        yield made


@pytest.mark.parametrize(
    ("old", "now"),
    [
        *[pytest.param(f"/app/{name}", f"/app/settings/{name}", id=name) for name in PAGES],
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


def test_every_page_settings_leads_to_stands_below_it_or_has_an_entry_of_its_own(admin: Admin):
    page = admin.alice.open("/app/settings").text
    entries = re.findall(r'<s-link href="([^"]+)"', page.partition("</s-app-nav>")[0])
    led_to = re.findall(r'(?:s-link|s-button)[^>]* href="(/app/[^"#?]+)', page.partition("</s-app-nav>")[2])
    assert {f"/app/settings/{name}" for name in PAGES} - {"/app/settings/money"} <= set(led_to)
    elsewhere = {path for path in led_to if not any(path == e or path.startswith(f"{e}/") for e in entries[1:])}
    assert elsewhere == {"/app/sellers", "/app/client-book", "/app/promises"}, "these belong to Routing and Advisors"


@pytest.mark.parametrize("name", PAGES)
def test_the_same_page_opens_at_both_addresses(admin: Admin, name: str):
    first, second = admin.alice.open(f"/app/{name}"), admin.alice.open(f"/app/settings/{name}")
    assert (first.status_code, second.status_code) == (200, 200)
    heading = re.compile(r'<s-page heading="[^"]+">')
    assert heading.findall(first.text) == heading.findall(second.text) != []


def test_a_form_that_was_open_when_its_address_moved_is_still_taken(admin: Admin):
    sent = admin.alice.send("/app/phrases", words="cheap", better="within reach")
    assert sent.status_code == 200 and "within reach" in admin.alice.open("/app/settings/phrases").text
