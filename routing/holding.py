"""Evidence first: a return waits while what was delivered about its order lies unread, for there it says who sold it.

After an installation the sweep finds returns at once, and what Shopify delivered meanwhile is still being read.
"""

from datetime import timedelta
from typing import Any

from sqlmodel import Session

import jobs
from kit.clock import now as clock_now
from routing import evidence
from routing.ports import Unread

PAUSE = timedelta(seconds=2)


def waits_for_evidence(
    session: Session,
    unread: Unread | None,
    again: str,
    *,
    shop_id: int,
    return_gid: str,
    upto: int | None,
    order_gid: str | None = None,
    **args: Any,
) -> bool:
    """Whether to decide later; the job `again` is secured then, with `upto`, what was unread at the first look.

    What comes in after that is not waited for, so the wait ends whatever the shop sells meanwhile.
    """
    if unread is None or (order_gid and evidence.find(session, shop_id=shop_id, order_gid=order_gid)):
        return False
    newest = unread(session, shop_id, upto)
    if newest is None:
        return False
    args |= {"shop_id": shop_id, "return_gid": return_gid, "upto": newest if upto is None else upto}
    if order_gid:
        args["order_gid"] = order_gid
    jobs.enqueue(session, again, key=f"return:{shop_id}:{return_gid}", at=clock_now() + PAUSE, **args)
    return True
