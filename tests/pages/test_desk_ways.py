"""The catalogue: filled, ordered and switched off in the admin, promised on the client's page."""

from collections.abc import Iterator

import pytest
from sqlmodel import select

from consults.catalogue.models import CatalogueWay, WayTaken
from tests.acceptance.callers_under_test import Everywhere, furnish
from tests.acceptance.test_desk_ways import ENGRAVE, FREE
from tests.pages.admin_caller import read
from tests.pages.admin_world import Admin, open_admin


@pytest.fixture
def admin(sqlite_url: str) -> Iterator[Admin]:
    with open_admin(sqlite_url) as made:
        furnish(made)
        yield made


def rows(admin: Admin) -> list[CatalogueWay]:
    with admin.database.begin() as session:
        return list(session.exec(select(CatalogueWay).order_by(CatalogueWay.position)))  # type: ignore[arg-type]


def test_the_merchant_fills_orders_and_switches_off_and_dana_sees_none_of_it(admin: Admin) -> None:
    place = f"boutique_{admin.world.boutique.id}"
    assert (
        admin.alice.send("/app/settings/catalogue", **ENGRAVE, **{place: "on"}).get_json()["redirect"]
        == "/app/settings/catalogue"
    )
    assert admin.alice.send("/app/settings/catalogue", **FREE).status_code == 200
    refused = admin.alice.send("/app/settings/catalogue", **(FREE | {"title": ""}))
    assert (refused.status_code, list(refused.get_json()["error"]["fields"])) == (422, ["title"])
    engrave, viewing = rows(admin)
    assert engrave.boutique_ids == [admin.world.boutique.id] and engrave.cost_cents == 9_000
    page = read(admin.alice.open("/app/settings/catalogue")).text
    assert "Engrave the day" in page and "$90" in page and "Ring, from $1,000" in page
    assert admin.alice.send(f"/app/settings/catalogue/{viewing.id}/move", up="yes").status_code == 200
    assert [row.id for row in rows(admin)] == [viewing.id, engrave.id]
    assert admin.alice.send(f"/app/settings/catalogue/{engrave.id}/switch").status_code == 200
    assert "Off" in read(admin.alice.open("/app/settings/catalogue")).text
    assert "90" in str(read(admin.alice.open(f"/app/settings/catalogue/{engrave.id}")).tags)
    assert "Engrave" not in admin.stranger.open("/app/settings/catalogue").text
    for path in ("", "/switch", "/move"):
        assert admin.stranger.send(f"/app/settings/catalogue/{engrave.id}{path}", **ENGRAVE).status_code == 404
    assert admin.stranger.open(f"/app/settings/catalogue/{engrave.id}").status_code == 404


def test_the_desk_shows_what_fits_with_its_day_and_cost_and_promises_it_once(admin: Admin) -> None:
    for form in (ENGRAVE, FREE, ENGRAVE | {"title": "A strap", "kinds": "watch"}):
        admin.alice.send("/app/settings/catalogue", **form)
    viewing = rows(admin)[1]
    alice = Everywhere(admin, admin.alice, admin.world)
    case = f"/desk/cases/{admin.world.case.id}"
    page = alice.desk.get(case).text
    assert "Engrave the day" in page and "$90 for the house, a colleague is asked in silence" in page
    assert "A private viewing" in page and "Costs the house nothing." in page and "A strap" not in page
    assert "Refund, <span" in page, "whatever else is listed"
    form = {"csrf": alice.csrf, "way": viewing.id, "week_on": "2026-11-23", "once": "one"}
    for _ in range(2):
        assert alice.desk.post(f"{case}/ways", data=form).status_code == 303
    with admin.database.begin() as session:
        (taken,) = session.exec(select(WayTaken)).all()
    page = alice.desk.get(case).text
    assert "Ready by" in page and "They decided otherwise" in page
    assert alice.desk.post(f"{case}/ways", data=form | {"week_on": "soon"}).status_code == 400
    assert alice.desk.post(f"{case}/ways", data=form | {"once": "x", "week_on": "2020-01-06"}).status_code == 404
    dana = Everywhere(admin, admin.stranger, admin.dana)
    for path in (f"{case}/ways", f"{case}/ways/{taken.id}/let-go"):
        assert dana.desk.post(path, data={**form, "csrf": dana.csrf}).status_code == 404
    assert alice.desk.post(f"{case}/ways/{taken.id}/let-go", data={"csrf": alice.csrf}).status_code == 303
    assert "They decided otherwise" not in alice.desk.get(case).text
