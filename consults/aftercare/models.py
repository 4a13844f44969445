"""Rows of plans, of their steps, and of what was learned."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from consults.aftercare.steps import StepKind
from kit.db import word
from shops.crypt import Sealed


class CarePlan(SQLModel, table=True):
    """What was agreed for afterwards when the outcome was written down. No `kinds`: the client prefers silence."""

    case_id: int = Field(primary_key=True, foreign_key="case.id", ondelete="CASCADE")
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    kinds: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    occasion_on: date | None = None
    service_on: date | None = None
    chosen_by: int
    chosen_at: datetime


class ContactStep(SQLModel, table=True):
    """One contact that is to come: a task of a person, never a letter of ours. `how`: wrote|rang, "" while it waits."""

    __table_args__ = (
        sa.UniqueConstraint("case_id", "kind"),
        sa.Index("ix_contactstep_due", "shop_id", "due_on", "done_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    case_id: int = Field(foreign_key="case.id", ondelete="CASCADE")
    kind: StepKind = Field(sa_type=word(StepKind))
    due_on: date
    done_at: datetime | None = None
    done_by: int | None = None
    how: str = Field(default="", max_length=20)
    put_off: int = 0
    why_later: str | None = Field(default=None, sa_type=Sealed)


class LearnedNote(SQLModel, table=True):
    """A size or a date a client told us, by the name it has in their profile; the last word counts."""

    __table_args__ = (sa.UniqueConstraint("shop_id", "client_gid", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    client_gid: str = Field(max_length=100)
    key: str = Field(max_length=40)
    value: str = Field(sa_type=Sealed)
    case_id: int
    learned_at: datetime
    learned_by: int
