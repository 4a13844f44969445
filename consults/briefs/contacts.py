"""What passed between the client and the house before: conversations, answers, promises. Of all their cases."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.kinds import Kind
from consults.models import Advisor, Case, CaseEvent, Consult, Promise_
from consults.states import ConsultState

SPOKE = {Kind.VIDEO: "spoke by video", Kind.TELEPHONE: "spoke by telephone", Kind.BOUTIQUE: "met in the boutique"}
WROTE = "case.wrote"
ANSWERED = "case.answered"
HOW = {"wrote": "wrote", "called": "rang"}


@dataclass(frozen=True)
class Contact:
    """Somebody of the house and the client. `words`: "Bob Laurent rang"; `source` is our own row."""

    at: datetime
    words: str
    source: str


def last_contacts(session: Session, case: Case, *, most: int = 3) -> list[Contact]:
    """The latest contacts with this client, newest first."""
    theirs = _cases(case)
    names = {row.id: row.name for row in session.exec(select(Advisor).where(Advisor.shop_id == case.shop_id))}
    talks = select(Consult).where(
        Consult.shop_id == case.shop_id, col(Consult.case_id).in_(theirs), Consult.state == ConsultState.COMPLETED
    )
    found = [
        Contact(talk.starts_at, f"{names.get(talk.advisor_id, 'A colleague')} {SPOKE[talk.kind]}", f"consult:{talk.id}")
        for talk in session.exec(talks.order_by(col(Consult.starts_at).desc()).limit(most))
    ]
    lines = select(CaseEvent).where(
        CaseEvent.shop_id == case.shop_id,
        col(CaseEvent.case_id).in_(theirs),
        col(CaseEvent.kind).in_([WROTE, ANSWERED]),
    )
    written = list(session.exec(lines.order_by(col(CaseEvent.id).desc()).limit(2 * most)))
    sent = {line.at for line in written if line.kind == WROTE}
    for line in written:
        if line.kind == ANSWERED and line.at in sent:
            continue  # the same message, which was the first answer as well
        number = line.actor.removeprefix("advisor:")
        who = names.get(int(number), "A colleague") if number.isdigit() else "The house"
        how = f"wrote {line.detail}".strip() if line.kind == WROTE else HOW.get(line.detail, "wrote")
        found.append(Contact(line.at, f"{who} {how}", f"case_event:{line.id}"))
    return sorted(found, key=lambda contact: contact.at, reverse=True)[:most]


def promised_elsewhere(session: Session, case: Case) -> list[Promise_]:
    """Promises to this client in other cases of theirs that are not kept yet, the earliest day first."""
    mine = (col(Promise_.case_id).in_(_cases(case)), col(Promise_.case_id) != case.id, col(Promise_.done_at).is_(None))
    return list(session.exec(select(Promise_).where(*mine).order_by(col(Promise_.due_on), col(Promise_.id))))


def _cases(case: Case) -> Any:
    """The client's cases in this shop; of nobody known, this one alone."""
    same = col(Case.client_gid) == case.client_gid if case.client_gid else col(Case.id) == case.id
    return sa.select(col(Case.id)).where(col(Case.shop_id) == case.shop_id, same)
