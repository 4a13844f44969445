"""What a webhook, or our own look, says of a sale and of what comes back, handed to the package that keeps the past."""

from sqlmodel import Session

from measures import history
from measures.events import OrderTold, RefundTold, ReturnTold
from measures.reads import ReturnWord
from routing.events import ReturnsSwept


def keep_order(session: Session, told: OrderTold) -> None:
    """In the transaction that hands the delivery on."""
    history.keep_order(session, shop_id=told.shop_id, order=told.order)


def keep_refund(session: Session, told: RefundTold) -> None:
    """In the transaction that hands the delivery on."""
    history.keep_refund(session, shop_id=told.shop_id, refund=told.refund)


def keep_return(session: Session, told: ReturnTold) -> None:
    """In the transaction that hands the delivery on."""
    history.keep_returns(session, shop_id=told.shop_id, words=[told.word])


def keep_swept(session: Session, swept: ReturnsSwept) -> None:
    """In the transaction that takes a page of the look over."""
    words = [ReturnWord(r.return_gid, r.order_gid, r.status, swept.at, r.created_at) for r in swept.returns]
    history.keep_returns(session, shop_id=swept.shop_id, words=words)
