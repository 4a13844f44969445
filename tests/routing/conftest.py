"""Fixtures of routing's tests."""

from tests.routing.edge_house import edge as edge
from tests.routing.one_house import house_of_all as house_of_all
from tests.routing.one_house import one_house as one_house
