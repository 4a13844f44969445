"""A full return as bin/demo plays it, kept at its end: processes, database, logs and stand-ins are still there."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulators.demo import bad_input, parcel_line, talking
from simulators.demo.person import Merchant
from simulators.demo.places import Places, free_port
from simulators.demo.play import Play
from simulators.demo.processes import Processes, wait_until
from simulators.demo.records import Records
from simulators.demo.script import install, press_return, seller_is_known_from_the_order, start

STEPS = [
    start,
    install,
    seller_is_known_from_the_order,
    press_return,
    *(act for _, act in talking.FIRST_STEPS),
    *(act for _, act in parcel_line.FIRST_STEPS),
    *(act for _, act in talking.STEPS),
    *(act for _, act in parcel_line.STEPS),
]


@dataclass
class Played:
    """What is there when the case is closed."""

    play: Play
    database_url: str
    folder: Path

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
        status = bad_input.post(self.play, json.dumps(body).encode(), topic=topic, webhook_id=f"test-{topic}")
        assert status == 200


@contextmanager
def played(database_url: str | None = None) -> Iterator[Played]:
    """Play the whole line, on SQLite when no database is given."""
    folder = Path(tempfile.mkdtemp(prefix="played-"))
    places = Places(free_port(), free_port(), free_port(), folder)
    url = database_url or f"sqlite:///{folder / 'app.db'}"
    processes = Processes(places, url)
    try:
        play = Play(processes, Records(places.store), Merchant(places.store, places.app))
        for act in STEPS:
            act(play)
        yield Played(play, url, folder)
    finally:
        processes.stop()
        shutil.rmtree(folder, ignore_errors=True)


__all__ = ["Played", "played", "wait_until"]
