"""Today: the next conversations, what was promised, what is new, what came back."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from consults.advisors import advisors, get_advisor
from consults.booking import upcoming
from consults.cases import get_case
from consults.first_answers import lent_out
from consults.gestures.gestures import asked_now
from consults.gestures.models import Gesture
from consults.kinds import Kind, Role
from consults.models import Case, Consult, Promise_
from consults.promises import promises_due
from consults.rights import Reach, Right
from consults.rooms.embedded import present
from logistics.models import Rma
from logistics.radar.cards import live_cards
from logistics.radar.kinds import HEADINGS
from logistics.radar.models import RadarCard
from logistics.rmas import open_rmas
from logistics.states import Goods
from logistics.wear import waiting_charges
from shopify_app.auth import DeskCaller, desk
from shopify_app.pages.desk.advisors_cases import cases_to_see, whose
from shopify_app.pages.desk.caring import care_today
from shopify_app.pages.first_answers import clock_of
from shopify_app.web import begin, now

page = Blueprint("today", __name__)
NEAR = timedelta(hours=3)
"""A room further off than this has nobody in it."""
WAITING = (Goods.ARRIVED, Goods.INSPECTED)


@page.get("")
@page.get("/")
def show() -> ResponseReturnValue:
    """An advisor's own day; a manager's is the shop's."""
    caller = desk()
    if caller.allowed.reach is Reach.NONE:
        return redirect("/desk/money" if caller.may(Right.MONEY) else "/desk/scan", 303)
    with begin() as session:
        return shown(session, caller)


def shown(session: Session, caller: DeskCaller, *, wrong: str = "") -> str:
    """The page; `wrong` is what a button on it could not do."""
    people = {advisor.id: advisor for advisor in advisors(session, shop_id=caller.shop_id)}
    me = get_advisor(session, shop_id=caller.shop_id, advisor_id=caller.advisor_id)
    today = now().astimezone(ZoneInfo(me.zone)).date()
    cases = cases_to_see(session, caller)
    fresh = [case for case in cases if case.taken_at is None]
    mine = {case.id for case in cases}
    promised = [
        promise
        for promise in promises_due(session, shop_id=caller.shop_id, until=today, advisor_id=whose(caller))
        if promise.owner_advisor_id == caller.advisor_id or promise.case_id in mine
    ]
    talks = [(talk, _case(session, talk)) for talk in _talks(session, caller, mine)]
    return render_template(
        "desk/today.html",
        caller=caller,
        wrong=wrong,
        me=me,
        people=people,
        now=now(),
        today=today,
        talks=talks,
        in_rooms=_in_rooms(session, talks),
        promised=[(promise, _case(session, promise)) for promise in promised],
        fresh=[(case, clock_of(session, case, zone=me.zone, now=now())) for case in fresh],
        lent=[] if caller.is_manager else lent_out(session, shop_id=caller.shop_id, advisor_id=caller.advisor_id),
        taken=[case for case in cases if case.taken_at is not None],
        parcels=_waiting(session, caller, cases),
        charges=waiting_charges(session, shop_id=caller.shop_id),
        cards=_cards(session, caller, cases),
        asks=_asks(session, caller, cases),
        card_headings=HEADINGS,
        **care_today(session, caller),
    )


def _talks(session: Session, caller: DeskCaller, mine: Collection[int | None]) -> list[Consult]:
    ids = [caller.advisor_id]
    if caller.is_manager:
        ids = [advisor.id for advisor in advisors(session, shop_id=caller.shop_id) if advisor.id is not None]
    talks = [t for i in ids for t in upcoming(session, shop_id=caller.shop_id, advisor_id=i, now=now())]
    seen = [talk for talk in talks if talk.advisor_id == caller.advisor_id or talk.case_id in mine]
    return sorted(seen, key=lambda talk: talk.starts_at)[:12]


def _in_rooms(session: Session, talks: Sequence[tuple[Consult, Case]]) -> list[tuple[Consult, Case, list[str]]]:
    """Rooms in which somebody of the client's side is at this moment, and who."""
    found = []
    for talk, case in talks:
        if talk.id is None or talk.kind is not Kind.VIDEO or abs(talk.starts_at - now()) > NEAR:
            continue
        there = [p for p in present(session, consult_id=talk.id, now=now()) if p.role != Role.ADVISOR]
        if there:
            found.append((talk, case, [person.name or "Somebody" for person in there]))
    return found


def _waiting(session: Session, caller: DeskCaller, cases: Sequence[Case]) -> list[tuple[Rma, Case]]:
    """Pieces of the caller's cases that came back and wait for somebody."""
    by_return = {case.return_gid: case for case in cases}
    waiting = [rma for rma in open_rmas(session, shop_id=caller.shop_id) if rma.goods_state in WAITING]
    return [(rma, by_return[rma.return_gid]) for rma in waiting if rma.return_gid in by_return]


def _cards(session: Session, caller: DeskCaller, cases: Sequence[Case]) -> list[tuple[RadarCard, Case]]:
    """What went wrong on our side in the caller's cases, oldest first."""
    by_return = {case.return_gid: case for case in cases}
    found = live_cards(session, shop_id=caller.shop_id)
    return [(card, by_return[card.return_gid]) for card in found if card.return_gid in by_return]


def _asks(session: Session, caller: DeskCaller, cases: Sequence[Case]) -> list[tuple[Gesture, Case]]:
    """What colleagues asked for beyond their budget in the caller's cases, where the caller may answer."""
    if not caller.may(Right.ANSWER_ASKS):
        return []
    by_id = {case.id: case for case in cases}
    found = asked_now(session, shop_id=caller.shop_id)
    return [(ask, by_id[ask.case_id]) for ask in found if ask.case_id in by_id and ask.advisor_id != caller.advisor_id]


def _case(session: Session, row: Consult | Promise_) -> Case:
    return get_case(session, shop_id=row.shop_id, case_id=row.case_id)
