"""A house's own phrases: written down in the admin, marked in the composer, as one types, and on the direct line."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from consults.line_models import Said
from consults.models import Case
from consults.phrase_models import OwnPhrase
from consults.unsaid.checking import Own, marks
from tests.acceptance.callers_under_test import Everywhere, furnish
from tests.pages.admin_caller import read
from tests.pages.admin_world import Admin, open_admin
from tests.pages.words import text


@pytest.fixture
def admin(sqlite_url: str) -> Iterator[Admin]:
    with open_admin(sqlite_url) as made:
        furnish(made)
        yield made


@pytest.mark.parametrize(
    ("phrase", "sentence", "found"),
    [
        ("bargain", "What a Bargain it is.", ["Bargain"]),
        ("bargain", "They bargained for it.", []),
        ("discount*", "Two discounts, discounted.", ["discounts", "discounted"]),
        ("second hand", "It is second\n hand.", ["second\n hand"]),
        ("pièce unique", "Une PIECE unique !", ["PIECE unique"]),
        ("günstig*", "Ein günstiges Stück.", ["günstiges"]),
        ("お得", "とてもお得です。", ["お得"]),
        ("便宜*", "这很便宜。", ["便宜"]),
    ],
)
def test_a_phrase_is_found_where_it_stands(phrase: str, sentence: str, found: list[str]) -> None:
    assert [mark.words for mark in marks(sentence, own=[Own(phrase, "x")])] == found


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40), st.text(max_size=80))
def test_no_phrase_makes_the_check_fail_and_a_mark_is_a_part_of_the_text(phrase: str, sentence: str) -> None:
    if any(sign.isalnum() for sign in phrase):
        for mark in marks(sentence, own=[Own(phrase, "x")]):
            assert sentence[mark.start : mark.end] == mark.words


def test_the_merchants_own_phrase_is_marked_everywhere_and_only_in_their_house(admin: Admin) -> None:
    own = {"words": "Pre-loved*", "better": "It was in good hands."}
    assert admin.alice.send("/app/settings/phrases", words="!", better="x").status_code == 422
    assert admin.alice.send("/app/settings/phrases", words="x", better="").status_code == 422
    for _ in range(2):
        assert admin.alice.send("/app/settings/phrases", **own).status_code == 200
    assert "pre-loved*" in read(admin.alice.open("/app/settings/phrases")).text
    assert "pre-loved" not in admin.stranger.open("/app/settings/phrases").text
    alice, dana = Everywhere(admin, admin.alice, admin.world), Everywhere(admin, admin.stranger, admin.dana)
    words = {"words": "It is pre-loved."}
    marked = alice.desk.post("/desk/phrases", data={"csrf": alice.csrf, **words}).get_json()["marks"]
    assert [(mark["words"], mark["better"]) for mark in marked] == [("pre-loved", own["better"])]
    assert dana.desk.post("/desk/phrases", data={"csrf": dana.csrf, **words}).get_json()["marks"] == []
    case = f"/desk/cases/{admin.world.case.id}"
    looked = alice.desk.post(f"{case}/write", data={"csrf": alice.csrf, "channel": "email", "once": "o", **words})
    assert "Leave unsaid “pre-loved”" in text(looked.text)
    with admin.database.begin() as session:
        (row,) = session.exec(select(OwnPhrase)).all()
    assert admin.stranger.send(f"/app/settings/phrases/{row.id}/drop").status_code == 404
    assert admin.alice.send(f"/app/settings/phrases/{row.id}/drop").status_code == 200
    assert alice.desk.post("/desk/phrases", data={"csrf": alice.csrf, **words}).get_json()["marks"] == []


def test_an_answer_on_the_direct_line_goes_with_a_second_tap_where_something_is_marked(admin: Admin) -> None:
    alice, case = Everywhere(admin, admin.alice, admin.world), f"/desk/cases/{admin.world.case.id}"

    with admin.database.begin() as session:
        session.get_one(Case, admin.world.case.id).client_texts_ok = True

    def said() -> list[str]:
        with admin.database.begin() as session:
            return [row.body for row in session.exec(select(Said).order_by(Said.id))]  # type: ignore[arg-type]

    plain = {"csrf": alice.csrf, "words": "Thursday it is.", "key": "a"}
    assert alice.desk.post(f"{case}/written", data=plain).status_code == 303 and said() == ["Thursday it is."]
    form = {"csrf": alice.csrf, "words": "Unfortunately, Thursday it is.", "key": "b"}
    looked = alice.desk.post(f"{case}/written", data=form)
    assert looked.status_code == 200 and "Leave unsaid “Unfortunately”" in text(looked.text) and len(said()) == 1
    seen = looked.text.split('name="seen" value="')[1].split('"')[0]
    other = form | {"seen": seen, "words": "Our policy says no."}
    assert alice.desk.post(f"{case}/written", data=other).status_code == 200 and len(said()) == 1
    for _ in range(2):
        assert alice.desk.post(f"{case}/written", data=form | {"seen": seen}).status_code == 303
    assert said() == ["Thursday it is.", "Unfortunately, Thursday it is."]
