"""Rows: the merchant's rule, the evidence kept when an order arrived, decisions, sweeps, and returns opened here.

Who answers in whose place, and what that does to the credit for a sale, is in ledgers.py.
"""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from kit.db import word
from routing.decide import Outcome
from routing.sellers import Level
from routing.states import FlowState, OpeningState
from shops.crypt import Sealed


class RoutingPolicy(SQLModel, table=True):
    """Who answers when nobody is named, and which version of the rules is in force.

    A version without a RuleBookVersion is a single rule: an order value of `limit_cents` and more.
    """

    shop_id: int = Field(primary_key=True, foreign_key="shop.id", ondelete="CASCADE")
    limit_cents: int = Field(sa_type=sa.BigInteger)  # a ring in rupiah is past 32 bits
    currency: str = Field(max_length=3)
    default_advisor_id: int | None = None
    version: int = 1


class RuleBookVersion(SQLModel, table=True):
    """The rules as they were saved once, for good: past decisions point here. `rules` is RuleBook.as_json()."""

    __table_args__ = (sa.UniqueConstraint("shop_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    version: int
    currency: str = Field(max_length=3)
    rules: dict[str, Any] = Field(sa_type=sa.JSON)
    saved_at: datetime
    saved_by: str = ""


class RuleDraft(SQLModel, table=True):
    """Rules being worked on, one draft a shop. `revision` counts its changes; `base_version` is what it began as."""

    shop_id: int = Field(primary_key=True, foreign_key="shop.id", ondelete="CASCADE")
    revision: int = 1
    base_version: int
    currency: str = Field(max_length=3)
    rules: dict[str, Any] = Field(sa_type=sa.JSON)
    changed_at: datetime
    changed_by: str = ""


class HouseMarks(SQLModel, table=True):
    """Where a shop notes what Shopify has no field for (looking.Marks). The lists are JSON of plain marks."""

    shop_id: int = Field(primary_key=True, foreign_key="shop.id", ondelete="CASCADE")
    tier_namespace: str = Field(default="custom", max_length=255)
    tier_key: str = Field(default="tier", max_length=64)
    made_to_order: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    final_sale: list[str] = Field(default_factory=list, sa_type=sa.JSON)


class OrderEvidence(SQLModel, table=True):
    """Who and where, as the order said when it arrived. `seen_updated_at` is the order's own time of change."""

    __table_args__ = (sa.UniqueConstraint("shop_id", "order_gid"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    order_gid: str = Field(max_length=100)
    order_name: str = Field(max_length=60)
    source_name: str = ""
    staff_gid: str | None = Field(default=None, max_length=100)
    location_gid: str | None = Field(default=None, max_length=100)
    seen_updated_at: datetime
    kept_at: datetime


class LineEvidence(SQLModel, table=True):
    """`quantity` pieces of a line, credited to a member of staff when the order arrived."""

    __table_args__ = (sa.UniqueConstraint("evidence_id", "line_gid", "staff_gid"),)

    id: int | None = Field(default=None, primary_key=True)
    evidence_id: int = Field(foreign_key="orderevidence.id", ondelete="CASCADE", index=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    line_gid: str = Field(max_length=100)
    staff_gid: str = Field(max_length=100)
    quantity: int


class Decision(SQLModel, table=True):
    """What routing chose for one return, with the version of the rules it was made with. One a return.

    `rule_id` is of that version, "" when none matched. `facts` is what the rules looked at (circumstances.as_json, and
    whether somebody could be named); it names nobody.
    """

    __table_args__ = (sa.UniqueConstraint("shop_id", "return_gid"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    return_gid: str = Field(max_length=100)
    order_gid: str = Field(max_length=100)
    outcome: Outcome = Field(sa_type=word(Outcome))
    advisor_id: int | None = None
    level: Level = Field(sa_type=word(Level))
    words: str
    policy_version: int
    total_cents: int = Field(sa_type=sa.BigInteger)
    currency: str = Field(max_length=3)
    decided_at: datetime
    # The advisor it names sold it, as far as evidence tells; not one who took over, or looks after client or place.
    sold: bool = Field(default=False, sa_column_kwargs={"server_default": sa.text("false")})
    # What each level of the seller's chain saw (sellers.Finding.as_json). Names no client.
    findings: list[dict[str, Any]] = Field(
        default_factory=list, sa_type=sa.JSON, sa_column_kwargs={"server_default": sa.text("'[]'")}
    )
    rule_id: str = Field(default="", max_length=20, sa_column_kwargs={"server_default": ""})
    order_name: str = Field(default="", max_length=60, sa_column_kwargs={"server_default": ""})
    facts: dict[str, Any] = Field(
        default_factory=dict, sa_type=sa.JSON, sa_column_kwargs={"server_default": sa.text("'{}'")}
    )


class Sweep(SQLModel, table=True):
    """How far a shop's returns were looked through. Returns made before `begins_at` are the house's own to finish.

    `swept_until` moves only after every page was read; `wide_on` is the shop's day of the last nightly look at all open
    returns.
    """

    shop_id: int = Field(primary_key=True, foreign_key="shop.id", ondelete="CASCADE")
    begins_at: datetime
    swept_until: datetime
    wide_on: date | None = None
    leased_until: datetime | None = None
    last_run_at: datetime | None = None
    last_error: str = ""
    missed_at: datetime | None = None  # when a look last found a return that no webhook had told of in time


class FlowNote(SQLModel, table=True):
    """A trigger told to Shopify Flow, or a run of our action there. `key` makes it the same one however often it comes.

    `words`: what was done, or why not.
    """

    __table_args__ = (sa.UniqueConstraint("shop_id", "handle", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    handle: str = Field(max_length=30)
    key: str = Field(max_length=200)
    state: FlowState = Field(sa_type=word(FlowState))
    words: str = ""
    at: datetime


class OpenedReturn(SQLModel, table=True):
    """A return made from here, by an advisor or, without `advisor_id`, by the client on our own page.

    `key` is the form's own, so that a second press is the same return. `lines` is [{fulfillment_line_gid, quantity}],
    with a `reason_gid` of its own where `reason_gid` is not that of all; `notes` what the client wrote of a line, as
    JSON by its gid, until Shopify has it. `before` are the gids of the order's returns just before we asked,
    `exchanges` [{variant_gid, quantity}] sent instead.
    """

    __table_args__ = (
        sa.UniqueConstraint("shop_id", "key"),
        sa.UniqueConstraint("shop_id", "return_gid"),
        sa.Index("ix_openedreturn_order", "shop_id", "order_gid"),
        sa.Index("ix_openedreturn_state", "shop_id", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    key: str = Field(max_length=64)
    order_gid: str = Field(max_length=100)
    order_name: str = Field(default="", max_length=60)
    lines: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    reason_gid: str = Field(default="", max_length=100)
    advisor_id: int | None = None
    state: OpeningState = Field(default=OpeningState.ASKED, sa_type=word(OpeningState))
    before: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    asked_at: datetime
    sent_at: datetime | None = None
    return_gid: str | None = Field(default=None, max_length=100)
    problem: str = ""
    exchanges: list[dict[str, Any]] = Field(
        default_factory=list, sa_type=sa.JSON, sa_column_kwargs={"server_default": "[]"}
    )
    notes: str | None = Field(default=None, sa_type=Sealed)
