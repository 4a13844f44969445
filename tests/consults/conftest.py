"""A world with an open case, on a database of its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from consults.kinds import StaffRole
from consults.models import ConsultPolicy
from kit.db import Database
from shops import crypt
from shops.models import Shop
from tests import cast


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """As everywhere, with connections for twenty who want the same time at once."""
    crypt.use_keys("test-token-key")
    database = Database(database_url, pool_size=20)
    yield database
    database.close()


@dataclass(frozen=True)
class Town:
    """Ids of the world in `database`."""

    shop_id: int
    advisor_id: int
    case_id: int


@pytest.fixture
def town(database: Database) -> Town:
    with database.begin() as session:
        shop = cast.alice(session)
        bob = cast.bob(session, shop)
        case = cast.cleos_case(session, shop, bob)
        session.add(ConsultPolicy(shop_id=cast.number(shop.id), notice_minutes=0))
        return Town(cast.number(shop.id), cast.number(bob.id), cast.number(case.id))


@pytest.fixture
def rose(database: Database, town: Town) -> int:
    """The manager of Bob's boutique."""
    with database.begin() as session:
        shop = session.get_one(Shop, town.shop_id)
        made = cast.bob(
            session, shop, name="Rose Marchand", role=StaffRole.MANAGER, staff_gid="gid://shopify/StaffMember/8"
        )
        made.email, made.phone = "rose@verdane.example", "+33184880018"
        return cast.number(made.id)


Published = list[object]


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Published:
    """Events told since the test began, in order."""
    told: Published = []
    for module in ("consults.cases", "consults.booking", "consults.rooms.embedded"):
        monkeypatch.setattr(f"{module}.publish", _into(told))
    return told


def _into(told: Published) -> Callable[[object, object], None]:
    return lambda _session, event: told.append(event)
