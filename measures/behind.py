"""What is behind the measures: the cases of a term, how advisors keep their word, what returns were about. Reads only.

Never a ranking, and never by refunds: an advisor who says yes at once did what was asked of them.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults import advisors
from consults.kinds import RootCause
from consults.models import Case, CaseEvent, Promise_
from consults.simple_returns import SIMPLE
from logistics.models import Rma
from measures.measured import SUMMED, MeasuredReturn
from shops.shops import get_shop

MOST = 100


@dataclass(frozen=True)
class Counted:
    """One case as it is counted. `path` is its page, "" where the app has none: it was closed before the app came."""

    name: str
    path: str
    row: MeasuredReturn


@dataclass(frozen=True)
class Kept:
    """What one advisor answered and promised, by name and in no other order.

    `due`: cases whose client was answered, or should have been by now; `in_time` of them. Of promises, too, those count
    that are done or whose day is over.
    """

    name: str
    cases: int
    due: int
    in_time: int
    minutes: int | None
    promises: int
    promises_kept: int


@dataclass(frozen=True)
class About:
    """What returns of one piece, or of a kind of piece, were about: by the reason picked, and by what was found."""

    piece: str
    cases: int
    stated: list[tuple[str, int]]
    found: list[tuple[str, int]]
    apart: int
    both: int


def cases_of(
    session: Session, *, shop_id: int, term: str, assisted: bool, since: date, currency: str = ""
) -> tuple[list[Counted], int]:
    """The newest hundred cases that a term adds up, and how many there are. A term nobody knows is all of them.

    `currency`: only those in it, as amounts are added in one alone.
    """
    term = term if term in SUMMED else "returns"
    of_term = [
        col(MeasuredReturn.assisted).is_(assisted),
        col(MeasuredReturn.closed_on) >= since,
        getattr(MeasuredReturn, term) > 0,
        *([col(MeasuredReturn.currency) == currency] if currency else []),
    ]
    counting = select(sa.func.count()).select_from(MeasuredReturn).where(MeasuredReturn.shop_id == shop_id, *of_term)
    count = session.exec(counting).one()
    newest = col(MeasuredReturn.closed_at).desc(), col(MeasuredReturn.return_gid)
    query = select(MeasuredReturn).where(MeasuredReturn.shop_id == shop_id, *of_term)
    rows = session.exec(query.order_by(*newest).limit(MOST)).all()
    gids = [row.return_gid for row in rows]
    known = {
        case.return_gid: (f"/app/cases/{case.id}", case.order_name)
        for case in session.exec(select(Case).where(Case.shop_id == shop_id, col(Case.return_gid).in_(gids)))
    }
    alone = select(Rma).where(Rma.shop_id == shop_id, col(Rma.return_gid).in_(gids))
    for rma in session.exec(alone):
        known.setdefault(rma.return_gid, (f"/app/returns/{rma.id}", rma.order_name))
    made = []
    for row in rows:
        path, name = known.get(row.return_gid, ("", ""))
        made.append(Counted(name or f"Return {row.return_gid.rsplit('/', 1)[-1]}", path, row))
    return made, count


def advisors_of(session: Session, *, shop_id: int, since: date, now: datetime) -> list[Kept]:
    """First answers to cases opened since then, and promises due since then, of everybody who has either.

    Days are the house's.
    """
    zone = ZoneInfo(get_shop(session, shop_id).zone)
    from_at, today = datetime.combine(since, time(), zone), now.astimezone(zone).date()
    names = {person.id: person.name for person in advisors.advisors(session, shop_id=shop_id)}
    asked: Any = sa.select(
        col(Case.advisor_id),
        col(Case.opened_at),
        col(Case.first_answer_due_at),
        col(Case.first_answer_at),
        _missed(now),
    ).where(col(Case.shop_id) == shop_id, col(Case.opened_at) >= from_at)
    opened = session.connection().execute(asked).all()
    due: Any = sa.select(col(Promise_.owner_advisor_id), col(Promise_.due_on), col(Promise_.done_at)).where(
        col(Promise_.shop_id) == shop_id, col(Promise_.due_on) >= since, col(Promise_.due_on) <= today
    )
    promised = session.connection().execute(due).all()
    made = []
    for advisor_id in {*(row[0] for row in opened), *(row[0] for row in promised)}:
        mine = [row for row in opened if row[0] == advisor_id]
        answered = [(at - opened_at, at <= until) for _, opened_at, until, at, _ in mine if at is not None]
        theirs = [(day, done) for owner, day, done in promised if owner == advisor_id and (done or day < today)]
        made.append(
            Kept(
                name=names.get(advisor_id, "Not of the house any more"),
                cases=len(mine),
                due=len(answered) + sum(missed for *_, missed in mine),
                in_time=sum(in_time for _, in_time in answered),
                minutes=round(median(took.total_seconds() for took, _ in answered) / 60) if answered else None,
                promises=len(theirs),
                promises_kept=sum(done is not None and done.astimezone(zone).date() <= day for day, done in theirs),
            )
        )
    return sorted(made, key=lambda one: one.name)


def _missed(now: datetime) -> Any:
    """1 where a client waited for a first answer past its time, and none came. Who would rather not talk does not wait.

    Nor does who chose to wait for the owner.
    """
    wished = sa.exists().where(col(CaseEvent.case_id) == col(Case.id), col(CaseEvent.kind) == SIMPLE)
    late = sa.and_(
        col(Case.first_answer_at).is_(None),
        col(Case.first_answer_due_at) <= now,
        col(Case.closed_at).is_(None) | (col(Case.closed_at) > col(Case.first_answer_due_at)),
        col(Case.waits_since).is_(None),
        sa.not_(wished),
    )
    return sa.case((late, 1), else_=0)


SAID = {
    RootCause.SIZE: ("size", "small", "large", "fit", "tight", "loose"),
    RootCause.QUALITY: ("defect", "damage", "quality", "broken", "fault"),
    RootCause.EXPECTATION: ("not as described", "expect", "colour", "color", "style", "proportion"),
    RootCause.SECOND_THOUGHTS: ("changed", "mind", "unwanted"),
}
"""Words by which a reason that was picked says the same as a cause that was found."""


def causes_of(session: Session, *, shop_id: int, since: date) -> tuple[list[About], list[About]]:
    """By kind of piece, and by piece where it came back twice or more; the most frequent first."""
    zone = ZoneInfo(get_shop(session, shop_id).zone)
    columns = (col(Case.category), col(Case.piece_title), col(Case.reason_label), col(Case.root_cause))
    query: Any = sa.select(*columns).where(
        col(Case.shop_id) == shop_id, col(Case.opened_at) >= datetime.combine(since, time(), zone)
    )
    kinds: dict[str, list[tuple[str, RootCause | None]]] = {}
    pieces: dict[str, list[tuple[str, RootCause | None]]] = {}
    for category, title, stated, cause in session.connection().execute(query):
        kinds.setdefault(category or "", []).append((stated, cause))
        if title:
            pieces.setdefault(title, []).append((stated, cause))
    return _most(kinds), _most({title: rows for title, rows in pieces.items() if len(rows) > 1})


def _most(found: dict[str, list[tuple[str, RootCause | None]]]) -> list[About]:
    made = [_about(piece, rows) for piece, rows in found.items()]
    return sorted(made, key=lambda one: (-one.cases, one.piece))[:20]


def _about(piece: str, rows: list[tuple[str, RootCause | None]]) -> About:
    both = [(stated, cause) for stated, cause in rows if stated and cause not in (None, RootCause.CLIENT_DECLINED)]
    return About(
        piece=piece or "Not told apart",
        cases=len(rows),
        stated=Counter(stated for stated, _ in rows if stated).most_common(3),
        found=Counter(cause.value.replace("_", " ") for _, cause in rows if cause).most_common(3),
        apart=sum(not _says(stated, cause) for stated, cause in both if cause),
        both=len(both),
    )


def _says(stated: str, cause: RootCause) -> bool:
    words = SAID.get(cause, (cause.value.replace("_", " "),))
    return any(word in stated.lower() for word in words)
