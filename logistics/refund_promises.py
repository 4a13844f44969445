"""The promised day of each return's money: reckoned from what happened, shown to the client, and watched."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from kit.db import insert_once
from kit.places import first_day
from logistics import packs, rmas
from logistics.history import APP, lock_rma, note_step
from logistics.models import Parcel, Rma, Scan
from logistics.money_models import MoneyTerms, RefundWatch
from logistics.pack_files import Pack
from logistics.refund_dates import RefundDue, RefundRule, Track, days_late, refund_due
from logistics.refund_rules import holidays_of, rule_of
from logistics.states import FINAL_GOODS, MOVING_SCANS, Goods
from shops.shops import get_shop

MOST = 1000
WARN_DAYS = 2
"""So many days before its day, those who pay are warned."""


@dataclass(frozen=True)
class Promise:
    """What is promised for one return. `late` is how many days its day is past; below zero while there is time."""

    rma: Rma
    due: RefundDue
    rule: RefundRule
    track: Track
    late: int

    @property
    def is_breached(self) -> bool:
        """Whether its day is over and the money has not gone."""
        return self.due.on is not None and self.late > 0 and not is_paid(self.rma)

    @property
    def is_near(self) -> bool:
        """Whether its day comes within WARN_DAYS, or is today, and the money has not gone."""
        return self.due.on is not None and -WARN_DAYS <= self.late <= 0 and not is_paid(self.rma)


def is_paid(rma: Rma) -> bool:
    """Whether Shopify confirmed that all is settled, or nothing is owed because the return ended."""
    return rma.goods_state in (Goods.SETTLED, *FINAL_GOODS)


def promise_of(session: Session, rma: Rma, *, now: datetime, laws: Pack | None = None) -> Promise:
    """The day as it follows from what is known now. `laws` saves reading them again.

    Counted in the shop's zone, but for the client's notice: where their day is an earlier one, theirs.
    """
    zone = ZoneInfo(get_shop(session, rma.shop_id).zone)
    terms = session.get(MoneyTerms, rma.id)
    country = rma.country or rmas.sender_of(rma).country  # where it was sold to, whose law it is
    track = Track(terms.track) if terms and terms.track else Track.UNKNOWN
    noticed = (terms.noticed_at if terms else None) or rma.opened_at
    proof = min((at for at in (_first_move(session, rma), terms.proof_at if terms else None) if at), default=None)
    laws = laws or packs.pack(session, rma.shop_id, "countries")
    rule = rule_of(country, laws, house_days=rmas.policy_of(session, rma.shop_id).house_refund_days)
    noticed_on, today = first_day(noticed, country, zone.key), now.astimezone(zone).date()
    due = refund_due(
        rule,
        track,
        noticed_on=noticed_on,
        received_on=rma.arrived_at.astimezone(zone).date() if rma.arrived_at else None,
        proof_on=proof.astimezone(zone).date() if proof else None,
        holidays=holidays_of(country, noticed_on.year),
    )
    return Promise(rma, due, rule, track, days_late(due.on, today))


def promises(session: Session, *, shop_id: int, now: datetime) -> list[Promise]:
    """Those of every return whose money has not gone, the nearest first; without a day last."""
    laws, waiting = packs.pack(session, shop_id, "countries"), rmas.open_rmas(session, shop_id=shop_id, limit=MOST)
    found = [promise_of(session, rma, now=now, laws=laws) for rma in waiting]
    unpaid = [promise for promise in found if not is_paid(promise.rma)]
    return sorted(unpaid, key=lambda promise: (promise.due.on or date.max, promise.rma.id or 0))


def watch(session: Session, *, shop_id: int, now: datetime) -> list[Promise]:
    """Warn before a promised day and say so when it is over, once each; every promise whose day is over."""
    found = promises(session, shop_id=shop_id, now=now)
    for promise in found:
        if promise.is_near or promise.is_breached:
            _say_once(session, promise, now=now)
    return [promise for promise in found if promise.is_breached]


def proof_of_sending(session: Session, *, shop_id: int, rma_id: int, by: str, now: datetime) -> None:
    """The client showed that the piece was sent: from now on nothing excuses waiting for it. A second time is once."""
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    row = session.get(MoneyTerms, rma_id) or MoneyTerms(rma_id=rma_id, shop_id=shop_id, set_at=now)
    if row.proof_at is None:
        row.proof_at, row.set_by = now, row.set_by or by
        session.add(row)
        note_step(session, rma, "proof_of_sending", actor=by, now=now)


def set_track(
    session: Session, *, shop_id: int, rma_id: int, track: Track, by: str, noticed_at: datetime | None, now: datetime
) -> None:
    """By which right it comes back, and when the client said so. On the law's, delivery is given back too."""
    rma = lock_rma(session, shop_id=shop_id, rma_id=rma_id)
    row = session.get(MoneyTerms, rma_id) or MoneyTerms(rma_id=rma_id, shop_id=shop_id, set_at=now)
    row.track, row.noticed_at, row.set_by, row.set_at = str(track), noticed_at or row.noticed_at, by, now
    row.shipping_back = track is Track.STATUTORY
    session.add(row)
    note_step(session, rma, "track_set", actor=by, now=now, detail=str(track))


def _say_once(session: Session, promise: Promise, *, now: datetime) -> None:
    rma, on = promise.rma, promise.due.on
    assert rma.id is not None and on is not None
    kind = "refund_late" if promise.is_breached else "refund_near"
    if insert_once(session, RefundWatch(rma_id=rma.id, shop_id=rma.shop_id, kind=kind, due_on=on, said_at=now)):
        note_step(session, rma, kind, actor=APP, now=now, detail=f"Promised for {on.isoformat()}: {promise.due.words}.")


def _first_move(session: Session, rma: Rma) -> datetime | None:
    query = select(Scan.at).join(Parcel, col(Parcel.id) == col(Scan.parcel_id)).where(Parcel.rma_id == rma.id)
    moving = query.where(col(Scan.status).in_(MOVING_SCANS)).order_by(col(Scan.at))
    return session.exec(moving).first()
