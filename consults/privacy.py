"""A client's traces in conversations, shown or erased when Shopify says so. That they took place, and when, stays."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults import threads
from consults.aftercare import learned, plans
from consults.briefs.briefs import facts_in, find_brief, forget_brief
from consults.gestures import gestures
from consults.kinds import Role
from consults.line_models import Thread
from consults.marketing import letters
from consults.models import Case, Consult, Participant, Promise_, Signal
from consults.rounds import rounds
from shops import links


def show_case(session: Session, case: Case) -> dict[str, Any]:
    """Everything personal in `case`, as plain JSON values."""
    consults = session.exec(select(Consult).where(Consult.case_id == case.id).order_by(col(Consult.starts_at)))
    promises = session.exec(select(Promise_).where(Promise_.case_id == case.id).order_by(col(Promise_.id)))
    return {
        "order": case.order_name,
        "title": case.client_title,
        "name": case.client_name,
        "email": case.client_email,
        "phone": case.client_phone,
        "agreed_to_texts": case.client_texts_ok,
        "language": case.client_locale,
        "time_zone": case.client_zone,
        "piece": case.piece_title,
        "reason": case.reason_label,
        "their_words": case.client_words,
        "quote_kept_by_the_advisor": case.client_quote,
        "note_of_the_advisor": case.outcome_note,
        "outcome": case.outcome.value if case.outcome else None,
        "opened_at": case.opened_at.isoformat(),
        "conversations": [
            {"kind": c.kind.value, "starts_at": c.starts_at.isoformat(), "state": c.state.value} for c in consults
        ],
        "written": [
            {
                "by": "advisor" if w.by else "client",
                "at": w.at.isoformat(),
                "channel": w.channel,
                "words": w.words,
            }
            for w in threads.written(session, case)
        ],
        "gestures": [row.what for row in gestures.gestures_of(session, case)],
        "learned": learned.as_values(session, shop_id=case.shop_id, client_gid=case.client_gid),
        "put_off": [step.why_later for step in plans.steps_of(session, case) if step.why_later],
        "asked_for": [row.asked_words for row in rounds.rounds_of(session, case) if row.asked_words],
        "brief": {key: fact.words for key, fact in facts_in(find_brief(session, case)).items()},
        "promises": [{"what": p.what, "due_on": p.due_on.isoformat()} for p in promises],
    }


def erase_case(session: Session, case: Case) -> None:
    """Blank what is personal in `case`, in the rooms of its conversations and in its promises."""
    letters.forget(session, shop_id=case.shop_id, client_gid=case.client_gid)
    learned.forget(session, shop_id=case.shop_id, client_gid=case.client_gid)
    case.client_name = case.client_email = case.client_phone = case.client_gid = None
    case.client_words = case.client_quote = case.outcome_note = None
    case.client_title = ""
    session.add(case)
    session.flush()
    assert case.id is not None
    forget_brief(session, shop_id=case.shop_id, case_id=case.id)
    gestures.forget(session, shop_id=case.shop_id, case_id=case.id)
    plans.forget(session, shop_id=case.shop_id, case_id=case.id)
    rounds.forget(session, shop_id=case.shop_id, case_id=case.id)
    links.forget_links(session, shop_id=case.shop_id, purpose=links.CONSULT, subject_id=case.id)
    rooms = select(Consult.id).where(Consult.case_id == case.id)
    theirs = (col(Participant.consult_id).in_(rooms), col(Participant.role) != Role.ADVISOR)
    connection = session.connection()
    connection.execute(sa.delete(Thread).where(col(Thread.case_id) == case.id))  # what was said goes with it
    connection.execute(sa.delete(Signal).where(col(Signal.consult_id).in_(rooms)))
    connection.execute(sa.update(Participant).where(*theirs).values(name="", relation=None, email=None))
    connection.execute(sa.update(Promise_).where(col(Promise_.case_id) == case.id).values(what=""))
