"""The main job as bin/demo --script plays it, kept at its end: processes, database, logs and stand-ins are there."""

import io
import itertools
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulators.demo import bad_input
from simulators.demo.places import Places, free_port
from simulators.demo.play import Play
from simulators.demo.processes import Processes, wait_until
from simulators.demo.script import play_main_job


@dataclass
class Played:
    """What is there when the last step was played. `failed` and `said` are the script's own."""

    play: Play
    database_url: str
    folder: Path
    failed: int
    said: str
    numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def client(self) -> dict[str, Any]:
        """The client of order #1042 as the store has her."""
        return dict(self.play.records.order("#1042")["customer"])

    def logs(self) -> str:
        """All our processes wrote; the stand-ins' log is theirs."""
        return "\n".join(
            p.read_text(errors="replace") for p in sorted((self.folder / "log").iterdir()) if p.name != "simulators.log"
        )

    def post(self, topic: str, body: dict[str, Any]) -> None:
        """A webhook from the shop."""
        given = f"test-{next(self.numbers)}"
        assert bad_input.post(self.play, json.dumps(body).encode(), topic=topic, webhook_id=given) == 200

    def start_app(self) -> None:
        """Up again, if it was stopped."""
        if not any(name.startswith("web") for name in self.play.processes.running):
            self.play.processes.start_app()
            self.play.processes.wait_for_app()


@contextmanager
def played(database_url: str | None = None) -> Iterator[Played]:
    """Play every step, on SQLite when no database is given."""
    folder = Path(tempfile.mkdtemp(prefix="played-"))
    places = Places(free_port(), free_port(), free_port(), folder)
    url = database_url or f"sqlite:///{folder / 'app.db'}"
    processes = Processes(places, url)
    play, said = Play.of(processes), io.StringIO()
    try:
        with redirect_stdout(said):
            failed = play_main_job(play)
        yield Played(play, url, folder, failed, said.getvalue())
    finally:
        processes.stop()
        shutil.rmtree(folder, ignore_errors=True)


__all__ = ["Played", "played", "wait_until"]
