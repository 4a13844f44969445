"""Finding a client's returns: by who they are in the shop, or by order number and email."""

import hmac

from sqlmodel import Session, col, select

from logistics.models import Rma


def returns_of_client(session: Session, *, shop_id: int, client_gid: str, limit: int = 20) -> list[Rma]:
    """The client's returns, newest first."""
    query = select(Rma).where(Rma.shop_id == shop_id, Rma.client_gid == client_gid)
    return list(session.exec(query.order_by(col(Rma.opened_at).desc(), col(Rma.id).desc()).limit(limit)))


def returns_of_order(session: Session, *, shop_id: int, order_name: str, email: str) -> list[Rma]:
    """Returns of the order called "1042" or "#1042" that belong to `email`, newest first."""
    stem = order_name.strip().lstrip("#").strip()
    names = (stem, f"#{stem}")
    query = select(Rma).where(Rma.shop_id == shop_id, col(Rma.order_name).in_(names))
    found = session.exec(query.order_by(col(Rma.opened_at).desc(), col(Rma.id).desc()).limit(20))
    wanted = email.strip().casefold().encode()
    # Addresses are sealed and cannot be searched, so they are compared here.
    return [rma for rma in found if wanted and hmac.compare_digest(rma.client_email.casefold().encode(), wanted)]
