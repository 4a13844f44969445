"""What briefs want of others."""

from typing import Protocol

from consults.briefs.seen import Seen


class BriefReads(Protocol):
    """The house's records of a client and a piece."""

    def seen(self, shop_id: int, *, return_gid: str, order_gid: str, client_gid: str | None) -> Seen:
        """All that stands there now. What may not be seen is empty; raises OutsideError when nothing can be read."""
        ...
