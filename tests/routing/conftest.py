"""Fixtures of routing's tests."""

from tests.routing.edge_house import edge as edge
