"""What is looked at on opening the box, by the kind of piece, and what the answers come to. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal

from logistics.custody_words import Verdict
from logistics.states import Finding

ITEMS: Mapping[str, str] = {
    "inscription": "Inscription on the girdle, under magnification",
    "report": "Number of the laboratory's report",
    "weight": "Weight, to 0.01 g",
    "serial": "Serial number",
    "links": "Links of the bracelet",
    "papers": "Papers and certificates",
    "tags": "Security tag and seals",
    "case": "Box, case and bag",
}
CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "stone": ("inscription", "report", "weight", "papers", "tags", "case"),
    "watch": ("serial", "links", "weight", "papers", "tags", "case"),
    "bag": ("serial", "papers", "tags", "case"),
    "other": ("serial", "weight", "papers", "tags", "case"),
}
WORDS: Mapping[str, tuple[str, ...]] = {
    "watch": ("watch", "montre", "chronograph", "uhr"),
    "bag": ("bag", "weekender", "handbag", "tote", "clutch", "sac"),
    "stone": ("ring", "diamond", "solitaire", "earring", "pendant", "necklace", "bracelet", "stone", "brooch"),
}
WEIGHT = re.compile(r"([0-9]+\.[0-9]+|[0-9]+(?= *[a-z]))\s*(?:g|gr|gram|grams|grammes|ct|carat|carats)?")
IDENTITY = frozenset({"inscription", "report", "serial"})
"""What says that it is this very piece. Where none of it was written down at the sale, its identity is unproven."""


def category_of(*texts: str) -> str:
    """The kind of piece, from its title and what else is said of it."""
    words = {word.strip(".,;:()").lower() for text in texts for word in text.split()}
    return next((kind for kind, known in WORDS.items() if words & set(known)), "other")


def finding_of(verdicts: Iterable[Verdict]) -> Finding:
    """The worst answer counts: another piece, then a part that is missing, then what nobody could tell, then wear."""
    given = set(verdicts)
    order = (
        (Verdict.OTHER, Finding.MISMATCH),
        (Verdict.MISSING, Finding.PART_MISSING),
        (Verdict.CANNOT_TELL, Finding.CANNOT_TELL),
        (Verdict.WORN, Finding.MATCH_WITH_WEAR),
    )
    if not given:
        return Finding.CANNOT_TELL
    return next((finding for verdict, finding in order if verdict in given), Finding.MATCH)


def contradicts(outbound: str, found: str, verdict: Verdict) -> bool:
    """Whether something is called "as sold" that reads otherwise than what was written down at the sale."""
    return verdict is Verdict.AS_SOLD and bool(outbound and found) and _same(outbound) != _same(found)


def is_proven(facts: Mapping[str, str]) -> bool:
    """Whether anything written down at the sale tells this piece from another."""
    return any(facts.get(item) for item in IDENTITY)


def _same(text: str) -> str | Decimal:
    """What two ways of writing one thing have in common: of a weight its figure, of a number its letters and digits."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace(",", ".")
    weighed = WEIGHT.fullmatch(plain.strip())
    if weighed is not None:
        return Decimal(weighed[1])
    return "".join(letter for letter in plain if letter.isalnum() or letter == ".")
