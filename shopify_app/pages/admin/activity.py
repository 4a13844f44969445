"""/app/activity: what needs attention, what did not succeed, and what Shopify sent, with a way on for each."""

from flask import Blueprint, Response
from sqlmodel import Session, select

from consults import advisors
from jobs.attempts import failed_jobs, give_up, go_on, hurry, retry_job
from jobs.models import JobTrouble, TroubleState
from kit.causes import Cause
from kit.db import locked
from kit.errors import Conflict, NotFound
from notifications import messages, texts
from routing import openings
from shopify_app.auth import merchant
from shopify_app.mending import Look, needs_of
from shopify_app.pages.admin.calling import go, shop_of, show, visiting
from shopify_app.web import begin, now, settings
from webhooks import inbox
from webhooks.models import DeliveryState

page = Blueprint("admin_activity", __name__)


@page.get("/app/activity")
def index() -> str:
    """The shop's own deliveries, steps and messages; nothing of another's, not even a count."""
    caller = visiting()
    with begin() as session:
        shop = shop_of(session, caller)
        failed = inbox.recent(session, domain=shop.domain, state=DeliveryState.FAILED)
        latest = inbox.recent(session, domain=shop.domain)[:40]
        trouble = failed_jobs(session, shop_id=caller.shop_id)
        return show(
            "activity.html",
            needs=needs_of(Look(session, shop, settings(), now())),
            deliveries=[*failed, *(row for row in latest if row.state is not DeliveryState.FAILED)],
            unclaimed=len(inbox.recent(session, domain=shop.domain, state=DeliveryState.UNCLAIMED)),
            trouble=sorted(trouble, key=_pressing),
            openings=openings.unsettled(session, shop_id=caller.shop_id),
            messages=messages.in_trouble(session, shop_id=caller.shop_id),
            cause_of=messages.cause_of_trouble,
            texts=texts.texts_of(session, shop_id=caller.shop_id),
            names={person.id: person.name for person in advisors.advisors(session, shop_id=caller.shop_id)},
        )


@page.post("/app/activity/jobs/<int:trouble_id>/<any(retry, hurry, giveup, aside):what>")
def step(trouble_id: int, what: str) -> Response:
    """Start a step afresh, or sooner; try it no more; or take it off the list."""
    caller = merchant()
    with begin() as session:
        row = _step(session, caller.shop_id, trouble_id)
        if what in ("retry", "aside") and row.state is not TroubleState.GIVEN_UP:
            raise Conflict("It is being tried already.")
        if what == "retry":
            retry_job(session, row, now=now())
        elif what == "hurry":
            hurry(session, row, now=now())
        elif what == "giveup":
            give_up(session, row)
        else:
            session.delete(row)
    said = {"giveup": "It is not tried any more.", "aside": "Put aside."}
    return go("", said.get(what, "It is being tried again."))


@page.post("/app/activity/jobs/<int:trouble_id>/offer/<any(assisted, simple):outcome>")
def offer(trouble_id: int, outcome: str) -> Response:
    """Say what a return is offered whose amounts the rules cannot compare."""
    caller = merchant()
    with begin() as session:
        row = _step(session, caller.shop_id, trouble_id)
        if row.cause != Cause.OTHER_CURRENCY:
            raise Conflict("There is nothing to decide there any more.")
        go_on(session, row, now=now(), chosen=outcome)
    return go("", "Decided. It goes on now.")


@page.post("/app/activity/messages/<int:message_id>/<any(again, aside):what>")
def message(message_id: int, what: str) -> Response:
    """Queue a message that did not arrive, or note that its reader was reached another way."""
    caller = merchant()
    with begin() as session:
        act = messages.send_again if what == "again" else messages.put_aside
        act(session, shop_id=caller.shop_id, message_id=message_id)
    return go("", "It is being sent." if what == "again" else "Put aside.")


@page.post("/app/activity/deliveries/<int:delivery_id>/<any(replay, aside):what>")
def delivery(delivery_id: int, what: str) -> Response:
    """Hand on again what Shopify sent, or note that somebody saw to it."""
    caller = merchant()
    with begin() as session:
        act = inbox.replay if what == "replay" else inbox.put_aside
        act(session, delivery_id, domain=caller.shop_domain)
    return go("", "It is being read again." if what == "replay" else "Put aside.")


@page.post("/app/activity/openings/<int:opened_id>/<any(again, aside):what>")
def opening(opened_id: int, what: str) -> Response:
    """Somebody looked at the order, and the return is not there: open it once more, or not at all."""
    caller = merchant()
    with begin() as session:
        act = openings.ask_again if what == "again" else openings.put_aside
        act(session, shop_id=caller.shop_id, opened_id=opened_id)
    return go("", "It is being opened." if what == "again" else "Put aside.")


def _pressing(row: JobTrouble) -> int:
    """What a person has to do first, then what goes on by itself."""
    return 0 if row.state is TroubleState.GIVEN_UP else 1 if row.cause else 2


def _step(session: Session, shop_id: int, trouble_id: int) -> JobTrouble:
    query = select(JobTrouble).where(JobTrouble.id == trouble_id, JobTrouble.shop_id == shop_id)
    row = locked(session, query).first()
    if row is None:
        raise NotFound("That step is not listed any more.")
    return row
