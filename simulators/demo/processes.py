"""The demo's processes: started, watched, killed and started again. Only those it started itself are ever ended."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import requests

from simulators import bad_day
from simulators.demo.places import Places

Answer = TypeVar("Answer")
APP = [sys.executable, "-m", "shopify_app"]


class NotReady(Exception):
    """A part did not come up; the sentence says which and where its log is."""


class Processes:
    """Web, worker and stand-ins, each a process group with a log file."""

    def __init__(self, places: Places, database_url: str):
        self.places = places
        self.environment = places.environment(database_url)
        self.several = not database_url.startswith("sqlite")
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.logs = places.folder / "log"
        self.logs.mkdir(parents=True, exist_ok=True)

    def start_everything(self) -> None:
        """Stand-ins and migration side by side, then the people, then web and worker. Raises NotReady."""
        self.start_simulators()
        self.once("migrate")
        self.wait_for(f"{self.places.store}/healthz", "simulators")
        self.once("seed", "--directory", f"{self.places.store}/control/shopify/directory")
        self.start_app()
        self.wait_for_app()

    def start_simulators(self) -> None:
        state = str(self.places.folder / "simulators.db")
        ports = ["--port", str(self.places.simulators_port), "--smtp-port", str(self.places.smtp_port)]
        self._start("simulators", [*APP, "simulators", *ports, "--app-url", self.places.app, "--state", state])

    def app_parts(self) -> dict[str, list[str]]:
        """Web and worker, each with its command; on PostgreSQL two of each."""
        count = 2 if self.several else 1
        web = {"web": [*APP, "web", "--port", str(self.places.port), "--processes", str(count)]}
        slots = range(1, count + 1)
        return web | {f"worker-{n}": [*APP, "worker", "--slot", f"{self.places.port}-{n}"] for n in slots}

    def start_app(self) -> None:
        """Web and worker."""
        for name in self.app_parts():
            self.start(name)

    def start(self, name: str) -> None:
        """One part of the app, by its name in `app_parts`."""
        self._start(name, self.app_parts()[name])

    def wait_for_app(self) -> None:
        self.wait_for(f"{self.places.app}/readyz", "web")

    def once(self, *verb: str) -> None:
        """Run a verb to its end. Raises NotReady."""
        log = self.logs / f"{verb[0]}.log"
        with log.open("ab") as out:
            code = subprocess.run([*APP, *verb], env=self.environment, stdout=out, stderr=out).returncode
        if code:
            raise NotReady(f"`{verb[0]}` did not work; see {log}.")

    def kill_app(self) -> list[str]:
        """kill -9 on every web and worker process, with their children; the names of what was killed."""
        names = [name for name in self.running if name != "simulators"]
        self.kill(*names)
        return names

    def kill(self, *names: str) -> None:
        """kill -9 on these parts, with their children."""
        for name in names:
            _signal_group(self.running[name], signal.SIGKILL)
        for name in names:
            self.running.pop(name).wait()

    def stop(self) -> None:
        """Ask everything to end; what has not after ten seconds is killed."""
        self._stop(*self.running)

    def stop_app(self) -> None:
        """Ask web and worker to end; the stand-ins stay."""
        self._stop(*(name for name in self.running if name != "simulators"))

    def _stop(self, *names: str) -> None:
        stopping = [self.running.pop(name) for name in names]
        for process in stopping:
            _signal_group(process, signal.SIGTERM)
        until = time.monotonic() + 10
        for process in stopping:
            try:
                process.wait(max(until - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                _signal_group(process, signal.SIGKILL)
                process.wait()

    def dead(self) -> str | None:
        """The name of a part that ended by itself."""
        # A copy: whoever kills and starts parts beside us changes it meanwhile.
        return next((name for name, process in list(self.running.items()) if process.poll() is not None), None)

    def wait_for(self, url: str, name: str, *, seconds: float = 180) -> None:
        """Until `url` answers 200. Raises NotReady, at once when the process is gone."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with contextlib.suppress(requests.RequestException):
                if requests.get(url, timeout=2).status_code == 200:
                    return
            if self.dead():
                raise NotReady(f"{self.dead()} stopped; see {self.logs / f'{self.dead()}.log'}.")
            time.sleep(0.1)
        raise NotReady(f"{name} did not answer at {url}; see {self.logs / f'{name}.log'}.")

    def _start(self, name: str, command: list[str]) -> None:
        with (self.logs / f"{name}.log").open("ab") as out:
            self.running[name] = subprocess.Popen(
                command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,  # a group of its own, so that a kill takes its children too
            )


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def wait_until(true: Callable[[], Answer], *, seconds: float = 60, what: str = "") -> Answer:
    """Ask again every 0.1 s until the answer is true; it is returned. Raises AssertionError after `seconds`.

    On a bad day of the stand-ins (STANDIN_FAULTS=1) the patience is longer.
    """
    seconds *= bad_day.patience()
    until = time.monotonic() + seconds
    while True:
        answer = true()
        if answer:
            return answer
        if time.monotonic() > until:
            raise AssertionError(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.1)
