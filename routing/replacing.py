"""A return that was made anew in Shopify goes on under its new id wherever it is known; in the same transaction."""

import sqlalchemy as sa
from sqlmodel import Session, col

from consults.models import Case
from logistics.events import ReturnReplaced
from measures.pilot_models import PilotReturn
from routing.jobs import find_decision
from routing.models import Decision, OpenedReturn
from routing.seller_models import SellerChoice

KNOWN_BY_IT = (Decision, SellerChoice, OpenedReturn, Case, PilotReturn)


def follow_replaced(session: Session, replaced: ReturnReplaced) -> None:
    """One decision and one case a return, however often it was made anew.

    Where the new one was decided before anybody knew whose place it takes, and nothing was made of that, the former
    decision stands. Told twice, nothing more happens.
    """
    shop_id = replaced.shop_id
    if find_decision(session, shop_id=shop_id, return_gid=replaced.before) is not None:
        hasty = find_decision(session, shop_id=shop_id, return_gid=replaced.return_gid)
        if hasty is not None:
            session.delete(hasty)
            session.flush()
    for kind in KNOWN_BY_IT:
        mine = (col(kind.shop_id) == shop_id, col(kind.return_gid) == replaced.before)
        session.connection().execute(sa.update(kind).where(*mine).values(return_gid=replaced.return_gid))
