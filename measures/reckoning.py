"""Closed cases in figures, of what was found of them and their households."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from kit.money import Money
from kit.together import together
from measures import gathering, statements
from measures.buyers import FOLLOWED, Buyer, buyers
from measures.endings import Kind, Step, split
from measures.gathering import Around, Chain
from measures.measured import KINDS, MeasuredReturn
from measures.next_orders import after
from measures.totals import limits

STEPS = {Step.UPGRADE: "upgrade", Step.EVEN: "even", Step.DOWN: "down"}
ALL: tuple[str, ...] = tuple(MeasuredReturn.__table__.columns.keys())  # type: ignore[attr-defined]
NEVER = datetime.max.replace(tzinfo=UTC)


def reckon(
    session: Session,
    shop_id: int,
    returns: Sequence[Any],
    refunds: Sequence[Any],
    single: Sequence[dict[str, Any]] = (),
    zone: str = "",
) -> tuple[list[dict[str, Any]], list[tuple[dict[str, Any], dict[str, Any]]]]:
    """What cases of those returns should be; and the `single` ones, each as it is and as it should be."""
    closed = [row for row in returns if row.status == "CLOSED" and row.closed_at is not None]
    households = {row["household"] for row in single} | {row.household for row in closed if row.household}
    around = statements.of_returns(shop_id, returns) if returns else ()
    after = [(FOLLOWED, {"shop_id": shop_id, "gids": sorted(households)})] if households else []
    answers = together(session, [*around, *after])
    chains, cared = gathering.chains_of(session, shop_id, returns, refunds, *answers[:3]) if returns else ([], {})
    since = min([row.closed_at for row in closed] + [row["closed_at"] for row in single], default=NEVER)
    found = buyers(answers[-1] if households else (), since)
    made = []
    for chain in chains:
        who = (found.get(chain.household) or Buyer()) if chain.household else None
        about = [cared[gid] for gid in chain.members]
        made.append(_figures(chain, who, about, ZoneInfo(chain.zone)) | {"shop_id": shop_id})
    followed = []
    for row in single:
        buyer, mine = found.get(row["household"]) or Buyer(), [row["return_gid"]]
        followed.append((row, row | _followed(row["closed_at"], row["currency"], mine, buyer, ZoneInfo(zone))))
    return made, followed


def _figures(chain: Chain, buyer: Buyer | None, about: list[Around], zone: ZoneInfo) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(ALL, 0)
    row |= {
        "return_gid": chain.return_gid,
        "order_gid": chain.order_gid,
        "household": chain.household or f"r:{chain.return_gid}"[:100],
        "assisted": any(one.assisted for one in about),
        "closed_at": chain.closed_at,
        "closed_on": chain.closed_at.astimezone(zone).date(),
        "band": band_of(Money(chain.came.back, chain.currency)),
        "currency": chain.currency,
        "parts": len(chain.members),
        "returns": 1,
        "minutes": sum(one.minutes for one in about),
        "parcels": sum(one.parcels for one in about),
        "reworks": sum(one.reworked for one in about),
        "travelled_cents": chain.came.back if any(one.parcels for one in about) else 0,
        "given_cents": sum(one.given[chain.currency] for one in about),
    }
    return row | _ended(chain) | _followed(chain.closed_at, chain.currency, chain.members, buyer, zone)


def _ended(chain: Chain) -> dict[str, Any]:
    came, found = chain.came, split(chain.came)
    row: dict[str, Any] = {
        "pieces_back": came.pieces_back,
        "pieces_exchanged": found.pieces_exchanged,
        "back_cents": came.back,
        "exchanged_cents": found.exchanged,
        "refunded_cents": found.refunded,
        "credited_cents": found.credited,
        "other_cents": found.other,
        KINDS[found.kind]: 1,
    }
    if found.step is not None:
        row[f"{STEPS[found.step]}_cents"] = found.exchanged
        if found.kind is Kind.EXCHANGE:
            row[f"{STEPS[found.step]}s"] = 1
    return row


def _followed(
    closed_at: datetime, currency: str, members: Sequence[str], buyer: Buyer | None, zone: ZoneInfo
) -> dict[str, Any]:
    """What the household bought next. Of a buyer nobody knows it cannot be said, not even "not yet"."""
    if buyer is None:
        return {"next_days": None}
    until = buyer.next_closing(closed_at, members[0], members)
    found = after(closed_at, buyer.orders, currency=currency, zone=zone, until=until)
    return {
        "next_days": found.next_days,
        "bought": int(found.next_days is not None),
        "not_yet": int(found.next_days is None),
        "next_cents": found.next_cents,
        "later_orders": found.later,
        "later_cents": found.later_cents,
    }


def band_of(value: Money) -> str:
    """ "small", "mid" or "dear", by what is dear in that currency (totals.limits)."""
    mid, dear = limits(value.currency)
    return "dear" if value.cents >= dear.cents else "mid" if value.cents >= mid.cents else "small"
