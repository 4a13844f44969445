"""Rows of cases and conversations."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from consults.kinds import Kind, Ledger, Outcome, Role, RootCause, StaffRole, WhyNot
from consults.rungs import Rung
from consults.states import LIVE, CaseState, ConsultState
from kit.db import word
from shops.crypt import Sealed


class ConsultPolicy(SQLModel, table=True):
    """What the merchant chose about conversations; without a row, the defaults below.

    All are minutes, except `window_days` and `daily_cap` (conversations of one advisor on one day there).
    """

    shop_id: int = Field(primary_key=True, foreign_key="shop.id", ondelete="CASCADE")
    minutes: int = 30
    step_minutes: int = 15
    buffer_before: int = 0
    buffer_after: int = 10
    notice_minutes: int = 120
    window_days: int = 21
    daily_cap: int = 8
    join_before_minutes: int = 10
    join_after_minutes: int = 30
    answer_within_minutes: int = 120  # in the boutique's opening hours; pieces of more value have tiers of their own
    # An advisor is not texted between these, by their own clock: minutes from midnight, equal ones for never.
    quiet_from_minute: int = Field(default=21 * 60, sa_column_kwargs={"server_default": "1260"})
    quiet_until_minute: int = Field(default=8 * 60, sa_column_kwargs={"server_default": "480"})
    # Where new video conversations take place: a name of rooms.provider.ROOMS, and the house's own address for "link".
    room_provider: str = Field(default="embedded", max_length=20, sa_column_kwargs={"server_default": "embedded"})
    room_link: str = Field(default="", max_length=500, sa_column_kwargs={"server_default": ""})
    # So often a client hears from us after a return in so many days, over all their returns.
    contact_most: int = Field(default=2, sa_column_kwargs={"server_default": "2"})
    contact_days: int = Field(default=30, sa_column_kwargs={"server_default": "30"})
    # Whether people may be asked to agree to a recording, where the provider can make one.
    may_record: bool = Field(default=False, sa_column_kwargs={"server_default": sa.text("false")})


class Boutique(SQLModel, table=True):
    """A place of the house. `zone` is an IANA name."""

    __table_args__ = (sa.UniqueConstraint("shop_id", "location_gid"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE", index=True)
    name: str = Field(max_length=200)
    zone: str = Field(default="UTC", max_length=64)
    location_gid: str | None = Field(default=None, max_length=100)
    telephone: str = Field(default="", max_length=40)
    address: str | None = Field(default=None, sa_type=Sealed)


class BoutiqueHours(SQLModel, table=True):
    """A boutique is open: a weekly rule in its zone, minutes from midnight. Without any, consults.opening.USUAL."""

    __table_args__ = (sa.UniqueConstraint("boutique_id", "weekday", "start_minute"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    boutique_id: int = Field(foreign_key="boutique.id", ondelete="CASCADE")
    weekday: int  # Monday is 0
    start_minute: int
    end_minute: int


class Holiday(SQLModel, table=True):
    """A day on which a boutique stays closed."""

    __table_args__ = (sa.UniqueConstraint("boutique_id", "day"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    boutique_id: int = Field(foreign_key="boutique.id", ondelete="CASCADE")
    day: date
    name: str = Field(default="", max_length=80)


class PromiseTier(SQLModel, table=True):
    """From this value of the returned pieces on, the first answer is promised within so many open minutes."""

    __table_args__ = (sa.UniqueConstraint("shop_id", "from_cents"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    from_cents: int = Field(sa_type=sa.BigInteger)
    currency: str = Field(max_length=3)
    minutes: int


class Advisor(SQLModel, table=True):
    """A person of the house who helps. `languages` is comma-separated, "fr,en"; `phone` is E.164.

    `categories` are the kinds of piece they know, comma-separated, small letters; "" is all. Limits are open cases:
    of what they sold, and of what they answer for others. `weight` is their share of that in hundredths.
    """

    __table_args__ = (sa.UniqueConstraint("shop_id", "staff_gid"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE", index=True)
    name: str = Field(max_length=200)
    email: str | None = Field(default=None, sa_type=Sealed)
    phone: str | None = Field(default=None, sa_type=Sealed)
    staff_gid: str | None = Field(default=None, max_length=100)
    boutique_id: int | None = Field(default=None, foreign_key="boutique.id", ondelete="SET NULL")
    zone: str = Field(default="UTC", max_length=64)
    languages: str = Field(default="en", max_length=100)
    role: StaffRole = Field(default=StaffRole.ADVISOR, sa_type=word(StaffRole))
    active: bool = True
    introduction: str = ""  # two lines shown to clients
    categories: str = Field(default="", sa_column_kwargs={"server_default": ""})
    more_boutique_ids: list[int] = Field(
        default_factory=list, sa_type=sa.JSON, sa_column_kwargs={"server_default": "[]"}
    )
    limit_own: int = Field(default=40, sa_column_kwargs={"server_default": "40"})
    limit_pool: int = Field(default=8, sa_column_kwargs={"server_default": "8"})
    weight: int = Field(default=100, sa_column_kwargs={"server_default": "100"})
    texts_stopped_at: datetime | None = None  # they asked for no texts
    # Plain numbers: a foreign key on a new column makes SQLite build the table anew, under the rows that point to it.
    deputy_id: int | None = None
    successor_id: int | None = None
    left_on: date | None = None
    rights_given: list[str] = Field(default_factory=list, sa_type=sa.JSON, sa_column_kwargs={"server_default": "[]"})
    rights_taken: list[str] = Field(default_factory=list, sa_type=sa.JSON, sa_column_kwargs={"server_default": "[]"})
    budget_cents: int = Field(default=0, sa_type=sa.BigInteger, sa_column_kwargs={"server_default": "0"})  # a month
    free_until: datetime | None = None  # they said that clients may come in at once, until then
    room_link: str = Field(default="", max_length=500, sa_column_kwargs={"server_default": ""})  # a room of their own

    @property
    def takes_texts(self) -> bool:
        """Whether a text about a new case reaches them."""
        return bool(self.phone) and self.texts_stopped_at is None

    @property
    def boutique_ids(self) -> frozenset[int]:
        """Every boutique they answer for; none stands for all of them."""
        return frozenset([*([self.boutique_id] if self.boutique_id else []), *self.more_boutique_ids])

    @property
    def first_name(self) -> str:
        """What clients call them after the first sentence."""
        return self.name.split(" ", 1)[0]


class WorkingHours(SQLModel, table=True):
    """A weekly rule: wall time in the advisor's zone, minutes from midnight; past midnight when `end_minute` > 1440."""

    __table_args__ = (sa.UniqueConstraint("advisor_id", "weekday", "start_minute"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    advisor_id: int = Field(foreign_key="advisor.id", ondelete="CASCADE")
    weekday: int  # Monday is 0
    start_minute: int
    end_minute: int


class TimeOff(SQLModel, table=True):
    """An advisor is away, [starts_at, ends_at)."""

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    advisor_id: int = Field(foreign_key="advisor.id", ondelete="CASCADE", index=True)
    starts_at: datetime
    ends_at: datetime


class Case(SQLModel, table=True):
    """The file of one assisted return. `advisor_id` answers; `owner_id` sold the piece, None where that is the same.

    `why_not` and `owner_back_at` say why the owner does not answer and until when. `waits_since`: the client chose to
    wait for them. `handed_over` counts how often the case changed hands.
    """

    __table_args__ = (
        sa.UniqueConstraint("shop_id", "return_gid"),
        sa.Index("ix_case_advisor", "shop_id", "advisor_id", "state"),
        sa.Index("ix_case_next_rung", "next_rung_at"),
        sa.Index("ix_case_state", "shop_id", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    return_gid: str = Field(max_length=100)
    order_gid: str = Field(default="", max_length=100)
    order_name: str = Field(default="", max_length=100)
    advisor_id: int = Field(foreign_key="advisor.id")
    seller_words: str = ""
    sold_by_advisor: bool = False
    side_by_side: bool = Field(default=False, sa_column_kwargs={"server_default": sa.text("false")})
    client_gid: str | None = Field(default=None, max_length=100, index=True)
    client_name: str | None = Field(default=None, sa_type=Sealed)
    client_title: str = Field(default="", max_length=20)
    client_email: str | None = Field(default=None, sa_type=Sealed)
    client_phone: str | None = Field(default=None, sa_type=Sealed)
    client_texts_ok: bool = False  # agreed to texts
    client_locale: str = Field(default="en", max_length=20)
    client_zone: str = Field(default="UTC", max_length=64)
    piece_title: str = ""
    piece_image: str = ""
    piece_detail: str = ""
    value_cents: int = Field(default=0, sa_type=sa.BigInteger)
    currency: str = Field(default="USD", max_length=3)
    client_words: str | None = Field(default=None, sa_type=Sealed)
    reason_label: str = ""
    bought_on: date | None = None
    delivered_on: date | None = None
    state: CaseState = Field(default=CaseState.OPEN, sa_type=word(CaseState))
    opened_at: datetime
    first_answer_due_at: datetime
    promised_minutes: int | None = None  # open minutes, as promised when it was opened
    first_answer_at: datetime | None = None
    first_answer_how: str = Field(default="", max_length=20, sa_column_kwargs={"server_default": ""})
    next_rung: Rung | None = Field(default=None, sa_type=word(Rung))
    next_rung_at: datetime | None = None  # None: nothing is to happen if nobody answers
    taken_at: datetime | None = None
    outcome: Outcome | None = Field(default=None, sa_type=word(Outcome))
    root_cause: RootCause | None = Field(default=None, sa_type=word(RootCause))
    client_quote: str | None = Field(default=None, sa_type=Sealed)
    outcome_note: str | None = Field(default=None, sa_type=Sealed)
    outcome_at: datetime | None = None
    parcel_done_at: datetime | None = None
    closed_at: datetime | None = None
    owner_id: int | None = None
    ledger: Ledger = Field(
        default=Ledger.OWNED, sa_type=word(Ledger), sa_column_kwargs={"server_default": Ledger.OWNED.value}
    )
    why_not: WhyNot | None = Field(default=None, sa_type=word(WhyNot))
    owner_back_at: datetime | None = None
    waits_since: datetime | None = None
    handed_over: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    boutique_id: int | None = None
    category: str = Field(default="", max_length=100, sa_column_kwargs={"server_default": ""})

    @property
    def is_stood_in(self) -> bool:
        """Whether somebody answers in the place of who sold the piece."""
        return self.owner_id is not None and self.owner_id != self.advisor_id


class CaseEvent(SQLModel, table=True):
    """A line of a case's history, without personal data. `actor` is "system", "client" or "advisor:<id>"."""

    __table_args__ = (sa.Index("ix_case_event_case", "case_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    case_id: int = Field(foreign_key="case.id", ondelete="CASCADE")
    at: datetime
    actor: str = Field(max_length=40)
    kind: str = Field(max_length=40)
    detail: str = ""


class FirstAnswerRung(SQLModel, table=True):
    """A rung of the ladder was climbed, once, however many workers looked. `advisor_id`: who was asked, if anybody.

    The owner's keeps why it was theirs, in the words they read, for when they take it back.
    """

    __table_args__ = (sa.UniqueConstraint("case_id", "rung"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    case_id: int = Field(foreign_key="case.id", ondelete="CASCADE")
    rung: Rung = Field(sa_type=word(Rung))
    fired_at: datetime
    advisor_id: int | None = Field(default=None, foreign_key="advisor.id", ondelete="SET NULL")
    why: str = Field(default="late", max_length=20)  # late|not_today
    seller_words: str = ""
    sold_by_advisor: bool = False


_LIVE = sa.text("state IN (" + ", ".join(f"'{state.value}'" for state in LIVE) + ")")


class Consult(SQLModel, table=True):
    """One conversation of a case. `label_client` and `label_advisor` are the times as they were shown at booking."""

    __table_args__ = (
        # A case has one time reserved at most; whoever wants another moves it.
        sa.Index("uq_consult_live_case", "case_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        sa.Index("ix_consult_advisor", "advisor_id", "starts_at"),
        sa.Index("ix_consult_case", "case_id", "shop_id"),
        sa.Index("ix_consult_state", "state", "ends_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE", index=True)
    case_id: int = Field(foreign_key="case.id", ondelete="CASCADE")
    advisor_id: int = Field(foreign_key="advisor.id")
    kind: Kind = Field(default=Kind.VIDEO, sa_type=word(Kind))
    state: ConsultState = Field(sa_type=word(ConsultState))
    starts_at: datetime
    ends_at: datetime
    client_zone: str = Field(default="UTC", max_length=64)
    advisor_zone: str = Field(default="UTC", max_length=64)
    label_client: str = ""
    label_advisor: str = ""
    hold_until: datetime | None = None
    sequence: int = 0  # of the calendar entry: +1 when moved or cancelled
    provider: str = Field(default="embedded", max_length=20)
    room_ref: str = Field(default="", max_length=80, sa_column_kwargs={"server_default": ""})  # the provider's own id
    recorded_since: datetime | None = None  # None: nothing is recorded now
    idempotency_key: str = Field(unique=True, max_length=200)
    version: int = 1
    created_at: datetime
    began_at: datetime | None = None
    over_at: datetime | None = None
    cancelled_by: str = Field(default="", max_length=40)
    missing: str = Field(default="", max_length=20, sa_column_kwargs={"server_default": ""})  # who did not come


class SlotCell(SQLModel, table=True):
    """Five minutes of an advisor, taken. The primary key is what prevents a double booking, on both databases."""

    advisor_id: int = Field(primary_key=True, foreign_key="advisor.id", ondelete="CASCADE")
    at_epoch: int = Field(primary_key=True, sa_type=sa.BigInteger)
    consult_id: int = Field(foreign_key="consult.id", ondelete="CASCADE", index=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")


class Participant(SQLModel, table=True):
    """A person in a conversation, and their presence in the room.

    `relation` ("sister"), `email` and `zone` are of somebody who comes along; `removed_at`: they do not any more.
    `sitting` counts joins: a page of an earlier one is told that it was replaced.
    """

    __table_args__ = (
        sa.Index(
            "uq_participant_one",
            "consult_id",
            "role",
            unique=True,
            sqlite_where=sa.text("role <> 'guest'"),
            postgresql_where=sa.text("role <> 'guest'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    consult_id: int = Field(foreign_key="consult.id", ondelete="CASCADE", index=True)
    role: Role = Field(sa_type=word(Role))
    name: str = Field(sa_type=Sealed)
    relation: str | None = Field(default=None, sa_type=Sealed)
    email: str | None = Field(default=None, sa_type=Sealed)
    zone: str = Field(default="", max_length=64, sa_column_kwargs={"server_default": ""})
    removed_at: datetime | None = None
    sitting: int = 0
    seen_at: datetime | None = None
    left_at: datetime | None = None


class Signal(SQLModel, table=True):
    """A message from one page of the room to another: JSON text, at most 64 KB. Purged after the conversation."""

    __table_args__ = (sa.Index("ix_signal_to", "consult_id", "to_participant", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    consult_id: int = Field(foreign_key="consult.id", ondelete="CASCADE")
    from_participant: int = Field(foreign_key="participant.id", ondelete="CASCADE")
    to_participant: int = Field(foreign_key="participant.id", ondelete="CASCADE")
    body: str = Field(sa_type=Sealed)  # session descriptions carry network addresses
    at: datetime


class ShownPiece(SQLModel, table=True):
    """A piece the advisor holds out to the client in the room. The latest that was not put away is on the table."""

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    consult_id: int = Field(foreign_key="consult.id", ondelete="CASCADE", index=True)
    title: str = Field(max_length=120)
    detail: str = Field(default="", max_length=200)
    image: str = Field(default="", max_length=500)
    shown_at: datetime
    put_away_at: datetime | None = None


class RecordingConsent(SQLModel, table=True):
    """One person's word on being recorded. Without everybody's nothing is."""

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    consult_id: int = Field(foreign_key="consult.id", ondelete="CASCADE", index=True)
    participant_id: int = Field(foreign_key="participant.id", ondelete="CASCADE", unique=True)
    words: str = ""  # what they agreed to, as they read it
    given_at: datetime
    withdrawn_at: datetime | None = None


class RelayTicket(SQLModel, table=True):
    """Relay servers of the provider with credentials for a few hours; of the installation, not of a shop."""

    id: int | None = Field(default=None, primary_key=True)
    servers: str = Field(sa_type=Sealed)  # JSON, as a page takes them
    expires_at: datetime


class Promise_(SQLModel, table=True):
    """What an advisor said they would do, by when.."""

    __tablename__ = "promise"
    __table_args__ = (sa.Index("ix_promise_due", "shop_id", "done_at", "due_on"),)

    id: int | None = Field(default=None, primary_key=True)
    shop_id: int = Field(foreign_key="shop.id", ondelete="CASCADE")
    case_id: int = Field(foreign_key="case.id", ondelete="CASCADE", index=True)
    what: str = Field(sa_type=Sealed)
    due_on: date
    owner_advisor_id: int = Field(foreign_key="advisor.id")
    done_at: datetime | None = None
    created_at: datetime
