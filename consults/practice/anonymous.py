"""A client's words without who they are: names, sums, numbers, addresses, days and pictures are taken out. Pure."""

import re
from collections.abc import Iterable

GAP = "…"
_REST = (
    re.compile(r"\S+@\S+|\bhttps?://\S+|\bwww\.\S+", re.I),
    re.compile(r"[$€£¥₹]|\b(?:USD|EUR|GBP|CHF|JPY|CNY|dollars?|euros?|pounds?|francs?|yen)\b", re.I),
    re.compile(r"[#+]?\w*\d[\w.,:/'\-]*"),
)
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_STARTERS = """
a an and as at but by for from he her his how i i'd i'll i'm i've if in is it it's its just maybe my no not now of on
once one only our perhaps please she since so some sorry still thank thanks that that's the their there these they this
though to too was we well what when where which who why with yes you your
"""
STARTERS = frozenset(_STARTERS.split())
"""Words that may stand with a capital and are nobody's name."""


def without_names(text: str, names: Iterable[str]) -> str:
    """`text` with a gap for each name in `names`, whatever holds a figure, and each word that is written like a name.

    Any capital counts as one, but of the words a sentence begins with: rather a gap too many than somebody known by
    it. Where letters have no capitals a name cannot be told, so nothing is kept of that.
    """
    if any(sign.isalpha() and sign.lower() == sign.upper() for sign in text):
        return ""
    for pattern in _REST:
        text = pattern.sub(GAP, text)
    known = {part for name in names for word in _WORD.findall(name) for part in _parts(word) if len(part) > 1}
    out, at = [], 0
    for match in _WORD.finditer(text):
        word = match.group()
        is_plain = word.replace("\u2019", "'").casefold() in STARTERS
        is_name = _parts(word) & known or (not word.islower() and not is_plain)
        out.append(text[at : match.start()] + (GAP if is_name else word))
        at = match.end()
    return re.sub(rf"{GAP}(?:\W*{GAP})+", GAP, " ".join(("".join(out) + text[at:]).split()))


def _parts(word: str) -> set[str]:
    """ "o'neil-whitlock" and what it is joined of."""
    plain = word.casefold().replace("\u2019", "'")
    return {plain, *re.split("['-]", plain)}
