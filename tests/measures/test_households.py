"""Addresses become keyed hashes: the same however written, another in every shop, and not to be turned back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.households import HEX, client_hash, email_hash, new_key, phone_hash

KEY, OTHER = "k" * 64, "o" * 64


@pytest.mark.parametrize("written", ["cleo@example.com", " Cleo@Example.COM ", "CLEO@EXAMPLE.COM\n"])
def test_an_address_is_one_however_it_is_written(written: str) -> None:
    assert email_hash(KEY, written) == email_hash(KEY, "cleo@example.com") != None  # noqa: E711


@pytest.mark.parametrize("written", ["+33 6 12 34 56 78", "0033612345678", "+33612345678", "33(6)12-34-56-78"])
def test_a_number_is_one_however_it_is_grouped(written: str) -> None:
    assert phone_hash(KEY, written) == phone_hash(KEY, "+33612345678")


@pytest.mark.parametrize("nothing", ["", "   ", "none", "12345"])
def test_what_is_no_address_has_no_hash(nothing: str) -> None:
    assert email_hash(KEY, nothing) is None and phone_hash(KEY, nothing) is None


@given(st.text(min_size=1), st.text(min_size=1))
def test_two_clients_are_two_in_each_shop_and_across_shops(one: str, other: str) -> None:
    a, b = f"{one}@x", f"{other}@x"
    if a.strip().casefold() != b.strip().casefold():
        assert email_hash(KEY, a) != email_hash(KEY, b)
    assert email_hash(KEY, a) != email_hash(OTHER, a)
    found = email_hash(KEY, a)
    assert found is not None and len(found) == HEX and int(found, 16) >= 0


def test_an_address_a_number_and_an_id_never_pass_for_each_other() -> None:
    assert len({email_hash(KEY, "1234567@"), phone_hash(KEY, "1234567"), client_hash(KEY, "1234567")}) == 3
    assert new_key() != new_key() and len(new_key()) == 64
