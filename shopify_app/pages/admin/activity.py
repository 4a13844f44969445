"""/app/activity: what Shopify sent, and what did not succeed, with a way on for each."""

from flask import Blueprint, Response
from sqlmodel import Session, select

from consults import advisors
from jobs.attempts import failed_jobs, retry_job
from jobs.models import JobTrouble, TroubleState
from kit.errors import Conflict, NotFound
from notifications import messages, texts
from shopify_app.auth import merchant
from shopify_app.pages.admin.calling import go, shop_of, show, visiting
from shopify_app.web import begin, now
from webhooks import inbox
from webhooks.models import DeliveryState

page = Blueprint("admin_activity", __name__)


@page.get("/app/activity")
def index() -> str:
    """The shop's own deliveries, steps and messages; nothing of another's, not even a count."""
    caller = visiting()
    with begin() as session:
        shop = shop_of(session, caller)
        return show(
            "activity.html",
            deliveries=inbox.recent(session, domain=shop.domain)[:40],
            unclaimed=len(inbox.recent(session, domain=shop.domain, state=DeliveryState.UNCLAIMED)),
            trouble=failed_jobs(session, shop_id=caller.shop_id),
            messages=messages.in_trouble(session, shop_id=caller.shop_id),
            texts=texts.texts_of(session, shop_id=caller.shop_id),
            names={person.id: person.name for person in advisors.advisors(session, shop_id=caller.shop_id)},
        )


@page.post("/app/activity/jobs/<int:trouble_id>/retry")
def retry(trouble_id: int) -> Response:
    """Start a step afresh that was given up."""
    caller = merchant()
    with begin() as session:
        retry_job(session, _given_up(session, caller.shop_id, trouble_id), now=now())
    return go("", "It is being tried again.")


@page.post("/app/activity/jobs/<int:trouble_id>/aside")
def put_aside(trouble_id: int) -> Response:
    """Take a given-up step off the list; it is not tried again."""
    caller = merchant()
    with begin() as session:
        session.delete(_given_up(session, caller.shop_id, trouble_id))
    return go("", "Put aside.")


@page.post("/app/activity/messages/<int:message_id>/again")
def send_again(message_id: int) -> Response:
    """Queue a message that did not go out."""
    caller = merchant()
    with begin() as session:
        messages.send_again(session, shop_id=caller.shop_id, message_id=message_id)
    return go("", "It is being sent.")


def _given_up(session: Session, shop_id: int, trouble_id: int) -> JobTrouble:
    query = select(JobTrouble).where(JobTrouble.id == trouble_id, JobTrouble.shop_id == shop_id)
    row = session.exec(query.with_for_update()).first()
    if row is None:
        raise NotFound("That step is not listed any more.")
    if row.state is not TroubleState.GIVEN_UP:
        raise Conflict("It is being tried already.")
    return row
