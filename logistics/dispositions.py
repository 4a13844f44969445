"""What became of a piece on arrival: one inspection by a person, and what it means for stock."""

from datetime import datetime

from sqlmodel import Session, select

import jobs
from kit.db import insert_once
from kit.errors import Conflict
from logistics import events
from logistics.custody import must_have_two
from logistics.history import follow_up, lock_rma, move_goods, move_judgement
from logistics.models import Inspection, LogisticsPolicy, Rma, Settlement
from logistics.reads import PlanLine, ReturnRead
from logistics.states import PLAIN_FINDINGS, Finding, Goods, judge

RESTOCKED = "RESTOCKED"
NOT_RESTOCKED = "NOT_RESTOCKED"


def inspect(
    session: Session,
    *,
    shop_id: int,
    rma_id: int,
    finding: Finding,
    note: str,
    restock: bool,
    by: str,
    now: datetime,
) -> Inspection:
    """Keep what a person found, and secure the proposal of money. The same finding twice changes nothing.

    A piece that is not plainly the one sold is never put back into stock, whatever `restock` says.
    Raises NotFound, InvalidMove before it arrived, AppError where two people were to receive it,
    Conflict when somebody found otherwise already.
    """
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    must_have_two(session, rma)
    row = Inspection(
        rma_id=rma_id,
        shop_id=shop_id,
        finding=finding,
        note=note,
        inspected_by=by,
        at=now,
        restock=restock and finding in PLAIN_FINDINGS,
    )
    fresh = insert_once(session, row)
    kept = session.exec(select(Inspection).where(Inspection.rma_id == rma_id)).one()
    if not fresh:
        if kept.finding is not finding:
            raise Conflict(f"{kept.inspected_by} has inspected this already and found otherwise.")
        return kept
    rma.inspected_at = now
    move_goods(session, rma, Goods.INSPECTED, actor=by, now=now, detail=finding.replace("_", " "))
    move_judgement(session, rma, judge(finding), actor=by, now=now)
    jobs.publish(session, events.PieceInspected(shop_id, rma_id, rma.return_gid, str(finding)))
    follow_up(session, rma, "propose_settlement")
    return kept


def find_inspection(session: Session, rma: Rma) -> Inspection | None:
    """What was found on arrival, once it was looked at."""
    return session.exec(select(Inspection).where(Inspection.rma_id == rma.id)).first()


def plan_lines(
    read: ReturnRead, settlement: Settlement, inspection: Inspection | None, policy: LogisticsPolicy
) -> tuple[PlanLine, ...]:
    """The settlement's lines with what becomes of each piece.

    Dispositions are sent here and never earlier: PROCESSING_REQUIRED -> RESTOCKED failed for others.
    """
    location = policy.restock_location_gid if inspection is not None and inspection.restock else ""
    rfo_lines = {line.gid: read.rfo_line(line.fulfillment_line_gid) for line in read.lines}
    planned = []
    for line in settlement.lines:
        rfo_line = rfo_lines.get(line["return_line_gid"])
        planned.append(
            PlanLine(
                return_line_gid=line["return_line_gid"],
                quantity=line["quantity"],
                rfo_line_gid=rfo_line.gid if rfo_line else "",
                disposition=RESTOCKED if location else NOT_RESTOCKED,
                location_gid=location or None,
            )
        )
    return tuple(planned)
