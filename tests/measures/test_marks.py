"""What is read next, how far back it reaches, how often to ask: pure."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.marks import BACK, Mark, Plan, plan, poll_seconds, reaches_back_to, widening
from measures.reads import Detail
from tests.cast import NOW

READ = Mark(NOW - timedelta(days=9), NOW - timedelta(days=1), "read_all_orders,read_users", Detail.STAFF)
ALL = "read_all_orders,read_orders,read_users"
NIGHT = NOW - timedelta(days=1, hours=1)


@pytest.mark.parametrize(
    ("mark", "scopes", "next_read"),
    [
        (Mark(), "read_orders", Plan(NOW - BACK, False, Detail.CONTACTS, "")),
        (Mark(), ALL, Plan(NOW - BACK, False, Detail.STAFF, "read_all_orders,read_users")),
        (READ, ALL, Plan(NIGHT, True, Detail.STAFF, "read_all_orders,read_users")),
        # a right that came shows more of the past, and one that went takes nothing back
        (
            Mark(NOW, NIGHT, "", Detail.CONTACTS),
            ALL,
            Plan(NOW - BACK, False, Detail.STAFF, "read_all_orders,read_users"),
        ),
        (READ, "read_orders", Plan(NIGHT, True, Detail.CONTACTS, "")),
        # withheld when it was asked for, though the right is there: not asked for every night
        (
            Mark(READ.complete_at, READ.current_until, READ.rights, Detail.LEAST),
            ALL,
            Plan(NIGHT, True, Detail.LEAST, "read_all_orders,read_users"),
        ),
    ],
)
def test_the_next_read_is_all_the_first_time_and_what_changed_after_that(
    mark: Mark, scopes: str, next_read: Plan
) -> None:
    assert plan(mark, scopes, now=NOW) == next_read


def test_a_right_counts_by_its_whole_name() -> None:
    assert widening(["read_all_orders_of_mine", "xread_users"]) == ""


def test_without_the_right_to_all_orders_sixty_days_is_as_far_as_it_goes() -> None:
    long_ago = NOW - BACK
    assert reaches_back_to(long_ago, "read_all_orders", asked_at=NOW) == long_ago
    assert reaches_back_to(long_ago, "read_users", asked_at=NOW) == NOW - timedelta(days=60)
    assert reaches_back_to(NIGHT, "", asked_at=NOW) == NIGHT


@given(st.timedeltas(timedelta(0), timedelta(days=11)), st.timedeltas(timedelta(0), timedelta(days=11)))
def test_the_longer_it_takes_the_seldomer_it_is_asked_after(one: timedelta, other: timedelta) -> None:
    assert (one <= other) <= (poll_seconds(one) <= poll_seconds(other))
    assert 5 <= poll_seconds(one) <= 300
