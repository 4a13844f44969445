"""Code 128 as an SVG: bars a scanner at the receiving desk reads. Pure."""

import unicodedata

from markupsafe import Markup, escape

# Widths of bar, space, bar, … of each symbol, in modules; ISO/IEC 15417, table 1. 104 starts set B, 106 stops.
_TABLE = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112"
)
_WIDTHS = _TABLE.split()
_START_B, _STOP = 104, 106
_QUIET = 10  # modules of white before and after


def scannable(number: str) -> str:
    """A return's number as bars can say it: an order's name may have letters of any kind before its figures."""
    bare = unicodedata.normalize("NFKD", number)
    return "".join(letter for letter in bare if letter.isascii() and letter.isprintable()) or "-"


def symbols(text: str) -> list[int]:
    """Symbol values for `text` in set B, with start, check symbol and stop. ValueError outside printable ASCII."""
    values = [ord(letter) - 32 for letter in text]
    if not text or any(not 0 <= value <= 94 for value in values):
        raise ValueError(f"not for Code 128 set B: {text!r}")
    check = (_START_B + sum(place * value for place, value in enumerate(values, start=1))) % 103
    return [_START_B, *values, check, _STOP]


def bars(text: str) -> list[tuple[int, int]]:
    """(position, width) of each black bar, in modules, quiet zone included."""
    found, at = [], _QUIET
    for symbol in symbols(text):
        for place, width in enumerate(map(int, _WIDTHS[symbol])):
            if place % 2 == 0:
                found.append((at, width))
            at += width
    return found


def barcode(text: str) -> Markup:
    """An inline SVG of `text`, read out as "Code …"."""
    drawn = bars(text)
    width = drawn[-1][0] + drawn[-1][1] + _QUIET
    rects = "".join(f'<rect x="{x}" width="{w}" height="44"/>' for x, w in drawn)
    return Markup(
        '<svg class="ar-bars" viewBox="0 0 {} 44" preserveAspectRatio="none" role="img" aria-label="Code {}">{}</svg>'
    ).format(width, escape(text), Markup(rects))
