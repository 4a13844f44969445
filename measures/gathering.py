"""What is known of some closed returns, as the pure files take it: made of what measures.statements found."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from consults.kinds import Outcome
from measures.endings import Came, continued
from measures.given import given_to


@dataclass
class Chain:
    """One case: a closed return, and those in which its new pieces came back. All of one order."""

    return_gid: str
    order_gid: str
    household: str | None
    zone: str
    closed_at: datetime
    currency: str
    came: Came
    members: list[str]


@dataclass
class Around:
    """What one return cost, and whether somebody looked after it. One parcel is assumed where none is ours.

    `given` by currency: gestures, and what the catalogue says its ways cost. `reworked`: no way says what that cost.
    """

    assisted: bool = False
    reworked: bool = False
    minutes: int = 0
    parcels: int = 1
    given: Counter[str] = field(default_factory=Counter)


@dataclass
class Credit:
    """What one return was given as credit, in shop money, and by which `refunds`; of `untold` ones Shopify says it."""

    cents: int = 0
    refunds: set[str] = field(default_factory=set)
    untold: set[str] = field(default_factory=set)


def chains_of(
    session: Session,
    shop_id: int,
    returns: Sequence[Any],
    refunds: Sequence[Any],
    cases: Sequence[Any],
    ours: Sequence[Any],
    pieces: Sequence[Any],
) -> tuple[list[Chain], dict[str, Around]]:
    """The closed cases of some orders, and what is around all their returns, counted or not; from the answers.

    Only what was given to assisted ones is still asked for.
    """
    returns = sorted(returns, key=lambda row: (row.opened_at, row.return_gid))
    about, credited = _around(session, shop_id, [row.return_gid for row in returns], cases, ours)
    money = _money(refunds, returns, credited)
    by_return, by_order = defaultdict[str, list[Any]](list), defaultdict[str, list[Any]](list)
    for piece in pieces:
        by_return[piece.return_gid].append(piece)
    for row in returns:
        by_order[row.order_gid].append(row)
    found = [chain for some in by_order.values() for chain in _chains(some, by_return, money)]
    return found, about


def _chains(returns: list[Any], pieces: Mapping[str, list[Any]], money: dict[str, tuple[int, int]]) -> list[Chain]:
    """Returns of one order, oldest first, as cases: one whose pieces an earlier one sent out goes on with that one."""
    chains: list[Chain] = []
    sent_by: dict[str, Chain] = {}
    for gid, order_gid, status, _, closed_at, household, zone in returns:
        mine = pieces.get(gid, [])
        back, new = [p for p in mine if not p.is_new], [p for p in mine if p.is_new]
        if status != "CLOSED" or closed_at is None or not back:
            continue
        refunded, credited = money.get(gid, (0, 0))
        came = Came(
            back=sum(p.cents for p in back),
            new=sum(p.cents for p in new),
            refunded=refunded,
            credited=credited,
            pieces_back=sum(p.quantity for p in back),
            pieces_new=sum(p.quantity for p in new),
        )
        chain = next((sent_by[p.line_gid] for p in back if p.line_gid in sent_by), None)
        if chain is None:
            chain = Chain(gid, order_gid, household, zone, closed_at, back[0].currency, came, [gid])
            chains.append(chain)
        else:
            chain.came, chain.members = continued(chain.came, [came]), [*chain.members, gid]
        sent_by.update({p.line_gid: chain for p in new if p.line_gid})
    return chains


def _around(
    session: Session, shop_id: int, return_gids: Sequence[str], cases: Sequence[Any], ours: Sequence[Any]
) -> tuple[dict[str, Around], dict[str, Credit]]:
    """Return -> what was around it, and return -> credit given. A return nobody knows here is self-service."""
    found = {gid: Around() for gid in return_gids}
    for gid, outcome, began_at, over_at in cases:
        one = found[gid]
        one.assisted, one.reworked = True, outcome is Outcome.REWORK
        one.minutes += max(0, round((over_at - began_at).total_seconds() / 60)) if over_at else 0
    for gid, (given, has_way) in given_to(session, shop_id, [gid for gid in found if found[gid].assisted]).items():
        found[gid].given = given
        found[gid].reworked = found[gid].reworked and not has_way
    credited: dict[str, Credit] = defaultdict(Credit)
    parcels: dict[str, set[int]] = defaultdict(set)
    seen: set[int] = set()
    for row in ours:
        parcels[row.return_gid] |= {row.parcel_id} - {None}
        if row.settlement_id is not None and row.settlement_id not in seen:
            seen.add(row.settlement_id)
            credit, cents = credited[row.return_gid], _in_shop_money(row)
            credit.refunds |= {row.refund_gid} - {""}
            credit.untold |= {row.refund_gid} if cents is None else set()
            credit.cents += cents or 0
    for gid, ids in parcels.items():
        found[gid].parcels = len(ids)
    return found, credited


def _in_shop_money(row: Any) -> int | None:
    if row.shop_cents is not None:
        return int(row.shop_cents)
    return int(row.amount_cents) if row.paid_in == row.currency else None


def _money(refunds: Sequence[Any], returns: Sequence[Any], credited: dict[str, Credit]) -> dict[str, tuple[int, int]]:
    """Return -> (refunded, credited). A refund that names no return goes with the last one opened before it."""
    opened: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for row in returns:
        if row.status not in ("DECLINED", "CANCELED"):
            opened[row.order_gid].append((row.opened_at, row.return_gid))
    money = {gid: (0, credit.cents) for gid, credit in credited.items()}
    told = {refund for credit in credited.values() for refund in credit.refunds - credit.untold}
    untold = {refund for credit in credited.values() for refund in credit.untold}
    for refund_gid, order_gid, named, at, cents in refunds:
        gid = named or next((one for when, one in reversed(opened[order_gid]) if when <= at), None)
        if gid is None or refund_gid in told:
            continue
        refunded, credit = money.get(gid, (0, 0))
        money[gid] = (refunded, credit + cents) if refund_gid in untold else (refunded + cents, credit)
    return money
