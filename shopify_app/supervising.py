"""Keeps the web server up: starts it again when it ended, until somebody asks for a stop.

The server is a child of a small process that watches over it. A stop asked of that one is handed on and stays as
graceful as the server's own; when it is killed itself, the server sees a pipe close, and ends as well.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from kit.log import get_logger

log = get_logger("web")

FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 5.0
STEADY_SECONDS = 10.0
"""A server that ran for so long began well: the next pause is the shortest again."""
PR_SET_CHILD_SUBREAPER = 36


def supervise(command: Sequence[str]) -> int:
    """Run `command` with `--watch FD` until SIGTERM or SIGINT, again and again when it ends; its last exit code."""
    return Supervisor(command).run()


class Supervisor:
    """One server, and the signals that are to reach it. For the main thread: signals come there."""

    def __init__(self, command: Sequence[str]):
        self.command = command
        self.asked: int | None = None
        self.server: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        """Serve until asked to stop."""
        adopt_orphans()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._hand_on)
        pause = FIRST_PAUSE_SECONDS
        while True:
            began = time.monotonic()
            code = self._serve_once()
            if self.asked is not None:
                return max(code, 0)  # below zero: the signal itself ended it, before it could take it
            lived = time.monotonic() - began
            pause = FIRST_PAUSE_SECONDS if lived >= STEADY_SECONDS else min(pause * 2, LONGEST_PAUSE_SECONDS)
            log.error("server.ended", code=code, lived=round(lived, 1), again_in=pause)
            self._rest(pause)

    def _serve_once(self) -> int:
        watched, held = os.pipe()
        try:
            self.server = subprocess.Popen([*self.command, "--watch", str(watched)], pass_fds=[watched])
            if self.asked is not None:  # asked while it was being started
                self.server.send_signal(self.asked)
            return self.server.wait()
        finally:
            self.server = None
            os.close(watched)
            os.close(held)
            end_orphans()

    def _hand_on(self, number: int, _frame: object) -> None:
        self.asked = number
        if self.server is not None:
            with contextlib.suppress(ProcessLookupError):
                self.server.send_signal(number)

    def _rest(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while self.asked is None and time.monotonic() < until:
            time.sleep(0.05)


def end_with(watched: int) -> None:
    """In the server: stop, as by SIGTERM, when the process at the other end of the pipe is gone."""

    def watch() -> None:
        os.read(watched, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="watch", daemon=True).start()


def command_of(*, host: str, port: int, processes: int) -> list[str]:
    """The verb that serves without a supervisor."""
    given = ["--host", host, "--port", str(port), "--processes", str(processes)]
    return [sys.executable, "-m", "shopify_app", "web", *given]


def adopt_orphans() -> None:
    """On Linux: workers whose server was killed become ours, instead of holding the port for ever."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_orphans() -> None:
    """Kill what the server that has ended left behind."""
    for pid in _children():
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _children() -> list[int]:
    """Processes directly below this one; none where the system does not list them."""
    with contextlib.suppress(OSError):
        return [int(pid) for path in Path("/proc/self/task").glob("*/children") for pid in path.read_text().split()]
    return []
