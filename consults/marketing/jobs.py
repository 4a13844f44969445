"""Jobs of resting letters, under the names they have in JOBS: `consults.<function>`."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

import jobs
from consults.cases import get_case
from consults.marketing.letters import is_resting, key_of, rest_of
from consults.marketing.models import LettersRest
from consults.marketing.ports import ClientTags, Letters
from consults.models import Case
from consults.states import CaseState
from kit import clock
from kit.db import Begin
from kit.errors import OutsideError
from kit.log import get_logger
from shops.shops import get_shop, is_working

log = get_logger("consults")

TAG = "assisted-return-open"


def follow_letters(begin: Begin, *, shop_id: int, case_id: int, **_event: Any) -> None:
    """On CaseOpened, CaseClosed and reopening: one client's turns come one after the other, whatever return it was."""
    with begin() as session:
        case = get_case(session, shop_id=shop_id, case_id=case_id)
        if case.client_gid:
            key = f"letters:{shop_id}:{case.client_gid}"
            jobs.enqueue(session, "consults.rest_letters", key=key, shop_id=shop_id, client_gid=case.client_gid)


def rest_letters(begin: Begin, *, tags: ClientTags, letters: Letters, shop_id: int, client_gid: str) -> None:
    """Tell what is not told yet: they rest while any return of that client is open, and no longer."""
    with begin() as session:
        if not is_working(get_shop(session, shop_id)):
            return
        case = _latest(session, shop_id, client_gid)
        if case is None:  # erased meanwhile
            return
        wanted, key, email = is_resting(session, shop_id=shop_id, client_gid=client_gid), key_of(session, shop_id), ""
        row = rest_of(session, shop_id=shop_id, client_gid=client_gid, now=clock.now())
        email = case.client_email or ""
    # A client who never had a tag has none to lose.
    problem: OutsideError | None = None
    if (row.tagged or False) is not wanted:
        try:
            allowed = tags.tag(shop_id, client_gid, TAG, on=wanted)
            with begin() as session:
                _note(session, row, now=clock.now(), tag_allowed=allowed, **({"tagged": wanted} if allowed else {}))
        except OutsideError as error:
            problem = error  # Klaviyo is told all the same, and this is tried again
    if key and email and (row.at_klaviyo or False) is not wanted:
        letters.pause(key, email=email, paused=wanted)
        with begin() as session:
            _note(session, row, now=clock.now(), at_klaviyo=wanted)
    if problem is not None:
        raise problem
    log.info("letters.resting" if wanted else "letters.going", shop=shop_id)


def _latest(session: Session, shop_id: int, client_gid: str) -> Case | None:
    query = select(Case).where(Case.shop_id == shop_id, Case.client_gid == client_gid)
    found = session.exec(query.order_by(col(Case.id).desc())).all()
    return next((case for case in found if case.state is CaseState.OPEN), found[0] if found else None)


def _note(session: Session, row: LettersRest, *, now: datetime, **values: Any) -> None:
    mine = (col(LettersRest.id) == row.id, col(LettersRest.shop_id) == row.shop_id)
    session.connection().execute(sa.update(LettersRest).where(*mine).values(changed_at=now, **values))
