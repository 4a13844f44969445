"""A shop with a past."""

from collections.abc import Iterator

import pytest

from kit.db import Database
from simulators.world import World, generate
from tests.jobs_at_hand import Queue
from tests.measures.past_town import BASE, PastTown, open_past_town


@pytest.fixture(scope="session")
def past_world() -> World:
    return generate(7, BASE, orders=120, clients=40)


@pytest.fixture
def past_town(database: Database, queue: Queue, past_world: World) -> Iterator[PastTown]:
    with open_past_town(database, queue, past_world) as town:
        yield town
