"""Who sold the piece: a chain of evidence in the merchant's order, judged. Pure, with the reason in words.

Every level is looked at and kept as findings, so that a page can say what each saw; the first that names somebody
present for a line takes that line. Several sellers: the one with most value leads, the others are named.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from routing.facts import Directory, Person, ReturnFacts
from routing.levels import FALLBACKS, LEVEL_NAMES, Chain, Confidence, Level
from routing.signals import Piece
from routing.traces import FIRST_COUNTS, LEVELS, Trace

__all__ = ["LEVEL_NAMES", "Chain", "Confidence", "Finding", "Level", "Seller", "find_seller"]

MOST_STEPS = 10
"""How far a row of hand-overs is followed; a ring of them leads nowhere."""
WHOLE = Piece("", 0)
SALES = frozenset({Level.LINE, Level.WRITE_BACK, Level.CODE, Level.CONSULT, Level.ORDER})
NOBODY = "Nobody is named on the order, and no default advisor is set."


@dataclass(frozen=True)
class Finding:
    """What one level saw, when, how far it is believed, whom it names, and what came of it. Names no client."""

    level: Level
    saw: str
    verdict: str
    seen_at: datetime | None = None
    confidence: Confidence = Confidence.NONE
    person: Person | None = None
    counted: bool = False

    def as_json(self) -> dict[str, Any]:
        """Plain values, as they are kept with the decision."""
        return {
            "level": self.level.value,
            "saw": self.saw,
            "verdict": self.verdict,
            "seen_at": self.seen_at.isoformat() if self.seen_at else None,
            "confidence": self.confidence.value,
            "advisor_id": self.person.advisor_id if self.person else None,
            "counted": self.counted,
        }


@dataclass(frozen=True)
class Seller:
    """Whom the evidence names, by what, and in words an advisor and a merchant can read.

    `sold`: the person sold it, and did not merely take over from who did, look after the client or answer for the
    place. `others` sold the rest. `lines`: line gid -> advisor id, as far as evidence of the sale itself names them.
    """

    person: Person | None
    level: Level
    words: str
    findings: tuple[Finding, ...] = ()
    others: tuple[Person, ...] = ()
    sold: bool = False
    lines: tuple[tuple[str, int], ...] = ()

    def sold_by(self, advisor_id: int | None) -> bool:
        """Whether that advisor is the one, and sold it."""
        return self.sold and self.person is not None and self.person.advisor_id == advisor_id


@dataclass(frozen=True)
class _Share:
    """What one trace makes of one line: `person` answers for `cents` of it, in place of `who` where they differ."""

    level: Level
    place: int
    trace: Trace
    person: Person
    line_gid: str
    cents: int

    @property
    def is_direct(self) -> bool:
        return self.trace.who is not None and self.trace.who.advisor_id == self.person.advisor_id


@dataclass
class _Walk:
    """The way down the chain: lines nobody has taken yet, who took which, what was said on the way."""

    directory: Directory
    open: dict[str, int]
    shares: list[_Share] = field(default_factory=list)
    said: dict[object, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def find_seller(facts: ReturnFacts, directory: Directory, chain: Chain | None = None) -> Seller:
    """The person the chain leads to; without `chain`, in the order the directory carries.

    A person who left is passed over and named in the reason, or stood in for by who took over from them.
    """
    chain = chain or directory.chain
    walk = _Walk(directory, {piece.line_gid: piece.cents for piece in _pieces(facts)})
    for place, level in enumerate(chain.levels):
        if chain.asks(level):
            _look(walk, place, level, LEVELS[level](facts, directory))
        else:
            walk.findings.append(Finding(level, "", "Switched off."))
    return _judge(walk)


def _pieces(facts: ReturnFacts) -> tuple[Piece, ...]:
    """What comes back; where only credits tell, the lines they name."""
    if facts.signals.pieces:
        return facts.signals.pieces
    worth: dict[str, int] = defaultdict(int)
    for credit in facts.attributions:
        worth[credit.line_gid] += credit.value.cents
    return tuple(Piece(gid, cents) for gid, cents in sorted(worth.items())) or (WHOLE,)


def _look(walk: _Walk, place: int, level: Level, traces: tuple[Trace, ...]) -> None:
    """Let one level take the lines it names somebody for, and keep what it saw."""
    if not traces:
        walk.findings.append(Finding(level, "", "Nothing seen."))
        return
    closed = level in FALLBACKS and bool(walk.shares)
    before, taken = dict(walk.open), set[str]()
    for trace in traces:
        lines = dict(before) if trace.shares is None else {g: c for g, c in trace.shares if g in before}
        person = _present(trace, walk.directory)
        if closed or not lines:
            verdict = "Something stronger came first."
        elif person is None:
            verdict = _say_why(walk, trace)
        elif level in FIRST_COUNTS and taken:
            verdict = "A later or stronger word counts."
        else:
            verdict = ""
            _pass_over(walk, trace)
            walk.shares += [_Share(level, place, trace, person, gid, cents) for gid, cents in lines.items()]
            taken |= set(lines)
        walk.findings.append(
            Finding(level, trace.saw, verdict, trace.seen_at, trace.confidence, trace.who, counted=not verdict)
        )
    for gid in taken:
        del walk.open[gid]


def _present(trace: Trace, directory: Directory) -> Person | None:
    """Who of the house answers for that trace today: the person themselves, or who took over from them."""
    person = None if trace.refused else trace.who
    for _ in range(MOST_STEPS):
        if person is None or person.active:
            return person
        person = directory.successors.get(person.advisor_id)
    return None


def _say_why(walk: _Walk, trace: Trace) -> str:
    """Why a trace names nobody, for its finding; what a reader of the decision has to know is remembered."""
    if trace.refused:
        return trace.refused
    if trace.who is None:
        if trace.note:
            walk.said.setdefault(trace.note, trace.note)
        return "Not among the advisors."
    _pass_over(walk, trace)
    return "No longer with the house."


def _pass_over(walk: _Walk, trace: Trace) -> None:
    if trace.who and not trace.who.active:
        words = f"{trace.who.name}, {trace.gone}, is no longer with the house."
        walk.said.setdefault(trace.who.advisor_id, words)


def _judge(walk: _Walk) -> Seller:
    """The lead by value, in words; the others named."""
    if not walk.shares:
        return Seller(None, Level.NOBODY, _after(walk, NOBODY), tuple(walk.findings))
    worth: dict[int, int] = defaultdict(int)
    first: dict[int, int] = {}
    for share in walk.shares:
        who = share.person.advisor_id
        worth[who] += share.cents
        first[who] = min(first.get(who, share.place), share.place)
    people = {share.person.advisor_id: share.person for share in walk.shares}
    lead, *others = (people[who] for who in sorted(worth, key=lambda who: (-worth[who], first[who], who)))
    own = min(
        (s for s in walk.shares if s.person.advisor_id == lead.advisor_id),
        key=lambda s: (-s.cents, s.place, s.line_gid),
    )
    findings = tuple(_settle(finding, walk, lead) for finding in walk.findings)
    sold = own.is_direct and own.level in SALES
    words = _after(walk, _sentence(walk, own, others))
    return Seller(lead, own.level, words, findings, tuple(others), sold, _sold_lines(walk))


def _sold_lines(walk: _Walk) -> tuple[tuple[str, int], ...]:
    """Who sold each line, the one with most of it where it was split."""
    sales = [s for s in walk.shares if s.is_direct and s.level in SALES and s.line_gid]
    sales.sort(key=lambda s: (s.line_gid, s.cents, -s.person.advisor_id))
    return tuple({s.line_gid: s.person.advisor_id for s in sales}.items())


def _settle(finding: Finding, walk: _Walk, lead: Person) -> Finding:
    """Say in a finding that counted what it counted for."""
    if not finding.counted:
        return finding
    person = next(s.person for s in walk.shares if s.level is finding.level and s.trace.saw == finding.saw)
    verdict = "This decided it." if person.advisor_id == lead.advisor_id else "Named for the rest."
    if finding.person is None or person.advisor_id != finding.person.advisor_id:
        verdict = f"No longer with the house; {person.name} took over. {verdict}"
    return replace(finding, verdict=verdict)


def _sentence(walk: _Walk, own: _Share, others: list[Person]) -> str:
    gone = own.trace.who.name if own.trace.who else ""
    words = own.trace.says if own.is_direct else f"{own.person.name} took over from {gone}."
    if not others:
        return words
    names = _listed([person.name for person in others])
    by_line = all(share.level is Level.LINE and share.is_direct for share in walk.shares)
    if by_line:
        return f"{own.person.name} sold most of it by value; {names} sold the rest."
    return f"{words} {names} {'is' if len(others) == 1 else 'are'} named for the rest."


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _after(walk: _Walk, words: str) -> str:
    return " ".join([*walk.said.values(), words])
