"""What issue 9 must show of the forty households: what tests/measures/forty_households*.csv say by hand."""

from decimal import Decimal
from typing import Any

import pytest

from kit.db import Database
from measures import reading, tallying
from measures.measured import MeasuredReturn
from measures.reading import Side, View
from shops.shops import get_shop
from tests import cast
from tests.measures.forty import RETURN, Forty, forty


def test_forty_households_worked_out_by_hand_give_exactly_the_pages_numbers(database: Database) -> None:
    """With what is censored, partial refunds, currencies, merges, and refunds after an exchange. Case by case first."""
    town = forty(database)
    with database.begin() as session:
        for row in town.cases:
            found = tallying.measured(session, shop_id=town.shop_id, return_gid=RETURN.format(row["case"]))
            if not row["kind"]:
                assert found is None, f"{row['case']} goes on with another case"
                continue
            assert found is not None and as_table(found) == expected(row), row["note"]
        view = reading.view(session, shop=get_shop(session, town.shop_id), months=12, now=cast.NOW)
    check_page(town, view)


def as_table(found: MeasuredReturn) -> dict[str, Any]:
    steps = [name for name in ("upgrade", "even", "down") if getattr(found, f"{name}_cents")]
    days = found.next_days if found.bought else "" if found.not_yet else "unknown"
    return {
        "kind": found.kind.value,
        "exchanged": found.exchanged_cents,
        "part_refunded": found.refunded_cents,
        "part_credited": found.credited_cents,
        "part_other": found.other_cents,
        "step": steps[0] if steps else "",
        "next_days": str(days),
        "later": found.later_cents,
        "assisted": found.assisted,
        "minutes": found.minutes,
        "boxes": found.parcels,
        "given": found.given_cents,
    }


def expected(row: dict[str, str]) -> dict[str, Any]:
    amounts = ("exchanged", "part_refunded", "part_credited", "part_other", "later", "given")
    return {
        **{name: int(row[name]) * 100 for name in amounts},
        **{name: row[name] for name in ("kind", "step", "next_days")},
        "assisted": row["assisted"] == "yes",
        "minutes": int(row["minutes"]),
        "boxes": int(row["boxes"]),
    }


def check_page(town: Forty, view: View) -> None:
    assert view.elsewhere == 1, "A10"
    assert (view.assisted.bands["dear"]["returns"], view.alone.bands["dear"]["returns"]) == (1, 1), "A08 and S12"
    for row in town.page:
        for side, cell in ((view.assisted, row["assisted"]), (view.alone, row["self_service"])):
            assert shown(side, row["name"]) == pytest.approx(Decimal(cell), abs=Decimal("1e-9")), row


def shown(side: Side, name: str) -> Decimal:
    """The page's figure of that name."""
    if name.startswith("by_"):
        point = side.curve.by(int(name.removeprefix("by_")))
        assert point is not None and point.low < point.share < point.high
        return Decimal(point.share)
    if name == "habit_10":
        return Decimal(dict(side.habits)[10])
    if hasattr(side.worth, name):
        return Decimal(getattr(side.worth, name))
    if name in ("unknown", "next_cents"):
        return Decimal(getattr(side, name))
    here = name in ("later_orders", "later_cents", "travelled_cents", "given_cents")
    return Decimal(side.sums[f"{name}_here" if here else name])
