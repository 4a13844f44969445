"""Direct lines in the admin: given to a boutique or an advisor, never twice, and never another house's."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import select

from consults.line_models import Line
from tests.pages.admin_world import Admin, open_admin
from tests.pages.words import findings
from tests.pages.words import text as words_of

HOURS = dict.fromkeys(("monday", "tuesday"), "10:00–19:00")
PLACE = {"name": "Paris", "location": "", "telephone": "", "zone": "Europe/Paris", "holidays": "", **HOURS}
NUMBER, OTHER = "+33 1 84 88 00 20", "+33 1 84 88 00 21"


@pytest.fixture
def admin(sqlite_url: str) -> Iterator[Admin]:
    with open_admin(sqlite_url) as made:
        yield made


def lines(admin: Admin) -> list[tuple[str, int | None, int | None]]:
    with admin.database.begin() as session:
        return [(row.number, row.boutique_id, row.advisor_id) for row in session.exec(select(Line).order_by(Line.id))]  # type: ignore[arg-type]


def test_a_boutique_is_given_a_line_keeps_it_changes_it_and_loses_it(admin: Admin) -> None:
    path = f"/app/routing/promises/boutiques/{admin.world.boutique.id}"
    assert admin.alice.send(path, **PLACE, line=NUMBER).status_code == 200
    assert 'value="+33\xa01\xa084\xa088\xa000\xa020"' in admin.alice.open(path).text
    assert admin.alice.send(path, **PLACE).status_code == 200
    assert lines(admin) == [("+33184880020", admin.world.boutique.id, None)], "a form without the field keeps it"
    assert admin.alice.send(path, **PLACE, line="06 12").status_code == 422
    assert admin.alice.send(path, **PLACE, line=OTHER).status_code == 200
    assert admin.alice.send(path, **PLACE, line="").status_code == 200
    assert lines(admin) == []


def test_a_number_is_one_line_of_one_house_and_nothing_is_saved_half(admin: Admin) -> None:
    place, bob = admin.world.boutique.id, admin.world.bob
    assert admin.alice.send(f"/app/routing/promises/boutiques/{place}", **PLACE, line=NUMBER).status_code == 200
    form: dict[str, Any] = {"name": "Somebody Else", "languages": "en", "phone": bob.phone, "active": "on"}
    refused = admin.alice.send(f"/app/advisors/{bob.id}", **form, line=NUMBER)
    assert refused.status_code == 422 and "a direct line already" in refused.get_json()["error"]["fields"]["line"]
    assert "Somebody Else" not in admin.alice.open("/app/advisors").text
    assert (
        admin.stranger.send("/app/routing/promises/boutiques", **PLACE | {"name": "Rome"}, line=NUMBER).status_code
        == 422
    )
    assert "Rome" not in admin.stranger.open("/app/routing/promises").text
    assert admin.alice.send(f"/app/advisors/{bob.id}", **form | {"name": bob.name}, line=OTHER).status_code == 200
    assert lines(admin) == [("+33184880020", place, None), ("+33184880021", None, bob.id)]
    page = admin.alice.open(f"/app/advisors/{bob.id}").text
    assert 'value="+33\xa01\xa084\xa088\xa000\xa021"' in page and findings("merchant", words_of(page)) == []
