"""The forty households of the tables beside this file, as rows. Every closing and order is at noon, UTC."""

import csv
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from consults.catalogue.kinds import WayKind
from consults.catalogue.models import CatalogueWay, WayTaken
from consults.gestures.models import Gesture
from consults.gestures.states import GestureState
from consults.kinds import Kind, Outcome
from consults.models import Advisor, Case, Consult
from consults.states import ConsultState
from kit.db import Database
from kit.money import Money
from logistics.models import Parcel, Rma, Settlement
from logistics.money_models import SideSale
from logistics.states import ParcelState, SaleState, SettlementState
from measures import rebuilding, turns, tying
from measures.keeping import Keeper
from measures.measured import HouseholdTie
from measures.reads import OrderRecord, PieceRecord, Record, RefundRecord, ReturnRecord
from shops.models import Shop
from tests import cast
from tests.cast import number

HERE = Path(__file__).parent
RETURN, ORDER = "gid://shopify/Return/{}", "gid://shopify/Order/{}"


@dataclass
class Forty:
    """The shop, and the three tables."""

    shop_id: int
    cases: list[dict[str, str]]
    orders: list[dict[str, str]]
    page: list[dict[str, str]]


def table(name: str) -> list[dict[str, str]]:
    with (HERE / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def forty(database: Database) -> Forty:
    """All of it kept, tied and added up."""
    cases, orders = table("forty_households"), table("forty_households_orders")
    with database.begin() as session:
        shop = cast.alice(session)
        bob, shop_id = cast.bob(session, shop), number(shop.id)
        records: list[Record] = [_order(row, number_) for number_, row in enumerate(orders)]
        for row in cases:
            records += _case(row)
        keeper = Keeper(session, shop_id, turns.made_row(session, shop_id).hash_key)
        keeper.keep(records)
        keeper.keep_refunds(refunds(cases))
        for row in cases:
            if row["assisted"] == "yes" and row["kind"]:
                _looked_after(session, shop, bob, row)
        for case in ("A05", "S16"):
            _credit(session, shop_id, next(row for row in cases if row["case"] == case))
        _sold_beside(session, shop_id, next(row for row in cases if row["case"] == "S22"))
        _rma(session, shop_id, next(row for row in cases if row["case"] == "A16"), boxes=0)
    tying.tie_all(database.begin, shop_id=shop_id, now=cast.NOW)
    with database.begin() as session:
        wrong = [tie for tie in session.exec(select(HouseholdTie)) if "S20" in tie.one]
        tying.undo(session, shop_id=shop_id, tie_id=number(wrong[0].id), by="alice", now=cast.NOW)
        rebuilding.want(session, shop_id=shop_id)
    rebuild(database, shop_id)
    return Forty(shop_id, cases, orders, table("forty_households_page"))


def rebuild(database: Database, shop_id: int, *, seconds: float = 60) -> int:
    """Every turn of the rebuild under way; how many."""
    for turn in range(1, 1_000):
        with database.begin() as session:
            state = rebuilding.state_of(session, shop_id=shop_id)
        assert state is not None
        if not state.rebuilding:
            return turn - 1
        rebuilding.rebuild(database.begin, shop_id=shop_id, turn=state.turn, seconds=seconds)
    raise AssertionError("it does not end")


def noon(day: str | date) -> datetime:
    on = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime(on.year, on.month, on.day, 12, tzinfo=UTC)


def client(row: dict[str, str]) -> str | None:
    return f"gid://shopify/Customer/{row['client']}" if row["client"] else None


def _record(gid: str, row: dict[str, str], placed_at: datetime, total: str, refunded: str = "0") -> OrderRecord:
    return OrderRecord(
        order_gid=gid,
        client_gid=client(row),
        email=row["email"],
        phone=row["phone"],
        placed_at=placed_at,
        updated_at=placed_at,
        total=Money.parse(total, row["currency"]),
        refunded=Money.parse(refunded, row["currency"]),
        channel="web",
        staff_gid=None,
        location_gid=None,
        cancelled=row.get("cancelled") == "yes",
    )


def _order(row: dict[str, str], number_: int) -> OrderRecord:
    return _record(ORDER.format(f"later{number_}"), row, noon(row["placed"]), row["total"], row["refunded"])


def _case(row: dict[str, str]) -> list[Record]:
    """The order, the return, what came back and went out, and the money."""
    name, goes_on = row["case"], row["case"] == "A09b"
    order_gid, gid = ORDER.format("A09" if goes_on else name), RETURN.format(name)
    money = {key: Money.parse(row[key], row["currency"]) for key in ("back", "new", "refunded")}
    sold, new = ("A09new", "") if goes_on else (f"{name}sold", f"{name}new")
    opened, closed = noon(row["opened"]), noon(row["closed"])
    made: list[Record] = [ReturnRecord(gid, order_gid, "CLOSED", opened, closed)]
    if not goes_on:
        made.append(_record(order_gid, row, opened - timedelta(days=20), row["back"]))
    made.append(PieceRecord(f"{gid}/back", gid, False, int(row["pieces_back"]), money["back"], sold))
    if money["new"].cents:
        made.append(PieceRecord(f"{gid}/new", gid, True, int(row["pieces_new"]), money["new"], new))
    return made


def refunds(cases: list[dict[str, str]]) -> list[RefundRecord]:
    """A08's comes ten days after the closing and names no return."""
    made = []
    for row in cases:
        amount = Money.parse(row["refunded"], row["currency"])
        late, goes_on = row["case"] == "A08", row["case"] == "A09b"
        at = noon(row["closed"]) + (timedelta(days=10) if late else timedelta(hours=-1))
        gid, order = RETURN.format(row["case"]), ORDER.format("A09" if goes_on else row["case"])
        if amount.cents:
            made.append(RefundRecord(f"{gid}/refund", order, None if late else gid, at, amount))
    return made


def _looked_after(session: Session, shop: Shop, bob: Advisor, row: dict[str, str]) -> None:
    at = noon(row["opened"])
    case = cast.cleos_case(session, shop, bob, return_gid=RETURN.format(row["case"]), now=at)
    if row["case"] == "A12":
        case.outcome = Outcome.REWORK
        session.add(case)
    _given(session, case, bob, row, at)
    if minutes := int(row["minutes"]):
        session.add(
            Consult(
                shop_id=number(shop.id), case_id=number(case.id), advisor_id=number(bob.id), kind=Kind.VIDEO,
                state=ConsultState.COMPLETED, starts_at=at, ends_at=at + timedelta(hours=1), began_at=at,
                over_at=at + timedelta(minutes=minutes), created_at=at, idempotency_key=f"forty-{row['case']}",
            )
        )  # fmt: skip


def _given(session: Session, case: Case, bob: Advisor, row: dict[str, str], at: datetime) -> None:
    """A03's gesture, with one that nobody has allowed yet; A07's way, with one that was let go."""
    about: dict[str, Any] = {"shop_id": case.shop_id, "case_id": number(case.id), "advisor_id": number(bob.id)}
    if row["case"] == "A03":
        for cents, state in ((8_000, GestureState.ALLOWED), (4_000, GestureState.ASKED)):
            words: dict[str, Any] = {"what": "A cleaning", "why": "She asked", "once": state.value}
            session.add(Gesture(**about, **words, cents=cents, currency="USD", state=state, asked_at=at))
    if row["case"] == "A07":
        way = CatalogueWay(shop_id=case.shop_id, kind=WayKind.ENGRAVE, title="Engraving", currency="USD", changed_at=at)
        session.add(way)
        session.flush()
        for place, freed_at in ((0, None), (1, at)):
            session.add(
                WayTaken(
                    **about, way_id=number(way.id), week_on=at.date(), place=place, ready_on=at.date(), title=way.title,
                    cost_cents=20_000, currency="USD", once=str(place), taken_at=at, freed_at=freed_at,
                )
            )  # fmt: skip


def _rma(session: Session, shop_id: int, row: dict[str, str], *, boxes: int = 1) -> Rma:
    rma = Rma(
        shop_id=shop_id, number=f"F-{row['case']}", return_gid=RETURN.format(row["case"]),
        order_gid=ORDER.format(row["case"]),
        order_name=row["case"], value_cents=Money.parse(row["back"], "USD").cents, currency="USD",
        presentment_currency="USD", opened_at=noon(row["opened"]), assisted=row["assisted"] == "yes",
    )  # fmt: skip
    session.add(rma)
    session.flush()
    for box in range(boxes):
        parcel = Parcel(
            rma_id=number(rma.id), shop_id=shop_id, rfo_gid=f"rfo/{row['case']}{box}", reference=f"forty-{row['case']}",
            state=ParcelState.BOUGHT, need_cents=rma.value_cents, cover_currency="USD",
        )  # fmt: skip
        session.add(parcel)
    return rma


def _credit(session: Session, shop_id: int, row: dict[str, str]) -> None:
    rma = _rma(session, shop_id, row)
    cents = Money.parse(row["credited"], "USD").cents
    session.add(
        Settlement(
            rma_id=number(rma.id), shop_id=shop_id, batch=1, state=SettlementState.SETTLED, amount_cents=cents,
            currency="USD", proposed_at=noon(row["closed"]), as_credit=True,
        )
    )  # fmt: skip


def _sold_beside(session: Session, shop_id: int, row: dict[str, str]) -> None:
    rma = _rma(session, shop_id, row)
    session.add(
        SideSale(
            rma_id=number(rma.id), shop_id=shop_id, variant_gid="v", state=SaleState.MADE, amount_cents=95_000,
            currency="USD", asked_by="advisor:1", asked_at=noon("2026-08-30"),
        )
    )  # fmt: skip
