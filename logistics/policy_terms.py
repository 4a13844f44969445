"""The lines of the house's policy: written down, changed and switched off by a person, or told what is wrong."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from kit.amounts import read_amount
from kit.db import locked
from kit.errors import AppError, NotFound
from logistics.cover import Payer
from logistics.cover_models import CoverTerm
from logistics.ways import Way

MOST_CENTS = 10**13
TEXTS = {"carrier": 60, "insurer": 120, "policy_number": 80}
AMOUNTS = ("limit", "day", "address", "vehicle")


class TermsUnclear(AppError):
    """What is wrong with a line, a sentence for each field."""

    def __init__(self, fields: dict[str, str]):
        super().__init__(" ".join(fields.values()), status=422)
        self.fields = fields


def terms_of(session: Session, *, shop_id: int) -> list[CoverTerm]:
    """Every line, as it was first written down."""
    return list(session.exec(select(CoverTerm).where(CoverTerm.shop_id == shop_id).order_by(col(CoverTerm.id))))


def get_terms(session: Session, *, shop_id: int, term_id: int) -> CoverTerm:
    """One line, nobody else's to change until we commit. Raises NotFound, also for another shop's."""
    query = select(CoverTerm).where(CoverTerm.id == term_id, CoverTerm.shop_id == shop_id)
    row = locked(session, query).first()
    if row is None:
        raise NotFound("That line of the policy is not here.")
    return row


def write_terms(
    session: Session,
    *,
    shop_id: int,
    term_id: int | None,
    given: Mapping[str, str],
    currency: str,
    kinds: frozenset[str],
    by: str,
    now: datetime,
) -> CoverTerm:
    """Write down a new line, or change one. `given` is a form's, `kinds` the kinds there are. Raises TermsUnclear.

    Of a line under which pieces travel, what they travel under stays as it was kept with each of them.
    """
    values = read_terms(given, currency=currency, kinds=kinds)
    if term_id is None:
        row = CoverTerm(shop_id=shop_id, changed_by=by, changed_at=now, **values)
    else:
        row = get_terms(session, shop_id=shop_id, term_id=term_id)
        for name, value in values.items():
            setattr(row, name, value)
        row.changed_by, row.changed_at = by, now
    session.add(row)
    session.flush()
    return row


def switch_terms(session: Session, *, shop_id: int, term_id: int, on: bool, by: str, now: datetime) -> CoverTerm:
    """Switch a line on or off; nothing new travels under one that is off. Raises NotFound."""
    row = get_terms(session, shop_id=shop_id, term_id=term_id)
    row.is_on, row.changed_by, row.changed_at = on, by, now
    session.add(row)
    return row


def read_terms(given: Mapping[str, str], *, currency: str, kinds: frozenset[str]) -> dict[str, Any]:
    """A form as columns of a line. Raises TermsUnclear with every field that is to be corrected."""
    wrongs: dict[str, str] = {}
    values: dict[str, Any] = {name: given.get(name, "").strip() for name in TEXTS}
    wrongs |= {n: f"At most {most} letters fit here." for n, most in TEXTS.items() if len(values[n]) > most}
    if not values["insurer"]:
        wrongs["insurer"] = "Write who insures it."
    if not values["policy_number"]:
        wrongs["policy_number"] = "Write the number of the policy, by which the cover can be proved."
    for name, words, kind in (("way", "Choose how the piece travels.", Way), ("payer", "Choose who covers.", Payer)):
        known = {str(member): member for member in kind}
        if given.get(name) in known:
            values[name] = known[given[name]]
        else:
            wrongs[name] = words
    for name in AMOUNTS:
        values[f"{name}_cents"] = _amount(name, given.get(name, ""), currency, wrongs)
    values["lanes"] = _lanes(given.get("lanes", ""), wrongs)
    values["excluded"] = _kinds(given.get("excluded", ""), kinds, wrongs)
    values["valid_from"] = _day("valid_from", given.get("valid_from", ""), wrongs)
    until = given.get("valid_until", "").strip()
    values["valid_until"] = _day("valid_until", until, wrongs) if until else None
    if values["valid_from"] and values["valid_until"] and values["valid_until"] < values["valid_from"]:
        wrongs["valid_until"] = "The last day is before the first."
    if wrongs:
        raise TermsUnclear(wrongs)
    return values | {"currency": currency}


def _amount(name: str, text: str, currency: str, wrongs: dict[str, str]) -> int | None:
    if not text.strip() and name != "limit":
        return None
    try:
        cents = read_amount(text, currency).cents
    except ValueError:
        cents = 0
    if not 0 < cents <= MOST_CENTS:
        wrongs[name] = f"Write an amount in {currency}, for example 25000."
        return None
    return cents


def _lanes(text: str, wrongs: dict[str, str]) -> list[list[str]]:
    """ "FR-FR, *-US": from and to, a star for any country."""
    lanes = []
    for lane in (part.strip().upper() for part in text.split(",") if part.strip()):
        found = re.fullmatch(r"([A-Z]{2}|\*)\s*-\s*([A-Z]{2}|\*)", lane)
        if found is None:
            wrongs["lanes"] = f"{lane[:20]} is not a way between two countries. Write FR-US, or *-FR for any to France."
            return []
        lanes.append([end.replace("*", "") for end in found.groups()])
    return lanes


def _kinds(text: str, kinds: frozenset[str], wrongs: dict[str, str]) -> list[str]:
    found = list(dict.fromkeys(part.strip().casefold() for part in text.split(",") if part.strip()))
    if unknown := next((kind for kind in found if kind not in kinds), None):
        wrongs["excluded"] = f"{unknown[:40]} is not a kind of piece here. There are: {', '.join(sorted(kinds))}."
        return []
    return found


def _day(name: str, text: str, wrongs: dict[str, str]) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        wrongs[name] = "Write the day as 2026-11-24."
        return None
