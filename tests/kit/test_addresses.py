"""Addresses we hand out, to the letter: people keep them, and messages already sent name them."""

import pytest

from kit.addresses import Addresses
from kit.countries import NO_COUNTRIES, country_names

OURS = Addresses("https://returns.verdane.example")


@pytest.mark.parametrize(
    ("given", "address"),
    [
        (OURS.desk_link("t-1"), "/desk/in/t-1"),
        (OURS.return_page("t-1"), "/r/t-1"),
        (OURS.scan("R-1042"), "/desk/scan/R-1042"),
        (OURS.consult("t-1"), "/consult/t-1"),
        (OURS.consult_room("t-1"), "/consult/t-1/room"),
        (OURS.order_page("verdane.myshopify.com", "t-1"), "/return/verdane/order/t-1"),
    ],
)
def test_each_page_is_at_its_address(given: str, address: str) -> None:
    assert given == f"https://returns.verdane.example{address}"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://returns.verdane.example", "returns.verdane.example"),
        ("https://returns.verdane.example:8443", "returns.verdane.example"),
        ("https://verdane.example/returns", "verdane.example"),
        ("https://verdane.example:8443/returns", "verdane.example"),
        ("http://127.0.0.1:8000", "127.0.0.1"),
        ("verdane.example", "verdane.example"),
    ],
)
def test_a_calendars_entry_is_named_after_the_host_alone(url: str, host: str) -> None:
    assert Addresses(url).host == host


def test_a_country_is_two_letters_with_a_name_and_no_union_of_countries() -> None:
    names = country_names()
    assert (names["FR"], names["JP"], names["US"], names["CH"]) == ("France", "Japan", "United States", "Switzerland")
    assert all(len(code) == 2 and code.isascii() and code.isupper() and name for code, name in names.items())
    assert not set(NO_COUNTRIES) & set(names) and not {"001", "150", "419"} & set(names)
    assert 240 <= len(names) <= 260
