"""Fixtures of the lines that must be shown; and `test_logistics.py` asked for by name brings its parts along."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.edge_town import edge_world as edge_world
from tests.journeys.edge_town import town as town
from tests.routing.edge_house import edge as edge


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A whole folder finds the parts by itself; only who names the one file would miss them."""
    if parent.session.isinitpath(file_path) and parts_of(file_path):
        return Parts.from_parent(parent, path=file_path)
    return None


def parts_of(file_path: Path) -> list[Path]:
    """`test_edge_bar.py` is a part of `test_edge.py`."""
    return sorted(file_path.parent.glob(f"{file_path.stem}_*.py"))


class Parts(pytest.File):
    def collect(self) -> Iterator[pytest.Module]:
        for part in parts_of(self.path):
            yield pytest.Module.from_parent(self, path=part)
