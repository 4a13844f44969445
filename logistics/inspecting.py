"""An inspection on a telephone: item by item beside what was written down at the sale."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from kit.db import insert_once, locked
from kit.errors import AppError
from logistics import rmas
from logistics.checklists import CATEGORIES, ITEMS, category_of, contradicts, finding_of, is_proven
from logistics.custody_models import Check, PieceRecord
from logistics.custody_words import Grade, Verdict
from logistics.dispositions import inspect
from logistics.history import lock_rma, note_step
from logistics.models import Inspection, Rma, RmaLine
from logistics.states import Finding
from logistics.wear import plan_deduction


@dataclass(frozen=True)
class Answered:
    """What was found of one item of one line."""

    line_id: int
    item: str
    found: str
    verdict: Verdict


@dataclass(frozen=True)
class Sheet:
    """What is to be looked at of one line, with what was written down at the sale; `is_proven` as in checklists."""

    line: RmaLine
    category: str
    items: tuple[str, ...]
    outbound: dict[str, str]
    is_proven: bool


def sheets_of(session: Session, rma: Rma) -> list[Sheet]:
    """A sheet a line, in Shopify's order."""
    lines = rmas.lines_of(session, rma)
    gids = [line.line_gid for line in lines if line.line_gid]
    query = select(PieceRecord).where(PieceRecord.shop_id == rma.shop_id, col(PieceRecord.line_gid).in_(gids))
    records = {record.line_gid: record for record in session.exec(query)}
    return [_sheet(line, records.get(line.line_gid)) for line in lines]


def record_outbound(
    session: Session, *, shop_id: int, line_gid: str, category: str, facts: dict[str, str], by: str, now: datetime
) -> PieceRecord:
    """Write down what leaves the house, at the sale. Written again, the new facts count. Raises AppError."""
    if category not in CATEGORIES:
        raise AppError("Choose what kind of piece it is.")
    kept = {item: facts.get(item, "").strip()[:300] for item in CATEGORIES[category] if facts.get(item, "").strip()}
    row = PieceRecord(shop_id=shop_id, line_gid=line_gid, category=category, facts=kept, written_by=by, at=now)
    insert_once(session, row)
    query = select(PieceRecord).where(PieceRecord.shop_id == shop_id, PieceRecord.line_gid == line_gid)
    found = locked(session, query).one()
    found.category, found.facts, found.written_by, found.at = category, kept, by, now
    session.add(found)
    return found


def inspect_pieces(
    session: Session,
    *,
    shop_id: int,
    rma_id: int,
    answers: Sequence[Answered],
    note: str,
    restock: bool,
    grade: Grade = Grade.NONE,
    wear_words: str = "",
    by: str,
    now: datetime,
) -> Inspection:
    """Keep every answer and what they come to. Wear may be charged, which the client sees before any money goes.

    Raises AppError for an item left out, or called "as sold" against what was written down, and what inspect() does.
    """
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    checks = _checks(rma, sheets_of(session, rma), answers)
    finding = finding_of(check.verdict for check in checks)
    if grade is not Grade.NONE and finding is not Finding.MATCH_WITH_WEAR:
        raise AppError("Wear is charged only for the piece as sold, with wear.")
    kept = inspect(session, shop_id=shop_id, rma_id=rma_id, finding=finding, note=note, restock=restock, by=by, now=now)
    for check in checks:
        insert_once(session, check)
    if not all(sheet.is_proven for sheet in sheets_of(session, rma)):
        words = "Nothing was written down at the sale that tells this piece from another."
        note_step(session, rma, "unproven", actor=by, now=now, detail=words)
    plan_deduction(session, rma, grade=grade, words=wear_words, by=by, now=now)
    return kept


def checks_of(session: Session, rma: Rma) -> list[Check]:
    """What was answered, in the order of the list."""
    return list(session.exec(select(Check).where(Check.rma_id == rma.id).order_by(col(Check.id))))


def _sheet(line: RmaLine, record: PieceRecord | None) -> Sheet:
    category = record.category if record is not None and record.category else category_of(line.title, line.detail)
    items = CATEGORIES[category]
    # What the order itself says of the piece; whoever wrote something down at the sale knows better.
    sold = {"serial": line.serial, "report": line.certificate}
    outbound = {item: words for item, words in sold.items() if words and item in items}
    outbound |= dict(record.facts) if record is not None else {}
    return Sheet(line, category, items, outbound, is_proven(outbound))


def _checks(rma: Rma, sheets: Sequence[Sheet], answers: Sequence[Answered]) -> list[Check]:
    given = {(answer.line_id, answer.item): answer for answer in answers}
    checks = []
    for sheet in sheets:
        for item in sheet.items:
            answer = given.get((sheet.line.id or 0, item))
            if answer is None:
                raise AppError(f"Say what you found: {ITEMS[item].lower()}, {sheet.line.title}.")
            outbound = sheet.outbound.get(item, "")
            if contradicts(outbound, answer.found, answer.verdict):
                raise AppError(f"{ITEMS[item]} was {outbound} at the sale and is {answer.found} now: not as sold.")
            checks.append(_check(rma, answer, outbound))
    return checks


def _check(rma: Rma, answer: Answered, outbound: str) -> Check:
    assert rma.id is not None
    return Check(
        rma_id=rma.id,
        shop_id=rma.shop_id,
        line_id=answer.line_id,
        item=answer.item,
        outbound=outbound,
        found=answer.found.strip()[:300],
        verdict=answer.verdict,
    )
