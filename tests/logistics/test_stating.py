"""A withdrawal stated on our page: little is asked, it is kept once, confirmed at once, and seen to by somebody."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from kit.db import Database
from kit.errors import AppError, Conflict, NotFound
from logistics import statements
from logistics.events import WithdrawalStated
from logistics.statement_models import StatementState, WithdrawalStatement
from logistics.stating import keep_statement, read_statement, received_in_words
from notifications.models import Message
from tests import cast

FORM = {"name": "Cleo Whitlock", "order": "#1042", "email": "cleo@example.com", "part": ""}


def stated(**changes: str) -> Any:
    return read_statement(FORM | changes)


def test_what_was_typed_is_tidied_and_cut_to_what_fits_and_nothing_else_is_asked() -> None:
    found = stated(name="  Cleo \n Whitlock ", order=" # 1042 ", part="  The ring only.\nNot the band. ")
    assert (found.name, found.order_name, found.part) == ("Cleo Whitlock", "# 1042", "The ring only.\nNot the band.")
    long = stated(name="x" * 300, order="9" * 99, part="y" * 2000)
    assert (len(long.name), len(long.order_name), len(long.part)) == (200, 60, 1000)
    assert read_statement({k: v for k, v in FORM.items() if k != "part"}).part == ""


@pytest.mark.parametrize("field", ["name", "order", "email"])
@pytest.mark.parametrize("typed", ["", "  \n "])
def test_without_who_what_and_where_to_it_is_said_what_is_missing(field: str, typed: str) -> None:
    with pytest.raises(AppError, match="give your name, the order number and an email address"):
        stated(**{field: typed})


@pytest.mark.parametrize(
    "email",
    ["cleo@example.com", "c.whitlock+ring@mail.example.co.uk", "клео@пример.рф", "o'hara@example.com", "c@e.fr"],
)
def test_one_address_of_any_script_is_taken(email: str) -> None:
    assert stated(email=f" {email} ").email == email


@pytest.mark.parametrize(
    "email",
    [
        "cleo",
        "cleo@",
        "@example.com",
        "cleo@example",
        "cleo@example.",
        "cleo@.com",
        "cleo@@example.com",
        "cleo@example..com",
        pytest.param("cleo@example.com, eve@example.com", id="two addresses"),
        pytest.param("cleo@example.com;eve@example.com", id="two with a semicolon"),
        pytest.param("Cleo <cleo@example.com>", id="with a name before it"),
        pytest.param("cleo whitlock@example.com", id="a space within"),
        pytest.param("cleo@example.com\r\nBcc: eve@example.com", id="a header smuggled in"),
        pytest.param(f"{'c' * 250}@example.com", id="longer than mail allows"),
    ],
)
def test_what_is_not_one_address_gets_no_letter(email: str) -> None:
    with pytest.raises(AppError, match="look at the email address once more"):
        stated(email=email)


# --- kept


class World:
    def __init__(self, session: Session, published: list[Any]) -> None:
        self.session, self.published = session, published
        self.shop = cast.alice(session)
        self.shop_id = cast.number(self.shop.id)

    def keep(self, key: str = "form-1", *, may_write: bool = True, locale: str = "fr-CA", **typed: str) -> Any:
        about: dict[str, Any] = {"key": key, "locale": locale, "may_write": may_write, "now": cast.NOW}
        return keep_statement(self.session, stated(**typed), shop_id=self.shop_id, **about)

    def letters(self) -> list[Message]:
        return list(self.session.exec(select(Message).where(Message.name == "withdrawal_stated")))

    def found(self, row: WithdrawalStatement, state: StatementState, **about: Any) -> WithdrawalStatement:
        statements.note_found(self.session, row, state, **about)
        self.session.refresh(row)
        return row


@pytest.fixture
def world(database: Database, secured: Any, published: list[Any]) -> Any:
    with database.begin() as session:
        yield World(session, published)


def test_it_is_kept_confirmed_in_their_language_with_day_and_time_and_carried_out(world: World) -> None:
    row = world.keep(part="The ring only.")
    assert (row.state, row.locale, row.received_at) == (StatementState.RECEIVED, "fr_CA", cast.NOW)
    (letter,) = world.letters()
    assert letter.recipient == "cleo@example.com"
    for words in ("mardi 24 novembre 2026", "10:00 (Paris)", "#1042", "The ring only.", "Cleo Whitlock"):
        assert words in letter.body
    assert world.published == [WithdrawalStated(world.shop_id, cast.number(row.id))]


def test_pressed_twice_it_is_one_statement_one_letter_and_one_thing_to_do(world: World) -> None:
    first = world.keep()
    again = world.keep(name="Somebody else")
    assert (again.id, again.name) == (first.id, "Cleo Whitlock")
    assert len(world.letters()) == 1 == len(world.published)


def test_an_address_written_to_again_and_again_gets_no_more_letters_and_the_statement_stands(world: World) -> None:
    row = world.keep(may_write=False)
    assert world.letters() == [] and row.state is StatementState.RECEIVED and len(world.published) == 1


def test_another_shops_form_with_the_same_key_is_another_statement(world: World) -> None:
    mine = world.keep()
    dana = cast.number(cast.alice(world.session, "dana.myshopify.com", "Dana").id)
    about: dict[str, Any] = {"key": "form-1", "locale": "en", "may_write": False, "now": cast.NOW}
    theirs = keep_statement(world.session, stated(), shop_id=dana, **about)
    assert theirs.id != mine.id
    assert [row.id for row in statements.statements(world.session, shop_id=dana)] == [theirs.id]
    with pytest.raises(NotFound):
        statements.get_statement(world.session, shop_id=dana, statement_id=cast.number(mine.id))


@pytest.mark.parametrize(
    ("at", "zone", "locale", "words"),
    [
        (datetime(2026, 11, 24, 23, 30, tzinfo=UTC), "Europe/Paris", "en", "Wednesday 25 November 2026, 00:30 (Paris)"),
        (
            datetime(2026, 11, 24, 23, 30, tzinfo=UTC),
            "America/New_York",
            "en",
            "Tuesday 24 November 2026, 18:30 (New York)",
        ),
        (datetime(2027, 1, 1, 0, 15, tzinfo=UTC), "Asia/Tokyo", "de", "Freitag, 1. Januar 2027, 09:15 (Tokio)"),
        (datetime(2028, 2, 29, 9, tzinfo=UTC), "Europe/Paris", "ja", "2028年2月29日火曜日 10:00 (パリ)"),
    ],
)
def test_the_moment_it_came_is_said_so_that_nobody_can_misread_it(
    world: World, at: datetime, zone: str, locale: str, words: str
) -> None:
    row = world.keep()
    world.shop.zone, row.received_at = zone, at
    assert received_in_words(world.session, row, locale=locale) == words


# --- seen to


def test_those_that_wait_for_a_person_come_first_then_the_newest(world: World) -> None:
    rows = [world.keep(f"form-{n}", may_write=False) for n in range(4)]
    world.found(rows[1], StatementState.PERSON, why="No such order.")
    listed = [row.key for row in statements.statements(world.session, shop_id=world.shop_id)]
    assert listed == ["form-1", "form-3", "form-2", "form-0"]
    assert statements.waiting_for_a_person(world.session, shop_id=world.shop_id) == 1
    assert statements.waiting_for_a_person(world.session, shop_id=world.shop_id + 1) == 0


def test_what_it_came_to_is_written_once_and_the_first_word_counts(world: World) -> None:
    row = world.found(world.keep(), StatementState.OPENED, order_gid="gid://shopify/Order/1042", opened_id=7)
    world.found(row, StatementState.PERSON, why="x" * 999)
    assert (row.state, row.order_gid, row.why) == (StatementState.OPENED, "gid://shopify/Order/1042", "")
    other = world.found(world.keep("form-2"), StatementState.PERSON, why="x" * 999)
    assert len(other.why) == 300


def test_a_person_sees_to_what_waits_for_one_once(world: World) -> None:
    row = world.keep()
    about: dict[str, Any] = {"shop_id": world.shop_id, "statement_id": row.id, "now": cast.NOW}
    with pytest.raises(Conflict, match="It does not wait for anybody any more"):
        statements.see_to(world.session, by="Bob", **about)
    world.found(row, StatementState.PERSON)
    seen = statements.see_to(world.session, by="Bob", **about)
    assert (seen.state, seen.seen_by, seen.seen_at) == (StatementState.BY_HAND, "Bob", cast.NOW)
    with pytest.raises(Conflict):
        statements.see_to(world.session, by="Zoe", **about)
    assert row.seen_by == "Bob"
    with pytest.raises(NotFound):
        statements.see_to(world.session, **(about | {"shop_id": world.shop_id + 1, "by": "Dana"}))


def test_under_the_right_number_it_is_carried_out_once_more(world: World) -> None:
    row = world.found(world.keep(order="1O42"), StatementState.PERSON, why="No such order.")
    about: dict[str, Any] = {"shop_id": world.shop_id, "statement_id": row.id}
    with pytest.raises(AppError, match="Write the order number, for example #1042"):
        statements.try_again(world.session, order_name="  ", **about)
    again = statements.try_again(world.session, order_name=" #1042 ", **about)
    assert (again.state, again.order_name, again.why) == (StatementState.RECEIVED, "#1042", "")
    assert world.published[-1] == WithdrawalStated(world.shop_id, cast.number(row.id), is_vouched=True)
    with pytest.raises(Conflict):
        statements.try_again(world.session, order_name="#1042", **about)


def test_the_law_counts_from_the_day_it_was_stated_however_late_the_return_was_opened(world: World) -> None:
    rma = cast.cleos_return(world.session, world.shop)
    late = replace(cast.cleos_read(), created_at=cast.NOW + timedelta(days=3))
    assert statements.as_stated(world.session, rma, late) is late, "nothing was stated of this order"
    row = world.found(world.keep(), StatementState.OPENED, order_gid=rma.order_gid)
    assert statements.as_stated(world.session, rma, late).created_at == row.received_at
    early = replace(late, created_at=cast.NOW - timedelta(days=1))
    assert statements.as_stated(world.session, rma, early) is early, "asked for in Shopify before it was stated here"
    unknown = replace(late, created_at=None)
    assert statements.as_stated(world.session, rma, unknown).created_at == row.received_at
    assert statements.statement_of(world.session, shop_id=world.shop_id, order_gid="") is None
    assert statements.statement_of(world.session, shop_id=world.shop_id + 1, order_gid=rma.order_gid) is None


def test_what_a_client_stated_is_shown_by_address_or_order_and_blanked(world: World) -> None:
    by_mail = world.keep("a", email="Cleo@Example.com", may_write=False)
    by_order = world.found(world.keep("b", email="other@example.com", may_write=False), StatementState.OPENED,
                           order_gid="gid://shopify/Order/1042")  # fmt: skip
    strangers = world.keep("c", email="zoe@example.com", name="Zoe", may_write=False)
    whose: dict[str, Any] = {"addresses": ["cleo@example.com"], "order_gids": ["gid://shopify/Order/1042"]}
    shown = statements.show_client(world.session, shop_id=world.shop_id, **whose)
    assert [(entry["email"], entry["received_at"]) for entry in shown] == [
        ("Cleo@Example.com", "2026-11-24T09:00:00+00:00"), ("other@example.com", "2026-11-24T09:00:00+00:00"),
    ]  # fmt: skip
    statements.erase_client(world.session, shop_id=world.shop_id + 1, **whose)
    assert by_mail.name == "Cleo Whitlock", "another shop erases nothing here"
    statements.erase_client(world.session, shop_id=world.shop_id, **whose)
    assert (by_mail.name, by_mail.email, by_order.email, by_order.order_name) == ("", "", "", "#1042")
    assert strangers.name == "Zoe"
