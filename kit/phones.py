"""Telephone numbers: what a person types, as it is dialled from everywhere, and as it is read. Pure.

Kept in E.164, which nobody reads aloud.
"""

import re
import unicodedata

E164 = re.compile(r"\+[1-9][0-9]{7,14}")
# What people set between the figures, and the signs for the direction of writing that a copied contact carries along.
BETWEEN = re.compile(r"[\s().\-/\u2010-\u2015\u200e\u200f\u202a-\u202e\u2066-\u2069]")
KEPT = re.compile(r"\+[1-9][0-9]{6,14}")  # numbers of an earlier time may be shorter
APART = "\u00a0"  # a number stays on one line
ONE_DIGIT = frozenset({"1", "7"})
TWO_DIGITS = re.compile(r"2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]")
"""Calling codes shorter than three digits; ITU-T E.164, annex of assigned country codes."""
GROUPS = {
    ("1", 10): (3, 3, 4),
    ("7", 10): (3, 3, 2, 2),
    ("33", 9): (1, 2, 2, 2, 2),
    ("34", 9): (3, 3, 3),
    ("39", 10): (3, 3, 4),
    ("41", 9): (2, 3, 2, 2),
    ("44", 10): (4, 6),
    ("65", 8): (4, 4),
    ("81", 10): (2, 4, 4),
    ("86", 11): (3, 4, 4),
    ("852", 8): (4, 4),
    ("971", 9): (2, 3, 4),
}
"""How a country groups what follows its code, by the code and the count of digits."""
LONDON = "20"


def dialled(typed: str) -> str | None:
    """ "+33612345678" of "+33 (0)6 12-34 56 78", in whichever figures; "" of nothing, None where it lacks its country.

    A zero in brackets is what one dials at home and not from abroad. "00" is what one dials for "+".
    """
    text = "".join(str(unicodedata.decimal(sign, sign)) for sign in unicodedata.normalize("NFKC", typed))
    number = BETWEEN.sub("", text.replace("(0)", ""))
    number = f"+{number[2:]}" if number.startswith("00") else number
    return number if not number or E164.fullmatch(number) else None


def shown_phone(number: str | None) -> str:
    """ "+33 1 84 88 00 02" of "+33184880002"; what is no bare E.164 number stays as somebody wrote it; "" of None."""
    if not number or not number.isascii() or not KEPT.fullmatch(number):
        return number or ""
    code, rest = _parted(number[1:])
    return APART.join(["+" + code, *_grouped(code, rest)])


def _parted(digits: str) -> tuple[str, str]:
    length = 1 if digits[:1] in ONE_DIGIT else 2 if TWO_DIGITS.match(digits) else 3
    return digits[:length], digits[length:]


def _grouped(code: str, rest: str) -> list[str]:
    sizes = GROUPS.get((code, len(rest)))
    if code == "44" and rest.startswith(LONDON):
        sizes = (2, 4, 4)
    found = []
    for size in sizes or ():
        found.append(rest[:size])
        rest = rest[size:]
    # Elsewhere by threes, and never a single digit at the end.
    while len(rest) > 4:
        found.append(rest[:3])
        rest = rest[3:]
    return [*found, rest] if rest else found
