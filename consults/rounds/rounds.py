"""Beginning a round with the first offer in it, ending it with the client's no. Whatever is offered asks here first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.history import add_line, by_advisor
from consults.models import Case
from consults.rounds.models import OfferRound
from consults.states import CaseState, InvalidMove
from kit.db import hold, insert_once
from kit.errors import AppError, Conflict

MOST = 2
"""Rounds of offers that may be refused. PRO-2: no third one unless the client asks."""


class NoThirdOffer(Conflict):
    """They said no twice, and did not ask for more."""

    code = "no_third_offer"


@dataclass(frozen=True)
class Standing:
    """How often they said no, whether an offer is before them now, and whether another may be made."""

    refused: int
    is_live: bool

    @property
    def may_offer(self) -> bool:
        """Whether anything may be offered."""
        return self.is_live or self.refused < MOST


def standing(session: Session, case: Case) -> Standing:
    """Where that case stands."""
    rows = rounds_of(session, case)
    return Standing(sum(row.refused_at is not None for row in rows), any(row.refused_at is None for row in rows))


def begin_offer(session: Session, case: Case, *, advisor_id: int, now: datetime) -> OfferRound:
    """The round an offer belongs to: the one under way, else a new one. Raises NoThirdOffer."""
    session.flush()
    hold(session, f"round:{case.id}")
    rows = rounds_of(session, case)
    live = next((row for row in rows if row.refused_at is None), None)
    if live is not None:
        return live
    if len(rows) >= MOST:
        raise NoThirdOffer("They have said no twice. Offer nothing more unless they ask; a yes to the refund is next.")
    return _insert(session, case, number=len(rows) + 1, advisor_id=advisor_id, now=now)


def refuse(session: Session, case: Case, *, advisor_id: int, now: datetime) -> None:
    """They said no to what is before them. Saying so again changes nothing; with nothing offered there is no no."""
    session.flush()
    hold(session, f"round:{case.id}")
    if not rounds_of(session, case):
        raise AppError("Nothing has been offered yet.")
    mine = (col(OfferRound.case_id) == case.id, col(OfferRound.shop_id) == case.shop_id)
    ended = session.connection().execute(
        sa.update(OfferRound).where(*mine, col(OfferRound.refused_at).is_(None)).values(refused_at=now)
    )
    if ended.rowcount:
        add_line(session, case, kind="offer.refused", now=now, actor=by_advisor(advisor_id))


def client_asked(session: Session, case: Case, *, words: str, advisor_id: int, now: datetime) -> OfferRound:
    """They asked what else there is: another round, with their own words kept. Raises AppError without any."""
    words = " ".join(words.split())[:500]
    if not words:
        raise AppError("Write what they asked, in their words.")
    if case.state is not CaseState.OPEN:
        raise InvalidMove("This return is closed.")
    session.flush()
    hold(session, f"round:{case.id}")
    rows = rounds_of(session, case)
    live = next((row for row in rows if row.refused_at is None), None)
    if live is not None:
        return live
    add_line(session, case, kind="offer.asked_for", now=now, actor=by_advisor(advisor_id))
    return _insert(session, case, number=len(rows) + 1, advisor_id=advisor_id, now=now, words=words)


def rounds_of(session: Session, case: Case) -> list[OfferRound]:
    """Every round of a case, the first first."""
    mine = (OfferRound.case_id == case.id, OfferRound.shop_id == case.shop_id)
    query = select(OfferRound).where(*mine).order_by(col(OfferRound.number))
    return list(session.exec(query.execution_options(populate_existing=True)))


def forget(session: Session, *, shop_id: int, case_id: int) -> None:
    """What the client asked goes with them; that they were offered something, and said no, stays."""
    mine = (col(OfferRound.case_id) == case_id, col(OfferRound.shop_id) == shop_id)
    session.connection().execute(sa.update(OfferRound).where(*mine).values(asked_words=None))


def _insert(
    session: Session, case: Case, *, number: int, advisor_id: int, now: datetime, words: str | None = None
) -> OfferRound:
    assert case.id is not None
    about: dict[str, Any] = {"shop_id": case.shop_id, "case_id": case.id, "begun_at": now, "begun_by": advisor_id}
    insert_once(session, OfferRound(number=number, asked_words=words, **about))
    return rounds_of(session, case)[number - 1]
