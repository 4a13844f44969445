"""Which test shows which line: `test_<issue>.py` names them, and says so when one is gone."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

Lines = Mapping[str, Mapping[str, Sequence[str]]]
"""The line's words -> file (beside this one, or from the root) -> its tests."""


def missing(named: Mapping[str, Sequence[str]]) -> list[str]:
    """What a line names and nobody wrote."""
    found = []
    for file, tests in named.items():
        path = HERE / file if (HERE / file).exists() else ROOT / file
        text = path.read_text() if path.exists() else ""
        found += [f"{file}::{test}" for test in tests if not re.search(rf"^def {re.escape(test)}\(", text, re.M)]
    return found
