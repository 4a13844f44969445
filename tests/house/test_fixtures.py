"""The fixtures of tests/conftest.py, shown without the application: `migrate` here makes one table."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from playwright.sync_api import expect

ROOT = Path(__file__).parents[2]

# What a test run of its own looks like: a suite in a folder, with the project's conftest and a stand-in for migrations.
SUITE = """
import pytest
from sqlalchemy import create_engine, text


@pytest.fixture(scope="session")
def migrate():
    def upgrade(url):
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE thing (name text PRIMARY KEY)"))
        # the pool stays open, as an application's might
        globals()["engine"] = engine

    return upgrade
"""


class Run:
    def __init__(self, folder: Path, run_dir: Path) -> None:
        self.folder = folder
        self.temporary = Path(tempfile.mkdtemp(prefix="t-", dir=run_dir))  # short: a socket's path has little room

    def start(self, tests: str, *arguments: str) -> subprocess.Popen[str]:
        (self.folder / "tests").mkdir()
        (self.folder / "tests" / "conftest.py").write_text("from tests_of_the_house.conftest import *\n" + SUITE)
        (self.folder / "tests" / "test_it.py").write_text(textwrap.dedent(tests))
        (self.folder / "tests_of_the_house").symlink_to(ROOT / "tests")
        for module in ("browser", "made_once", "no_skips", "postgres", "__init__"):
            (self.folder / "tests" / f"{module}.py").symlink_to(ROOT / "tests" / f"{module}.py")
        (self.folder / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
        return subprocess.Popen(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", *arguments],
            cwd=self.folder,
            env={**os.environ, "TMPDIR": str(self.temporary), "STANDIN_FAULTS": ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __call__(self, tests: str, *arguments: str) -> str:
        process = self.start(tests, *arguments)
        output, _ = process.communicate(timeout=300)
        return f"{output}\nexit {process.returncode}"

    def servers(self) -> list[str]:
        """Names of the PostgreSQL servers and keepers of this run that live; one may end while it is looked at."""
        return [
            process.info["name"]
            for process in psutil.process_iter(["cmdline", "name", "status"])
            if any(str(self.temporary) in word for word in process.info["cmdline"] or ())
            and process.info["status"] != psutil.STATUS_ZOMBIE
        ]


@pytest.fixture
def run(tmp_path: Path, run_dir: Path) -> Iterator[Run]:
    run = Run(tmp_path, run_dir)
    yield run
    shutil.rmtree(run.temporary, ignore_errors=True)


def wait_until(true: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


FRESH = """
    import pytest
    from sqlalchemy import create_engine, text

    @pytest.mark.parametrize("turn", range(4))
    def test_is_fresh_and_migrated(database_url, turn):
        engine = create_engine(database_url)
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO thing VALUES ('one')"))
            assert connection.execute(text("SELECT count(*) FROM thing")).scalar() == 1
            print(connection.dialect.name)
"""


SKIPS = """
    import pytest

    def test_that_skips():
        pytest.skip("no such machine")

    @pytest.mark.skipif(True, reason="not today")
    def test_that_is_skipped():
        pass

    @pytest.mark.xfail(raises=ZeroDivisionError)
    def test_known_to_fail():
        1 / 0
"""


@pytest.mark.postgres
def test_every_test_gets_its_own_database_also_after_a_worker_was_killed_and_nothing_is_left(run: Run) -> None:
    killer = """
    import os, signal

    def test_a_kills_its_worker(postgres_url):
        os.kill(os.getpid(), signal.SIGKILL)
    """
    output = run(killer + FRESH, "-n", "2")
    assert "1 failed, 8 passed" in output, output
    assert run.servers() == []
    assert list(run.temporary.glob("returns-tests-*")) == []


def test_quick_leaves_out_postgresql_and_the_browser_and_a_skip_is_a_skip(run: Run) -> None:
    browser = "\n    def test_page(page390):\n        raise AssertionError\n"
    output = run(FRESH + browser + SKIPS, "-n", "1", "--quick")
    assert "4 passed, 2 skipped, 1 xfailed" in output, output


@pytest.mark.postgres
def test_a_killed_run_leaves_no_server_behind(run: Run) -> None:
    process = run.start("import time\ndef test_waits(postgres_url):\n    time.sleep(60)\n", "-n", "0")
    wait_until(lambda: "postgres" in run.servers())
    process.send_signal(signal.SIGKILL)
    process.communicate()
    wait_until(lambda: run.servers() == [])


@pytest.mark.postgres
def test_a_lent_server_is_left_as_it_was(run: Run, empty_postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def databases() -> set[str]:
        with psycopg.connect(empty_postgres_url.replace("+psycopg", "")) as connection:
            rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test!_%' ESCAPE '!'")
            return {name for (name,) in rows}

    monkeypatch.setenv("TEST_POSTGRES_URL", empty_postgres_url)
    before = databases()
    output = run(FRESH, "-n", "1")
    assert "8 passed" in output, output
    assert {name.split("_")[1] for name in databases()} == {name.split("_")[1] for name in before}


@pytest.mark.parametrize("workers", ["0", "1"])
def test_what_could_not_run_is_a_failure(run: Run, workers: str) -> None:
    output = run(SKIPS, "-n", workers)
    assert "1 failed, 1 xfailed, 1 error" in output, output
    assert "Not run, which counts as failed: Skipped: no such machine" in output
    assert "exit 1" in output


def test_a_file_that_could_not_run_is_a_failure(run: Run) -> None:
    output = run("import pytest\npytest.importorskip('no_such_package')\ndef test_it(): pass\n", "-n", "1")
    assert re.search(r"\d errors?", output), output
    assert not output.endswith("exit 0")


def test_a_free_port_is_free(free_port: Callable[[], int]) -> None:
    ports = {free_port() for _ in range(20)}
    assert len(ports) == 20
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", ports.pop()))


PAGE = "<!doctype html><title>Hello</title><p id=wide></p><script>wide.textContent = innerWidth</script>"


def test_pages_are_as_wide_as_they_say(page390, page1280) -> None:
    for page, width in [(page390, "390"), (page1280, "1280")]:
        page.goto("data:text/html,<meta name=viewport content='width=device-width'>" + PAGE)
        expect(page.locator("#wide")).to_have_text(width)


def test_a_page_gets_a_camera_and_a_fixed_zone(page1280) -> None:
    assert page1280.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") == "UTC"


@pytest.mark.browser
def test_a_failing_script_fails_the_test_and_leaves_browser_and_asyncio_usable_for_the_next(run: Run) -> None:
    tests = """
    import asyncio

    def test_a_page(page390):
        page390.goto("data:text/html,<script>nobody.knows()</script>")

    def test_async():
        asyncio.run(asyncio.sleep(0))

    def test_b_page(page390):
        page390.goto("data:text/html,<title>two")
        assert page390.title() == "two"
    """
    output = run(tests, "-n", "0")
    assert "3 passed, 1 error" in output, output
    assert "nobody is not defined" in output
