"""Each form a client can send, filled in wrongly: a kind sentence at the field, what was typed kept, nothing done."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from consults.models import Consult
from shops.links import LIFETIME
from tests import cast
from tests.pages.admin_world import Admin
from tests.pages.admin_world_shared import changed, everything, open_shared
from tests.pages.words import findings, text

MOBILE = "Please write the number with its country code, as in +33 6 12 34 56 78."
ALL_THREE = "Please give your name, the order number and an email address we can confirm to."
LOOK_AGAIN = "Please look at the email address once more: we send the confirmation there."
ADDRESS = "Please write their email address, for example anna@house.com."
WITHDRAWAL = {"name": "Cleo Whitlock", "order": "#1042", "email": "cleo@example.com", "part": "The ring"}
ANNA = {"name": "Anna", "relation": "Sister", "email": "anna@house.com"}


@pytest.fixture(scope="module")
def admin(sqlite_template, run_dir) -> Iterator[Admin]:
    with open_shared(sqlite_template, run_dir) as made:
        yield made


@pytest.fixture
def visitor(admin: Admin) -> FlaskClient:
    return admin.app.test_client()


def link(admin: Admin, make: Any, row: Any, **about: Any) -> str:
    with admin.database.begin() as session:
        return str(make(session, row, **about))


def kept(page: str, form: dict[str, str]) -> list[str]:
    """The fields of `form` whose value is not in the page's inputs any more."""
    shown = dict(re.findall(r'name="(\w+)"[^>]*? value="([^"]*)"', page))
    return [name for name, typed in form.items() if typed.strip() and shown.get(name) != typed]


@pytest.mark.parametrize("path", ["/withdraw", "/withdraw/confirm"])
@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "  ", ALL_THREE),
        ("order", "", ALL_THREE),
        ("email", "", ALL_THREE),
        ("email", "cleo", LOOK_AGAIN),
        ("email", "cleo@house", LOOK_AGAIN),
        ("email", "@house.com", LOOK_AGAIN),
        ("email", "c" * 250 + "@y.de", LOOK_AGAIN),
    ],
)
def test_a_withdrawal_that_cannot_be_confirmed_asks_again_with_everything_still_there(
    admin: Admin, visitor, path: str, field: str, typed: str, sentence: str
):
    before, form = everything(admin.database), {**WITHDRAWAL, field: typed}
    answer = visitor.post(f"/return/verdane{path}", data={**form, "key": "k" * 32})
    assert answer.status_code == 422 and f'<p class="ar-note" role="alert">{sentence}</p>' in answer.text
    assert kept(answer.text, form) == [] and findings("client", text(answer.text)) == []
    assert changed(before, everything(admin.database)) == set()


def test_a_withdrawal_without_its_key_is_shown_once_more_and_not_stated(admin: Admin, visitor):
    before = everything(admin.database)
    for key in ("", "short", "k" * 65):
        answer = visitor.post("/return/verdane/withdraw/confirm", data={**WITHDRAWAL, "key": key})
        assert answer.status_code == 422 and "Please look once more." in answer.text
        assert kept(answer.text, WITHDRAWAL) == []
    assert changed(before, everything(admin.database)) == set()


def test_a_withdrawal_pressed_twice_is_stated_once(admin: Admin, visitor):
    before = everything(admin.database)
    for _ in range(2):
        answer = visitor.post("/return/verdane/withdraw/confirm", data={**WITHDRAWAL, "key": "w" * 32})
        assert answer.status_code == 200 and "Your withdrawal has reached us" in answer.text
    after = everything(admin.database)
    assert len(after["withdrawalstatement"]) - len(before["withdrawalstatement"]) == 1


@pytest.mark.parametrize(("order", "address"), [("", ""), ("#1042", " "), (" ", "cleo@example.com")])
def test_looking_for_an_order_needs_both_and_keeps_the_one(admin: Admin, visitor, order: str, address: str):
    before = everything(admin.database)
    answer = visitor.post("/return/verdane/find", data={"order": order, "address": address})
    assert answer.status_code == 422 and "Please write both, the number and the address." in answer.text
    assert kept(answer.text, {"order": order, "address": address}) == []
    assert changed(before, everything(admin.database)) == set()


@pytest.mark.parametrize(
    ("field", "typed", "wrong"),
    [("email", "anna", "email"), ("email", "", "email"), ("email", "anna@", "email"), ("name", " ", "name")],
)
def test_who_comes_along_is_asked_for_again_beside_the_field_with_the_rest_still_there(
    admin: Admin, visitor, field: str, typed: str, wrong: str
):
    token, form = link(admin, cast.consult_link, admin.world.case), {**ANNA, field: typed}
    before = everything(admin.database)
    answer = visitor.post(f"/consult/{token}/along", data=form)
    assert answer.status_code == 400
    said = re.findall(r'<p class="ar-err" id="along-words">([^<]+)</p>', answer.text)
    assert len(said) == 1 and (said == [ADDRESS]) == (wrong == "email")
    field_of = answer.text.partition(f'name="{wrong}"')[2].partition(">")[0]
    assert 'aria-invalid="true" aria-describedby="along-words"' in field_of
    assert kept(answer.text, form) == [] and findings("client", text(answer.text)) == []
    assert changed(before, everything(admin.database)) == set()


