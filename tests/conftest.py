"""Fixtures everyone may ask for: a fresh migrated database, a free port, a browser.

database_url        a test with it runs twice, on SQLite and on PostgreSQL (the latter not with --quick)
sqlite_url, postgres_url                only one of the two
empty_postgres_url  nothing migrated in it
free_port           free_port() -> a port nobody listens on
browser_context     browser_context(**options) -> a Playwright context; page390 and page1280 are a page each
chromium            the browser itself
"""

import gc
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests import made_once, no_skips, postgres

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from kit.db import Database
    from tests.browser import Chromium, Contexts
    from tests.jobs_at_hand import Queue

# How long an example takes says how busy the machine is, and nothing of the code.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
made_once.share_all()
# Else each process that a test starts, and each worker, compiles all of our code anew: a second or two.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

RUN_DIR = pytest.StashKey[Path]()
RUN_PID = pytest.StashKey[int]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="no browser, SQLite only")


def pytest_configure(config: pytest.Config) -> None:
    """The process that was called begins the run; xdist's workers are told of it."""
    config.pluginmanager.register(no_skips, "no_skips")
    if told := getattr(config, "workerinput", None):
        config.stash[RUN_DIR] = Path(told["run_dir"])
        config.stash[RUN_PID] = told["run_pid"]
    else:
        config.stash[RUN_DIR] = Path(tempfile.mkdtemp(prefix="returns-tests-", dir=_memory()))
        config.stash[RUN_PID] = os.getpid()


def _memory() -> str | None:
    """Where files are made fastest (a database is hundreds: 22 ms there, 460 ms on a disk), if there is room."""
    shared = "/dev/shm"
    if "TMPDIR" in os.environ or not os.access(shared, os.W_OK) or shutil.disk_usage(shared).free < 1 << 30:
        return None
    return shared


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    node.workerinput["run_dir"] = str(node.config.stash[RUN_DIR])
    node.workerinput["run_pid"] = node.config.stash[RUN_PID]


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and (run_dir := config.stash.get(RUN_DIR, None)):
        postgres.end_run(run_dir)
        shutil.rmtree(run_dir, ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = []
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if "chromium" in fixtures:
            item.add_marker("browser")
        if "postgres_databases" in fixtures:
            item.add_marker("postgres")
        if config.getoption("quick") and any(item.iter_markers("browser")) | any(item.iter_markers("postgres")):
            left_out.append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def pytest_collection_finish() -> None:
    """The tests and the code they loaded stay to the end: looking through them for garbage took a sixth of all time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 10, 10)


@pytest.fixture(autouse=True)
def weather(request: pytest.FixtureRequest) -> Iterator[None]:
    """With STANDIN_FAULTS=1 the stand-ins fail, save in a test that is marked calm."""
    if not os.environ.get("STANDIN_FAULTS"):
        yield
        return
    from tests import faults

    with faults.weather_of(request.node):
        yield


# --- databases


@pytest.fixture(scope="session")
def run_dir(pytestconfig: pytest.Config) -> Path:
    """A directory all processes of this test run share; it goes when the run ends."""
    return pytestconfig.stash[RUN_DIR]


@pytest.fixture(scope="session")
def migrate() -> Callable[[str], object]:
    """Brings the database at a URL up to date; runs once a test run and kind of database."""
    from shopify_app.migrate import upgrade

    return upgrade


@pytest.fixture(scope="session")
def sqlite_template(run_dir: Path, migrate: Callable[[str], object]) -> Path:
    template = run_dir / "template.db"
    with postgres.one_at_a_time(run_dir / "template.lock"):
        if not template.exists():
            fresh = run_dir / "template-new.db"
            fresh.unlink(missing_ok=True)
            migrate(f"sqlite:///{fresh}")
            # Only the one file is copied, so what is still in the write-ahead log has to be in it.
            with closing(sqlite3.connect(fresh)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            fresh.rename(template)
    return template


@pytest.fixture(scope="session")
def postgres_databases(pytestconfig: pytest.Config, run_dir: Path) -> postgres.Databases:
    return postgres.Databases(run_dir, keep_while=pytestconfig.stash[RUN_PID])


@pytest.fixture(scope="session")
def postgres_template(postgres_databases: postgres.Databases, migrate: Callable[[str], object]) -> None:
    postgres_databases.make_template(migrate)


@pytest.fixture
def sqlite_url(sqlite_template: Path, run_dir: Path) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="sqlite-", dir=run_dir))
    path = folder / "app.db"
    shutil.copyfile(sqlite_template, path)
    yield f"sqlite:///{path}"
    shutil.rmtree(folder)


@pytest.fixture
def postgres_url(postgres_databases: postgres.Databases, postgres_template: None) -> Iterator[str]:
    name = postgres_databases.make()
    yield postgres_databases.url(name)
    postgres_databases.drop(name)


@pytest.fixture
def empty_postgres_url(postgres_databases: postgres.Databases) -> Iterator[str]:
    name = postgres_databases.make(empty=True)
    yield postgres_databases.url(name)
    postgres_databases.drop(name)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def free_port() -> Callable[[], int]:
    from simulators import ports

    return ports.free_port


@pytest.fixture
def database(database_url: str) -> Iterator["Database"]:
    """A migrated database of the test's own, on SQLite and on PostgreSQL; private text can be read."""
    from kit.db import Database
    from shops import crypt

    crypt.use_keys("a-key-for-tests")
    database = Database(database_url, pool_size=5)
    yield database
    database.close()


@pytest.fixture
def on_sqlite(sqlite_url: str) -> Iterator["Database"]:
    """For rules that no database decides: held on the quicker one."""
    from kit.db import Database
    from shops import crypt

    crypt.use_keys("a-key-for-tests")
    database = Database(sqlite_url)
    yield database
    database.close()


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> "Queue":
    """Jobs that a test looks at and runs itself."""
    from tests.jobs_at_hand import take_queue

    return take_queue(monkeypatch)


# --- browser


@pytest.fixture(scope="session")
def chromium_of_this_process() -> Iterator["Chromium"]:
    from tests.browser import Chromium

    chromium = Chromium()
    yield chromium
    chromium.close()


@pytest.fixture
def chromium(chromium_of_this_process: "Chromium") -> Iterator["Browser"]:
    """The browser, shared by all tests of this process."""
    with chromium_of_this_process.in_use() as browser:
        yield browser


@pytest.fixture
def browser_context(chromium: "Browser") -> Iterator["Contexts"]:
    from tests.browser import Contexts

    contexts = Contexts(chromium)
    yield contexts
    contexts.close()
    assert not contexts.errors, "scripts failed on a page: " + "; ".join(contexts.errors)


@pytest.fixture
def page390(browser_context: "Contexts") -> "Page":
    """A page as wide as a telephone, with touch."""
    from tests.browser import PHONE

    return browser_context(**PHONE).new_page()


@pytest.fixture
def page1280(browser_context: "Contexts") -> "Page":
    from tests.browser import DESK

    return browser_context(**DESK).new_page()
