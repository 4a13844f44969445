"""Which households a pilot invites: anybody can recompute it, nobody can choose it, and merging never moves it."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.arms import Arm, drawn, standing

ARMS = st.sampled_from(Arm)


@pytest.mark.parametrize(
    ("salt", "household", "first_byte", "arm"),
    [
        pytest.param("salt", "gid://shopify/Customer/1", 0x3A, Arm.TODAY, id="an even first byte keeps today's flow"),
        pytest.param("salt", "gid://shopify/Customer/2", 0x47, Arm.INVITED, id="an odd one is invited"),
        pytest.param("pepper", "gid://shopify/Customer/1", 0xD6, Arm.TODAY, id="another salt draws anew"),
        pytest.param("salt", "e:Éloïse", 0x9E, Arm.TODAY, id="a guest, in letters beyond ASCII"),
        pytest.param("salt", "", 0xE7, Arm.INVITED, id="even nobody has one arm"),
    ],
)
def test_the_draw_is_the_first_byte_of_a_salted_sha_256(salt: str, household: str, first_byte: int, arm: Arm) -> None:
    """The bytes are `printf '%s' salt:household | sha256sum`, so that an analyst gets them without this code."""
    assert hashlib.sha256(f"{salt}:{household}".encode()).digest()[0] == first_byte
    assert drawn(salt, household) is arm


@given(salt=st.text(max_size=20), household=st.text(max_size=30))
def test_asked_again_the_draw_is_the_same(salt: str, household: str) -> None:
    assert drawn(salt, household) is drawn(salt, household)


def test_another_salt_moves_about_half_of_all_households() -> None:
    """So what a household got in one pilot says nothing about the next. 400 fair coins: within four deviations, 40."""
    moved = sum(drawn("one", f"h{n}") is not drawn("other", f"h{n}") for n in range(400))
    assert 160 <= moved <= 240


@given(salt=st.text(max_size=10), household=st.text(max_size=20), given_=st.lists(ARMS, min_size=1, max_size=4))
def test_who_was_given_an_arm_keeps_the_first_whatever_the_draw_of_the_merged_household_says(
    salt: str, household: str, given_: list[Arm]
) -> None:
    assert standing(salt, household, given_) is given_[0]


@given(salt=st.text(max_size=10), household=st.text(max_size=20))
def test_a_household_of_whom_nobody_was_given_one_is_drawn(salt: str, household: str) -> None:
    assert standing(salt, household, []) is drawn(salt, household)
