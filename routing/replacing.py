"""A return that was made anew in Shopify goes on under its new id wherever it is known; in the same transaction."""

import sqlalchemy as sa
from sqlmodel import Session, col

from consults.models import Case
from logistics.events import ReturnReplaced
from routing.models import Decision, OpenedReturn
from routing.seller_models import SellerChoice

KNOWN_BY_IT = (Decision, SellerChoice, OpenedReturn, Case)


def follow_replaced(session: Session, replaced: ReturnReplaced) -> None:
    """One decision and one case a return, however often it was made anew."""
    for kind in KNOWN_BY_IT:
        mine = (col(kind.shop_id) == replaced.shop_id, col(kind.return_gid) == replaced.before)
        session.connection().execute(sa.update(kind).where(*mine).values(return_gid=replaced.return_gid))
