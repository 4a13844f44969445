"""The slip as a file: every name can be read on it, or it says where it can."""

import unicodedata
from typing import Any

import pytest
from fpdf import FPDF
from hypothesis import given
from hypothesis import strategies as st

from shopify_app.pages.portal.barcodes import bars, scannable
from shopify_app.pages.portal.slip_letters import FONT, LEFT_OUT, letters, printable
from shopify_app.pages.portal.slip_pdf import ON_THE_PAGE, Slip, slip_pdf


def slip(*facts: tuple[str, str], house: str = "Verdane", number: str = "R-1042-1") -> Slip:
    return Slip(house, number, "Please place this inside the box", facts, "Everything that came with it, please.", "For the atelier.")


@pytest.mark.parametrize(
    "name",
    [
        "Zoë Brontë",
        "Łukasz Żółć, Kraków",
        "Ελένη Παπαδοπούλου, Αθήνα",
        "Ирина Щербакова",
        "Nguyễn Thị Hương",
        "İpek Şahin",
        "Đorđe Petrović",
        "Ștefan Țepeș",
    ],
)
def test_names_of_europe_and_vietnam_are_written_as_they_are(name: str) -> None:
    assert printable(name) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("山田 太郎, Tokyo", f"{LEFT_OUT}, Tokyo"),
        ("Meridian 指輪", f"Meridian {LEFT_OUT}"),
        ("عائشة", LEFT_OUT),
        ("שרה לוי", LEFT_OUT),
        ("Ｃｌｅｏ", "Cleo"),
        ("e\u0301tude\u00a0\u2014 2", "étude - 2"),
        ("Cleo\u202e\u0000\u200b Whitlock", "Cleo Whitlock"),
        ("\U0001f381", LEFT_OUT),
        ("", ""),
    ],
)
def test_what_no_font_of_ours_has_is_left_out_where_one_sees_it_and_never_becomes_a_question_mark(
    name: str, shown: str
) -> None:
    assert printable(name) == shown


@given(st.text(max_size=60))
def test_nothing_is_printed_that_a_font_cannot_draw(text: str) -> None:
    for letter in printable(text):
        assert letter.encode("latin-1", "ignore") or ord(letter) in letters() or letter in LEFT_OUT
        assert (unicodedata.category(letter) not in ("Cc", "Cf") and letter != "\ufffd") or "\ufffd" in text


@given(st.text(max_size=30))
def test_bars_are_drawn_for_whatever_an_order_is_called(name: str) -> None:
    assert bars(scannable(f"R-{name}-1"))


@pytest.mark.parametrize(
    ("facts", "ours", "says"),
    [
        ((("From", "Cleo Whitlock"),), False, False),
        ((("From", "Łukasz Żółć"),), True, False),
        ((("From", "山田 太郎"), ("Piece", "Meridian ring")), True, True),
    ],
)
def test_the_file_has_a_font_only_for_letters_that_need_one_and_says_what_it_could_not_print(
    facts: tuple[tuple[str, str], ...], ours: bool, says: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    draw = FPDF.multi_cell

    def noted(pdf: FPDF, w: float, h: float, text: str, **more: Any) -> Any:
        written.append(text)
        return draw(pdf, w, h, text, **more)

    monkeypatch.setattr(FPDF, "multi_cell", noted)
    made = slip_pdf(slip(*facts))
    assert made.startswith(b"%PDF-") and (b"DejaVu" in made) is ours
    assert len(made) < 40_000, "only the letters that are used are in it"
    assert (ON_THE_PAGE % {"number": "R-1042-1"} in written) is says
    assert facts[0][1] in written or says


def test_an_order_named_in_any_letters_has_its_slip() -> None:
    made = slip_pdf(slip(("From", "山田"), house="Maison Żółć", number="R-№10\u5206-1"))
    assert made.startswith(b"%PDF-")


def test_the_font_stands_beside_its_licence() -> None:
    licence = (FONT.parent / "LICENSE").read_text()
    assert "Bitstream Vera" in licence and "Tavmjong Bah" in licence and FONT.stat().st_size < 200_000
