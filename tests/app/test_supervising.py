"""The web server is there again whatever dies of it, and ends, all of it, when asked to."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
import pytest

from kit.db import Database
from shops import crypt
from tests import cast
from tests.acceptance.processes_under_test import PATIENCE_SECONDS, answers, post, states, wait_until, web


@contextmanager
def family(process: subprocess.Popen[bytes]) -> Iterator[psutil.Process]:
    """Nothing of it is left, however the test ends."""
    top = psutil.Process(process.pid)
    ours = {top}
    try:
        yield top
    finally:
        if top.is_running():
            ours |= set(top.children(recursive=True))
        for one in ours:
            if one.is_running():
                one.kill()
        process.wait()


@pytest.fixture
def port(free_port: Callable[[], int]) -> int:
    return free_port()


def server_of(top: psutil.Process) -> psutil.Process:
    (server,) = [one for one in top.children() if one.status() != psutil.STATUS_ZOMBIE]
    return server


def serving(server: psutil.Process) -> list[psutil.Process]:
    """The processes that answer; a helper of multiprocessing may stand beside them."""
    return [one for one in server.children() if alive(one) and "spawn_main" in " ".join(one.cmdline())]


def alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_a_server_killed_again_and_again_is_replaced_and_takes_webhooks(sqlite_url: str, port: int) -> None:
    crypt.use_keys("a-key-for-tests")
    database = Database(sqlite_url)
    with database.begin() as session:
        cast.alice(session)
    with family(process := web(sqlite_url, port)) as top:
        for number in range(3):
            assert post(port, number) == 200
            server_of(top).kill()
            wait_until(lambda: answers(port), PATIENCE_SECONDS)
        assert post(port, 3) == 200
        assert process.poll() is None
    assert set(states(database)) == {f"w-{n}" for n in range(4)}
    database.close()


@pytest.mark.postgres
def test_of_two_processes_one_killed_is_replaced_and_none_outlives_their_server(postgres_url: str, port: int) -> None:
    with family(web(postgres_url, port, "--processes", "2")) as top:
        server = server_of(top)
        wait_until(lambda: len(serving(server)) == 2, PATIENCE_SECONDS)
        killed = serving(server)[0]
        killed.kill()
        wait_until(lambda: len(serving(server)) == 2 and killed not in serving(server), PATIENCE_SECONDS)
        left = serving(server)
        server.kill()
        wait_until(lambda: not [one for one in left if alive(one)], PATIENCE_SECONDS)
        wait_until(lambda: answers(port), PATIENCE_SECONDS)
        assert server_of(top) != server


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_reaches_the_server_and_nothing_is_started_again(
    sqlite_url: str, port: int, number: signal.Signals
) -> None:
    with family(process := web(sqlite_url, port)) as top:
        everyone = top.children(recursive=True)
        process.send_signal(number)
        assert process.wait(PATIENCE_SECONDS) == 0
        assert not [one for one in everyone if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    assert not answers(port)


def test_when_the_supervisor_itself_is_killed_the_server_ends(sqlite_url: str, port: int) -> None:
    with family(process := web(sqlite_url, port)) as top:
        server = server_of(top)
        process.kill()
        wait_until(lambda: not server.is_running() or server.status() == psutil.STATUS_ZOMBIE, PATIENCE_SECONDS)
        assert not answers(port)


def test_a_server_that_cannot_live_is_tried_more_and_more_rarely_and_a_stop_is_heard_in_between() -> None:
    program = (
        "import sys; from shopify_app import supervising;"
        " sys.exit(supervising.supervise([sys.executable, '-c', 'import sys; print(1, flush=True); sys.exit(3)']))"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for _ in range(3):
        while process.stdout.readline() != "1\n":
            assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_SECONDS) in (0, 3)
