"""Whether the app is for a shop, with the reasons."""

import pytest

from kit.money import Money
from measures.fitting import Fit, fitting


@pytest.mark.parametrize(
    ("average", "plus", "fit"),
    [
        (Money(600_000, "USD"), True, Fit.DECISIVE),
        (Money(500_000, "USD"), None, Fit.DECISIVE),
        (Money(499_999, "USD"), True, Fit.SWEET_SPOT),
        (Money(65_000, "USD"), True, Fit.SWEET_SPOT),
        (Money(12_000, "USD"), True, Fit.FITS),
        (Money(6_000, "USD"), True, Fit.NOT_YET),
        (Money(600_000, "USD"), False, Fit.NOT_YET),
        (Money(900_000, "JPY"), True, Fit.DECISIVE),
        (Money(9_000, "JPY"), True, Fit.NOT_YET),
    ],
)
def test_a_shop_is_told_what_its_orders_say(average: Money, plus: bool | None, fit: Fit) -> None:
    found = fitting(average, plus=plus)
    assert found.fit is fit and all(reason.endswith(".") for reason in found.reasons) and found.reasons
