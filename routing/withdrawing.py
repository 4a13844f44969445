"""Carrying out a withdrawal that a client stated on our page: the order's pieces become a requested return."""

from kit import clock
from kit.db import Begin
from kit.log import get_logger
from logistics import statements
from logistics.statement_models import StatementState, WithdrawalStatement
from routing import openings
from routing.ports import Openings
from routing.reads import OrderToReturn, Reason
from routing.unsaid import WITHDRAWN, stands_for_none

log = get_logger("routing")

NOT_FOUND = "No order of that number and address is shown to the app. Find it in Shopify, then carry it out."
PART_ONLY = "The client withdraws from a part of the order. Open the return of those pieces by hand."
NOTHING_LEFT = "Nothing of the order can be sent back in Shopify: not sent yet, or returned already. Look at the order."
TOO_MANY = f"More than {openings.MOST_LINES} pieces of the order can be sent back. Open the return by hand."
NO_REASON = "The shop has no return reason in use, and Shopify asks for one. Open the return by hand."


def carry_out_withdrawal(
    begin: Begin, *, read: Openings, shop_id: int, statement_id: int, is_vouched: bool = False
) -> None:
    """Find the order and secure its return, once; what cannot be carried out waits for a person, and says why.

    `is_vouched`: a person of the house named the order, so its address need not be the one typed.
    """
    with begin() as session:
        row = statements.get_statement(session, shop_id=shop_id, statement_id=statement_id)
    if row.state is not StatementState.RECEIVED:
        return
    order = read.find_order(shop_id, row.order_name)
    is_theirs = order is not None and (is_vouched or _same(order.email, row.email))
    reason = stands_for_none(read.reasons(shop_id), WITHDRAWN) if order is not None and is_theirs else None
    why = _hindrance(row, order if is_theirs else None, reason)
    with begin() as session:
        found = {"order_gid": order.order_gid} if order is not None and is_theirs else {}
        if why or order is None or reason is None:
            statements.note_found(session, row, StatementState.PERSON, why=why, **found)
            log.warning("withdrawal.waits", shop_id=shop_id, statement=statement_id)
            return
        opened = openings.ask(
            session,
            shop_id=shop_id,
            key=f"withdrawal:{statement_id}",
            order_gid=order.order_gid,
            order_name=order.name,
            lines=[(piece.fulfillment_line_gid, piece.quantity) for piece in order.pieces],
            reason_gid=reason.gid,
            advisor_id=None,
            now=clock.now(),
        )
        statements.note_found(session, row, StatementState.OPENED, opened_id=opened.id, **found)
        log.info("withdrawal.opened", shop_id=shop_id, statement=statement_id)


def _hindrance(row: WithdrawalStatement, order: OrderToReturn | None, reason: Reason | None) -> str:
    if order is None:
        return NOT_FOUND
    if row.part:
        return PART_ONLY
    if not order.pieces:
        return NOTHING_LEFT
    if len(order.pieces) > openings.MOST_LINES:
        return TOO_MANY
    return "" if reason else NO_REASON


def _same(of_order: str, typed: str) -> bool:
    return bool(of_order) and of_order.strip().casefold() == typed.strip().casefold()
