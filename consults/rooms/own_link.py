"""The provider "link": a room the house has with somebody else. We know its address, and nothing of who came."""

from datetime import datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from consults.rooms.provider import LINK, Caps, Seat

MOST_LETTERS = 500


class OwnLinkRooms:
    """Nothing to set up here; the address is the merchant's to write."""

    name = LINK
    caps = Caps(most_people=0, knows_presence=False)

    def missing(self) -> str:
        """The address is asked for beside the choice."""
        return ""

    def carriage(self, seat: Seat, *, now: datetime) -> dict[str, Any]:
        """Where to go."""
        return {"kind": LINK, "url": seat.address}

    def ensure_room(self, consult_id: int) -> str:
        """It is there already."""
        return ""

    def end(self, room_ref: str) -> None:
        """It is not ours to close."""


def is_own_link(text: str) -> bool:
    """Whether clients may be sent there: https, a name with a dot, no password, no odd signs."""
    if len(text) > MOST_LETTERS or any(sign.isspace() or not sign.isprintable() for sign in text):
        return False
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    return parts.scheme == "https" and "@" not in parts.netloc and port in (None, 443) and _is_public_name(host)


def _is_public_name(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        name = host.rstrip(".")
        # "127.1" is an address to a browser; no name ends in a part that begins with a figure.
        is_name = "." in name.lstrip(".") and name.isascii() and name.rpartition(".")[2][:1].isalpha()
        return is_name and not name.endswith((".local", ".internal", ".localhost"))
    return False
