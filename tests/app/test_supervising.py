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
from tests.acceptance.processes_under_test import answers, post, states, wait_until, web


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


def worker_of(top: psutil.Process) -> psutil.Process:
    """The one that answers; a helper of multiprocessing may stand beside it."""
    return max(server_of(top).children(), key=lambda one: one.memory_info().rss)


def test_a_worker_killed_again_and_again_is_replaced_and_takes_webhooks(sqlite_url: str, port: int) -> None:
    crypt.use_keys("a-key-for-tests")
    database = Database(sqlite_url)
    with database.begin() as session:
        cast.alice(session)
    with family(process := web(sqlite_url, port)) as top:
        for number in range(3):  # of the second Granian thinks that none can live
            assert post(port, number) == 200
            worker_of(top).kill()
            wait_until(lambda: answers(port), 30)
        assert post(port, 3) == 200
        assert process.poll() is None
    assert set(states(database)) == {f"w-{n}" for n in range(4)}
    database.close()


def test_a_server_killed_alone_is_started_again_and_leaves_no_worker_behind(sqlite_url: str, port: int) -> None:
    with family(web(sqlite_url, port)) as top:
        server, worker = server_of(top), worker_of(top)
        server.kill()
        wait_until(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE, 10)
        wait_until(lambda: answers(port), 30)
        assert server_of(top) != server


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_reaches_the_server_and_nothing_is_started_again(
    sqlite_url: str, port: int, number: signal.Signals
) -> None:
    with family(process := web(sqlite_url, port)) as top:
        everyone = top.children(recursive=True)
        process.send_signal(number)
        assert process.wait(20) == 0
        assert not [one for one in everyone if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    assert not answers(port)


def test_when_the_supervisor_itself_is_killed_the_server_ends(sqlite_url: str, port: int) -> None:
    with family(process := web(sqlite_url, port)) as top:
        server = server_of(top)
        process.kill()
        wait_until(lambda: not server.is_running() or server.status() == psutil.STATUS_ZOMBIE, 20)
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
    assert process.wait(10) in (0, 3)
