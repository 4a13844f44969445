"""A telephone number as people type it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.phones import E164, dialled


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        pytest.param("+33612345678", "+33612345678", id="as it is dialled"),
        pytest.param(" +33 6 12 34 56 78 ", "+33612345678", id="in pairs"),
        pytest.param("+33\u00a06\u202f12\u201134\u201356-78", "+33612345678", id="with every kind of space and dash"),
        pytest.param("0033 6.12/34.56.78", "+33612345678", id="with 00 for plus"),
        pytest.param("+33 (0)6 12 34 56 78", "+33612345678", id="with the zero one dials at home"),
        pytest.param("+44 (20) 7946 0018", "+442079460018", id="with its area in brackets"),
        pytest.param("+1 (202) 555-0143", "+12025550143", id="as Americans write it"),
        pytest.param("\u202a+33 6 12 34 56 78\u202c", "+33612345678", id="copied from a contact"),
        pytest.param("＋８１ ９０ １２３４ ５６７８", "+819012345678", id="in full-width figures"),
        pytest.param("+٩٧١ ٥٠ ١٢٣ ٤٥٦٧", "+971501234567", id="in Arabic figures"),
        pytest.param("", "", id="nothing"),
        pytest.param(" - ", "", id="nothing but signs"),
        pytest.param("06 12 34 56 78", None, id="without its country"),
        pytest.param("33612345678", None, id="without the plus"),
        pytest.param("+0612345678", None, id="no country begins with zero"),
        pytest.param("+33612", None, id="too short"),
        pytest.param("+336123456789012345", None, id="too long"),
        pytest.param("+33 6 12 34 56 78 ext. 4", None, id="with more than a number"),
        pytest.param("++33612345678", None, id="with two signs"),
        pytest.param("+33²612345678", "+332612345678", id="a raised two is a two"),
    ],
)
def test_a_number_is_read_as_it_is_meant_or_not_at_all(typed: str, number: str | None) -> None:
    assert dialled(typed) == number


@given(st.text(st.sampled_from("+0123456789 ()-./\u202a\u2069٤４²x"), max_size=24))
def test_whatever_is_typed_comes_to_nothing_to_none_or_to_a_number_that_reads_back_as_itself(typed: str) -> None:
    number = dialled(typed)
    assert not number or (E164.fullmatch(number) and dialled(number) == number)
