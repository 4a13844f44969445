"""What is on the road, or may be, on the day a piece would travel."""

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from logistics.cover import Beside, Load, Terms, vehicle_of
from logistics.cover_models import CoverTerm, CoverUse
from logistics.models import LogisticsPolicy, Rma
from logistics.neutral import place_of
from logistics.reads import Address


class Road:
    """All of one shop that was not handed over before that day, nor released, but for one parcel."""

    def __init__(self, session: Session, shop_id: int, load: Load, *, but: str):
        self.session, self.shop_id, self.load, self.but = session, shop_id, load, but

    def beside(self, terms: Terms, written: Sequence[CoverTerm]) -> Beside:
        """What is beside the load under that policy, all its lines together; only what has a limit is added up."""
        ids = [row.id for row in written if row.terms.policy == terms.policy]
        leaving, coming = self._at_its_addresses(ids) if terms.address is not None else (0, 0)
        vehicle = col(CoverUse.vehicle).in_(("", vehicle_of(terms, self.load)[:200]))
        return Beside(
            day=self._sum(ids) if terms.day is not None else 0,
            leaving=leaving,
            coming=coming,
            vehicle=self._sum(ids, vehicle) if terms.vehicle is not None else 0,
        )

    def _there(self, ids: list[int | None]) -> list[sa.ColumnElement[bool]]:
        return [
            col(CoverUse.shop_id) == self.shop_id,
            col(CoverUse.term_id).in_(ids),
            col(CoverUse.released_at).is_(None),
            col(CoverUse.reference) != self.but,
            sa.or_(col(CoverUse.handed_on).is_(None), col(CoverUse.handed_on) >= self.load.on),
        ]

    def _sum(self, ids: list[int | None], *only: Any) -> int:
        query = select(sa.func.coalesce(sa.func.sum(col(CoverUse.value_cents)), 0))
        return int(self.session.exec(query.where(*self._there(ids), *only)).one())

    def _at_its_addresses(self, ids: list[int | None]) -> tuple[int, int]:
        """Addresses are sealed, so they are compared here. One that was forgotten may be the same, and counts."""
        query = select(CoverUse.value_cents, Rma).join(Rma, col(Rma.id) == col(CoverUse.rma_id))
        found = list(self.session.exec(query.where(*self._there(ids))))
        policy = self.session.get(LogisticsPolicy, self.shop_id)
        to_place = place_of(policy.receiver) if policy is not None else ""
        leaving = sum(cents for cents, rma in found if _from(rma) in ("", self.load.from_place))
        coming = sum(cents for cents, _ in found) if to_place in ("", self.load.to_place) else 0
        return leaving, coming


def _from(rma: Rma) -> str:
    return place_of(Address(**json.loads(rma.sender_address or "{}")))
