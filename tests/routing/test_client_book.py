"""The client book on a real database: files shown before they are saved, hand-overs, and clients who leave it."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from kit.db import Database
from kit.errors import AppError, Conflict, NotFound
from routing import book_imports, client_book
from routing.seller_models import BookEntry, BookImport
from routing.states import ImportState
from shopify_app.clients import merge
from shops.events import ClientsMerged
from tests import cast
from tests.jobs_at_hand import Queue
from tests.routing.sellers_house import NOW, House, open_house

HEADER = "customer id,email,phone,advisor,since\n"


@pytest.fixture
def house(database: Database, queue: Queue) -> House:
    return open_house(database)


def show(house: House, text: str) -> BookImport:
    with house.database.begin() as session:
        return book_imports.show_file(session, shop_id=house.shop_id, raw=text.encode(), by="staff:7", now=NOW)


def apply(house: House, file: BookImport, **given: str) -> BookImport:
    about = {"digest": file.digest, "by": "staff:7", **given}
    with house.database.begin() as session:
        return book_imports.apply(session, shop_id=house.shop_id, import_id=cast.number(file.id), now=NOW, **about)


def entries(house: House) -> list[BookEntry]:
    with house.database.begin() as session:
        return list(session.exec(select(BookEntry).order_by(BookEntry.client_key)))


def found(house: House, **by: str) -> str:
    with house.database.begin() as session:
        entry = client_book.find(session, shop_id=house.shop_id, **by)
        return house.name_of(entry.advisor_id) if entry else ""


FILE = HEADER + "9,cleo@example.com,+33612344141,PAR-007,2024-03-01\n,edda@example.com,,Inès,\n,x@y.zz,,Nobody,\n"


def test_a_file_changes_nothing_until_it_is_applied_and_then_exactly_what_was_shown(house: House) -> None:
    file = show(house, FILE)
    assert (file.fresh, file.changed, file.same, file.refused) == (2, 0, 0, 1)
    assert entries(house) == []
    applied = apply(house, file)
    assert (applied.state, applied.rows) == (ImportState.APPLIED, None)
    assert found(house, email="Cleo@Example.com ") == found(house, phone="+33 6 12 34 41 41") == "Bob"
    assert found(house, gid="gid://shopify/Customer/9") == "Bob" and found(house, email="edda@example.com") == "Inès"
    assert found(house, email="x@y.zz") == ""
    assert {e.since for e in entries(house)} == {date(2024, 3, 1), None}


def test_the_book_keeps_no_address_only_marks_that_differ_from_shop_to_shop(house: House) -> None:
    apply(house, show(house, FILE))
    kept = repr([entry.model_dump() for entry in entries(house)])
    assert not any(text in kept for text in ("cleo", "edda", "33612344141", "example"))
    with house.database.begin() as session:
        other = cast.number(cast.dana(session).shop_id)
        mine, theirs = (client_book.secret_of(session, shop_id) for shop_id in (house.shop_id, other))
    assert client_book.client_keys(mine, email="a@b.co") != client_book.client_keys(theirs, email="a@b.co")


def test_a_file_is_applied_once_and_only_under_what_was_shown(house: House) -> None:
    file = show(house, FILE)
    with pytest.raises(Conflict):
        apply(house, file, digest="0" * 64)
    assert entries(house) == []
    apply(house, file)
    with pytest.raises(Conflict, match="applied or put aside already"):
        apply(house, file)


def test_a_file_with_a_wrong_column_says_so_and_nothing_is_kept(house: House) -> None:
    with pytest.raises(AppError, match="It needs a column “advisor”"):
        show(house, "email,vendeur\ncleo@example.com,Bob\n")
    with house.database.begin() as session:
        assert session.exec(select(BookImport)).all() == [] and entries(house) == []


def test_a_failure_in_the_middle_of_saving_saves_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    file = show(house, HEADER + "".join(f"{n},,,Bob,\n" for n in range(1, 400)))
    wrote = book_imports._write
    calls = iter([True, False])

    def fails_the_second_time(session: Session, *args: object) -> None:
        if not next(calls):
            raise RuntimeError("the disk is full")
        wrote(session, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(book_imports, "_write", fails_the_second_time)
    with pytest.raises(RuntimeError):
        apply(house, file)
    assert entries(house) == []
    monkeypatch.undo()
    assert apply(house, file).fresh == len(entries(house)) == 399


def test_a_second_file_tells_what_is_new_what_changes_and_what_stays(house: House) -> None:
    apply(house, show(house, HEADER + "1,,,Bob,\n2,,,Bob,\n3,a@b.co,,Bob,\n"))
    file = show(house, HEADER + "1,,,Bob,\n2,,,Inès,\n3,a@b.co,+33612344141,Bob,\n4,,,Bob,\n")
    assert (file.fresh, file.changed, file.same) == (1, 2, 1)
    apply(house, file)
    assert [found(house, gid=str(n)) for n in (1, 2, 3, 4)] == ["Bob", "Inès", "Bob", "Bob"]
    assert found(house, phone="+33612344141") == "Bob"


def test_a_new_file_puts_one_aside_that_was_only_looked_at(house: House) -> None:
    first, second = show(house, FILE), show(house, FILE)
    with pytest.raises(Conflict):
        apply(house, first)
    with house.database.begin() as session:
        old = book_imports.get_import(session, shop_id=house.shop_id, import_id=cast.number(first.id))
        assert (old.state, old.rows, old.rejected) == (ImportState.DROPPED, None, None)
    apply(house, second)


def test_a_file_of_another_shop_is_not_known_here(house: House) -> None:
    file = show(house, FILE)
    with house.database.begin() as session:
        other = cast.number(cast.dana(session).shop_id)
    with pytest.raises(NotFound), house.database.begin() as session:
        book_imports.apply(session, shop_id=other, import_id=file.id or 0, digest=file.digest, by="x", now=NOW)
    with house.database.begin() as session:
        assert client_book.find(session, shop_id=other, gid="9") is None


def test_a_file_finds_an_advisor_by_code_by_name_or_by_staff_id(house: House) -> None:
    file = show(house, HEADER + "1,,,par-008,\n2,,,bob,\n3,,,gid://shopify/StaffMember/8,\n4,,,7,\n5,,,Colette,\n")
    changes = [house.name_of(change.advisor_id) for change in book_imports.changes_of(file)]
    assert changes == ["Inès", "Bob", "Inès", "Bob"] and file.refused == 1


# --- hand-over


def test_who_leaves_hands_over_every_client_and_the_new_one_answers_for_them(house: House) -> None:
    house.change("Colette", active=True)
    apply(house, show(house, HEADER + "1,a@b.co,,Colette,\n2,,,Colette,\n3,,,Bob,\n"))
    assert house.hand_over("Colette", "Inès") == 2
    assert [found(house, gid=str(n)) for n in (1, 2, 3)] == ["Inès", "Inès", "Bob"]
    with house.database.begin() as session:
        assert client_book.counts(session, shop_id=house.shop_id) == {house.people["Inès"]: 2, house.people["Bob"]: 1}
    assert house.hand_over("Colette", "Bob") == 0, "the newer one counts from then on"


@pytest.mark.parametrize("taking", ["Colette", "Maud"])
def test_nobody_hands_over_to_themselves_or_to_somebody_who_left(house: House, taking: str) -> None:
    house.change("Maud", active=False)
    with pytest.raises(AppError, match="Choose somebody who works here to take over from Colette"):
        house.hand_over("Colette", taking)


def test_a_hand_over_to_another_shops_advisor_is_not_possible(house: House) -> None:
    with house.database.begin() as session:
        stranger = cast.number(cast.dana(session).bob.id)
    with pytest.raises(NotFound), house.database.begin() as session:
        client_book.hand_over(session, house.shop_id, house.people["Bob"], stranger, now=NOW)


# --- a client's traces


def test_a_person_who_chose_counts_before_what_a_file_says_of_another_address(house: House) -> None:
    apply(house, show(house, HEADER + "9,,,Bob,\n"))
    with house.database.begin() as session:
        keys = client_book.client_keys(client_book.secret_of(session, house.shop_id), email="cleo@example.com")
        about: dict[str, Any] = {"shop_id": house.shop_id, "since": None, "now": NOW + timedelta(days=1)}
        client_book.put(session, keys=keys, advisor_id=house.people["Inès"], source=client_book.BY_PERSON, **about)
    assert found(house, gid="9", email="cleo@example.com") == "Inès"


def test_a_client_who_is_erased_is_gone_under_every_address(house: House) -> None:
    apply(house, show(house, FILE))
    with house.database.begin() as session:
        shown = client_book.show_client(session, shop_id=house.shop_id, client_gid="", addresses=["cleo@example.com"])
        assert [(s["advisor"], s["since"]) for s in shown] == [("Bob", "2024-03-01")]
        client_book.erase_client(session, shop_id=house.shop_id, client_gid="", addresses=["cleo@example.com"])
    assert found(house, gid="9", phone="+33612344141") == "" and found(house, email="edda@example.com") == "Inès"


def test_a_client_who_is_erased_by_their_number_is_counted_under_each_way_and_who_is_not_in_the_book_is_none(
    house: House,
) -> None:
    apply(house, show(house, FILE))
    with house.database.begin() as session:
        about: dict[str, Any] = {"shop_id": house.shop_id, "addresses": []}
        assert client_book.erase_client(session, client_gid="gid://shopify/Customer/8", **about) == 0
        assert client_book.erase_client(session, client_gid="gid://shopify/Customer/9", **about) == 3
    assert found(house, email="cleo@example.com") == "" and found(house, email="edda@example.com") == "Inès"


def test_another_shops_client_of_the_same_number_stays_in_its_book(house: House) -> None:
    apply(house, show(house, FILE))
    with house.database.begin() as session:
        dana = cast.dana(session)
        keys = client_book.client_keys(client_book.secret_of(session, dana.shop_id), gid="9")
        about: dict[str, Any] = {"since": None, "source": client_book.BY_FILE, "now": NOW}
        client_book.put(session, shop_id=dana.shop_id, keys=keys, advisor_id=cast.number(dana.bob.id), **about)
        client_book.erase_client(session, shop_id=house.shop_id, client_gid="gid://shopify/Customer/9", addresses=[])
        assert client_book.find(session, shop_id=dana.shop_id, gid="9") is not None
    assert found(house, gid="9") == ""


@pytest.mark.parametrize("both", [True, False])
def test_two_records_that_became_one_keep_the_advisor_of_the_one_that_stays(house: House, both: bool) -> None:
    apply(house, show(house, HEADER + ("1,,,Bob,\n" if both else "") + "2,c@d.ee,,Inès,\n"))
    with house.database.begin() as session:
        merge(
            session,
            ClientsMerged(house.shop_id, kept_gid="gid://shopify/Customer/1", gone_gid="gid://shopify/Customer/2"),
        )
    assert found(house, gid="1") == ("Bob" if both else "Inès") and found(house, gid="2") == ""
