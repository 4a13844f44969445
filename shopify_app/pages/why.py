"""Why a return went to whom: every level of evidence, in words, for the admin's pages and the desk's."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from consults.advisors import advisors
from kit.clock import parse_instant
from routing import books, hand_overs, notes, selling
from routing.conditions import in_words
from routing.levels import LEVEL_NAMES, Confidence, Level
from routing.models import Decision

SURE = {
    Confidence.CERTAIN: "Certain",
    Confidence.STRONG: "Strong",
    Confidence.FAIR: "Fair",
    Confidence.WEAK: "Weak",
    Confidence.NONE: "",
}


@dataclass(frozen=True)
class Line:
    """One thing a level saw. `saw` is "" where it saw nothing."""

    level: str
    saw: str
    verdict: str
    sure: str
    seen_at: datetime | None
    counted: bool


@dataclass(frozen=True)
class Choice:
    """A person put another advisor in place of what was decided. `reason` is "" once the client was erased."""

    name: str
    before: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class RuleThen:
    """The rule that decided, as it was then. `name` is "" where none matched; without `conditions` it asked nothing."""

    version: int
    name: str
    conditions: tuple[str, ...]


@dataclass(frozen=True)
class Move:
    """The rules were run again on the case: who had it, who has it since; the same where it stayed."""

    before: str
    name: str
    why: str
    words: str
    at: datetime


@dataclass(frozen=True)
class Why:
    """What the panel shows. `noted`: "" when nothing is noted in Shopify, else how far that is.

    `rule` is None where the rules of that day were not kept.
    """

    decision_id: int | None
    words: str
    rule: RuleThen | None
    level: str
    lines: tuple[Line, ...]
    silent: tuple[str, ...]
    choices: tuple[Choice, ...]
    moves: tuple[Move, ...]
    noted: str


def why(session: Session, *, shop_id: int, decision: Decision | None, case_id: int | None = None) -> Why | None:
    """The panel of one decision, with what became of its case since; None for a return that is not decided yet."""
    if decision is None:
        return None
    names = {person.id: person.name for person in advisors(session, shop_id=shop_id) if person.id is not None}
    found = [_line(kept) for kept in decision.findings]
    return Why(
        decision_id=decision.id,
        words=decision.words,
        rule=_rule(session, decision),
        level=LEVEL_NAMES.get(decision.level, ""),
        lines=tuple(line for line in found if line.saw),
        silent=tuple(f"{line.level}: {line.verdict[0].lower()}{line.verdict[1:]}" for line in found if not line.saw),
        choices=_choices(session, shop_id, decision.order_gid, names),
        moves=_moves(session, shop_id, case_id, names) if case_id else (),
        noted=_noted(session, shop_id, decision.order_gid),
    )


def _rule(session: Session, decision: Decision) -> RuleThen | None:
    book = books.book_at(session, shop_id=decision.shop_id, version=decision.policy_version)
    if book is None:
        return None
    found = book.find(decision.rule_id) if decision.rule_id else None
    if found is None:
        return RuleThen(book.version, "", ())
    return RuleThen(book.version, found.name, tuple(in_words(one, book.currency) for one in found.conditions))


def _line(kept: Mapping[str, object]) -> Line:
    level = next((known for known in Level if known.value == kept.get("level")), None)
    sure = next((known for known in Confidence if known.value == kept.get("confidence")), Confidence.NONE)
    at = kept.get("seen_at")
    return Line(
        level=LEVEL_NAMES[level] if level else str(kept.get("level")),
        saw=str(kept.get("saw") or ""),
        verdict=str(kept.get("verdict") or ""),
        sure=SURE[sure],
        seen_at=parse_instant(str(at)) if at else None,
        counted=bool(kept.get("counted")),
    )


def _choices(session: Session, shop_id: int, order_gid: str, names: Mapping[int, str]) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            name=names.get(row.advisor_id, "Somebody who left"),
            before="nobody" if row.from_advisor_id is None else names.get(row.from_advisor_id, "somebody who left"),
            reason=row.reason or "",
            by=_who(row.by, names),
            at=row.at,
        )
        for row in selling.choices(session, shop_id=shop_id, order_gid=order_gid)
    )


def _moves(session: Session, shop_id: int, case_id: int, names: Mapping[int, str]) -> tuple[Move, ...]:
    """What a person chose is told as their choice."""
    return tuple(
        Move(
            before=names.get(row.from_advisor_id, "Somebody who left"),
            name=names.get(row.to_advisor_id, "Somebody who left"),
            why=row.why,
            words=row.words,
            at=row.at,
        )
        for row in hand_overs.reroutings(session, shop_id=shop_id, case_id=case_id)
        if not row.why.startswith("chosen by")
    )


def _who(by: str, names: Mapping[int, str]) -> str:
    kind, _, number = by.partition(":")
    if kind == "advisor" and number.isdigit():
        return names.get(int(number), "an advisor")
    if kind == selling.FLOW:
        return "a workflow"
    return f"staff member {number}" if kind == "staff" else "the house"


def _noted(session: Session, shop_id: int, order_gid: str) -> str:
    note = notes.find_note(session, shop_id=shop_id, order_gid=order_gid)
    if note is None or not note.version:
        return ""
    return "Noted on the order in Shopify." if note.written >= note.version else "On its way to the order in Shopify."
