"""Jobs of briefs, under the names they have in JOBS: `consults.<function>`."""

from typing import Any

import jobs
from consults import cases
from consults.aftercare.learned import notes_of, with_learned
from consults.briefs.briefs import briefs_due, keep_brief
from consults.briefs.facts import facts_of
from consults.briefs.ports import BriefReads
from consults.models import Consult
from kit import clock
from kit.db import Begin
from kit.log import get_logger
from shops.shops import get_shop, is_working

log = get_logger("consults")

EVERY_SECONDS = 300


def watch_briefs(begin: Begin) -> None:
    """Every five minutes: have the briefs of the next half hour's conversations made anew, fifteen minutes before."""
    now = clock.now()
    with begin() as session:
        for shop_id, case_id in briefs_due(session, now=now):
            job_id = f"brief:{case_id}:{int(now.timestamp()) // EVERY_SECONDS}"
            jobs.enqueue(session, "consults.prepare_brief", job_id=job_id, shop_id=shop_id, case_id=case_id)


def prepare_brief(
    begin: Begin, *, reads: BriefReads, shop_id: int, case_id: int = 0, consult_id: int = 0, **_event: Any
) -> None:
    """On CaseOpened, ConsultBooked, and before a conversation: ask for all there is, and keep it with its sources.

    While nothing can be read, what was known before stays, with the time it is of.
    """
    with begin() as session:
        if not is_working(get_shop(session, shop_id)):
            return
        case_id = case_id or session.get_one(Consult, consult_id).case_id
        case = cases.get_case(session, shop_id=shop_id, case_id=case_id)
    about: dict[str, Any] = {"order_gid": case.order_gid, "client_gid": case.client_gid}
    asked_at = clock.now()
    seen = reads.seen(shop_id, return_gid=case.return_gid, **about)
    with begin() as session:
        case = cases.get_case(session, shop_id=shop_id, case_id=case_id)
        # Erased while Shopify was asked: what came back is not kept.
        if case.client_gid != about["client_gid"]:
            return
        notes = notes_of(session, shop_id=shop_id, client_gid=case.client_gid)
        seen = with_learned(seen, notes, client_gid=case.client_gid)
        facts = facts_of(seen, now=asked_at)
        orders = seen.client.orders if seen.client else ()
        owned = sorted({gid for order in orders if not order.cancelled for gid in order.products})
        keep_brief(session, case, facts, image=seen.piece.image, owned=owned, now=asked_at)
    log.info("brief.made", case=case_id, facts=len(facts))
