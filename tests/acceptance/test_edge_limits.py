"""Shopify's edge: the measured lines about bad days and limits, a test a line."""

import os
import subprocess
import sys
from pathlib import Path

from simulators import bad_day

ROOT = Path(__file__).parents[2]

# What drives jobs to their end through stand-ins, and is quick enough to be run twice in every run of the suite.
# `bin/test --faults` runs all of it that way.
WITH_FAULTS = (
    "tests/logistics/test_parcel_line.py",
    "tests/logistics/test_money.py",
    "tests/logistics/test_labels.py",
    "tests/routing/test_jobs.py",
    "tests/routing/test_every_way.py",
    "tests/journeys/test_edge_of_shopify.py",
)


def test_the_suite_passes_with_faults_switched_on_in_the_stand_ins() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--quick", "-p", "no:cacheprovider", *WITH_FAULTS]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    ran = subprocess.run(
        command, cwd=ROOT, env=kept | {bad_day.NAME: "1"}, capture_output=True, text=True, timeout=900
    )
    assert ran.returncode == 0, ran.stdout[-5000:] + ran.stderr[-2000:]
    assert " passed" in ran.stdout.splitlines()[-1]
