"""Did a call that may have taken effect take effect? Judged from what Shopify shows afterwards. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kit.money import Money
from logistics.reads import ExchangeLineRead, ReturnLineRead, ReturnRead


class Trace(StrEnum):
    """`unclear`: something happened, but not plainly what we asked for; a person looks."""

    DONE = "done"
    NOT_DONE = "not_done"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class LookBack:
    """What was found, and the refund that is ours where one is."""

    trace: Trace
    refund_gid: str = ""


def snapshot(read: ReturnRead) -> dict[str, Any]:
    """What to keep before sending, so that `look_back` can tell ours from what was there."""
    return {
        "refunds": [refund.gid for refund in read.refunds],
        "processed": {line.gid: line.processed for line in _all_lines(read)},
    }


def new_refunds(before: Mapping[str, Any], read: ReturnRead) -> list[tuple[str, Money]]:
    """Refunds that were not there before, as (gid, amount)."""
    return [(refund.gid, refund.amount) for refund in read.refunds if refund.gid not in before.get("refunds", ())]


def look_back(
    before: Mapping[str, Any],
    lines: Sequence[Mapping[str, Any]],
    amount: Money,
    read: ReturnRead,
    exchanges: Sequence[Mapping[str, Any]] = (),
) -> LookBack:
    """Whether processing `lines`, and `exchanges`, with a refund of `amount` happened since `before` was taken."""
    asked = [(line["return_line_gid"], line["quantity"]) for line in lines]
    asked += [(line["exchange_line_gid"], line["quantity"]) for line in exchanges]
    grown = [_growth(before, read, gid) for gid, _ in asked]
    refunds = new_refunds(before, read)
    untouched = all(growth == 0 for growth in grown)
    if untouched and not refunds:
        return LookBack(Trace.NOT_DONE)
    as_asked = all(growth == quantity for growth, (_, quantity) in zip(grown, asked, strict=True))
    if as_asked and _sum(refunds, amount.currency) == amount.cents:
        return LookBack(Trace.DONE, refunds[0][0] if refunds else "")
    return LookBack(Trace.UNCLEAR)


def _all_lines(read: ReturnRead) -> Sequence[ReturnLineRead | ExchangeLineRead]:
    return [*read.lines, *read.exchanges]


def _growth(before: Mapping[str, Any], read: ReturnRead, line_gid: str) -> int | None:
    now = next((line.processed for line in _all_lines(read) if line.gid == line_gid), None)
    return None if now is None else now - int(before.get("processed", {}).get(line_gid, 0))


def _sum(refunds: Sequence[tuple[str, Money]], currency: str) -> int | None:
    if any(amount.currency != currency for _, amount in refunds):
        return None
    return sum(amount.cents for _, amount in refunds)
