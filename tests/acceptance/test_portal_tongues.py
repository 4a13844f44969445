"""The portal in the client's language and in the house's look: the lines of its issue, each shown."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kit.money import Money
from shopify_app import locales
from shopify_app.app import create_app
from shopify_app.locales import TRANSLATED, spoken_locale
from shopify_app.locales.collecting import is_said, open_sentences, read, write
from shopify_app.pages.wording import and_, month_of, show_date
from shopify_app.tongue import piece_word, speak, with_piece
from shops.looks import Look, contrast, read_look
from shops.models import Shop
from tests import cast
from tests.acceptance.callers_under_test import Address, Everywhere
from tests.pages.admin_world import Admin, open_admin
from tests.pages.page_checks import axe_findings
from tests.pages.test_every_page import pages, prepared, served  # noqa: F401 (the house, served on a port)

CLIENTS = ("/r/", "/consult/", "/return/", "/proxy/")


# --- missing translations fail a test


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_that_is_missing_is_found_and_named(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(locales.path_of(language).parents[1], tmp_path / language)
    monkeypatch.setattr(locales, "FOLDER", tmp_path)
    before = {(m.id, m.context) for m in open_sentences(language)}
    kept = read(language)
    [gone, guessed] = [message for message in kept if message.id and is_said(message)][:2]
    kept.delete(gone.id, gone.context)
    guessed.flags.add("fuzzy")
    write(language, kept)
    after = {(m.id, m.context) for m in open_sentences(language)}
    assert after - before == {(gone.id, gone.context), (guessed.id, guessed.context)}


# --- days and amounts as each language writes them


@pytest.mark.parametrize(
    ("locale", "day", "amount", "month", "three"),
    [
        ("en", "Tuesday 24 November", "$14,800", "November", "a, b and c"),
        ("fr-FR", "mardi 24 novembre", "14\u202f800\xa0$US", "novembre", "a, b et c"),
        ("de-DE", "Dienstag, 24. November", "14.800\xa0$", "November", "a, b und c"),
        ("it", "martedì 24 novembre", "14.800\xa0USD", "novembre", "a, b e c"),
        ("es", "martes, 24 de noviembre", "14.800\xa0US$", "noviembre", "a, b y c"),
        ("ja", "11月24日火曜日", "$14,800", "11月", "a、b、c"),
        ("zh-CN", "11月24日星期二", "US$14,800", "十一月", "a、b和c"),
        ("ar", "الثلاثاء، 24 نوفمبر", "\u200f14,800\xa0US$", "نوفمبر", "a وb وc"),
    ],
)
def test_a_day_and_an_amount_stand_as_the_language_of_the_page_writes_them(
    locale: str, day: str, amount: str, month: str, three: str, flask_app: Any
) -> None:
    with flask_app.test_request_context("/"):
        speak(locale)
        assert show_date(cast.NOW.date()) == day
        assert Money(1_480_000, "USD").show(spoken_locale(locale)) == amount
        assert (month_of(cast.NOW.date()), and_(["a", "b", "c"])) == (month, three)


def test_the_word_of_the_house_stands_in_a_sentence_in_its_gender(flask_app: Any) -> None:
    from flask import g

    with flask_app.test_request_context("/"):
        speak("de")
        assert (piece_word().one, with_piece("Your other %(piece)s")) == ("Stück", "Ihr anderes Stück")
        g.shop = Shop(
            domain="v", installed_at=cast.NOW, piece_words={"de": ["Uhr", "Uhren", "f"], "en": ["watch", "watches", ""]}
        )
        assert with_piece("Your other %(piece)s") == "Ihre andere Uhr"
        speak("en")
        assert with_piece("Your other %(piece)s") == "Your other watch"


@pytest.fixture
def flask_app(sqlite_url: str) -> Any:
    return create_app(cast.settings(sqlite_url))


# --- the house's look


@pytest.fixture
def admin(sqlite_url: str) -> Iterator[Admin]:
    with open_admin(sqlite_url) as made:
        yield made


def test_an_accent_that_cannot_be_read_is_refused_with_the_figure(admin: Admin) -> None:
    answer = admin.alice.send("/app/look", accent="#8a837a", on_accent="#ffffff", face="")
    assert answer.status_code == 422
    told = answer.get_json()["error"]["fields"]["accent"]
    assert "3.7 to 1" in told and "4.5 is needed" in told
    with admin.database.begin() as session:
        assert session.get_one(Shop, admin.world.shop_id).look is None


def test_the_figure_is_shown_while_it_is_chosen_and_a_look_that_reads_is_on_the_page(admin: Admin) -> None:
    looking = admin.alice.open("/app/look?accent=%23999999&on_accent=%23ffffff&face=").text
    assert "2.8 to 1" in looking and "Take this look" not in looking
    looking = admin.alice.open("/app/look?accent=%23233b33&on_accent=%23ffffff&face=modern").text
    assert "12.0 to 1" in looking and "Take this look" in looking and 'fill="#233b33"' in looking
    assert admin.alice.send("/app/look", accent="#233B33", on_accent="#ffffff", face="modern").status_code == 200
    visitor = admin.app.test_client()
    page = visitor.get("/return/verdane/withdraw").text
    assert "style=" not in page and "<style" not in page
    [address] = re.findall(r'href="http[^"]*(/return/verdane/look\.css\?v=\w+)"', page)
    sheet = visitor.get(address)
    assert "--ar-accent:#233b33;--ar-on-accent:#ffffff" in sheet.text and "immutable" in sheet.headers["Cache-Control"]
    assert ".ar:not(.is-in-theme){--ar-display:Didot" in sheet.text, "in a theme the headings are the theme's"
    assert visitor.get(address, headers={"If-None-Match": sheet.headers["ETag"]}).status_code == 304
    with admin.database.begin() as session:
        assert session.get_one(Shop, admin.dana.shop_id).look is None, "another house keeps its own"


@pytest.mark.parametrize(
    ("one", "other", "figure"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#767676", "#ffffff", 4.54),
        ("#1b1a18", "#ffffff", 17.4),
        ("#75561a", "#ffffff", 6.8),
    ],
)
def test_contrast_is_reckoned_as_the_guidelines_do(one: str, other: str, figure: float) -> None:
    assert contrast(one, other) == pytest.approx(figure, abs=0.05) == contrast(other, one)


def test_what_is_no_colour_or_would_run_as_a_style_is_refused() -> None:
    look, wrongs = read_look({"accent": "red;}body{display:none", "on_accent": "#fff", "face": "x"})
    assert set(wrongs) == {"accent", "on_accent", "face"} and look == Look()
    _, wrongs = read_look({"accent": "#ffff00", "on_accent": "#000000"})
    assert "1.0 to 1" in wrongs["accent"], "readable, but a button would have no edge on the page"


def test_the_houses_word_is_whole_or_absent(admin: Admin) -> None:
    wrong = admin.alice.send("/app/look/words", one_de="Uhr", several_de="", gender_de="f", several_fr="montres")
    assert set(wrong.get_json()["error"]["fields"]) == {"several_de", "one_fr"}
    wrong = admin.alice.send("/app/look/words", one_de="Uhr", several_de="Uhren", gender_de="x")
    assert set(wrong.get_json()["error"]["fields"]) == {"gender_de"}
    assert admin.alice.send("/app/look/words", one_de="Uhr", several_de="Uhren", gender_de="f").status_code == 200
    with admin.database.begin() as session:
        assert session.get_one(Shop, admin.world.shop_id).piece_words == {"de": ["Uhr", "Uhren", "f"]}


# --- in the browser


def in_language(alice: Everywhere, address: Address, language: str) -> str:
    if address.path.startswith("/proxy"):
        return alice.admin.config.app_url + alice.through_the_shop(address.path, lang=language)
    return f"{alice.admin.config.app_url}{address.path}?lang={language}"


SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.browser
def test_every_page_in_arabic_on_a_phone_and_in_german_on_the_narrowest(
    served: Admin,  # noqa: F811
    browser_context: Callable[..., Any],
) -> None:
    """Right to left, nothing wider than the screen, axe finds nothing: one visit through all pages of the portal."""
    alice = Everywhere(served, served.alice, served.world)
    page = prepared(served, alice, browser_context, viewport={"width": 390, "height": 800})
    walked = [address for address in pages(served, alice, "portal") if address.path.startswith(CLIENTS)]
    assert len(walked) >= 8, [address.rule for address in walked]
    found = []
    for address in walked:
        page.set_viewport_size({"width": 390, "height": 800})
        page.goto(in_language(alice, address, "ar"))
        if page.locator("html[lang=ar][dir=rtl], .ar[lang=ar][dir=rtl]").count() != 1:
            found.append(f"{address.rule}: not from right to left")
        if (wider := page.evaluate(SIDEWAYS)) > 0:
            found.append(f"{address.rule} in Arabic at 390: {wider} too wide")
        found += axe_findings(page, address.rule)
        page.set_viewport_size({"width": 320, "height": 800})
        page.goto(in_language(alice, address, "de"))
        if (wider := page.evaluate(SIDEWAYS)) > 0:
            found.append(f"{address.rule} in German at 320: {wider} too wide")
    assert found == []
