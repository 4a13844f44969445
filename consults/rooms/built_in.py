"""The provider "embedded": the pages talk to one another directly, up to four of them, or by way of a relay."""

from datetime import datetime
from typing import Any

from consults.rooms.embedded import MAX_PEOPLE
from consults.rooms.provider import EMBEDDED, Caps, Seat


class BuiltInRooms:
    """Nothing to set up. `relay_only` hides the addresses of the people from one another."""

    name = EMBEDDED
    caps = Caps(most_people=MAX_PEOPLE, knows_presence=True)

    def __init__(self, *, relay_only: bool = False):
        self.relay_only = relay_only

    def missing(self) -> str:
        """It always works."""
        return ""

    def carriage(self, seat: Seat, *, now: datetime) -> dict[str, Any]:
        """The relays to try; there is nothing else to hand out."""
        return {"kind": EMBEDDED, "ice_servers": seat.relays, "relay_only": self.relay_only and bool(seat.relays)}

    def ensure_room(self, consult_id: int) -> str:
        """There is nothing to make."""
        return ""

    def end(self, room_ref: str) -> None:
        """There is nothing to close."""
