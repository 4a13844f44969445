"""Which way a piece instead goes into Shopify: one movement of money where that is still possible."""

import pytest

from kit.languages import HOUSE
from logistics.exchange_paths import Path, decline_note, path_for


@pytest.mark.parametrize(
    ("is_there", "is_approved", "is_by_law", "has_variant", "expected"),
    [
        (False, False, False, True, Path.OPEN),
        (False, False, True, True, Path.OPEN),  # nothing was declared yet, so nothing is declined
        (True, False, False, True, Path.ANEW),
        (True, False, True, True, Path.BESIDE),  # a withdrawal by law is never declined
        (True, True, False, True, Path.BESIDE),
        (False, False, False, False, Path.BESIDE),  # made to measure: it is no piece of the catalogue
        (True, False, False, False, Path.BESIDE),
    ],
)
def test_the_path_follows_from_what_is_there_already(
    is_there: bool, is_approved: bool, is_by_law: bool, has_variant: bool, expected: Path
) -> None:
    about = {"is_there": is_there, "is_approved": is_approved, "is_by_law": is_by_law, "has_variant": has_variant}
    assert path_for(**about) is expected


def test_the_note_of_a_request_that_makes_way_is_in_the_clients_language_and_fits() -> None:
    assert decline_note("fr-CA").startswith("Comme convenu") and decline_note("ko").startswith("As we agreed")
    assert all(0 < len(decline_note(locale)) <= 500 for locale in HOUSE)
