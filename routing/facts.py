"""What a decision is made from. Pure: gathered by jobs.py, judged by decide.py."""

from dataclasses import dataclass, field
from datetime import date, datetime

from kit.money import Money
from routing.levels import Chain
from routing.signals import Signals


@dataclass(frozen=True)
class LineRead:
    """One line of the order as it was sold. `value` is the line's total in shop money after discounts."""

    line_gid: str
    title: str
    detail: str
    image: str
    quantity: int
    value: Money
    product_type: str = ""


@dataclass(frozen=True)
class OrderRead:
    """An order as Shopify tells it now. `total` is the original total in shop money, tax and shipping included."""

    order_gid: str
    name: str
    placed_at: datetime
    delivered_on: date | None
    source_name: str
    total: Money
    location_gid: str | None
    lines: tuple[LineRead, ...]


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
