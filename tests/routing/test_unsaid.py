"""A client need not say why: which of the shop's own reasons then stands on the line."""

import pytest

from routing.reads import Reason
from routing.unsaid import KEPT_TO_THEMSELVES, WITHDRAWN, stands_for_none

SIZE, STYLE, MIND, OTHER, UNKNOWN = (
    Reason(f"gid/{n}", name)
    for n, name in enumerate(["Size too small", "Style", "Changed my mind", "Other", "Unknown reason"])
)


@pytest.mark.parametrize(
    ("known", "wanted", "found"),
    [
        pytest.param(
            [SIZE, OTHER, MIND], WITHDRAWN, MIND, id="who withdraws has changed their mind, before it is other"
        ),
        pytest.param([SIZE, OTHER], WITHDRAWN, OTHER, id="other, where the shop has no such reason"),
        pytest.param(
            [MIND, UNKNOWN, OTHER], KEPT_TO_THEMSELVES, OTHER, id="who says nothing has not changed their mind"
        ),
        pytest.param([MIND, UNKNOWN], KEPT_TO_THEMSELVES, UNKNOWN, id="unknown, where there is no other"),
        pytest.param([SIZE, MIND], KEPT_TO_THEMSELVES, MIND, id="the last that says nothing of the piece"),
        pytest.param([SIZE, STYLE], KEPT_TO_THEMSELVES, SIZE, id="any, where the shop has none of them"),
        pytest.param([], WITHDRAWN, None, id="nothing, where the shop has none at all"),
    ],
)
def test_the_first_that_says_least_of_the_piece(
    known: list[Reason], wanted: tuple[str, ...], found: Reason | None
) -> None:
    assert stands_for_none(known, wanted) == found


def test_capitals_do_not_count() -> None:
    loud = Reason("gid/9", "CHANGED MY MIND")
    assert stands_for_none([SIZE, loud], WITHDRAWN) == loud
