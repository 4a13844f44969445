"""A worker reads a long past and is killed on the way: the same as if nobody had touched it."""

from benchmarks.history import past_of, read_past


def test_a_past_read_by_a_worker_that_is_killed_three_times_is_whole_and_nothing_in_it_is_twice(
    database_url: str,
) -> None:
    with past_of(20_000) as shopify:
        ran = read_past(shopify, database_url, kills=3)
    assert ran.kept == ran.wanted
    assert ran.wanted.orders > 20_000 and ran.wanted.refunds > 500 and ran.wanted.sold_by_staff > 5_000
    assert len(ran.kills) == 3 and all(0 < share < 1 for share in ran.kills)
    assert ran.began == 1, "what was begun is gone on with, not begun again"
    assert ran.rss_mb < 250
