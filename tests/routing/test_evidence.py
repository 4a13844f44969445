"""Seller evidence: kept when the order arrives, on a real database."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from kit.db import Database
from kit.money import Money
from routing import evidence
from routing.events import OrderSeen
from routing.facts import Attribution, LineRead, OrderRead, StaffRead
from routing.jobs import keep_evidence
from routing.models import LineEvidence, OrderEvidence
from routing.seller_models import ClaimEvidence
from tests import cast
from tests.cast import NOW

ORDER = "gid://shopify/Order/1042"
L1, L2, BOB, INES = "gid://shopify/LineItem/1", "gid://shopify/LineItem/2", "staff/7", "staff/8"


def line(gid: str, cents: int, quantity: int = 1) -> LineRead:
    return LineRead(gid, "Ring", "", "", quantity, Money(cents, "USD"))


READ = OrderRead(
    ORDER,
    "#1042",
    NOW,
    date(2026, 11, 20),
    "pos",
    Money(1_000_000, "USD"),
    None,
    (line(L1, 900_001, 2), line(L2, 99_999)),
)


def seen(
    shop_id: int, at: str = "2026-11-02T10:00:00Z", lines: dict[str, dict[str, int]] | None = None, **more
) -> OrderSeen:
    listed = [
        {"line_gid": gid, "staff": [{"staff_gid": who, "quantity": n} for who, n in staff.items()]}
        for gid, staff in (lines or {}).items()
    ]
    return OrderSeen(
        **{
            "shop_id": shop_id,
            "order_gid": ORDER,
            "order_name": "#1042",
            "source_name": "pos",
            "staff_gid": None,
            "location_gid": None,
            "updated_at": at,
            "lines": listed,
            **more,
        }
    )


@pytest.fixture
def shop_id(database: Database) -> int:
    with database.begin() as session:
        return cast.number(cast.alice(session).id)


def credits(session: Session) -> set[tuple[str, str, int]]:
    return {(row.line_gid, row.staff_gid, row.quantity) for row in session.exec(select(LineEvidence))}


def test_who_sold_which_piece_is_kept_with_its_quantity(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        assert evidence.keep(session, seen(shop_id, lines={L1: {BOB: 1, INES: 1}, L2: {INES: 1}}), now=NOW)
        assert credits(session) == {(L1, BOB, 1), (L1, INES, 1), (L2, INES, 1)}


def test_a_later_word_replaces_lines_staff_and_place(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        evidence.keep(session, seen(shop_id, lines={L1: {BOB: 1}, L2: {BOB: 1}}, staff_gid=BOB), now=NOW)
        later = seen(shop_id, "2026-11-02T10:00:01Z", {L1: {INES: 2}}, location_gid="paris")
        assert evidence.keep(session, later, now=NOW)
        kept = evidence.find(session, shop_id=shop_id, order_gid=ORDER)
        assert kept is not None and (kept.staff_gid, kept.location_gid) == (None, "paris")
        assert credits(session) == {(L1, INES, 2)}


def test_an_older_word_that_comes_late_changes_nothing(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        evidence.keep(session, seen(shop_id, "2026-11-02T10:00:00Z", {L1: {INES: 2}}), now=NOW)
        assert not evidence.keep(session, seen(shop_id, "2026-11-02T10:59:59+01:00", {L1: {BOB: 2}}), now=NOW)
        assert credits(session) == {(L1, INES, 2)}


def test_the_same_word_twice_is_kept_once(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        for _ in range(2):
            evidence.keep(session, seen(shop_id, lines={L1: {BOB: 1}}), now=NOW)
        assert len(session.exec(select(OrderEvidence)).all()) == 1 and credits(session) == {(L1, BOB, 1)}


@pytest.mark.parametrize("at", ["", "soon", "2026-11-02T10:00:00", "7"])
def test_an_order_that_tells_no_time_counts_as_news(database: Database, shop_id: int, at: str) -> None:
    with database.begin() as session:
        keep_evidence(session, seen(shop_id, at, {L1: {BOB: 1}}))
        assert credits(session) == {(L1, BOB, 1)}


def test_another_shops_order_of_the_same_number_is_another_order(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        other = cast.number(cast.alice(session, "dana.myshopify.com").id)
        evidence.keep(session, seen(shop_id, lines={L1: {BOB: 1}}), now=NOW)
        assert evidence.find(session, shop_id=other, order_gid=ORDER) is None
        evidence.keep(session, seen(other, "2020-01-01T00:00:00Z"), now=NOW)
        assert credits(session) == {(L1, BOB, 1)}


def attributed(database: Database, shop_id: int, staff: StaffRead, returned: set[str]) -> set[Attribution]:
    with database.begin() as session:
        kept = evidence.find(session, shop_id=shop_id, order_gid=ORDER)
        return set(evidence.attributions(session, kept, READ, staff, returned))


def test_credits_are_of_the_returned_lines_and_worth_their_share(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        evidence.keep(session, seen(shop_id, lines={L1: {BOB: 1, INES: 1}, L2: {INES: 1}, "gone": {BOB: 1}}), now=NOW)
    half = Money(450_000, "USD")
    assert attributed(database, shop_id, StaffRead(), {L1}) == {
        Attribution(L1, BOB, 1, half),
        Attribution(L1, INES, 1, half),
    }
    assert attributed(database, shop_id, StaffRead(), set()) == set()


def test_what_was_kept_is_believed_before_what_shopify_says_today(database: Database, shop_id: int) -> None:
    today = StaffRead(None, ((L1, INES),))
    assert attributed(database, shop_id, today, {L1, L2}) == {Attribution(L1, INES, 2, Money(900_001, "USD"))}
    with database.begin() as session:
        evidence.keep(session, seen(shop_id, lines={L1: {BOB: 2}}), now=NOW)
    assert attributed(database, shop_id, today, {L1}) == {Attribution(L1, BOB, 2, Money(900_001, "USD"))}


def test_an_order_kept_without_names_falls_back_to_shopifys_word(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        evidence.keep(session, seen(shop_id), now=NOW)
    found = attributed(database, shop_id, StaffRead(None, ((L2, INES), ("gone", BOB))), {L2})
    assert found == {Attribution(L2, INES, 1, Money(99_999, "USD"))}


def test_times_of_change_are_compared_as_instants(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        evidence.keep(session, seen(shop_id, "2026-11-02T10:00:00+02:00", {L1: {BOB: 1}}), now=NOW)
        assert evidence.keep(session, seen(shop_id, "2026-11-02T08:00:01Z", {L1: {INES: 1}}), now=NOW + timedelta(1))
        assert credits(session) == {(L1, INES, 1)}


def test_what_a_buyer_wrote_goes_with_their_order_and_another_shops_order_of_that_number_keeps_its_own(
    database: Database, shop_id: int
) -> None:
    with database.begin() as session:
        danas = cast.number(cast.alice(session, "dana.myshopify.com", "Dana").id)
        for shop, order_gid in ((shop_id, ORDER), (shop_id, f"{ORDER}9"), (danas, ORDER)):
            kept = OrderEvidence(shop_id=shop, order_gid=order_gid, order_name="#", seen_updated_at=NOW, kept_at=NOW)
            session.add(kept)
            session.flush()
            about: dict[str, Any] = {"evidence_id": cast.number(kept.id), "shop_id": shop, "seen_at": NOW}
            session.add(ClaimEvidence(**about, key="k", value=f"{shop} {order_gid}"))
        session.flush()
        evidence.erase_claims(session, shop_id=shop_id, order_gids=[ORDER])
        left = {row.value for row in session.exec(select(ClaimEvidence))}
    assert left == {f"{shop_id} {ORDER}9", f"{danas} {ORDER}"}
