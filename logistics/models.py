"""Rows of goods coming back."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from kit.db import word
from kit.money import Money
from logistics.reads import Address, Terms
from logistics.states import (
    OPEN_SETTLEMENTS,
    Finding,
    Goods,
    Judgement,
    ParcelState,
    SettlementState,
)
from logistics.ways import Way
from shops.crypt import Sealed


class LogisticsPolicy(SQLModel, table=True):
    """What the merchant chose about parcels and money. The consignee is neutral: no house name on a box."""

    shop_id: int = Field(primary_key=True, foreign_key="shop.id", ondelete="CASCADE")
    pay_without_click: bool = False
    receiving_name: str = ""
    receiving_street1: str = ""
    receiving_street2: str = ""
    receiving_city: str = ""
    receiving_region: str = ""
    receiving_postal_code: str = ""
    receiving_country: str = Field(default="", max_length=2)
    receiving_phone: str = ""
    restock_location_gid: str = ""
    parcel_grams: int = 900
    courier_name: str = Field(default="", max_length=60, sa_column_kwargs={"server_default": ""})
    courier_email: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})
    two_people_cents: int = Field(
        default=10_000_000, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": "10000000"}
    )
    most_deducted_percent: int = Field(default=30, sa_column_kwargs={"server_default": "30"})
    collects: bool = Field(default=True, sa_column_kwargs={"server_default": sa.text("true")})
    collects_in: list[str] = Field(  # countries where the carrier comes to the door; none for wherever it does
        default_factory=list, sa_type=sa.JSON, sa_column_kwargs={"server_default": sa.text("'[]'")}
    )
    neutral_names: bool = Field(default=True, sa_column_kwargs={"server_default": sa.text("(true)")})
    refund_days: int = 10
    # Shop money. An amount above it that an advisor granted waits for somebody with the right to pay; null: none does.
    finance_above_cents: int | None = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": "0"})
    house_refund_days: int | None = None  # working days from receipt; packs/refund_dates.json's where not chosen
    duties_back: bool = Field(default=True, sa_column_kwargs={"server_default": sa.text("(true)")})
    offer_credit: bool = Field(default=False, sa_column_kwargs={"server_default": sa.text("(false)")})

    @property
    def receiver(self) -> Address:
        """Where parcels come back to."""
        return Address(
            name=self.receiving_name,
            street1=self.receiving_street1,
            street2=self.receiving_street2,
            city=self.receiving_city,
            region=self.receiving_region,
            postal_code=self.receiving_postal_code,
            country=self.receiving_country,
            phone=self.receiving_phone,
        )


class Rma(SQLModel, table=True):
    """Our authorisation of one return. `value_cents` is in `currency`, the shop's."""

    __table_args__ = (
        sa.UniqueConstraint("shop_id", "return_gid"),
        sa.UniqueConstraint("shop_id", "number"),
        sa.Index("ix_rma_shop_state", "shop_id", "goods_state"),
        sa.Index("ix_rma_client", "shop_id", "client_gid"),
        sa.Index("ix_rma_kind", "shop_id", "assisted", "goods_state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    number: str = Field(max_length=80)
    return_gid: str = Field(max_length=120)
    order_gid: str = Field(max_length=120, index=True)
    order_name: str = Field(max_length=60)
    assisted: bool = False
    goods_state: Goods = Field(default=Goods.AUTHORISED, sa_type=word(Goods))
    judgement_state: Judgement = Field(default=Judgement.PENDING, sa_type=word(Judgement))
    value_cents: int = Field(sa_type=sa.BigInteger)
    currency: str = Field(max_length=3)
    presentment_currency: str = Field(max_length=3)
    client_gid: str = Field(default="", max_length=120)
    client_title: str = ""
    client_name: str = Field(default="", sa_type=Sealed)
    client_email: str = Field(default="", sa_type=Sealed)
    client_phone: str = Field(default="", sa_type=Sealed)
    client_locale: str = Field(default="en", max_length=20)
    sender_address: str = Field(default="{}", sa_type=Sealed)
    bought_on: date | None = None
    delivered_on: date | None = None
    channel: str = Field(default="", max_length=60, sa_column_kwargs={"server_default": ""})
    country: str = Field(default="", max_length=2, sa_column_kwargs={"server_default": ""})
    opened_at: datetime
    approved_at: datetime | None = None
    arrived_at: datetime | None = None
    inspected_at: datetime | None = None
    settled_at: datetime | None = None
    closed_at: datetime | None = None
    ended_how: str = Field(default="", max_length=20)
    wished_way: Way | None = Field(default=None, sa_type=word(Way))

    @property
    def value(self) -> Money:
        """What the pieces are worth, in shop money."""
        return Money(self.value_cents, self.currency)


class RmaLine(SQLModel, table=True):
    """One line of the return. `value_cents` is that of all its pieces, in the RMA's `currency`.

    `words` say what kind of piece it is and how it was sold: product type, tags, collections, marks on its line.
    """

    __table_args__ = (sa.UniqueConstraint("rma_id", "return_line_gid"),)

    id: int | None = Field(default=None, primary_key=True)
    rma_id: int = Field(foreign_key="rma.id", ondelete="CASCADE")
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    return_line_gid: str = Field(max_length=120)
    fulfillment_line_gid: str = Field(default="", max_length=120)
    line_gid: str = Field(default="", max_length=120)
    rfo_line_gid: str | None = Field(default=None, max_length=120)
    title: str = ""
    detail: str = ""
    image: str = ""
    sku: str = ""
    quantity: int
    reason_label: str = ""
    words: list[str] = Field(
        default_factory=list, sa_type=sa.JSON, sa_column_kwargs={"server_default": sa.text("'[]'")}
    )
    serial: str = Field(default="", max_length=120, sa_column_kwargs={"server_default": ""})
    certificate: str = Field(default="", max_length=120, sa_column_kwargs={"server_default": ""})
    value_cents: int = Field(sa_type=sa.BigInteger)


class RmaStep(SQLModel, table=True):
    """One thing that happened, never changed afterwards. `from_state` equals `to_state` where no state moved."""

    __table_args__ = (sa.Index("ix_rmastep_rma", "rma_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    rma_id: int = Field(foreign_key="rma.id", ondelete="CASCADE")
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    at: datetime
    actor: str = Field(max_length=120)
    kind: str = Field(max_length=40)
    from_state: str = Field(default="", max_length=40)
    to_state: str = Field(default="", max_length=40)
    detail: str = ""


class Parcel(SQLModel, table=True):
    """One box coming back: one a reverse fulfilment order. `need_cents` is the cover it must have.

    `collection_id` is the carrier's of a visit asked for, `collection_code` what it confirmed it with. `asked_at` is
    when a courier, or a person of the house, was asked to take it; `handover_code` is what a boutique scans, and
    `next_way` how it travels once the label it has was given back.
    """

    __table_args__ = (sa.UniqueConstraint("rma_id", "rfo_gid"),)

    id: int | None = Field(default=None, primary_key=True)
    rma_id: int = Field(foreign_key="rma.id", ondelete="CASCADE")
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    rfo_gid: str = Field(max_length=120)
    way: Way = Field(default=Way.LABEL, sa_type=word(Way), sa_column_kwargs={"server_default": Way.LABEL.value})
    carrier: str = Field(default="", max_length=60)
    reference: str = Field(unique=True, max_length=80)
    provider_shipment_id: str = Field(default="", max_length=120)
    state: ParcelState = Field(default=ParcelState.PLANNED, sa_type=word(ParcelState))
    tracking_code: str | None = Field(default=None, index=True, max_length=120)  # one courier may take several boxes
    tracking_url: str = ""
    label_url: str = ""
    need_cents: int = Field(sa_type=sa.BigInteger)
    cover_cents: int | None = Field(default=None, sa_type=sa.BigInteger)
    cover_currency: str = Field(max_length=3)
    cover_confirmed_at: datetime | None = None
    cover_short_at: datetime | None = None
    attaching_at: datetime | None = None  # when Shopify was last asked to attach it, until it has answered
    reverse_delivery_gid: str = Field(default="", max_length=120)
    scan_status: str = Field(default="", max_length=40)
    last_scan_at: datetime | None = None
    refunded_at: datetime | None = None
    asked_at: datetime | None = None
    next_way: Way | None = Field(default=None, sa_type=word(Way))
    chosen_way: Way | None = Field(default=None, sa_type=word(Way))  # by a person, in place of the rule's own pick
    handover_code: str | None = Field(default=None, unique=True, max_length=40)
    collection_id: str = Field(default="", max_length=120, sa_column_kwargs={"server_default": ""})
    collection_code: str = Field(default="", max_length=120, sa_column_kwargs={"server_default": ""})
    collection_from: datetime | None = None
    collection_until: datetime | None = None
    wanted_from: datetime | None = None  # the visit the client asked for in place of the carrier's next one
    wanted_until: datetime | None = None

    @property
    def need(self) -> Money:
        """The least cover with which this box may travel."""
        return Money(self.need_cents, self.cover_currency)

    @property
    def is_covered(self) -> bool:
        """Whether the carrier confirmed cover for the whole value."""
        return self.cover_confirmed_at is not None


class Scan(SQLModel, table=True):
    """One scan by a carrier, kept once."""

    id: int | None = Field(default=None, primary_key=True)
    parcel_id: int = Field(foreign_key="parcel.id", ondelete="CASCADE", index=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    event_id: str = Field(unique=True, max_length=200)
    status: str = Field(max_length=40)
    at: datetime


class Inspection(SQLModel, table=True):
    """What a person found on opening the box; one a return."""

    id: int | None = Field(default=None, primary_key=True)
    rma_id: int = Field(foreign_key="rma.id", ondelete="CASCADE", unique=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    finding: Finding = Field(sa_type=word(Finding))
    note: str = Field(default="", sa_type=Sealed)
    inspected_by: str = Field(max_length=120)
    at: datetime
    restock: bool = False


class Settlement(SQLModel, table=True):
    """One batch of money, in presentment currency. An RMA has at most one that is open, whoever races.

    `lines` is [{return_line_gid, quantity}], `transactions` [{parent_gid, amount, currency}], `before` what Shopify
    showed just before we sent: {refunds: [gid], processed: {return line gid: quantity}}.
    """

    __table_args__ = (
        sa.UniqueConstraint("rma_id", "batch"),
        sa.Index("ix_settlement_state", "shop_id", "state"),
        sa.Index(
            "uq_settlement_open",
            "rma_id",
            unique=True,
            sqlite_where=sa.text(f"state IN {tuple(str(s) for s in OPEN_SETTLEMENTS)!r}"),
            postgresql_where=sa.text(f"state IN {tuple(str(s) for s in OPEN_SETTLEMENTS)!r}"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    rma_id: int = Field(foreign_key="rma.id", ondelete="CASCADE")
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE", index=True)
    batch: int
    state: SettlementState = Field(default=SettlementState.PROPOSED, sa_type=word(SettlementState))
    amount_cents: int = Field(sa_type=sa.BigInteger)
    currency: str = Field(max_length=3)
    lines: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    transactions: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    before: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    proposed_at: datetime
    approved_by: str = Field(default="", max_length=120)
    approved_at: datetime | None = None
    sent_at: datetime | None = None
    settled_at: datetime | None = None
    refund_gid: str = Field(default="", max_length=120)
    reason: str = ""
    exchanges: list[dict[str, Any]] = Field(
        default_factory=list, sa_type=sa.JSON, sa_column_kwargs={"server_default": "[]"}
    )
    duties: list[str] = Field(default_factory=list, sa_type=sa.JSON, sa_column_kwargs={"server_default": "[]"})
    shipping_back: bool = Field(default=False, sa_column_kwargs={"server_default": sa.text("(false)")})
    as_credit: bool = Field(default=False, sa_column_kwargs={"server_default": sa.text("(false)")})
    credit_offered: bool = Field(default=False, sa_column_kwargs={"server_default": sa.text("(false)")})
    owed_cents: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": "0"})
    elsewhere_cents: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": "0"})
    elsewhere_how: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})
    # Of what was agreed to be kept back for wear, the part that was kept back here.
    kept_cents: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": "0"})
    shop_cents: int | None = Field(default=None, sa_type=sa.BigInteger)
    tax_cents: int | None = Field(default=None, sa_type=sa.BigInteger)  # within the amount; null where not known
    granted_by: str = Field(default="", max_length=120, sa_column_kwargs={"server_default": ""})
    granted_at: datetime | None = None
    pay_url: str = Field(default="", sa_column_kwargs={"server_default": ""})
    balance_paid_at: datetime | None = None

    @property
    def amount(self) -> Money:
        """What the client gets."""
        return Money(self.amount_cents, self.currency)

    @property
    def owed(self) -> Money:
        """What the client owes, because the piece they get instead costs more."""
        return Money(self.owed_cents, self.currency)

    @property
    def elsewhere(self) -> Money:
        """What is due to the client and cannot go back through Shopify, because it was not paid through it."""
        return Money(self.elsewhere_cents, self.currency)

    @property
    def terms(self) -> Terms:
        """What goes with its lines."""
        return Terms(
            exchanges=tuple((line["exchange_line_gid"], line["quantity"]) for line in self.exchanges),
            duties=tuple(self.duties),
            shipping=self.shipping_back,
            as_credit=self.as_credit,
        )