def test_who_comes_along_is_invited_once_however_often_it_is_pressed_and_takes_nobody_along(admin: Admin, visitor):
    token = link(admin, cast.consult_link, admin.world.case)
    before = len(everything(admin.database)["participant"])
    for _ in range(2):
        assert visitor.post(f"/consult/{token}/along", data=ANNA).status_code == 303
    rows = everything(admin.database)["participant"]
    assert len(rows) == before + 1
    guest = link(admin, cast.consult_link, admin.world.case, person_id=rows[-1][0])
    assert visitor.post(f"/consult/{guest}/along", data={**ANNA, "email": "eve@house.com"}).status_code == 404
    assert len(everything(admin.database)["participant"]) == before + 1


def test_a_time_is_reserved_on_clear_words_only(admin: Admin, visitor):
    token = link(admin, cast.consult_link, admin.dana.case)
    visitor.post(f"/consult/{token}/cancel")
    page, before = visitor.get(f"/consult/{token}").text, everything(admin.database)
    at, key = (re.findall(rf'name="{name}" value="([^"]+)"', page)[0] for name in ("at", "key"))
    good = {"at": at, "kind": "video", "key": key, "zone": "Europe/Paris", "phone": "+33 6 12 34 41 41"}
    for field, typed, status, sentence in [
        ("kind", "pigeon", 400, "Please choose how we shall meet."),
        ("kind", "", 400, "Please choose how we shall meet."),
        ("at", "", 400, "Please choose one of the times."),
        ("at", "noon", 400, "Please choose one of the times."),
        ("at", "2031-01-01T10:00:00+00:00", 400, "Please choose one of the times."),
        ("at", "2026-11-24T03:00:00+00:00", 409, "a moment before you"),
        ("phone", "06 12 34 56 78", 422, MOBILE),
        ("phone", "call me", 422, MOBILE),
    ]:
        answer = visitor.post(f"/consult/{token}", data={**good, field: typed})
        assert answer.status_code == status and sentence.rstrip(".") in text(answer.text), (field, typed)
        if status == 422:
            assert f'id="phone-words">{MOBILE}</p>' in answer.text and kept(answer.text, {"phone": typed}) == []
            assert f'value="{at}" required checked' in answer.text, "the time they chose is still chosen"
        assert findings("client", text(answer.text)) == []
    assert changed(before, everything(admin.database)) == set()
    for _ in range(2):
        assert visitor.post(f"/consult/{token}", data=good).status_code == 303
    with admin.database.begin() as session:
        found = session.exec(select(Consult).where(Consult.case_id == admin.dana.case.id)).all()
        booked = [consult for consult in found if consult.state == "booked"]
    assert len(booked) == 1, "pressed twice is reserved once"


PLACES = {
    "r": ["", "/slip", "/keep", "/collection", "/wear"],
    "consult": ["", "/move", "/room", "/calendar.ics"],
}


@pytest.mark.parametrize(("kind", "purpose"), [("r", "return"), ("consult", "consult")])
def test_a_link_that_ran_out_says_so_kindly_on_every_page_and_offers_a_fresh_one(admin: Admin, kind: str, purpose: str):
    make, row = (cast.return_link, admin.world.rma) if kind == "r" else (cast.consult_link, admin.world.case)
    token, client = link(admin, make, row, now=cast.NOW - LIFETIME[purpose] - timedelta(seconds=1)), admin.app
    before = everything(admin.database)
    for path in PLACES[kind]:
        answer = client.test_client().get(f"/{kind}/{token}{path}")
        assert answer.status_code == 410, path
        assert f'action="/{kind}/{token}/fresh"' in answer.text and findings("client", text(answer.text)) == [], path
        assert "Whitlock" not in answer.text and "Meridian" not in answer.text, path
    assert changed(before, everything(admin.database)) == set()


@pytest.mark.parametrize("kind", PLACES)
def test_a_link_of_another_kind_or_nobodys_opens_nothing(admin: Admin, kind: str):
    other = link(admin, cast.consult_link, admin.world.case) if kind == "r" else link(
        admin, cast.return_link, admin.world.rma)  # fmt: skip
    for token in (other, "x" * 43, "%00", "{{7*7}}"):
        for path in PLACES[kind]:
            answer = admin.app.test_client().get(f"/{kind}/{token}{path}")
            assert answer.status_code == 404 and "Meridian" not in answer.text, (token, path)


def test_numbers_on_a_clients_pages_are_written_as_people_write_them(admin: Admin, visitor):
    token = link(admin, cast.consult_link, admin.world.case)
    page = visitor.get(f"/consult/{token}").text
    assert '<a href="tel:+33184880017">' in page and "+33\u00a01\u00a084\u00a088\u00a000\u00a017" in page
    assert "+33184880017<" not in page and "+33 1 84 88 00 00" in page, "the house's own writing stays"
