"""In whose hands a case is: given to another with its conversation, and what its owner and its client know of it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.booking import cancel_consult
from consults.cells import SlotTaken, free_cells, reap, swap_cells
from consults.events import CaseHandedOver, ConsultMoved, ConsultPassed
from consults.history import SYSTEM, add_consult_line, add_line, by_advisor, change_state, touch_consult
from consults.hours import is_free_at
from consults.kinds import Ledger, Role, WhyNot
from consults.models import Advisor, Case, Consult, Participant, Promise_
from consults.policy import policy_of
from consults.reservations import advisor_of, cells_for, labels
from consults.rooms import consents
from consults.states import CaseState, ConsultState
from jobs import publish
from kit.errors import Conflict


@dataclass(frozen=True, kw_only=True)
class Hands:
    """Who answers a case, in which ledger it counts, and why not its owner. `waits`: the client chose to wait.

    `sold`: who answers has sold the piece, and does not just look after the client or the place.
    """

    advisor_id: int
    owner_id: int | None
    ledger: Ledger = Ledger.OWNED
    why_not: WhyNot | None = None
    owner_back_at: datetime | None = None
    waits: bool = False
    sold: bool = False

    def columns(self, now: datetime) -> dict[str, object]:
        """As a case keeps it."""
        return {
            "advisor_id": self.advisor_id,
            "owner_id": self.owner_id,
            "ledger": self.ledger,
            "why_not": self.why_not,
            "owner_back_at": self.owner_back_at,
            "waits_since": now if self.waits else None,
        }


def place(session: Session, case: Case, hands: Hands, *, now: datetime) -> None:
    """Note whose it is on a case that was just opened for them: nobody is told, because nobody knew otherwise."""
    for name, value in hands.columns(now).items():
        setattr(case, name, value)
    session.add(case)
    session.flush()


def give(
    session: Session, case: Case, hands: Hands, *, why: str, words: str = "", by: str = SYSTEM, now: datetime
) -> None:
    """Put an open case into other hands, with what was promised and the conversations to come; tell what follows.

    `why` is kept in the history, without anybody's name; `words` tell the advisor why it is theirs. A time at which
    the other is not free is called off, and the client may choose again.
    Raises Conflict when it is closed, or somebody else moved it in this moment.
    """
    before = case.advisor_id
    values = hands.columns(now) | {"handed_over": case.handed_over + 1}
    values |= {"seller_words": words or case.seller_words, "sold_by_advisor": hands.sold}
    session.flush()
    mine = (col(Case.id) == case.id, col(Case.advisor_id) == before, col(Case.state) == CaseState.OPEN)
    if session.connection().execute(sa.update(Case).where(*mine).values(**values)).rowcount != 1:
        raise Conflict("Somebody changed it meanwhile. Look again.")
    session.refresh(case)
    assert case.id is not None
    open_promises = (col(Promise_.case_id) == case.id, col(Promise_.done_at).is_(None))
    kept_by = sa.update(Promise_).where(*open_promises, col(Promise_.owner_advisor_id) == before)
    session.connection().execute(kept_by.values(owner_advisor_id=hands.advisor_id))
    detail = f"{by_advisor(before)} to {by_advisor(hands.advisor_id)}: {why}"
    add_line(session, case, kind="case.handed_over", now=now, actor=by, detail=detail[:500])
    publish(session, CaseHandedOver(case.shop_id, case.id, case.return_gid, before, hands.advisor_id))
    theirs = select(Consult).where(Consult.case_id == case.id, Consult.advisor_id == before)
    for consult in session.exec(theirs.where(col(Consult.state).in_((ConsultState.HELD, ConsultState.BOOKED)))).all():
        if consult.state is ConsultState.HELD:
            change_state(session, consult, ConsultState.EXPIRED, now=now, actor=by, over_at=now)
            free_cells(session, consult)
        else:
            _give_consult(session, case, consult, advisor_of(session, hands.advisor_id), by=by, now=now)


def _give_consult(session: Session, case: Case, consult: Consult, to: Advisor, *, by: str, now: datetime) -> None:
    """The same time with somebody else, in the same calendar entry; called off where they are not free then."""
    assert consult.id is not None and to.id is not None
    policy = policy_of(session, shop_id=case.shop_id)
    reap(session, to, case.id, now)
    if not is_free_at(session, to, policy, consult.starts_at, consult.ends_at, now=now):
        cancel_consult(session, shop_id=case.shop_id, consult_id=consult.id, by=by, now=now)
        return
    before = consult.advisor_id
    free_cells(session, consult)
    label_client, label_advisor = labels(consult.starts_at, consult.client_zone, to.zone)
    about = {"advisor_id": to.id, "advisor_zone": to.zone, "label_client": label_client, "label_advisor": label_advisor}
    touch_consult(session, consult, sequence=consult.sequence + 1, **about)
    publish(session, ConsultPassed(case.shop_id, consult.id, case.return_gid, before, consult.sequence))
    try:
        swap_cells(session, consult, cells_for(policy, consult.starts_at, consult.ends_at))
    except SlotTaken:  # in this moment
        cancel_consult(session, shop_id=case.shop_id, consult_id=consult.id, by=by, now=now)
        return
    seat = (col(Participant.consult_id) == consult.id, col(Participant.role) == Role.ADVISOR)
    for person in session.exec(select(Participant).where(*seat)):
        person.name, person.sitting, person.seen_at = to.name, person.sitting + 1, None
        session.add(person)
        consents.take_back(session, consult, participant_id=person.id or 0, now=now)  # it was the other one's word
    detail = f"{by_advisor(before)} to {by_advisor(to.id)}"
    add_consult_line(session, consult, kind="handed_over", now=now, actor=by, detail=detail)
    publish(session, ConsultMoved(case.shop_id, consult.id, case.return_gid))
