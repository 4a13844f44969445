"""What issue 9 must show, a test a line."""

from benchmarks.history import past_of, read_past


def test_the_history_import_interrupted_by_kill_9_three_times_ends_with_the_same_totals_as_without(
    database_url: str,
) -> None:
    """20,000 orders here; `bin/bench history` reads 200,000. The past itself says what the totals have to be."""
    with past_of(20_000) as shopify:
        ran = read_past(shopify, database_url, kills=3)
    assert ran.kept == ran.wanted
    assert ran.wanted.orders > 20_000 and ran.wanted.refunds > 500 and ran.wanted.sold_by_staff > 5_000
    assert len(ran.kills) == 3 and all(0 < share < 1 for share in ran.kills)
    assert ran.began == 1, "what was begun is gone on with, not begun again"
    assert ran.rss_mb < 250
