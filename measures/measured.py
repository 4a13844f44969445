"""Rows of the measures: closed returns in figures, their sums by day, households, and the merchant's cost inputs.

A page reads sums only. MeasuredDay and NextOrders are sums of MeasuredReturn: kept by differences as webhooks come,
made anew by every rebuild, and checked every night.
"""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from measures.endings import Kind
from measures.worth import DEFAULTS


class Sums(SQLModel):
    """What is added up. Counts of cases go by how most of their value ended; values are split.

    `travelled_cents`: of what came back, what came in a parcel. `given_cents`: what gestures and ways of the catalogue
    cost the house.
    """

    returns: int = 0
    exchanges: int = 0
    refunds: int = 0
    credits: int = 0
    others: int = 0
    upgrades: int = 0
    evens: int = 0
    downs: int = 0
    pieces_back: int = 0
    pieces_exchanged: int = 0
    back_cents: int = Field(default=0, sa_type=sa.BigInteger)
    exchanged_cents: int = Field(default=0, sa_type=sa.BigInteger)
    upgrade_cents: int = Field(default=0, sa_type=sa.BigInteger)
    even_cents: int = Field(default=0, sa_type=sa.BigInteger)
    down_cents: int = Field(default=0, sa_type=sa.BigInteger)
    refunded_cents: int = Field(default=0, sa_type=sa.BigInteger)
    credited_cents: int = Field(default=0, sa_type=sa.BigInteger)
    other_cents: int = Field(default=0, sa_type=sa.BigInteger)
    bought: int = 0
    not_yet: int = 0
    next_cents: int = Field(default=0, sa_type=sa.BigInteger)
    later_orders: int = 0
    later_cents: int = Field(default=0, sa_type=sa.BigInteger)
    minutes: int = 0
    parcels: int = 0
    reworks: int = 0
    travelled_cents: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": "0"})
    given_cents: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": "0"})


SUMMED = tuple(Sums.model_fields)
KINDS = {Kind.EXCHANGE: "exchanges", Kind.REFUND: "refunds", Kind.CREDIT: "credits", Kind.OTHER: "others"}


class MeasuredReturn(Sums, table=True):
    """One closed return. Days are of the shop's zone; `next_days` is None where the household has not bought again.

    `band` is "small", "mid" or "dear" by the value that came back. `parts`: how many returns this one case was.
    """

    __table_args__ = (
        sa.Index("ix_measuredreturn_household", "shop_id", "household", "closed_at"),
        sa.Index("ix_measuredreturn_closed", "shop_id", "closed_on", "assisted"),
        sa.Index("ix_measuredreturn_order", "shop_id", "order_gid"),
    )

    shop_id: int = Field(primary_key=True, foreign_key="shop.id", ondelete="CASCADE")
    return_gid: str = Field(primary_key=True, max_length=100)
    order_gid: str = Field(max_length=100)
    household: str = Field(max_length=100)
    assisted: bool
    closed_at: datetime
    closed_on: date
    band: str = Field(max_length=10)
    currency: str = Field(max_length=3)
    next_days: int | None = None
    parts: int = 1

    @property
    def kind(self) -> Kind:
        """How most of its value ended."""
        return next((kind for kind, name in KINDS.items() if getattr(self, name)), Kind.OTHER)


class MeasuredDay(Sums, table=True):
    """All closed returns of one day, kind, band and currency."""

    shop_id: int = Field(primary_key=True, foreign_key="shop.id", ondelete="CASCADE")
    closed_on: date = Field(primary_key=True)
    assisted: bool = Field(primary_key=True)
    band: str = Field(primary_key=True, max_length=10)
    currency: str = Field(primary_key=True, max_length=3)


class NextOrders(SQLModel, table=True):
    """How many households of returns closed in one month bought again after so many days."""

    shop_id: int = Field(primary_key=True, foreign_key="shop.id", ondelete="CASCADE")
    month: date = Field(primary_key=True)
    assisted: bool = Field(primary_key=True)
    days: int = Field(primary_key=True)
    count: int = 0


class Measuring(SQLModel, table=True):
    """How far the sums of a shop are: `done` of `total` returns in a rebuild, which goes on after `after_id`."""

    shop_id: int = Field(primary_key=True, foreign_key="shop.id", ondelete="CASCADE")
    turn: int = 0
    rebuilding: bool = False
    after_id: int = Field(default=0, sa_type=sa.BigInteger)
    done: int = 0
    total: int = 0
    refreshed_at: datetime | None = None
    checked_at: datetime | None = None
    differences: int = 0


class HouseholdTie(SQLModel, table=True):
    """Two keys that are one household, because they share an address or a telephone; undone by a person for good."""

    __table_args__ = (
        sa.UniqueConstraint("shop_id", "one", "other"),
        sa.Index("ix_householdtie_other", "shop_id", "other"),
    )

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    one: str = Field(max_length=100)
    other: str = Field(max_length=100)
    by: str = Field(max_length=10)
    tied_at: datetime
    undone_at: datetime | None = None
    undone_by: str = Field(default="", max_length=120)


class HouseholdMember(SQLModel, table=True):
    """The household of a key that is tied to others; a key without a row is a household by itself."""

    __table_args__ = (sa.Index("ix_householdmember_household", "shop_id", "household"),)

    shop_id: int = Field(primary_key=True, foreign_key="shop.id", ondelete="CASCADE")
    key: str = Field(primary_key=True, max_length=100)
    household: str = Field(max_length=100)


class CostInputs(SQLModel, table=True):
    """What the merchant said that a return costs; a shop without a row is reckoned with labelled defaults."""

    shop_id: int = Field(primary_key=True, foreign_key="shop.id", ondelete="CASCADE")
    margin_share: int = DEFAULTS.margin_share
    parcel_cents: int = Field(default=DEFAULTS.parcel_cents, sa_type=sa.BigInteger)
    cover_share: int = DEFAULTS.cover_share
    bench_cents: int = Field(default=DEFAULTS.bench_cents, sa_type=sa.BigInteger)
    minute_cents: int = Field(default=DEFAULTS.minute_cents, sa_type=sa.BigInteger)
    gesture_cents: int = Field(default=DEFAULTS.gesture_cents, sa_type=sa.BigInteger)
    markdown_share: int = DEFAULTS.markdown_share
    referral_cents: int = Field(default=DEFAULTS.referral_cents, sa_type=sa.BigInteger)
    said_by: str = Field(default="", max_length=120)
    said_at: datetime
