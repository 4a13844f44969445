"""What each level of the chain saw: a function a level, in one table. Pure; sellers.py judges what they return."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from routing.facts import Attribution, Directory, Person, ReturnFacts
from routing.levels import Confidence, Level
from routing.signals import Claim, ClientMark, MarkedIn, WriteBack, plain_code

ONLINE = ("web",)
"""Sources where nobody of the house stood at the till, so that a member of staff on the order did not sell it."""


@dataclass(frozen=True)
class Trace:
    """One thing that was seen. `who` is None when it points at nobody of the directory.

    `shares`: (line gid, cents) it speaks of; None for the whole order. `says` is the sentence when it decides, `gone`
    how one who left is told ("who sold it"), `note` is said even if it points at nobody, `refused` why it never counts.
    """

    who: Person | None
    saw: str
    says: str = ""
    gone: str = ""
    note: str = ""
    refused: str = ""
    confidence: Confidence = Confidence.FAIR
    seen_at: datetime | None = None
    shares: tuple[tuple[str, int], ...] | None = None


def chosen_by_a_person(facts: ReturnFacts, directory: Directory) -> tuple[Trace, ...]:
    """Somebody of the house overrode the chain for this order, newest first."""
    choices = sorted(_notes(facts, by_person=True), key=_newest)
    return tuple(
        Trace(
            who := _of_note(note, directory),
            f"{_name(who)} was chosen for this order",
            says=f"{_name(who)} was chosen by a person of the house.",
            gone="whom a person of the house chose",
            confidence=Confidence.CERTAIN,
            seen_at=note.written_at,
        )
        for note in choices
    )


def on_the_lines(facts: ReturnFacts, directory: Directory) -> tuple[Trace, ...]:
    """Staff credited with pieces of the returned lines; one line may be split."""
    by_staff: dict[str, list[Attribution]] = defaultdict(list)
    for credit in facts.attributions:
        by_staff[credit.staff_gid].append(credit)
    at = facts.signals.order_seen_at
    found = []
    for staff_gid, credits in sorted(by_staff.items()):
        who = directory.by_staff.get(staff_gid)
        worth: dict[str, int] = defaultdict(int)
        for credit in credits:
            worth[credit.line_gid] += credit.value.cents
        found.append(
            Trace(
                who,
                f"{_pieces(sum(c.quantity for c in credits))} credited to {who.name if who else _staff(staff_gid)}",
                says=f"{_name(who)} sold the piece.",
                gone="who sold it",
                confidence=Confidence.STRONG if at else Confidence.FAIR,
                seen_at=at,
                shares=tuple(sorted(worth.items())),
            )
        )
    return tuple(found)


def noted_by_us(facts: ReturnFacts, directory: Directory) -> tuple[Trace, ...]:
    """What an earlier return of the same lines came to."""
    cents = {piece.line_gid: piece.cents for piece in facts.signals.pieces}
    found: dict[tuple[str, ...], Trace] = {}
    for note in sorted(_notes(facts, by_person=False), key=_newest):
        lines = tuple(gid for gid in note.line_gids if gid in cents)
        who = _of_note(note, directory)
        if not lines or lines in found:
            continue
        found[lines] = Trace(
            who,
            f"{_name(who)} is noted as its seller, from an earlier return",
            says=f"{_name(who)} is noted on the order as its seller.",
            gone="noted as its seller",
            confidence=Confidence.STRONG,
            seen_at=note.written_at,
            shares=tuple((gid, cents[gid]) for gid in lines),
        )
    return tuple(found.values())


def by_code(facts: ReturnFacts, directory: Directory) -> tuple[Trace, ...]:
    """Codes on lines and on the order. Only the house's own codes count: a buyer can write anything there."""
    cents = {piece.line_gid: piece.cents for piece in facts.signals.pieces}
    first_by_key = sorted(facts.signals.claims, key=lambda c: (c.key, c.seen_at.timestamp() if c.seen_at else 0.0))
    claims = sorted({(c.line_gid or "", plain_code(c.code)): c for c in reversed(first_by_key)}.items())
    on_lines = {line for (line, code), _ in claims if line and code in directory.by_code}
    found = []
    for (line, code), claim in claims:
        if line and line not in cents:
            continue
        rest = tuple((gid, worth) for gid, worth in sorted(cents.items()) if gid not in on_lines)
        shares = ((line, cents[line]),) if line else (rest if on_lines else None)
        found.append(_of_claim(claim, directory.by_code.get(code), shares))
    return tuple(found)


def _of_claim(claim: Claim, who: Person | None, shares: tuple[tuple[str, int], ...] | None) -> Trace:
    place = "piece" if claim.line_gid else "order"
    if who is None:  # its text may be anything, a name even, and is kept out of what stays with the decision
        note = f"The advisor code on the {place} is nobody's."
        return Trace(None, f"A code on the {place} that is nobody's ({claim.key})", note=note, seen_at=claim.seen_at)
    return Trace(
        who,
        f"The code of {who.name} on the {place} ({claim.key})",
        says=f"The advisor code of {who.name} is on the {place}.",
        gone=f"whose code is on the {place}",
        confidence=Confidence.FAIR if claim.line_gid else Confidence.WEAK,
        seen_at=claim.seen_at,
        shares=shares,
    )


