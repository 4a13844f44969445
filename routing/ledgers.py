"""Rows: who answers in whose place and what everybody has in hand; every re-routing; the credit for a sale."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from consults.kinds import Ledger
from kit.db import word
from routing.commissions import Kind

_OPEN = sa.text("ended_at IS NULL")


class Held(SQLModel, table=True):
    """An advisor has, or had, a case in hand, and in which of the two ledgers it counts."""

    __table_args__ = (
        # A case is in one pair of hands.
        sa.Index("uq_held_open", "case_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        sa.Index("ix_held_advisor", "shop_id", "ledger", "begun_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    case_id: int = Field(foreign_key="case.id", ondelete="CASCADE")
    advisor_id: int = Field(foreign_key="advisor.id", ondelete="CASCADE", index=True)
    ledger: Ledger = Field(sa_type=word(Ledger))
    begun_at: datetime
    ended_at: datetime | None = None


class PoolLoad(SQLModel, table=True):
    """Open cases of the pool in an advisor's hands. One is given by raising this below their limit, or not at all."""

    advisor_id: int = Field(primary_key=True, foreign_key="advisor.id", ondelete="CASCADE")
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE", index=True)
    open_cases: int = 0


class Rerouting(SQLModel, table=True):
    """The full rules were run again on a case, or it went back to its owner: why, by whom, and what they said."""

    __table_args__ = (sa.Index("ix_rerouting_case", "shop_id", "case_id"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    case_id: int = Field(foreign_key="case.id", ondelete="CASCADE")
    at: datetime
    by: str = Field(max_length=40)
    why: str = ""
    from_advisor_id: int
    to_advisor_id: int
    words: str
    ruled: str = ""  # the rules' own reason, where they could be run
    policy_version: int | None = None


class CommissionRule(SQLModel, table=True):
    """What the merchant states about the credit for a sale. No row: nothing is stated, shown or exported."""

    shop_id: int = Field(primary_key=True, foreign_key="shop.id", ondelete="CASCADE")
    kind: Kind = Field(sa_type=word(Kind))
    percent: int = 0
    bonus_cents: int = Field(default=0, sa_type=sa.BigInteger)
    currency: str = Field(max_length=3)
    changed_at: datetime


class CaseTerms(SQLModel, table=True):
    """The rule of the day a case was opened: what was shown before the conversation is what is settled after it."""

    case_id: int = Field(primary_key=True, foreign_key="case.id", ondelete="CASCADE")
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    kind: Kind = Field(sa_type=word(Kind))
    percent: int = 0
    bonus_cents: int = Field(default=0, sa_type=sa.BigInteger)
    currency: str = Field(max_length=3)


class Credit(SQLModel, table=True):
    """One advisor's part of a closed case, as the payroll is told of it. Written once, when the case closed."""

    __table_args__ = (
        sa.UniqueConstraint("case_id", "part"),
        sa.Index("ix_credit_month", "shop_id", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    case_id: int = Field(foreign_key="case.id", ondelete="CASCADE")
    advisor_id: int = Field(foreign_key="advisor.id", ondelete="CASCADE")
    part: str = Field(max_length=20)  # sold, answered
    kind: Kind = Field(sa_type=word(Kind))
    outcome: str = Field(max_length=40)
    credit_cents: int = Field(sa_type=sa.BigInteger)
    currency: str = Field(max_length=3)
    bonus_cents: int = Field(default=0, sa_type=sa.BigInteger)
    bonus_currency: str = Field(max_length=3)
    at: datetime
