"""The house's look on the portal: what is taken, what is refused with which figure, what a stylesheet says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shops.looks import FACES, INK, PAPER, Look, contrast, read_look, shown

GREEN = "#233b33"
colours = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


@pytest.mark.parametrize(
    ("one", "other", "figure"),
    [
        ("#000000", "#ffffff", 21.0),  # the two ends of WCAG's scale
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),  # the grey everybody knows to be a shade too light
        ("#767676", "#ffffff", 4.54),  # and the lightest that is not
        ("#ff0000", "#ffffff", 4.00),
        ("#00ff00", "#ffffff", 1.37),
        ("#0000ff", "#ffffff", 8.59),
        ("#0a0a0a", "#000000", 1.06),  # the straight part at the dark end
        ("#0b0b0b", "#000000", 1.07),
    ],
)
def test_two_colours_stand_apart_as_the_guidelines_say(one: str, other: str, figure: float) -> None:
    assert contrast(one, other) == pytest.approx(figure, abs=0.005)


@given(colours, colours)
def test_it_is_the_same_from_either_side_and_between_one_and_twenty_one(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert 1.0 <= contrast(one, other) <= 21.0 + 1e-9
    assert contrast(one, one) == 1.0


@pytest.mark.parametrize(
    ("figure", "written"), [(4.49, "4.4"), (4.5, "4.5"), (2.999999, "2.9"), (21.0, "21.0"), (1.0, "1.0")]
)
def test_a_figure_is_never_rounded_up_to_one_that_would_do(figure: float, written: str) -> None:
    assert shown(figure) == written


def test_the_usual_look_can_be_read() -> None:
    assert Look() == Look(INK, PAPER, "") and Look().wrongs() == {}
    assert read_look({}) == (Look(), {})


@pytest.mark.parametrize(
    ("given", "colour"),
    [("#233b33", GREEN), ("233b33", GREEN), ("  #233B33 ", GREEN), ("", INK), ("   ", INK)],
)
def test_a_colour_is_taken_with_or_without_its_sign_and_in_capitals(given: str, colour: str) -> None:
    assert read_look({"accent": given}) == (Look(accent=colour), {})


@pytest.mark.parametrize(
    "given",
    [
        "#fff",
        "green",
        "#12345g",
        "#1234567",
        "##233b33",
        "#233b33;}",
        "rgb(0,0,0)",
        "#\u0661\u0661\u0661\u0661\u0661\u0661",
        "url(x)",
        "#233b33\n}",
    ],
)
@pytest.mark.parametrize("field", ["accent", "on_accent"])
def test_what_is_no_colour_is_told_at_its_field_and_the_usual_stands_in(field: str, given: str) -> None:
    look, wrongs = read_look({field: given})
    assert wrongs == {field: "Write the colour as # and six signs, for example #233b33."}
    assert look == Look()


def test_each_field_that_cannot_be_read_is_told_at_once() -> None:
    look, wrongs = read_look({"accent": "x", "on_accent": "y", "face": "comic"})
    assert list(wrongs) == ["accent", "on_accent", "face"] and look == Look()
    assert wrongs["face"] == "Choose one of the headings."


def test_text_that_cannot_be_read_on_the_accent_is_told_with_its_figure() -> None:
    look, wrongs = read_look({"accent": "#777777", "on_accent": "#ffffff"})
    assert look == Look("#777777", "#ffffff")
    assert wrongs == {
        "accent": "Text on it reads at 4.4 to 1. At least 4.5 is needed, so that everybody can read it. "
        "Choose a darker or a lighter one of the two."
    }


def test_a_button_nobody_sees_on_the_page_is_told_with_its_figure() -> None:
    look, wrongs = read_look({"accent": "#ffe9a8", "on_accent": "#000000"})
    assert wrongs == {
        "accent": "On the white page this accent stands out at 1.2 to 1. At least 3.0 is needed, so that a button has "
        "an edge."
    }
    assert look.text_contrast > 15


@given(colours, colours)
def test_a_look_is_in_order_exactly_where_both_figures_are_reached(accent: str, on_accent: str) -> None:
    look = Look(accent, on_accent)
    assert (look.wrongs() == {}) == (contrast(accent, on_accent) >= 4.5 and contrast(accent, "#ffffff") >= 3.0)


@pytest.mark.parametrize("face", list(FACES))
def test_a_stylesheet_holds_two_colours_and_the_headings_face(face: str) -> None:
    look = Look(GREEN, PAPER, face)
    first, *rest = look.stylesheet().splitlines()
    assert first == ".ar{--ar-accent:#233b33;--ar-on-accent:#ffffff}"
    assert look.family == FACES[face][1]
    assert rest == ([f".ar:not(.is-in-theme){{--ar-display:{look.family}}}"] if face else [])


def test_another_look_has_another_mark_and_the_same_one_the_same() -> None:
    looks = [Look(), Look(GREEN), Look(INK, "#fffffe"), *(Look(face=face) for face in FACES if face)]
    assert len({look.mark for look in looks}) == len(looks)
    assert Look(GREEN).mark == Look(GREEN).mark and len(Look().mark) == 12
