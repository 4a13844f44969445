"""Shopify's edge: the measured lines about bad days and limits, a test a line."""

import multiprocessing
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from kit.db import Database
from shopify_app.admin_api.client import AdminApi
from simulators import bad_day
from simulators.shopify.serving import ShopifyServer
from tests.acceptance.test_edge import installed_shop
from tests.acceptance.test_edge import settings as settings
from tests.acceptance.test_edge import shopify as shopify

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
    ran = subprocess.run(command, cwd=ROOT, env=kept | {bad_day.NAME: "1"}, capture_output=True, text=True, timeout=900)
    assert ran.returncode == 0, ran.stdout[-5000:] + ran.stderr[-2000:]
    assert " passed" in ran.stdout.splitlines()[-1]


# --- Shopify's limits

ON_ITS_WAY_SECONDS = 0.4
"""A call may have left before Shopify said to wait; on a busy machine it arrives so much later."""
DEAR = ("reconcile_returns", {"query": "status:any", "after": None})


@pytest.mark.parametrize(
    "trouble",
    [{"bucket": {"size": 1200, "rate": 400, "available": 0}}, {"faults": [{"kind": "429", "times": 1, "seconds": 2}]}],
    ids=["points", "retry-after"],
)
def test_no_process_calls_inside_a_retry_after_or_before_the_points_are_restored(
    shopify: ShopifyServer, settings: Any, database: Database, trouble: dict[str, Any]
) -> None:
    settings = replace(settings, shopify_admin_base_url=f"{shopify.base}/shopify")
    shop_id = installed_shop(shopify, settings, database, expires_in=timedelta(hours=1))
    ((kind, body),) = trouble.items()
    requests.post(f"{shopify.base}/control/shopify/{kind}", json=body, timeout=10).raise_for_status()
    context = multiprocessing.get_context("fork")
    readers = [context.Process(target=read_often, args=(settings, database.url, shop_id)) for _ in range(2)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(90)
    assert [reader.exitcode for reader in readers] == [0, 0]
    calls = requests.get(f"{shopify.base}/control/shopify/calls", timeout=10).json()
    waits = [call for call in calls if call["until"] > call["at"]]
    too_early = [
        (wait, call)
        for wait in waits
        for call in calls
        if wait["at"] + ON_ITS_WAY_SECONDS < call["at"] < wait["until"] - 0.02
    ]
    assert 1 <= len(waits) <= 4 and not too_early
    assert len([call for call in calls if call["outcome"] == "executed"]) == 12


def read_often(settings: Any, url: str, shop_id: int) -> None:
    """One process of ours, with six dear reads to do."""
    api = AdminApi(settings, Database(url, pool_size=1))
    for _ in range(6):
        api.read(shop_id, *DEAR)
    os._exit(0)
