"""The brief on a client's page: what Shopify's records say, what passed before, what the law gives them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from consults.aftercare.learned import SOURCE
from consults.briefs.briefs import facts_in, find_brief
from consults.briefs.contacts import last_contacts, promised_elsewhere
from consults.briefs.facts import LABELS, NOTES, UNKNOWN, Fact
from consults.models import Case
from logistics.judging import verdict_of
from logistics.models import Rma
from shopify_app.pages.wording import show_date

KINDS = {
    "Customer": "client's record",
    "Order": "order",
    "LineItem": "order's line",
    "Product": "product",
    "ProductVariant": "variant",
}
FIELDS = {"createdAt": "made on", "processedAt": "date", "sourceName": "channel", "retailLocation": "place"}


@dataclass(frozen=True)
class Line:
    """A fact as it is shown. `known` is False where the words are "unknown"; `sources` are in words."""

    key: str
    label: str
    words: str
    known: bool
    sources: str


def brief_of(session: Session, case: Case, rma: Rma | None, *, notes: bool) -> dict[str, Any]:
    """What _facts.html needs. The page is not held up by Shopify: this is what was kept when it was last asked.

    `notes`: whether the reader may see what was confided.
    """
    brief = find_brief(session, case)
    verdict = verdict_of(session, rma) if rma else None
    return {
        "brief": brief,
        "facts": lines_of(facts_in(brief), notes=notes),
        "notes": notes,
        "contacts": last_contacts(session, case),
        "promised_elsewhere": promised_elsewhere(session, case),
        "legal": [found["reason"] for found in verdict.found] if verdict else [],
    }


def lines_of(facts: dict[str, Fact], *, notes: bool = True) -> list[Line]:
    """Every label there is, in order; without `notes` those that are none."""
    lines = []
    for key, label in ((key, label) for key, label in LABELS if notes or key not in NOTES):
        fact = facts.get(key)
        lines.append(Line(key, label, fact.words if fact else UNKNOWN, fact is not None, _where(fact)))
    return lines


def _where(fact: Fact | None) -> str:
    """ "Shopify: client's record, ring size"; "" for what is unknown."""
    if fact is None:
        return ""
    ours = [source for source in fact.sources if source.startswith(SOURCE)]
    theirs = [source for source in fact.sources if not source.startswith(SOURCE)]
    told = [f"told us on {show_date(date.fromisoformat(day))}" for day in sorted({s.partition("#")[2] for s in ours})]
    return "; ".join([*(["Shopify: " + "; ".join(_in_words(theirs))] if theirs else []), *told])


def _in_words(sources: Sequence[str]) -> list[str]:
    found = []
    for source in sources:
        gid, _, field = source.partition("#")
        kind = KINDS.get(gid.split("/")[3] if gid.count("/") > 3 else "", "record")
        name = field.partition(":")[2].rpartition(".")[2] if ":" in field else FIELDS.get(field, field)
        words = f"{kind}, {name.replace('_', ' ')}"
        if words not in found:
            found.append(words)
    return found
