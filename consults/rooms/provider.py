"""What every provider of rooms offers, whoever carries the picture. Pure.

Presence, the waiting room, the piece that is shown and what is said around it are ours with each of them: a page joins,
asks what is new and leaves by the endpoints of rooms.py. Only the picture and the sound go another way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

EMBEDDED, TWILIO_VIDEO, LINK = "embedded", "twilio_video", "link"


@dataclass(frozen=True)
class Caps:
    """What a provider can do. `knows_presence`: whether we hear of it who came."""

    most_people: int
    knows_presence: bool


@dataclass(frozen=True)
class Seat:
    """One person who is let in, by our ids; `relays` are RTCIceServer dictionaries, `address` the house's own."""

    consult_id: int
    participant_id: int
    relays: list[dict[str, Any]] = field(default_factory=list)
    address: str = ""


class VideoProvider(Protocol):
    """Who carries picture and sound."""

    name: str
    caps: Caps

    def missing(self) -> str:
        """What has to be set up before it can be used, as a sentence; "" when nothing is."""
        ...

    def carriage(self, seat: Seat, *, now: datetime) -> dict[str, Any]:
        """What a page needs to see and hear the others: `kind` and what goes with it. Asks nobody."""
        ...

    def ensure_room(self, consult_id: int) -> str:
        """Make the room at the provider, or find the one made before; its id there, "" where there is none to make.

        Raises OutsideError. Called by a job shortly before the room opens.
        """
        ...

    def end(self, room_ref: str) -> None:
        """Close it at the provider, if it still is open. Raises OutsideError."""
        ...


@runtime_checkable
class Recorder(Protocol):
    """A provider that can record, too. It begins with nothing recorded."""

    def record(self, room_ref: str, *, on: bool) -> None:
        """Record whoever is in the room from now on, or nobody. Twice is as once. Raises OutsideError."""
        ...


Rooms = Mapping[str, VideoProvider]
"""Name -> provider, as wiring builds them."""
