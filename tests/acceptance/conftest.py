"""Fixtures of the lines that must be shown."""

from tests.journeys.edge_town import edge_world as edge_world
from tests.journeys.edge_town import town as town
from tests.routing.edge_house import edge as edge
