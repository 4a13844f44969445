"""Rows of the past: once however often they come, the newest word stands, and a client who was erased stays so."""

from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlmodel import Session, select

from kit.db import Database
from kit.money import Money
from measures import history, privacy, turns
from measures.households import email_hash
from measures.keeping import Keeper
from measures.models import HistoricOrder, HistoricRefund, HistoricReturn
from measures.reads import LineSeller, OrderRecord, PieceRecord, RefundRecord, ReturnRecord, ReturnWord
from tests import cast
from tests.cast import NOW, number

CLEO, ORDER = "gid://shopify/Customer/1", "gid://shopify/Order/1"
REFUND = RefundRecord("gid://shopify/Refund/1", ORDER, None, NOW, Money(500, "USD"))


def order(at: datetime = NOW, **changed: Any) -> OrderRecord:
    given: dict[str, Any] = {
        "order_gid": ORDER, "client_gid": CLEO, "email": "cleo@example.com", "phone": "+33612345678", "placed_at": NOW,
        "updated_at": at, "total": Money(1_000, "USD"), "refunded": Money(0, "USD"), "channel": "pos",
        "staff_gid": None, "location_gid": None, "cancelled": False, "refunds": (),
    }  # fmt: skip
    return OrderRecord(**given | changed)


@pytest.fixture
def shop_id(database: Database) -> int:
    with database.begin() as session:
        return number(cast.alice(session).id)


def keep(session: Session, shop_id: int, *records: Any) -> None:
    Keeper(session, shop_id, turns.made_row(session, shop_id).hash_key).keep(records)


def kept(session: Session, shop_id: int, order_gid: str = ORDER) -> HistoricOrder:
    query = select(HistoricOrder).where(HistoricOrder.shop_id == shop_id, HistoricOrder.order_gid == order_gid)
    return session.exec(query.execution_options(populate_existing=True)).one()


def test_the_same_records_twice_are_kept_once(database: Database, shop_id: int) -> None:
    records = [
        order(refunds=(REFUND,)),
        LineSeller(ORDER, "gid://shopify/StaffMember/7"),
        ReturnRecord("gid://shopify/Return/1", ORDER, "OPEN", NOW, None),
        PieceRecord("gid://shopify/ReturnLineItem/1", "gid://shopify/Return/1", False, 1, Money(5, "USD")),
    ]
    with database.begin() as session:
        for _ in range(2):
            keep(session, shop_id, *records, *records)
        assert kept(session, shop_id).line_staff_gid == "gid://shopify/StaffMember/7"
        for kind, count in ((HistoricOrder, 1), (HistoricRefund, 1)):
            assert len(session.exec(select(kind)).all()) == count


