"""Jobs of promises, under the names they have in JOBS: `consults.<function>`."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from consults.advisors import manager_of
from consults.cases import get_case
from consults.models import Advisor, Promise_
from consults.opening import may_text_at
from consults.promise_letters import PromiseLetters
from consults.reservations import advisor_of
from consults.telling import EMAIL, SMS, tell
from kit import clock
from kit.addresses import Addresses
from kit.db import Begin
from kit.log import get_logger
from notifications.messages import was_written

log = get_logger("consults")

MORNING, EVENING = 9, 18
"""Hours where the advisor is: nobody is reminded before one; a text that could not go until the other is a mail."""
ONE_DAY = timedelta(days=1)
LOOKS_BACK = timedelta(days=4)
"""What is overdue for longer stands on Home and Today; nobody is alarmed anew when the app was away for a while."""


def watch_promises(begin: Begin, *, addresses: Addresses) -> None:
    """Every hour: of what is promised for tomorrow its owner is reminded, of what is overdue their manager hears. Once.

    Days are those where the owner is. One promise a transaction; one that fails stops no other.
    """
    now = clock.now()
    with begin() as session:
        due = _near(session, now)
    for shop_id, promise_id in due:
        try:
            with begin() as session:
                promise = _promise(session, shop_id, promise_id)
                if promise is not None and promise.done_at is None:
                    _see_to(session, promise, addresses, now)
        except Exception:
            log.exception("promise.failed", promise=promise_id)


def tell_promise_kept(begin: Begin, *, addresses: Addresses, shop_id: int, promise_id: int, **_event: Any) -> None:
    """On PromiseKept: write to the client that it is done, in the name of whoever promised it."""
    with begin() as session:
        promise = _promise(session, shop_id, promise_id)
        if promise is None or promise.done_at is None:
            return  # erased meanwhile
        letters = _letters(session, promise, addresses, clock.now())
        letters = replace(letters, advisor=advisor_of(session, promise.owner_advisor_id))
        about: dict[str, Any] = {"channel": EMAIL, "to": letters.case.client_email, "now": letters.now}
        words = partial(letters.kept, promise)
        tell(session, letters.case, message="promise_kept", key=_key(promise, "kept"), words=words, **about)


def _promise(session: Session, shop_id: int, promise_id: int) -> Promise_ | None:
    mine = (Promise_.id == promise_id, Promise_.shop_id == shop_id)
    return session.exec(select(Promise_).where(*mine)).first()


def _near(session: Session, now: datetime) -> list[tuple[int, int]]:
    """Promises that are due about now, wherever their owner is."""
    first, last = (now - LOOKS_BACK - ONE_DAY).date(), (now + 2 * ONE_DAY).date()
    query = select(Promise_.shop_id, Promise_.id).where(
        col(Promise_.done_at).is_(None), Promise_.due_on >= first, Promise_.due_on <= last
    )
    found = session.exec(query.order_by(col(Promise_.id)))
    return [(shop_id, promise_id) for shop_id, promise_id in found if promise_id is not None]


def _see_to(session: Session, promise: Promise_, addresses: Addresses, now: datetime) -> None:
    owner = advisor_of(session, promise.owner_advisor_id)
    zone = ZoneInfo(owner.zone)
    here = now.astimezone(zone)
    if here.hour < MORNING:
        return
    today = here.date()
    if today + ONE_DAY == promise.due_on and promise.created_at.astimezone(zone).date() < today:
        _remind(session, promise, owner, addresses, here.hour, now)
    elif today - LOOKS_BACK < promise.due_on < today:
        manager = manager_of(session, owner)
        theirs = replace(_letters(session, promise, addresses, now), advisor=manager)
        way = (EMAIL, manager.email) if manager.email else (SMS, manager.phone)
        _tell(theirs, "promise_broken_advisor", _key(promise, "broken"), way, partial(theirs.to_mind, promise, owner))


def _remind(
    session: Session, promise: Promise_, owner: Advisor, addresses: Addresses, hour: int, now: datetime
) -> None:
    """By text while they are at work, else by mail in the evening; who left is answered for."""
    reader = owner if owner.active else manager_of(session, owner)
    way = (EMAIL, reader.email)
    if reader.takes_texts and not (hour >= EVENING and reader.email):
        if may_text_at(session, reader, now=now) != now:
            return  # the next hour looks again
        way = (SMS, reader.phone)
    theirs = replace(_letters(session, promise, addresses, now), advisor=reader)
    _tell(theirs, "promise_due_advisor", _key(promise, "tomorrow"), way, partial(theirs.to_mind, promise, owner))


def _tell(letters: PromiseLetters, message: str, key: str, way: tuple[str, str | None], words: Any) -> None:
    """Once, by whichever way."""
    if not any(was_written(letters.session, shop_id=letters.case.shop_id, key=key, channel=c) for c in (EMAIL, SMS)):
        channel, to = way
        tell(
            letters.session,
            letters.case,
            message=message,
            channel=channel,
            to=to,
            key=key,
            words=words,
            now=letters.now,
        )


def _letters(session: Session, promise: Promise_, addresses: Addresses, now: datetime) -> PromiseLetters:
    case = get_case(session, shop_id=promise.shop_id, case_id=promise.case_id)
    return PromiseLetters.about(session, case, addresses=addresses, now=now)


def _key(promise: Promise_, what: str) -> str:
    # Begins with the case: whoever erases a client finds what was written about them by that.
    return f"case:{promise.case_id}:promise:{promise.id}:{what}"
