"""Fixtures of the journeys."""

from tests.journeys.edge_town import edge_world as edge_world
from tests.journeys.edge_town import town as town
