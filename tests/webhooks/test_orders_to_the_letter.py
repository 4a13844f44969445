"""What an order tells of who sold it, field by field: where each is read, how long it may be, what is passed over."""

from typing import Any

import pytest

from routing.events import OrderSeen
from webhooks.topics import Context
from webhooks.topics.gids import gid
from webhooks.topics.orders_create import LONGEST, MOST_ATTRIBUTES, parse

CONTEXT = Context(7, "verdane.myshopify.com", "2026-11-20T16:05:40Z")
ORDER, LINE = "gid://shopify/Order/1", "gid://shopify/LineItem/2"


def seen(**body: Any) -> OrderSeen:
    found = parse({"id": 1, **body}, CONTEXT)
    assert found is not None
    return found


def test_the_least_an_order_can_say_is_its_number() -> None:
    assert seen() == OrderSeen(
        shop_id=7,
        order_gid=ORDER,
        order_name="",
        source_name="",
        staff_gid=None,
        location_gid=None,
        updated_at=CONTEXT.triggered_at,
        lines=[],
        attributes=[],
    )


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"id": 1}, ORDER),
        ({"admin_graphql_api_id": ORDER}, ORDER),
        ({"admin_graphql_api_id": ORDER, "id": 9}, ORDER),
        ({"admin_graphql_api_id": None, "id": 1}, ORDER),
        ({"admin_graphql_api_id": "gid://shopify/Customer/1", "id": 9}, None),
        ({"id": LINE}, None),
        ({}, None),
    ],
)
def test_an_order_is_known_by_its_gid_else_by_its_number(body: dict[str, Any], found: str | None) -> None:
    told = parse(body, CONTEXT)
    assert (told.order_gid if told else None) == found


@pytest.mark.parametrize(
    ("key", "of", "value", "found"),
    [
        ("name", "order_name", "#1042", "#1042"),
        ("name", "order_name", "x" * 61, "x" * 60),
        ("name", "order_name", 1042, "1042"),
        ("source_name", "source_name", "pos", "pos"),
        ("source_name", "source_name", "x" * 61, "x" * 60),
        ("user_id", "staff_gid", 5, "gid://shopify/StaffMember/5"),
        ("user_id", "staff_gid", "none", None),
        ("location_id", "location_gid", 6, "gid://shopify/Location/6"),
        ("location_id", "location_gid", LINE, None),
    ],
)
def test_each_field_is_read_where_shopify_writes_it(key: str, of: str, value: Any, found: Any) -> None:
    assert getattr(seen(**{key: value}), of) == found


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({"updated_at": "later", "created_at": "then"}, "later"),
        ({"created_at": "then"}, "then"),
        ({"updated_at": None, "created_at": "then"}, "then"),
        ({"updated_at": "", "created_at": ""}, CONTEXT.triggered_at),
    ],
)
def test_it_is_as_of_its_last_change_else_as_of_when_it_was_sent(body: dict[str, Any], at: str) -> None:
    assert seen(**body).updated_at == at


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ({"id": 2}, [LINE]),
        ({"admin_graphql_api_id": LINE, "id": 9}, [LINE]),
        ({"admin_graphql_api_id": ORDER}, []),
        ({}, []),
        (None, []),
        (2, []),
    ],
)
def test_a_line_is_known_as_the_order_is_and_so_is_what_was_written_on_it(line: Any, found: list[str]) -> None:
    written = {"properties": [{"name": "code", "value": "NYC"}]} | line if isinstance(line, dict) else line
    told = seen(line_items=[written])
    assert [each["line_gid"] for each in told.lines] == found
    assert told.attributes == [{"line_gid": known, "key": "code", "value": "NYC"} for known in found]


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("k" * 100, "v", ("k" * 100, "v")),
        ("k" * 101, "v", None),
        (" " * 9 + "k" * 100, "v", ("k" * 100, "v")),
        ("k", "v" * LONGEST, ("k", "v" * 200)),
        ("k", "v" * (LONGEST + 1), None),
        ("k", 0, ("k", "0")),
        ("k", " v\n", ("k", "v")),
        ("k", 1.5, None),
        ("k", False, None),
        ("k", None, None),
        (None, "v", None),
        (" ", "v", None),
        ("k", "", None),
    ],
)
def test_an_attribute_has_a_name_of_a_hundred_letters_and_a_text_of_two_hundred_at_most(
    name: Any, value: Any, found: tuple[str, str] | None
) -> None:
    told = seen(note_attributes=[{"name": name, "value": value}]).attributes
    assert told == ([{"line_gid": None, "key": found[0], "value": found[1]}] if found else [])


def test_a_hundred_attributes_are_taken_those_of_the_order_first() -> None:
    def pairs(prefix: str, many: int) -> list[dict[str, str]]:
        return [{"name": f"{prefix}{n}", "value": "v"} for n in range(many)]

    told = seen(line_items=[{"id": 2, "properties": pairs("line", 60)}], note_attributes=pairs("order", 60))
    assert len(told.attributes) == MOST_ATTRIBUTES == 100
    assert [a["key"] for a in told.attributes] == [f"order{n}" for n in range(60)] + [f"line{n}" for n in range(40)]


@pytest.mark.parametrize(
    ("credit", "found"),
    [
        ({"id": 8, "quantity": 1}, 1),
        ({"id": "gid://shopify/StaffMember/8", "quantity": 3}, 3),
        ({"id": 8, "quantity": 0}, None),
        ({"id": 8, "quantity": -1}, None),
        ({"id": 8, "quantity": 1.5}, None),
        ({"id": 8}, None),
        ({"id": "gid://shopify/Customer/8", "quantity": 1}, None),
        ({"quantity": 1}, None),
        ("8", None),
    ],
)
def test_a_credit_names_a_member_of_staff_and_how_many_pieces(credit: Any, found: int | None) -> None:
    (line,) = seen(line_items=[{"id": 2, "attributed_staffs": [credit]}]).lines
    staff = gid("StaffMember", 8)
    assert line == {"line_gid": LINE, "staff": [{"staff_gid": staff, "quantity": found}] if found else []}
