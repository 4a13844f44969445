"""What a play is made of: who plays in it, and what they found so far."""

from dataclasses import dataclass, field

from simulators.demo.person import Merchant, Person
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

    @property
    def return_gid(self) -> str:
        """The return of order #1042."""
        return self.notes["return_gid"]
