"""Data packs: rules of countries, kinds and carriers as dated entries with a source. Pure: reading, checking, writing.

A pack is {"pack": name, "dated": day, "owner": who answers for it, "entries": [{"key": …, "source": …, "dated": …}]}.
What an entry holds besides is named in SCHEMAS.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "packs"
MOST_ENTRIES = 500
MOST_LETTERS = 500


class Kind(StrEnum):
    """`words` is a list of short texts, `countries` one of two-letter codes, `number` is whole or absent."""

    TEXT = "text"
    WORDS = "words"
    COUNTRIES = "countries"
    NUMBER = "number"
    YES = "yes"


@dataclass(frozen=True)
class Field:
    """One thing an entry says. `label` is what a merchant reads."""

    name: str
    label: str
    kind: Kind
    details: str = ""


@dataclass(frozen=True)
class Schema:
    """What a pack is about, in words, and what its entries hold."""

    heading: str
    words: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Pack:
    """A pack as it holds now. `version` 0 is the one in the repository."""

    name: str
    dated: date
    owner: str
    entries: tuple[Mapping[str, Any], ...]
    version: int = 0

    def entry(self, key: str) -> Mapping[str, Any] | None:
        """The entry of that key."""
        return next((entry for entry in self.entries if entry["key"] == key), None)

    def as_json(self) -> dict[str, Any]:
        """As a file holds it."""
        entries = [dict(entry) for entry in self.entries]
        return {"pack": self.name, "dated": self.dated.isoformat(), "owner": self.owner, "entries": entries}


class PackUnclear(ValueError):
    """What is wrong with a pack, in a sentence that names the entry."""


SCHEMAS: Mapping[str, Schema] = {
    "categories": Schema(
        "Kinds of pieces",
        "How product type, tags and title tell what kind of piece it is. Policy terms exclude kinds by these names.",
        (Field("words", "Words", Kind.WORDS),),
    ),
    "classes": Schema(
        "How pieces were sold",
        "How tags and marks on an order's line tell what was made for the client, and that they were told.",
        (Field("words", "Words", Kind.WORDS),),
    ),
    "species": Schema(
        "Protected materials",
        "A piece of one of these does not cross a border until a person has seen its papers.",
        (Field("words", "Words", Kind.WORDS),),
    ),
    "countries": Schema(
        "Law by country",
        "The right to withdraw from a purchase at a distance, and by when the money goes back.",
        (
            Field("countries", "Countries", Kind.COUNTRIES),
            Field("right", "There is a right to withdraw", Kind.YES),
            Field("window_days", "Days to withdraw, from delivery", Kind.NUMBER),
            Field("refund_days", "Days to pay back", Kind.NUMBER),
            Field("from_receipt", "Counted from arrival or proof of sending", Kind.YES),
            Field("may_wait", "Money may wait for the piece", Kind.YES),
            Field("wear", "Wear may be charged", Kind.YES),
            Field("exempt", "Exempt when told before paying", Kind.WORDS, "engraved, made to measure, configured"),
            Field("channels", "Sales it does not hold for", Kind.WORDS, "As Shopify names where it was sold: pos"),
            Field("note", "Remark", Kind.TEXT),
        ),
    ),
    "policy": Schema(
        "The house's own policy",
        "What the house gives beyond the law. An entry without countries holds wherever no other does.",
        (
            Field("countries", "Countries", Kind.COUNTRIES),
            Field("window_days", "Days, from delivery", Kind.NUMBER),
            Field("refused", "Not taken back", Kind.WORDS, "engraved, made to measure, configured, final sale"),
            Field("wear", "Wear may be charged", Kind.YES),
            Field("note", "Remark", Kind.TEXT),
        ),
    ),
    "carriers": Schema(
        "What carriers say of cover",
        "As published, with how sure it is. Nothing travels on these: only on the terms of your own policy.",
        (
            Field("carrier", "Carrier", Kind.TEXT),
            Field("limit", "Limit in US dollars", Kind.NUMBER),
            Field("excluded", "Kinds not taken", Kind.WORDS),
            Field("confidence", "How sure", Kind.TEXT),
            Field("note", "Remark", Kind.TEXT),
        ),
    ),
    "credit": Schema(
        "Ceilings of store credit",
        "The most a client's account may hold at Shopify. In a currency without an entry none is offered.",
        (
            Field("currency", "Currency", Kind.TEXT, "Three letters, for example EUR"),
            Field("ceiling", "Ceiling, in whole units", Kind.NUMBER),
            Field("note", "Remark", Kind.TEXT),
        ),
    ),
}


@cache
def starting_pack(name: str) -> Pack:
    """The pack as the repository has it. KeyError for a name nobody knows."""
    if name not in SCHEMAS:
        raise KeyError(name)
    return read_pack(name, json.loads((FOLDER / f"{name}.json").read_text("utf-8")))


def parse_file(name: str, raw: bytes) -> Pack:
    """A pack from a file that was handed in. Raises PackUnclear."""
    try:
        body = json.loads(raw.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise PackUnclear("This is no JSON file. Take the exported file, change it and bring it back.") from None
    return no_country_twice(read_pack(name, body))


def read_pack(name: str, body: Any, version: int = 0) -> Pack:
    """`body` as a pack of that name. Raises PackUnclear."""
    if not isinstance(body, dict) or body.get("pack") != name:
        raise PackUnclear(f"This file is not a pack called {name}.")
    entries = body.get("entries")
    if not isinstance(entries, list) or not 0 < len(entries) <= MOST_ENTRIES:
        raise PackUnclear(f"A pack has between 1 and {MOST_ENTRIES} entries.")
    owner = str(body.get("owner") or "").strip()
    if not owner:
        raise PackUnclear("Name the owner: who in the house answers for these rules.")
    read = tuple(read_entry(name, entry) for entry in entries)
    keys = [entry["key"] for entry in read]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise PackUnclear(f"There are two entries called {twice}.")
    return Pack(name, read_day(body.get("dated"), "The pack"), owner[:MOST_LETTERS], read, version)


def read_entry(name: str, entry: Any) -> dict[str, Any]:
    """One entry, cleaned. Raises PackUnclear with a sentence that names it."""
    key = str(entry.get("key") or "").strip()[:60] if isinstance(entry, dict) else ""
    if not key:
        raise PackUnclear("Each entry has a key, the name it goes by.")
    source = str(entry.get("source") or "").strip()
    if not source:
        raise PackUnclear(f"{key}: write down the source, where the rule can be read.")
    found: dict[str, Any] = {"key": key}
    for field in SCHEMAS[name].fields:
        found[field.name] = _value(key, field, entry.get(field.name))
    return found | {"source": source[:MOST_LETTERS], "dated": read_day(entry.get("dated"), key).isoformat()}


def read_day(given: Any, whose: str) -> date:
    """A day as 2026-11-22. Raises PackUnclear."""
    try:
        return date.fromisoformat(str(given or ""))
    except ValueError:
        raise PackUnclear(f"{whose}: write the day it was looked up as 2026-11-22.") from None


def law_in(pack: Pack, country: str) -> Mapping[str, Any] | None:
    """The entry that names the country."""
    return next((entry for entry in pack.entries if country and country in entry["countries"]), None)


def no_country_twice(pack: Pack) -> Pack:
    """The pack itself. Raises PackUnclear where a country stands in two entries: only one of them would ever hold."""
    seen: dict[str, str] = {}
    for entry in pack.entries:
        for country in entry.get("countries", ()):
            if country in seen:
                raise PackUnclear(
                    f"{country} stands in {seen[country]} and in {entry['key']}. Leave it in one of them."
                )
            seen[country] = entry["key"]
    return pack


def _value(key: str, field: Field, given: Any) -> Any:
    if field.kind is Kind.YES:
        return given in (True, "on", "yes", "true")
    if field.kind is Kind.TEXT:
        return str(given or "").strip()[:MOST_LETTERS]
    if field.kind is Kind.NUMBER:
        return _number(key, field, given)
    words = given if isinstance(given, list) else str(given or "").split(",")
    clean = list(dict.fromkeys(str(word).strip()[:60] for word in words if str(word).strip()))
    if field.kind is Kind.WORDS:
        return [word.casefold() for word in clean]
    if wrong := next((word for word in clean if not re.fullmatch(r"[A-Za-z]{2}", word)), None):
        raise PackUnclear(f"{key}: {wrong} is not a country. Write two letters each, for example FR, DE.")
    return [word.upper() for word in clean]


def _number(key: str, field: Field, given: Any) -> int | None:
    if given in (None, ""):
        return None
    text = str(given).strip()
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise PackUnclear(f"{key}: {field.label.lower()} is a whole number.")
    return int(text)
