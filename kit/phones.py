"""A telephone number as a person types it, made one that can be dialled from everywhere. Pure."""

import re
import unicodedata

E164 = re.compile(r"\+[1-9][0-9]{7,14}")
# What people set between the figures, and the signs for the direction of writing that a copied contact carries along.
BETWEEN = re.compile(r"[\s().\-/\u2010-\u2015\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def dialled(typed: str) -> str | None:
    """ "+33612345678" of "+33 (0)6 12-34 56 78", in whichever figures; "" of nothing, None where it lacks its country.

    A zero in brackets is what one dials at home and not from abroad. "00" is what one dials for "+".
    """
    text = "".join(str(unicodedata.decimal(sign, sign)) for sign in unicodedata.normalize("NFKC", typed))
    number = BETWEEN.sub("", text.replace("(0)", ""))
    number = f"+{number[2:]}" if number.startswith("00") else number
    return number if not number or E164.fullmatch(number) else None
