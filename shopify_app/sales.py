"""What a webhook says of a sale, handed to the package that keeps the past."""

from sqlmodel import Session

from measures import history
from measures.events import OrderTold, RefundTold


def keep_order(session: Session, told: OrderTold) -> None:
    """In the transaction that hands the delivery on."""
    history.keep_order(session, shop_id=told.shop_id, order=told.order)


def keep_refund(session: Session, told: RefundTold) -> None:
    """In the transaction that hands the delivery on."""
    history.keep_refund(session, shop_id=told.shop_id, refund=told.refund)
