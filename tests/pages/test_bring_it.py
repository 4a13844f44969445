"""A piece that is brought: the client reads where, with address and hours, as long as the code counts."""

import re
from typing import Any

import pytest
from sqlmodel import Session

from consults.models import Boutique
from consults.slots import Rule
from logistics import parcels
from logistics.models import Parcel
from logistics.states import Goods, ParcelState
from logistics.ways import Way
from shopify_app.pages.portal.boutiques import MOST, week_in_words
from tests import cast
from tests.pages.words import findings, text

TEN_TO_SEVEN = tuple(Rule(day, 600, 1140) for day in range(5))


@pytest.mark.parametrize(
    ("week", "locale", "words"),
    [
        ((*TEN_TO_SEVEN, Rule(5, 600, 1020)), "en", "Mon–Fri 10:00–19:00, Sat 10:00–17:00"),
        ((Rule(0, 600, 780), Rule(0, 840, 1140)), "en", "Mon 10:00–13:00 + 14:00–19:00"),
        ((Rule(0, 600, 1140), Rule(2, 600, 1140)), "en", "Mon 10:00–19:00, Wed 10:00–19:00"),
        ((Rule(6, 600, 1440),), "en", "Sun 10:00–00:00"),
        (TEN_TO_SEVEN, "en-US", "Mon–Fri 10:00 AM–7:00 PM"),
        (TEN_TO_SEVEN, "fr", "lun.–ven. 10:00–19:00"),
        (TEN_TO_SEVEN, "ja", "月–金 10:00–19:00"),
        ((), "en", ""),
    ],
)
def test_a_week_is_said_shortly_in_the_readers_language(week: tuple[Rule, ...], locale: str, words: str) -> None:
    assert week_in_words(week, locale).replace("\u202f", " ") == words


def by_hand(session: Session, world: Any, state: Goods = Goods.LABELLED) -> None:
    """Cleo brings it herself; the boutique has an address, and there are nine others."""
    rma = session.merge(world.rma)
    rma.approved_at, rma.goods_state = cast.NOW, state
    for box in parcels.parcels_of(session, rma):
        session.delete(box)
    session.flush()
    about: dict[str, Any] = {"rma_id": cast.number(rma.id), "shop_id": rma.shop_id, "rfo_gid": "gid://rfo/9"}
    about |= {"way": Way.BOUTIQUE, "state": ParcelState.ATTACHED, "need_cents": cast.PRICE.cents}
    session.add(Parcel(reference="rp-b", handover_code="ABCDE23456", cover_currency="USD", **about))
    place = session.merge(world.boutique)
    place.address, place.telephone = "12 place Vendôme, 75001 Paris", "+33 1 84 88 00 10"
    case = session.merge(world.case)
    case.boutique_id = place.id
    session.add_all([place, case, *(Boutique(shop_id=rma.shop_id, name=f"A boutique {n}") for n in range(9))])


def test_beside_the_code_stands_where_to_bring_it_the_boutique_of_the_purchase_first(world, made, visitor) -> None:
    made(lambda s: by_hand(s, world))
    link = made(lambda s: cast.return_link(s, s.merge(world.rma)))
    page = text(visitor.get(f"/r/{link}").text)
    found = re.search(r"ABCDE 23456 (.*)", page)
    assert found is not None
    said = found.group(1)
    assert said.startswith("Paris 12 place Vendôme, 75001 Paris Mon–Sat 10:00–19:00 +33 1 84 88 00 10"), said[:200]
    assert page.count("A boutique ") == MOST - 1 and findings("client", page) == []


def test_when_it_is_here_or_travels_otherwise_no_place_is_named(world, made, visitor) -> None:
    link = made(lambda s: cast.return_link(s, s.merge(world.rma)))
    assert "place Vendôme" not in visitor.get(f"/r/{link}").text
    made(lambda s: by_hand(s, world, Goods.ARRIVED))
    assert "12 place Vendôme" not in visitor.get(f"/r/{link}").text
