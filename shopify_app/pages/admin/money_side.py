"""What both pages of one return show of its money: who may do what, by when it is promised, and what went wrong."""

from typing import Any

from sqlmodel import Session

from kit.money import Money
from logistics.credits import ceilings, why_not
from logistics.figures import refund_of
from logistics.models import LogisticsPolicy, Rma, Settlement
from logistics.radar.cards import cards_of
from logistics.radar.kinds import HEADINGS
from logistics.refund_promises import is_paid, promise_of
from logistics.rights import must_confirm, rights_of
from logistics.rmas import policy_of
from logistics.settlements import open_settlement
from logistics.wear import deduction_of, may_stand
from shopify_app.web import now

NO_CLIENT = "Store credit is not offered: the order has no client with an account."


def money_side(session: Session, rma: Rma, *, who: str) -> dict[str, Any]:
    """Values for templates/admin/_money.html beside `view`."""
    policy, batch = policy_of(session, rma.shop_id), open_settlement(session, rma)
    rights, charge = rights_of(session, shop_id=rma.shop_id, who=who), deduction_of(session, rma)
    return {
        "rights": rights,
        "confirms": batch is not None and must_confirm(policy, batch),
        "promise": None if is_paid(rma) else promise_of(session, rma, now=now()),
        "charge": charge if charge is not None and charge.currency else None,
        "charge_may_stand": charge is not None and may_stand(session, charge, now()),
        "cards": cards_of(session, shop_id=rma.shop_id, return_gid=rma.return_gid),
        "card_headings": HEADINGS,
        "parts_of": _parts,
        "no_credit": _no_credit(session, rma, policy, batch),
    }


def _no_credit(session: Session, rma: Rma, policy: LogisticsPolicy, batch: Settlement | None) -> str:
    """Why an amount that goes back is not offered as store credit, where the house offers it; "" where it is."""
    if batch is None or not policy.offer_credit or batch.credit_offered or not batch.amount_cents:
        return ""
    return why_not(ceilings(session, rma.shop_id), batch.amount) if rma.client_gid else NO_CLIENT


def _parts(batch: Settlement) -> list[Money]:
    return [amount for _, amount in refund_of(batch)]
