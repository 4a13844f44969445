"""What measures wants of the outside."""

from collections.abc import Iterator
from typing import Protocol

from kit.errors import OutsideError
from measures.reads import Batch, LargeRead, Wanted


class ResultGone(OutsideError):
    """The file of a large read is not to be had any more; only a new one helps."""


class History(Protocol):
    """Large reads of a shop's past. Calls raise OutsideError, or Waiting when the shop cannot be asked now."""

    def begin(self, shop_id: int, wanted: Wanted) -> str:
        """Ask for it; its gid. Not idempotent: an `ambiguous` error may have begun it."""
        ...

    def find(self, shop_id: int, marker: str) -> str | None:
        """The gid of the read that was begun under that marker, if one was."""
        ...

    def look(self, shop_id: int, operation_gid: str) -> LargeRead:
        """Where it stands."""
        ...

    def cancel(self, shop_id: int, operation_gid: str) -> None:
        """Ask for it no more; one that is over already is left as it is."""
        ...

    def batches(self, read: LargeRead, *, offset: int, seconds: float) -> Iterator[Batch]:
        """Its lines from byte `offset` on, for about `seconds`; the file is never held. Raises ResultGone."""
        ...
