"""Where failures are seen: each look reads our rows and says what it finds now. Nothing is remembered here."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from logistics import kept_pieces, refund_promises, rmas, side_sales
from logistics.models import Inspection, Parcel, Rma, RmaLine
from logistics.radar.kinds import Failure, Found
from logistics.radar.models import ClientNeed
from logistics.radar.ways import Colleague, Piece
from logistics.states import FINAL_GOODS, TROUBLE_SCANS, Finding, Goods, Judgement, ParcelState
from shops.shops import get_shop

# From where the goods are, how many days another piece still takes to be with the client.
DAYS_LEFT = {
    Goods.AUTHORISED: 7,
    Goods.LABELLED: 6,
    Goods.IN_TRANSIT: 4,
    Goods.ARRIVED: 3,
    Goods.INSPECTED: 2,
    Goods.SETTLED: 2,
    Goods.CLOSED: 2,
    Goods.ENDED: 2,
}
WRONG_PIECE = (Finding.MISMATCH, Finding.PART_MISSING)


@dataclass(frozen=True)
class CaseSeen:
    """What is asked of the conversation side: whose case it is, whether they owe an answer, who could give it."""

    case_id: int
    return_gid: str
    advisor_id: int
    advisor_name: str
    answer_late: bool
    answer_due_at: datetime
    put_aside: frozenset[str] = frozenset()  # variants that are kept for that client meanwhile
    colleagues: tuple[Colleague, ...] = ()


CasesSeen = Callable[[Session, int, datetime], Sequence[CaseSeen]]


def look(session: Session, *, shop_id: int, cases: Sequence[CaseSeen], now: datetime) -> list[Found]:
    """Every failure that shows in our own rows, with its case, its occasion and its piece."""
    needs = {row.return_gid: row for row in _needs(session, shop_id)}
    open_rmas = rmas.open_rmas(session, shop_id=shop_id, limit=2000)
    found = [
        *_carrier(session, shop_id, open_rmas),
        *_mismatch(session, shop_id, open_rmas),
        *_refund(session, shop_id, now),
        *_need_by(session, shop_id, needs, now),
        *_silent(cases),
    ]
    return complete(session, shop_id=shop_id, found=found, cases=cases)


def promised(session: Session, *, shop_id: int, cases: Sequence[CaseSeen] = ()) -> list[ClientNeed]:
    """Pieces promised to clients that somebody else could still buy: not put aside for them, sold to them or sent."""
    kept = kept_pieces.kept_anywhere(session, shop_id=shop_id)
    for case in cases:
        kept.setdefault(case.return_gid, set()).update(case.put_aside)
    rows = [row for row in _needs(session, shop_id) if row.variant_gid not in ("", *kept.get(row.return_gid, ()))]
    done = side_sales.sold_beside(session, shop_id=shop_id) | _done(session, shop_id, rows)
    return [row for row in rows if row.return_gid not in done]


def gone(need: ClientNeed, pieces: Sequence[Piece]) -> Found | None:
    """The failure when none of a promised piece is left anywhere."""
    if any(piece.variant_gid == need.variant_gid and piece.available > 0 for piece in pieces):
        return None
    return Found(
        key=f"stock:{need.return_gid}:{need.variant_gid}",
        failure=Failure.STOCK_GONE,
        return_gid=need.return_gid,
        rma_id=None,
        detail=f"{need.piece or 'The promised piece'} is in stock nowhere any more.",
        variant_gid=need.variant_gid,
    )


def complete(session: Session, *, shop_id: int, found: Sequence[Found], cases: Sequence[CaseSeen]) -> list[Found]:
    """Each with the return, the case and the need it belongs to."""
    gids = {one.return_gid for one in found}
    needs = {row.return_gid: row for row in _needs(session, shop_id) if row.return_gid in gids}
    query = select(Rma).where(Rma.shop_id == shop_id, col(Rma.return_gid).in_(gids))
    returns = {rma.return_gid: rma for rma in session.exec(query)}
    by_return = {case.return_gid: case for case in cases}
    return [
        _filled(session, one, returns.get(one.return_gid), by_return.get(one.return_gid), needs.get(one.return_gid))
        for one in found
    ]


def _filled(session: Session, one: Found, rma: Rma | None, case: CaseSeen | None, need: ClientNeed | None) -> Found:
    line = _dearest(session, rma) if rma else None
    return replace(
        one,
        rma_id=rma.id if rma else None,
        case_id=case.case_id if case else None,
        advisor_id=case.advisor_id if case else None,
        occasion=need.occasion if need else "",
        need_by=need.need_by if need else None,
        variant_gid=one.variant_gid or (need.variant_gid if need else ""),
        line_gid=line.line_gid if line else "",
        piece=line.title if line else "piece",
    )


def _carrier(session: Session, shop_id: int, open_rmas: Sequence[Rma]) -> Iterator[Found]:
    by_id = {rma.id: rma for rma in open_rmas if rma.goods_state not in FINAL_GOODS and rma.arrived_at is None}
    query = select(Parcel).where(
        Parcel.shop_id == shop_id,
        col(Parcel.rma_id).in_(list(by_id)),
        col(Parcel.scan_status).in_(TROUBLE_SCANS),
        col(Parcel.state) != ParcelState.VOID,
    )
    for parcel in session.exec(query):
        words = parcel.scan_status.replace("_", " ")
        detail = f"{parcel.carrier or 'The carrier'} says “{words}” of {parcel.tracking_code}."
        gid = by_id[parcel.rma_id].return_gid
        yield Found(f"carrier:{parcel.id}", Failure.CARRIER, gid, parcel.rma_id, detail)


def _mismatch(session: Session, shop_id: int, open_rmas: Sequence[Rma]) -> Iterator[Found]:
    waiting = (Goods.ARRIVED, Goods.INSPECTED)
    by_id = {r.id: r for r in open_rmas if r.goods_state in waiting and r.judgement_state is not Judgement.ACCEPTED}
    query = select(Inspection).where(Inspection.shop_id == shop_id, col(Inspection.finding).in_(WRONG_PIECE))
    for row in session.exec(query.where(col(Inspection.rma_id).in_(list(by_id)))):
        detail = f"Found on opening: {row.finding.replace('_', ' ')}."
        yield Found(f"mismatch:{row.rma_id}", Failure.MISMATCH, by_id[row.rma_id].return_gid, row.rma_id, detail)


def _refund(session: Session, shop_id: int, now: datetime) -> Iterator[Found]:
    for promise in refund_promises.watch(session, shop_id=shop_id, now=now):
        rma, on = promise.rma, promise.due.on
        assert on is not None
        detail = f"Promised for {on.isoformat()}: {promise.due.words}."
        yield Found(f"refund:{rma.id}:{on.isoformat()}", Failure.REFUND_LATE, rma.return_gid, rma.id, detail)


def _need_by(session: Session, shop_id: int, needs: Mapping[str, ClientNeed], now: datetime) -> Iterator[Found]:
    zone = ZoneInfo(get_shop(session, shop_id).zone)
    today = now.astimezone(zone).date()
    dated = {gid: row for gid, row in needs.items() if row.need_by is not None}
    query = select(Rma).where(Rma.shop_id == shop_id, col(Rma.return_gid).in_(list(dated)))
    returns = {rma.return_gid: rma for rma in session.exec(query)}
    for gid, row in dated.items():
        assert row.need_by is not None
        rma = returns.get(gid)
        if rma is not None and rma.goods_state is Goods.ENDED:
            continue
        days = DAYS_LEFT[rma.goods_state if rma else Goods.AUTHORISED]
        # What was settled left the house on that day, and is not on the shelf until today.
        leaves = rma.settled_at.astimezone(zone).date() if rma and rma.settled_at else today
        if (row.need_by - leaves).days < days:
            detail = f"Needed by {row.need_by.isoformat()}; as it stands it takes {days} days."
            yield Found(f"need:{gid}:{row.need_by.isoformat()}", Failure.NEED_BY, gid, None, detail)


def _silent(cases: Sequence[CaseSeen]) -> Iterator[Found]:
    for case in cases:
        if case.answer_late:
            due = case.answer_due_at.strftime("%Y%m%d%H%M")
            detail = f"{case.advisor_name} owed a first answer by then, and gave none."
            key = f"silent:{case.case_id}:{due}"
            yield Found(key, Failure.SILENT_ADVISOR, case.return_gid, None, detail)


def _needs(session: Session, shop_id: int) -> list[ClientNeed]:
    query = select(ClientNeed).where(ClientNeed.shop_id == shop_id, col(ClientNeed.met_at).is_(None))
    return list(session.exec(query.order_by(col(ClientNeed.id))))


def _done(session: Session, shop_id: int, rows: Sequence[ClientNeed]) -> set[str]:
    """Of these, the returns that are settled or over: what was promised is on its way, or nobody waits for it."""
    over = (Goods.SETTLED, Goods.CLOSED, Goods.ENDED)
    mine = (Rma.shop_id == shop_id, col(Rma.return_gid).in_([row.return_gid for row in rows]))
    return set(session.exec(select(Rma.return_gid).where(*mine, col(Rma.goods_state).in_(over))))


def _dearest(session: Session, rma: Rma) -> RmaLine | None:
    query = select(RmaLine).where(RmaLine.rma_id == rma.id).order_by(col(RmaLine.value_cents).desc())
    return session.exec(query).first()