def in_conversation(facts: ReturnFacts, directory: Directory) -> tuple[Trace, ...]:
    """Who spoke with the client shortly before the sale, the latest first."""
    talks = sorted(facts.signals.talks, key=lambda talk: (-talk.ended_at.timestamp(), talk.advisor_id))
    return tuple(
        Trace(
            who := directory.by_id.get(talk.advisor_id),
            f"A conversation with {_name(who)} before the sale",
            says=f"{_name(who)} spoke with the client shortly before the sale.",
            gone="who spoke with the client before the sale",
            confidence=Confidence.STRONG,
            seen_at=talk.ended_at,
        )
        for talk in talks
    )


def on_the_order(facts: ReturnFacts, directory: Directory) -> tuple[Trace, ...]:
    """The order's member of staff: who was at the till, or made the draft."""
    if not facts.order_staff_gid:
        return ()
    who = directory.by_staff.get(facts.order_staff_gid)
    online = facts.signals.source_name in ONLINE
    return (
        Trace(
            who,
            f"{who.name if who else _staff(facts.order_staff_gid)} on the order",
            says=f"{_name(who)} is on the order as the member of staff.",
            gone="on the order",
            refused="It was placed online: whoever is on it did not sell it." if online else "",
            confidence=Confidence.FAIR,
            seen_at=facts.signals.order_seen_at,
        ),
    )


WRITTEN_IN = {
    MarkedIn.PERSON: "chosen on a case",
    MarkedIn.METAFIELD: "in the client's metafield",
    MarkedIn.TAG: "in a tag of the client",
    MarkedIn.BOOK: "in the client book",
}


def of_the_client(facts: ReturnFacts, directory: Directory) -> tuple[Trace, ...]:
    """The client's own advisor."""
    marks = sorted(facts.signals.client_marks, key=_strongest)
    found = []
    for mark in marks:
        who = _of_mark(mark, directory)
        named = f"{who.name}" if who else "Somebody who is not among the advisors"
        found.append(
            Trace(
                who,
                f"{named}, {WRITTEN_IN[mark.where]}",
                says=f"{_name(who)} is the client's own advisor.",
                gone="the client's own advisor",
                confidence=Confidence.WEAK if mark.where is MarkedIn.TAG else Confidence.FAIR,
                seen_at=mark.since,
            )
        )
    return tuple(found)


def of_the_boutique(facts: ReturnFacts, directory: Directory) -> tuple[Trace, ...]:
    """Who answers for the place of the sale."""
    if not facts.location_gid:
        return ()
    here = directory.by_location.get(facts.location_gid)
    name, at = directory.boutique_names.get(facts.location_gid, ""), facts.signals.order_seen_at
    if here is None or not here.active:
        place = name or "a place that is none of the boutiques"
        return (Trace(None, f"Bought in {place}", refused="Nobody answers there." if name else "", seen_at=at),)
    says = f"It was bought in {name}; {here.name} answers there."
    return (Trace(here, f"Bought in {name}", says=says, confidence=Confidence.WEAK, seen_at=at),)


def by_default(facts: ReturnFacts, directory: Directory) -> tuple[Trace, ...]:
    """Whom the merchant named for the rest."""
    who = directory.default
    if who is None or not who.active:
        return ()
    says = f"Nobody is named on the order; {who.name} answers for the house."
    return (Trace(who, f"{who.name} answers for the house", says=says, confidence=Confidence.NONE),)


LEVELS: Mapping[Level, Callable[[ReturnFacts, Directory], tuple[Trace, ...]]] = {
    Level.OVERRIDE: chosen_by_a_person,
    Level.LINE: on_the_lines,
    Level.WRITE_BACK: noted_by_us,
    Level.CODE: by_code,
    Level.CONSULT: in_conversation,
    Level.ORDER: on_the_order,
    Level.CLIENT: of_the_client,
    Level.BOUTIQUE: of_the_boutique,
    Level.DEFAULT: by_default,
}
FIRST_COUNTS = frozenset({Level.OVERRIDE, Level.CONSULT, Level.CLIENT})
"""Levels whose traces are in order, the first that names somebody present being the one."""


def _notes(facts: ReturnFacts, *, by_person: bool) -> list[WriteBack]:
    return [note for note in facts.signals.write_backs if note.by_person is by_person]


def _newest(note: WriteBack) -> tuple[float, int, str, tuple[str, ...]]:
    at = note.written_at.timestamp() if note.written_at else 0.0
    return -at, note.advisor_id or 0, note.staff_gid or "", note.line_gids


def _of_note(note: WriteBack, directory: Directory) -> Person | None:
    by_staff = directory.by_staff.get(note.staff_gid) if note.staff_gid else None
    return by_staff or (directory.by_id.get(note.advisor_id) if note.advisor_id else None)


def _strongest(mark: ClientMark) -> tuple[int, float, str, int]:
    at = mark.since.timestamp() if mark.since else 0.0
    return list(MarkedIn).index(mark.where), -at, mark.code, mark.advisor_id or 0


def _of_mark(mark: ClientMark, directory: Directory) -> Person | None:
    if mark.advisor_id is not None:
        return directory.by_id.get(mark.advisor_id)
    return directory.by_code.get(plain_code(mark.code)) or directory.by_staff.get(mark.code)


def _name(who: Person | None) -> str:
    return who.name if who else "Somebody who is not among the advisors"


def _staff(staff_gid: str) -> str:
    return f"staff member {staff_gid.rsplit('/', 1)[-1]}"


def _pieces(count: int) -> str:
    return "1 piece" if count == 1 else f"{count} pieces"
