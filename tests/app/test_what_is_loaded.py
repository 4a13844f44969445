"""What a web process holds in memory: it takes webhooks and shows our own rows, and what calls out stays unloaded."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.processes_under_test import ROOT, environment

HEAVY = {
    "requests": "calls out",
    "urllib3": "calls out",
    "charset_normalizer": "comes with requests: three megabytes",
    "easypost": "sells labels",
    "twilio.rest": "sends texts",
    "dbos": "runs jobs",
    "icalendar": "writes invitations",
    "fpdf": "prints slips",
    "segno": "draws codes",
    "alembic": "changes tables",
    "psycopg": "is for PostgreSQL",
    "sentry_sdk": "reports crashes where it is set up",
}
BEHIND = {
    "flask": "serves pages",
    "jinja2": "draws pages",
    "shopify_app.pages": "is the pages",
    "shopify_app.wiring": "joins the domain",
    "consults.models": "is the domain's tables",
    "babel": "writes dates in eight languages",
}
ASK = """
import sys
from shopify_app.server import load

doors = load()
print(*sys.modules)
doors.inner.load()
print(*sys.modules)
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[str], set[str]]:
    """The modules of a process that is about to serve, and of one that somebody asked for a page."""
    folder: Path = tmp_path_factory.mktemp("loaded")
    settings = environment(f"sqlite:///{folder}/app.db", 1)
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env=settings, capture_output=True, text=True, check=True
    )
    first, then = done.stdout.splitlines()
    return set(first.split()), set(then.split())


@pytest.mark.parametrize("name", HEAVY)
def test_a_web_process_serves_without(name: str, loaded: tuple[set[str], set[str]]) -> None:
    _, serving = loaded
    assert "webhooks.doors" in serving and "shopify_app.pages.desk" in serving
    assert name not in serving, f"{name}: {HEAVY[name]}"


@pytest.mark.parametrize("name", BEHIND)
def test_the_doors_open_without(name: str, loaded: tuple[set[str], set[str]]) -> None:
    at_the_doors, serving = loaded
    assert "webhooks.doors" in at_the_doors and name in serving
    assert name not in at_the_doors, f"{name}: {BEHIND[name]}"
