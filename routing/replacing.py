"""A return that was made anew in Shopify goes on under its new id wherever it is known; in the same transaction."""

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.models import Case
from logistics.events import ReturnReplaced
from measures.pilot_models import PilotReturn
from routing.models import Decision, OpenedReturn
from routing.seller_models import SellerChoice

KNOWN_BY_IT = (Decision, SellerChoice, OpenedReturn, Case, PilotReturn)


def follow_replaced(session: Session, replaced: ReturnReplaced) -> None:
    """One decision and one case a return, however often it was made anew.

    Where the new one was decided before anybody knew whose place it takes, and nothing was made of that, the former
    decision stands. Told twice, nothing more happens.
    """
    ours, gid = col(Decision.shop_id) == replaced.shop_id, col(Decision.return_gid)
    if session.exec(select(Decision.id).where(ours, gid == replaced.before)).first() is not None:
        session.connection().execute(sa.delete(Decision).where(ours, gid == replaced.return_gid))
    for kind in KNOWN_BY_IT:
        mine = (col(kind.shop_id) == replaced.shop_id, col(kind.return_gid) == replaced.before)
        session.connection().execute(sa.update(kind).where(*mine).values(return_gid=replaced.return_gid))
