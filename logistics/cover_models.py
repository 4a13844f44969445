"""Rows of what is covered: policy terms, what travels under them, rules of countries and kinds, verdicts."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from kit.db import word
from kit.money import Money
from logistics.cover import Payer, Terms
from logistics.eligibility.facts import Answer, Track
from logistics.ways import Way


class CoverTerm(SQLModel, table=True):
    """One line of the house's policy, as a person wrote it down. Never deleted: what travelled under it points here.

    `lanes` is [[from, to]] in two-letter countries, "" for any; `excluded` the kinds of pieces it does not cover.
    """

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE", index=True)
    way: Way = Field(sa_type=word(Way))
    carrier: str = Field(default="", max_length=60)
    payer: Payer = Field(sa_type=word(Payer))
    insurer: str = Field(max_length=120)
    policy_number: str = Field(max_length=80)
    currency: str = Field(max_length=3)
    limit_cents: int = Field(sa_type=sa.BigInteger)
    excluded: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    lanes: list[list[str]] = Field(default_factory=list, sa_type=sa.JSON)
    day_cents: int | None = Field(default=None, sa_type=sa.BigInteger)
    address_cents: int | None = Field(default=None, sa_type=sa.BigInteger)
    vehicle_cents: int | None = Field(default=None, sa_type=sa.BigInteger)
    valid_from: date
    valid_until: date | None = None
    is_on: bool = True
    changed_by: str = Field(default="", max_length=120)
    changed_at: datetime

    @property
    def terms(self) -> Terms:
        """As the rule reads it."""
        assert self.id is not None
        return Terms(
            term_id=self.id,
            way=self.way,
            carrier=self.carrier,
            payer=self.payer,
            insurer=self.insurer,
            policy_number=self.policy_number,
            limit=Money(self.limit_cents, self.currency),
            excluded=frozenset(self.excluded),
            lanes=tuple((lane[0], lane[1]) for lane in self.lanes),
            day=self.day_cents,
            address=self.address_cents,
            vehicle=self.vehicle_cents,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            is_on=self.is_on,
        )


class CoverUse(SQLModel, table=True):
    """A parcel that travels, or may, under a line of the policy. The database keeps none with cover below its value.

    It counts as on the road until it is handed over, on that day too, and not after; nor once it is released.
    """

    __table_args__ = (
        sa.CheckConstraint("value_cents > 0 AND cover_cents >= value_cents", name="covers_the_value"),
        sa.Index("ix_coveruse_open", "shop_id", "released_at", "handed_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    rma_id: int = Field(foreign_key="rma.id", ondelete="CASCADE")
    parcel_id: int = Field(foreign_key="parcel.id", ondelete="CASCADE", index=True)
    reference: str = Field(unique=True, max_length=80)
    term_id: int = Field(foreign_key="coverterm.id", ondelete="CASCADE", index=True)
    way: Way = Field(sa_type=word(Way))
    payer: Payer = Field(sa_type=word(Payer))
    value_cents: int = Field(sa_type=sa.BigInteger)
    cover_cents: int = Field(sa_type=sa.BigInteger)
    currency: str = Field(max_length=3)
    evidence: str = Field(max_length=240)
    vehicle: str = Field(default="", max_length=200)
    made_at: datetime
    handed_on: date | None = None
    released_at: datetime | None = None


class RmaVerdict(SQLModel, table=True):
    """Who may send this back, as it was judged when the return was opened; one a return, never judged again.

    `found` is [{rule, track, answer, reason, about}], `packs` {name: version} of the rules it was judged by. A person
    who lets it go on is named in `let_by`.
    """

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE", index=True)
    rma_id: int = Field(foreign_key="rma.id", ondelete="CASCADE", unique=True)
    track: Track = Field(sa_type=word(Track))
    answer: Answer = Field(sa_type=word(Answer))
    found: list[dict[str, str]] = Field(default_factory=list, sa_type=sa.JSON)
    packs: dict[str, int] = Field(default_factory=dict, sa_type=sa.JSON)
    asked_at: datetime
    judged_at: datetime
    let_by: str = Field(default="", max_length=120)
    let_at: datetime | None = None

    @property
    def goes_on(self) -> bool:
        """Whether nothing waits for a person."""
        return self.answer is Answer.YES or self.let_at is not None

    @property
    def reasons(self) -> list[str]:
        """Why a person looks; empty where none does."""
        same = [v for v in self.found if v["answer"] == self.answer and v["track"] == Track.POLICY]
        return [] if self.answer is Answer.YES else list(dict.fromkeys(verdict["reason"] for verdict in same))


class PackVersion(SQLModel, table=True):
    """A data pack as a person left it. The newest of its name holds; older ones are kept, as verdicts name them."""

    __table_args__ = (sa.UniqueConstraint("shop_id", "name", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    name: str = Field(max_length=40)
    version: int
    body: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    made_by: str = Field(max_length=120)
    made_at: datetime
