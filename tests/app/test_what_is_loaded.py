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
ASK = "import sys; from shopify_app.server import load; load(); print(*sys.modules)"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The modules of a process that is about to serve."""
    folder: Path = tmp_path_factory.mktemp("loaded")
    settings = environment(f"sqlite:///{folder}/app.db", 1)
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env=settings, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("name", HEAVY)
def test_a_web_process_serves_without(name: str, loaded: set[str]) -> None:
    assert "webhooks.doors" in loaded and "shopify_app.pages.desk" in loaded
    assert name not in loaded, f"{name}: {HEAVY[name]}"
