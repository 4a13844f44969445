"""The part of Shopify's search syntax that the app uses: `field:value`, comparisons, `-`, AND and OR, plain words."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

TERM = re.compile(
    r"""(?P<not>-|NOT\s+)?(?:(?P<field>[a-z_]+):(?P<op>>=|<=|>|<)?)?(?P<value>'[^']*'|"[^"]*"|[^\s()]+)"""
)

# For a document, the values a field may be matched against.
Values = Callable[[dict], list]


def search(documents: list[dict], query: str | None, fields: dict[str, Values]) -> list[dict]:
    """Those that match. A field that isn't known here matches nothing, so that a mistake shows."""
    if not query or not query.strip():
        return documents
    branches = [list(terms(branch)) for branch in re.split(r"\s+OR\s+", query)]
    return [d for d in documents if any(all(matches(d, term, fields) for term in branch) for branch in branches)]


def terms(text: str):
    for found in TERM.finditer(text):
        value = found["value"].strip("'\"")
        if found["field"] is None and value == "AND":
            continue
        yield bool(found["not"]), found["field"], found["op"] or "=", value


def matches(document: dict, term: tuple, fields: dict[str, Values]) -> bool:
    negated, field, op, wanted = term
    if field is None:
        hit = any(wanted.lower() in str(v).lower() for values in fields.values() for v in values(document))
    elif field in fields:
        hit = any(compare(value, op, wanted) for value in fields[field](document))
    else:
        return False
    return hit != negated


def compare(value, op: str, wanted: str) -> bool:
    if value is None:
        return False
    if op == "=":
        left, right = str(value).lower().lstrip("#"), wanted.lower().lstrip("#")
        return left.startswith(right[:-1]) if right.endswith("*") else left == right
    left, right = comparable(value), comparable(wanted)
    if type(left) is not type(right):
        return False
    return {">=": left >= right, "<=": left <= right, ">": left > right, "<": left < right}[op]


def comparable(value):
    text = str(value)
    try:
        return float(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text.lower()
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
