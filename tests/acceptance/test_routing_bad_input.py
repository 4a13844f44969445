"""Bad input of routing's pages: a sentence on the page, and nothing saved half. A test a kind."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import select

from consults.models import Advisor, WorkingHours
from routing.models import RoutingPolicy, RuleBookVersion, RuleDraft
from routing.seller_models import BookEntry, BookImport
from tests.pages.admin_caller import read
from tests.pages.admin_world import Admin, open_admin
from tests.pages.test_admin_advisors import GOOD, NEW, colleague
from tests.pages.test_admin_routing import form, mark


@pytest.fixture
def admin(sqlite_url: str) -> Iterator[Admin]:
    with open_admin(sqlite_url) as made:
        yield made


def kept(admin: Admin, *kinds: Any) -> list[Any]:
    """Every row of these tables, as values."""
    with admin.database.begin() as session:
        return [row.model_dump() for kind in kinds for row in session.exec(select(kind))]


def said(answer: Any) -> str:
    """The sentences under the fields of a form that was not taken."""
    assert answer.status_code == 422, answer.text
    return " ".join(answer.get_json()["error"]["fields"].values())


def test_a_rule_that_asks_for_what_no_return_can_be_is_named_under_its_field(admin: Admin) -> None:
    admin.alice.open("/app/routing")
    before = kept(admin, RuleDraft, RuleBookVersion)
    both = form(kind_new="order_value", comparison_new="no", values_new="4000")
    answer = admin.alice.send("/app/routing/rules/r1", mark=mark(admin), **both)
    assert said(answer) == (
        "“Dear” can never match: Order value is at least $5,000, and Order value is below $4,000. No return is both."
    )
    assert kept(admin, RuleDraft, RuleBookVersion) == before


def test_a_rule_behind_a_wider_one_is_named_on_the_page_and_the_draft_is_not_put_in_force(admin: Admin) -> None:
    admin.alice.open("/app/routing")
    admin.alice.send("/app/routing/rules", mark=mark(admin))
    dearer = form(name="Very dear", values_0="9000")
    assert admin.alice.send("/app/routing/rules/r2", mark=mark(admin), **dearer).status_code == 200
    page = read(admin.alice.open("/app/routing")).text
    assert "“Very dear” can never match: “Orders of $5,000 and more” stands before it" in page
    before = kept(admin, RoutingPolicy, RuleBookVersion)
    answer = admin.alice.send("/app/routing/force", mark=mark(admin))
    assert answer.status_code == 400
    assert answer.get_json()["error"]["message"].startswith("“Very dear” can never match")
    assert kept(admin, RoutingPolicy, RuleBookVersion) == before, "all of the draft counts, or none of it"


def test_a_loop_of_deputies_is_named_person_by_person(admin: Admin) -> None:
    hugo = colleague(admin, "Hugo Marchand", deputy_id=admin.world.bob.id)
    before = kept(admin, Advisor, WorkingHours)
    answer = admin.alice.send(f"/app/advisors/{admin.world.bob.id}", **{**GOOD, "deputy": hugo})
    assert said(answer) == (
        "That would go round in a circle: Bob Laurent to Hugo Marchand to Bob Laurent. Choose somebody else."
    )
    assert kept(admin, Advisor, WorkingHours) == before


@pytest.mark.parametrize("path", ["/app/advisors", "/app/advisors/{bob}"], ids=["added", "corrected"])
def test_an_advisor_without_a_phone_is_asked_for_one(admin: Admin, path: str) -> None:
    before = kept(admin, Advisor, WorkingHours)
    answer = admin.alice.send(path.format(bob=admin.world.bob.id), **NEW | {"phone": ""})
    assert said(answer) == (
        "Write a mobile number: texts about new returns go there. Without texts, tick “Asked for no texts”."
    )
    assert kept(admin, Advisor, WorkingHours) == before


def test_a_csv_with_a_wrong_column_is_told_which_it_has_and_which_it_needs(admin: Admin) -> None:
    raw = b"name;vendeur\nCleo;Bob Laurent\n"
    answer = admin.alice.send("/app/advisors/client-book", book=(io.BytesIO(raw), "book.csv"))
    assert answer.status_code == 422
    text = answer.text.replace("&#39;", "'")
    assert "The file has the columns “name”, “vendeur”. It needs a column “advisor” and one of" in text
    assert kept(admin, BookImport, BookEntry) == []
