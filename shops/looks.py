"""The house's own look on the portal: accent, the text on it, headings. Pure.

What is chosen has to be read: text on the accent at 4.5 to 1, the edge of a button against the page at 3 to 1
(https://www.w3.org/TR/WCAG22/#contrast-minimum and #non-text-contrast).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

INK, PAPER = "#1b1a18", "#ffffff"
TEXT_NEEDED, EDGE_NEEDED = 4.5, 3.0
COLOUR = re.compile(r"#[0-9a-f]{6}")
# Nothing is downloaded: what a reader's device has, the likest first.
FACES = {
    "": ("Old-style serif", ""),
    "modern": ("Modern serif", 'Didot, "Bodoni 72", "Bodoni MT", "Noto Serif Display", Georgia, serif'),
    "classic": ("Classic serif", 'Garamond, "EB Garamond", "Hoefler Text", Baskerville, Georgia, serif'),
    "sans": ("Sans serif", 'Optima, Candara, "Gill Sans", "Helvetica Neue", "Noto Sans", Arial, sans-serif'),
    "plain": ("As the text", '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, Arial, sans-serif'),
}


@dataclass(frozen=True)
class Look:
    """Two colours as #rrggbb and one of FACES."""

    accent: str = INK
    on_accent: str = PAPER
    face: str = ""

    @property
    def text_contrast(self) -> float:
        """Of the text on the accent."""
        return contrast(self.accent, self.on_accent)

    @property
    def edge_contrast(self) -> float:
        """Of the accent on the page, which is white."""
        return contrast(self.accent, PAPER)

    @property
    def family(self) -> str:
        """What headings are set in, for a stylesheet; "" for the usual."""
        return FACES[self.face][1]

    def wrongs(self) -> dict[str, str]:
        """A sentence for each field to correct, with the figure; nothing where all can be read."""
        if self.text_contrast < TEXT_NEEDED:
            return {"accent": f"{self.in_words()} Choose a darker or a lighter one of the two."}
        if self.edge_contrast < EDGE_NEEDED:
            return {
                "accent": f"On the white page this accent stands out at {shown(self.edge_contrast)} to 1. At least "
                f"{shown(EDGE_NEEDED)} is needed, so that a button has an edge."
            }
        return {}

    def in_words(self) -> str:
        """The figure that counts, while it is being chosen."""
        return (
            f"Text on it reads at {shown(self.text_contrast)} to 1. At least {shown(TEXT_NEEDED)} is needed, so that "
            "everybody can read it."
        )

    def stylesheet(self) -> str:
        """Custom properties only. Inside a theme the headings are the theme's own."""
        face = f".ar:not(.is-in-theme){{--ar-display:{self.family}}}\n" if self.family else ""
        return f".ar{{--ar-accent:{self.accent};--ar-on-accent:{self.on_accent}}}\n{face}"

    @property
    def mark(self) -> str:
        """Another one for every other look."""
        return sha256(self.stylesheet().encode()).hexdigest()[:12]


def read_look(form: Mapping[str, str]) -> tuple[Look, dict[str, str]]:
    """What was chosen, and a sentence for each field to correct; the usual stands in for what cannot be read."""
    colours, wrongs = {}, {}
    for name, usual in (("accent", INK), ("on_accent", PAPER)):
        given = form.get(name, "").strip().lower()
        given = given if given.startswith("#") or not given else f"#{given}"
        colours[name] = given if COLOUR.fullmatch(given) else usual
        if given and colours[name] != given:
            wrongs[name] = "Write the colour as # and six signs, for example #233b33."
    face = form.get("face", "")
    if face not in FACES:
        wrongs["face"] = "Choose one of the headings."
    look = Look(**colours, face=face if face in FACES else "")
    return look, wrongs or look.wrongs()


def contrast(one: str, other: str) -> float:
    """Of two colours as #rrggbb, from 1.0 to 21.0."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def shown(figure: float) -> str:
    """Cut to one digit, never rounded up: 4.49 is not 4.5."""
    return f"{int(figure * 10) / 10:.1f}"


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
