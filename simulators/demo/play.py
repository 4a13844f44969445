"""What a play is made of: who plays in it, and what they found so far."""

import re
from dataclasses import dataclass, field

import requests

from simulators.demo.person import Merchant, Person
from simulators.demo.places import METRICS_TOKEN
from simulators.demo.processes import Processes
from simulators.demo.records import Records


@dataclass
class Play:
    """The people of the play, and what they found so far."""

    processes: Processes
    records: Records
    merchant: Merchant
    client: Person = field(default_factory=Person)
    advisor: Person = field(default_factory=Person)
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> str:
        return self.processes.places.store

    @property
    def app(self) -> str:
        return self.processes.places.app

    @classmethod
    def of(cls, processes: Processes) -> "Play":
        """Nobody has done anything yet."""
        places = processes.places
        return cls(processes, Records(places.store), Merchant(places.store, places.app))

    @property
    def return_gid(self) -> str:
        """The return of order #1042."""
        return self.notes["return_gid"]

    def is_read(self) -> bool:
        """Whether every webhook that came is handled."""
        return not self._sum("returns_inbox_deliveries", "new", "unclaimed")

    def is_at_rest(self) -> bool:
        """Whether nothing is on its way: no webhook at the store or in our inbox, and no job that is due.

        Looked at in the order in which one leads to the next.
        """
        waiting = self.records.get("shopify/deliveries", state="waiting")
        return not waiting and self.is_read() and not self._sum("returns_queue_jobs", "enqueued", "pending")

    def _sum(self, name: str, *states: str) -> float:
        headers = {"Authorization": f"Bearer {METRICS_TOKEN}"}
        told = requests.get(f"{self.app}/metrics", headers=headers, timeout=60).text
        found = dict(re.findall(rf'^{name}{{state="(\w+)"}} (\S+)$', told, re.MULTILINE))
        return sum(float(found[state]) for state in states)
