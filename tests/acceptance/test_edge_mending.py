"""What goes wrong at the edge and a merchant can mend: it is said, it is said how, and it goes when it is mended."""

from collections.abc import Iterator

import pytest

from shopify_app.mending import FAILURES
from tests.acceptance.mending_failures import FAILING, Failing
from tests.acceptance.mending_house import House, make_house
from tests.journeys.edge_town import Town

pytestmark = pytest.mark.calm(reason="causes each failure itself, and the clock stands still while it looks")

CLIENTS = ("Cleo", "Whitlock", "Thorigny", "@example.com", "+336")


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """SQLite, as the pages add nothing that differs by database; a test may ask for the other."""
    return str(request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_url"))


@pytest.fixture
def house(town: Town) -> Iterator[House]:
    with make_house(town) as made:
        yield made


def test_every_kind_of_failure_is_caused_here_for_real() -> None:
    assert {failing.kind for failing in FAILING} == {failure.kind for failure in FAILURES}


def test_in_a_house_where_all_is_well_nothing_needs_attention(house: House) -> None:
    assert house.needs() == house.needs("/app") == {}
    assert "Needs attention" not in house.alice.open("/app").text


@pytest.mark.parametrize("failing", FAILING, ids=lambda failing: failing.kind)
def test_each_failure_a_merchant_can_mend_is_a_sentence_on_a_page_that_says_how(house: House, failing: Failing) -> None:
    failing.cause(house)
    for page in ("/app", "/app/activity"):
        entries = house.needs(page)
        assert failing.kind in entries, (page, entries)
        said = entries[failing.kind]
        assert failing.words in said and f"[{failing.path}" in said, said
        assert not [word for word in CLIENTS if word in said], "nothing personal"
    assert house.needs(caller=house.dana) == house.needs("/app", house.dana) == still_for_all(failing.kind, house)
    failing.mend(house)
    for page in ("/app", "/app/activity"):
        assert failing.kind not in house.needs(page), (page, house.needs(page))


def still_for_all(kind: str, house: House) -> dict[str, str]:
    """Nothing of Alice's is Dana's; that nobody works in the background is so for every shop."""
    return {kind: house.needs(caller=house.dana)[kind]} if kind == "work_stands_still" else {}
