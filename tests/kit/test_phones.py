"""A telephone number as people type it, and as they read it: in each country's own groups, and never another number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.phones import E164, dialled, shown_phone


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


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        pytest.param("+33184880002", "+33 1 84 88 00 02", id="France: one, then pairs"),
        pytest.param("+12125550100", "+1 212 555 0100", id="North America: three, three, four"),
        pytest.param("+74951234567", "+7 495 123 45 67", id="Kazakhstan and Russia"),
        pytest.param("+442079460958", "+44 20 7946 0958", id="London has an area of two digits"),
        pytest.param("+447700900123", "+44 7700 900123", id="a British mobile"),
        pytest.param("+41443334455", "+41 44 333 44 55", id="Switzerland"),
        pytest.param("+390612345678", "+39 061 234 5678", id="Italy keeps its zero"),
        pytest.param("+34911234567", "+34 911 234 567", id="Spain"),
        pytest.param("+6561234567", "+65 6123 4567", id="Singapore"),
        pytest.param("+85221234567", "+852 2123 4567", id="Hong Kong: a code of three digits"),
        pytest.param("+971501234567", "+971 50 123 4567", id="the Emirates"),
        pytest.param("+819012345678", "+81 90 1234 5678", id="a Japanese mobile"),
        pytest.param("+8613812345678", "+86 138 1234 5678", id="a Chinese mobile"),
        pytest.param("+4930123456", "+49 301 234 56", id="by threes where lengths differ"),
        pytest.param("+351211234567", "+351 211 234 567", id="by threes in a code of three digits"),
        pytest.param("+3312345", "+33 123 45", id="a short number of a country that has longer ones"),
        pytest.param("+1234567", "+1 234 567", id="the shortest there is"),
    ],
)
def test_a_number_is_grouped_as_its_country_writes_it_and_stays_on_one_line(kept: str, shown: str):
    assert shown_phone(kept) == shown.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    "written", ["+33 1 84 88 00 00", "01 84 88 00 00", "ext. 12", "+٣٣١٨٤٨٨٠٠٠٢", "+0123456789", "+331", ""]
)
def test_what_somebody_wrote_by_hand_stays_as_they_wrote_it(written: str):
    assert shown_phone(written) == written


def test_no_number_is_no_words():
    assert shown_phone(None) == ""


@given(st.integers(10**6, 10**15 - 1))
def test_no_digit_is_lost_or_moved_and_no_group_is_a_single_digit_at_the_end(number: int):
    groups = shown_phone(f"+{number}").split("\u00a0")
    assert "".join(groups) == f"+{number}"
    assert len(groups) > 1 and len(groups[-1]) > 1
