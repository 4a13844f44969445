"""Colours of each face, worked out from its stylesheet: text at 4.5 to 1 and edges at 3 to 1, by day and by night.

Levels: www.w3.org/TR/WCAG22/#contrast-minimum and #non-text-contrast. What a browser makes of a whole page, at both
widths, is in test_every_page.py; here every colour there is meets every ground it may stand on.
"""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "shopify_app" / "static"
FACE = (STATIC / "face.css").read_text()
ADMIN = (STATIC / "admin" / "admin.css").read_text()
TEXT, EDGE = 4.5, 3.0
HEX = re.compile(r"--([a-z0-9-]+):(#(?:[0-9a-f]{3}){1,2})\b")
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


def light_of(colour: str) -> float:
    """Relative luminance."""
    digits = colour.removeprefix("#")
    digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: str, other: str) -> float:
    dark, light = sorted((light_of(one), light_of(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("#000", "#fff", 21.0), ("#ffffff", "#fff", 1.0), ("#767676", "#fff", 4.54), ("#777", "#ffffff", 4.48)],
)
def test_the_ratio_is_the_one_the_guidelines_name(one: str, other: str, expected: float):
    assert ratio(one, other) == ratio(other, one) == pytest.approx(expected, abs=0.005)


# --- the desk, and the client's pages


def tokens(css: str) -> dict[str, str]:
    """Custom properties that are a colour; where the house may choose one, the one it has without a choice."""
    return dict(HEX.findall(re.sub(r"var\(--ar-[a-z-]+,(#[0-9a-f]+)\)", r"\1", css)))


DAY = tokens(FACE.partition("{")[2].partition("}")[0])
NIGHT = tokens(FACE.partition("(prefers-color-scheme:dark)")[2].partition("}")[0])
THEMES = {"light": DAY, "dark": NIGHT}
ON = [
    *((text, ground) for text in ("ink", "ink-2") for ground in ("paper", "bone")),
    *((state, ground) for state in ("ok", "wait", "alert") for ground in ("paper", f"{state}-bg")),
    *(("ink", f"{state}-bg") for state in ("ok", "wait", "alert")),
    ("on-accent", "accent"),
]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), ON, ids=lambda name: name)
def test_every_text_of_the_desk_reads_on_every_ground_it_stands_on(theme: str, text: str, ground: str):
    colours = THEMES[theme]
    assert ratio(colours[text], colours[ground]) >= TEXT


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("edge", ["line", "accent", "ink"])
@pytest.mark.parametrize("ground", ["paper", "bone"])
def test_edges_of_fields_and_buttons_and_the_ring_of_focus_stand_out(theme: str, edge: str, ground: str):
    assert ratio(THEMES[theme][edge], THEMES[theme][ground]) >= EDGE


def test_the_night_has_every_colour_of_the_day():
    assert set(NIGHT) == set(DAY) and len(DAY) == 14
    assert all(NIGHT[name] != DAY[name] for name in DAY)


def test_text_takes_its_colour_from_these_and_nothing_else():
    """A colour written into a rule would stay as it is by night."""
    texts = set(re.findall(r"[{;]color:([^;}!]+)", FACE))
    named = {f"var(--{text})" for text, _ in ON}
    assert texts <= named | {"inherit", "var(--line)"} and {"var(--ink)", "var(--ink-2)", "inherit"} <= texts
    assert "var(--line)" not in texts, "it is an edge's"


@pytest.mark.parametrize("sheet", ["face.css", "room.css"])
def test_every_colour_a_rule_asks_for_is_there(sheet: str):
    asked = set(re.findall(r"var\(--([a-z0-9-]+)\)", (STATIC / sheet).read_text()))
    assert asked <= set(re.findall(r"--([a-z0-9-]+):", FACE))


# --- the admin, which Shopify shows by day only


CARD, PAGE = "#fff", "#f1f1f1"


def own(body: str, name: str) -> str | None:
    found = re.search(rf"(?:^|;){name}:(#[0-9a-f]{{3,6}})\b", body)
    return found[1] if found else None


def test_every_text_of_the_admin_reads_on_its_own_ground_or_on_card_and_page():
    seen = 0
    for selector, body in RULE.findall(ADMIN):
        text = own(body, "color")
        if text is None:
            continue
        seen += 1
        grounds = [ground] if (ground := own(body, "background")) else [CARD, PAGE]
        for ground in grounds:
            assert ratio(text, ground) >= TEXT, f"{selector.strip()}: {text} on {ground}"
    assert seen >= 8


@pytest.mark.parametrize("ground", sorted({CARD, PAGE, "#ebebeb"}))
def test_the_admins_own_text_reads_on_everything_without_a_text_colour_of_its_own(ground: str):
    body = next(body for selector, body in RULE.findall(ADMIN) if selector.split("*/")[-1].strip() == "body")
    assert ratio(own(body, "color") or "", ground) >= TEXT


# --- focus


SHEETS = [*sorted(STATIC.rglob("*.css")), STATIC / "admin" / "polaris-lite.js"]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_no_rule_takes_the_ring_of_focus_away(sheet: Path):
    outlines = re.findall(r"outline(?:-style|-width)?:([^;}'\"]+)", sheet.read_text())
    assert [one for one in outlines if re.match(r"\s*(none|0|hidden|transparent)\b", one)] == []


def test_whatever_has_the_focus_on_the_desk_has_a_ring_apart_from_it():
    (ring,) = [body for selector, body in RULE.findall(FACE) if selector.strip() == ".ar :focus-visible"]
    drawn = re.search(r"outline:(\d)px solid var\(--ink\)", ring)
    assert drawn and int(drawn[1]) >= 2 and re.search(r"outline-offset:[1-9]", ring)