def test_an_older_word_changes_nothing(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        keep(session, shop_id, order(NOW, refunded=Money(400, "USD")))
        keep(session, shop_id, order(NOW - timedelta(hours=1), refunded=Money(0, "USD"), cancelled=True))
        row = kept(session, shop_id)
        assert (row.refunded_cents, row.cancelled) == (400, False)
        keep(session, shop_id, order(NOW + timedelta(hours=1), refunded=Money(900, "USD"), cancelled=True))
        row = kept(session, shop_id)
        assert (row.refunded_cents, row.cancelled) == (900, True)


def test_a_word_that_does_not_say_what_was_refunded_leaves_it(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        keep(session, shop_id, order(refunded=Money(400, "USD")))
        keep(session, shop_id, order(refunded=None, total=Money(2_000, "USD")))
        row = kept(session, shop_id)
        assert (row.refunded_cents, row.total_cents) == (400, 2_000)


def test_a_word_with_less_in_it_takes_no_hash_and_no_seller_away(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        keep(session, shop_id, order(staff_gid="gid://shopify/StaffMember/7"))
        before = kept(session, shop_id).email_hash
        keep(session, shop_id, order(email="", phone="", staff_gid=None))
        row = kept(session, shop_id)
        assert before and (row.email_hash, row.staff_gid) == (before, "gid://shopify/StaffMember/7")


def test_a_refund_a_webhook_tells_of_counts_only_in_the_money_of_its_order(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        history.keep_refund(session, shop_id=shop_id, refund=REFUND)
        assert session.exec(select(HistoricRefund)).all() == [], "its order is not known yet, and will bring it"
        history.keep_order(session, shop_id=shop_id, order=order())
        yen = RefundRecord("gid://shopify/Refund/2", ORDER, None, NOW, Money(500, "JPY"))
        for refund in (REFUND, yen):
            history.keep_refund(session, shop_id=shop_id, refund=refund)
        assert [r.refund_gid for r in session.exec(select(HistoricRefund))] == [REFUND.refund_gid]


def test_two_shops_keep_the_same_address_under_different_hashes_and_see_only_their_own(database: Database) -> None:
    with database.begin() as session:
        shops = [number(cast.alice(session, f"{name}.myshopify.com").id) for name in ("one", "two")]
        for shop_id in shops:
            keep(session, shop_id, order())
        one, two = (kept(session, shop_id) for shop_id in shops)
        assert one.email_hash != two.email_hash and one.phone_hash != two.phone_hash
        shown = privacy.show_client(session, shop_id=shops[0], client_gid=CLEO, order_gids=[])
        assert [entry["order"] for entry in shown] == [ORDER]
        privacy.erase_client(session, shop_id=shops[0], client_gid=CLEO, order_gids=[], now=NOW)
        assert kept(session, shops[0]).client_gid is None and kept(session, shops[1]).client_gid == CLEO


def test_an_export_says_what_is_kept_and_shows_no_hash(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        came_back = ReturnRecord("gid://shopify/Return/1", ORDER, "OPEN", NOW, None)
        keep(session, shop_id, order(refunds=(REFUND,)), came_back)
        (shown,) = privacy.show_client(session, shop_id=shop_id, client_gid=CLEO, order_gids=[])
        assert shown["total"] == {"cents": 1_000, "currency": "USD"} and len(shown["refunds"]) == 1
        assert shown["returns"] == [{"opened_at": NOW.isoformat(), "status": "OPEN"}]
        assert str(kept(session, shop_id).email_hash) not in str(shown) and "keyed hash" in str(shown)
        assert privacy.show_client(session, shop_id=shop_id, client_gid="x", order_gids=[ORDER]) == [shown]


def test_a_client_who_was_erased_stays_so_though_an_older_result_still_names_them(
    database: Database, shop_id: int
) -> None:
    other = "gid://shopify/Order/2"
    with database.begin() as session:
        keep(session, shop_id, order(), order(order_gid="gid://shopify/Order/9", client_gid=None))
        assert privacy.erase_client(session, shop_id=shop_id, client_gid=CLEO, order_gids=[], now=NOW) == 2
        keep(session, shop_id, order(NOW + timedelta(days=1)), order(order_gid=other))
        for gid in (ORDER, other, "gid://shopify/Order/9"):
            row = kept(session, shop_id, gid)
            assert (row.client_gid, row.email_hash, row.phone_hash, row.total_cents) == (None, None, None, 1_000)


def test_another_client_is_not_erased_with_them(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        keep(session, shop_id, order(), order(order_gid="gid://shopify/Order/2", client_gid="gid://shopify/Customer/2"))
        privacy.erase_client(session, shop_id=shop_id, client_gid=CLEO, order_gids=[], now=NOW)
        row = kept(session, shop_id, "gid://shopify/Order/2")
        assert row.client_gid == "gid://shopify/Customer/2" and row.email_hash


def test_two_records_that_became_one_client_are_one_household(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        keep(session, shop_id, order())
        privacy.move_client(session, shop_id=shop_id, from_gid=CLEO, to_gid="gid://shopify/Customer/5")
        assert kept(session, shop_id).client_gid == "gid://shopify/Customer/5"


def test_no_address_is_in_the_rows(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        keep(session, shop_id, order())
        row, key = kept(session, shop_id), turns.made_row(session, shop_id).hash_key
        assert "cleo" not in str(row.model_dump()).lower() and "612345678" not in str(row.model_dump())
        assert row.email_hash == email_hash(key, "cleo@example.com")


# --- returns, by word of mouth

RETURN = "gid://shopify/Return/1"


def word(status: str, minutes: int = 0, *, opened: bool = False, gid: str = RETURN) -> ReturnWord:
    at = NOW + timedelta(minutes=minutes)
    return ReturnWord(gid, ORDER, status, at, at if opened else None)


def the_return(session: Session, shop_id: int) -> HistoricReturn:
    query = select(HistoricReturn).where(HistoricReturn.shop_id == shop_id, HistoricReturn.return_gid == RETURN)
    return session.exec(query.execution_options(populate_existing=True)).one()


def test_a_return_is_kept_from_the_word_that_opens_it_and_follows_what_is_said(
    database: Database, shop_id: int
) -> None:
    with database.begin() as session:
        history.keep_returns(session, shop_id=shop_id, words=[word("REQUESTED", opened=True)])
        history.keep_returns(session, shop_id=shop_id, words=[word("OPEN", 1)])
        row = the_return(session, shop_id)
        assert (row.status, row.opened_at, row.closed_at, row.order_gid) == ("OPEN", NOW, None, ORDER)
        history.keep_returns(session, shop_id=shop_id, words=[word("CLOSED", 9)])
        history.keep_returns(session, shop_id=shop_id, words=[word("CLOSED", 20, opened=True)])
        row = the_return(session, shop_id)
        assert (row.status, row.opened_at, row.closed_at) == ("CLOSED", NOW, NOW + timedelta(minutes=9))
        history.keep_returns(session, shop_id=shop_id, words=[word("OPEN", 30)])
        assert the_return(session, shop_id).closed_at is None, "opened again"


@pytest.mark.parametrize("order_of", list(permutations(range(3))))
def test_in_whatever_order_words_come_the_last_one_said_stands(
    database: Database, shop_id: int, order_of: tuple[int, ...]
) -> None:
    said = [word("REQUESTED", 0, opened=True), word("OPEN", 5, opened=True), word("DECLINED", 9, opened=True)]
    with database.begin() as session:
        for number_ in order_of:
            history.keep_returns(session, shop_id=shop_id, words=[said[number_]])
        assert the_return(session, shop_id).status == "DECLINED"


def test_a_word_that_does_not_say_when_it_was_opened_makes_no_return(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        history.keep_returns(session, shop_id=shop_id, words=[word("CLOSED")])
        assert session.exec(select(HistoricReturn)).all() == []


def test_what_the_night_reads_stands_unless_something_was_said_since_it_was_asked_for(
    database: Database, shop_id: int
) -> None:
    def read(status: str, minutes: int) -> None:
        keeper = Keeper(session, shop_id, "k", as_of=NOW + timedelta(minutes=minutes))
        keeper.keep([ReturnRecord(RETURN, ORDER, status, NOW - timedelta(days=1), None)])

    with database.begin() as session:
        history.keep_returns(session, shop_id=shop_id, words=[word("REQUESTED", 0, opened=True)])
        read("OPEN", 5)
        row = the_return(session, shop_id)
        assert (row.status, row.opened_at) == ("OPEN", NOW - timedelta(days=1))
        history.keep_returns(session, shop_id=shop_id, words=[word("CLOSED", 9)])
        read("OPEN", 8)
        assert the_return(session, shop_id).status == "CLOSED"


def test_what_one_shop_is_told_changes_nothing_of_another(database: Database, shop_id: int) -> None:
    with database.begin() as session:
        stranger = number(cast.dana(session).shop.id)
        for shop in (shop_id, stranger):
            history.keep_returns(session, shop_id=shop, words=[word("REQUESTED", opened=True)])
        history.keep_returns(session, shop_id=stranger, words=[word("CANCELED", 3)])
        assert the_return(session, shop_id).status == "REQUESTED"
