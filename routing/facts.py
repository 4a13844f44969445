"""What a decision is made from. Pure: gathered by jobs.py, judged by decide.py."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from kit.money import Money
from routing.circumstances import Circumstances, Words
from routing.levels import Chain
from routing.signals import Signals

Back = Sequence[tuple[str | None, int]]
"""What comes back: (line gid, quantity) each; None for a line that Shopify does not name."""


@dataclass(frozen=True)
class LineRead:
    """One line of the order as it was sold. `value` is the line's total in shop money after discounts.

    `unit_value`: one piece, in shop money, after every discount, the order's own too. `marks` are the names of what
    was written on the line, such as an engraving. None: Shopify does not show it.
    """

    line_gid: str
    title: str
    detail: str
    image: str
    quantity: int
    value: Money
    product_type: str = ""
    unit_value: Money | None = None
    vendor: str | None = None
    tags: Words | None = None
    collections: Words | None = None
    marks: Words = ()


@dataclass(frozen=True)
class OrderRead:
    """An order as Shopify tells it now. `total` is the original total in shop money, tax and shipping included.

    `country` is where it was sent, two letters; "" where it is not known. The client's are None where Shopify does not
    show them, and `client_spend` besides where the app may not read orders older than 60 days.
    """

    order_gid: str
    name: str
    placed_at: datetime
    delivered_on: date | None
    source_name: str
    total: Money
    location_gid: str | None
    lines: tuple[LineRead, ...]
    country: str = ""
    client_tags: Words | None = None
    client_tier: str | None = None
    client_spend: Money | None = None


@dataclass(frozen=True)
class StaffRead:
    """Who sold, where the app may ask Shopify. Empty without `read_users`."""

    order_staff_gid: str | None = None
    line_staff: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Attribution:
    """`quantity` pieces of a line credited to a member of staff."""

    line_gid: str
    staff_gid: str
    quantity: int
    value: Money


@dataclass(frozen=True)
class ReturnFacts:
    """All that routing looks at for one return. `attributions` are of the returned lines only."""

    order_name: str
    order_total: Money
    attributions: tuple[Attribution, ...] = ()
    order_staff_gid: str | None = None
    location_gid: str | None = None
    evidence_from: str = "order"
    signals: Signals = field(default_factory=Signals)
    circumstances: Circumstances = field(default_factory=Circumstances)


@dataclass(frozen=True)
class Person:
    """An advisor of the directory, as far as routing cares."""

    advisor_id: int
    name: str
    active: bool
    boutique: str = ""


@dataclass(frozen=True)
class Directory:
    """Who stands behind a staff id, a code or a location, and whom to ask when nobody does.

    `successors`: by the id of one who left, who took over from them. `chain`: the order the merchant asks in.
    """

    by_staff: dict[str, Person] = field(default_factory=dict)
    by_id: dict[int, Person] = field(default_factory=dict)
    by_code: dict[str, Person] = field(default_factory=dict)
    successors: dict[int, Person] = field(default_factory=dict)
    chain: Chain = field(default_factory=Chain)
    by_location: dict[str, Person] = field(default_factory=dict)
    boutique_names: dict[str, str] = field(default_factory=dict)
    default: Person | None = None
