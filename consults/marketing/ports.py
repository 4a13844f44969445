"""What keeping letters back wants of others."""

from typing import Protocol


class ClientTags(Protocol):
    """Tags on a client's record in the shop."""

    def tag(self, shop_id: int, client_gid: str, tag: str, *, on: bool) -> bool:
        """Put it on, or take it off; the same again changes nothing. False where the shop did not grant that."""
        ...


class Letters(Protocol):
    """Who sends a house's letters."""

    def pause(self, key: str, *, email: str, paused: bool) -> None:
        """Write on the profile whether they rest; the same again changes nothing. Raises OutsideError."""
        ...
