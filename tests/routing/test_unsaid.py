"""A client need not say why: which of the shop's own reasons then stands on the line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@pytest.mark.parametrize(
    "name",
    ["CHANGED MY MIND", "changed-my-mind", "Changed  my mind!", "I have changed my mind about it", "Changed_my_mind"],
)
def test_capitals_spaces_and_signs_between_the_words_do_not_count(name: str) -> None:
    found = Reason("gid/9", name)
    assert stands_for_none([SIZE, found], WITHDRAWN) == found


@pytest.mark.parametrize("name", ["Another colour", "Brother's taste", "Otherwise", "Smother ring", "Unwantedly"])
def test_a_part_of_a_word_is_not_the_word(name: str) -> None:
    assert stands_for_none([STYLE, Reason("gid/9", name)], WITHDRAWN) == STYLE


def test_a_reason_called_so_comes_before_one_with_the_word_among_others() -> None:
    colour = Reason("gid/9", "Other colour ordered")
    assert stands_for_none([colour, OTHER], KEPT_TO_THEMSELVES) == OTHER
    assert stands_for_none([SIZE, colour], KEPT_TO_THEMSELVES) == colour, "where there is none, one that has the word"


def test_in_another_language_shopifys_handle_tells_which_it_is() -> None:
    taille, autre = Reason("gid/1", "Trop petit", "size-too-small"), Reason("gid/2", "Autre", "other")
    avis = Reason("gid/3", "J'ai changé d'avis", "changed-my-mind")
    assert stands_for_none([taille, autre, avis], KEPT_TO_THEMSELVES) == autre
    assert stands_for_none([taille, autre, avis], WITHDRAWN) == avis
    assert stands_for_none([taille, Reason("gid/4", "Couleur", "another-colour")], WITHDRAWN) == taille


NAMES = st.text("othermind -_'é", max_size=24)
KNOWN = st.lists(st.builds(Reason, st.uuids().map(str), NAMES, NAMES), max_size=6)


@given(known=KNOWN, wanted=st.lists(st.sampled_from(KEPT_TO_THEMSELVES), max_size=4))
def test_where_the_shop_has_a_reason_there_is_one_and_it_is_one_of_the_shops(
    known: list[Reason], wanted: list[str]
) -> None:
    found = stands_for_none(known, wanted)
    assert found in known if known else found is None


@given(known=KNOWN, place=st.integers(0, 6))
def test_other_is_found_wherever_it_stands(known: list[Reason], place: int) -> None:
    found = stands_for_none([*known[:place], OTHER, *known[place:]], ("other",))
    assert found is not None
    assert "other" in (found.name.strip(" -_'").casefold(), found.handle.strip(" -_'"))
