"""What pieces want of others."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from consults.pieces.kinds import Piece


class PieceReads(Protocol):
    """The shop's variants."""

    def page(self, shop_id: int, after: str | None) -> tuple[Sequence[Piece], str | None]:
        """One page of all variants, and the cursor of the next; None after the last."""
        ...

    def changed(self, shop_id: int, since: datetime) -> Sequence[str]:
        """Products that changed since then, which their stock counts for."""
        ...

    def of_product(self, shop_id: int, product_gid: str) -> Sequence[Piece]:
        """The variants of one product as they are now; none where it is gone."""
        ...


class Reserving(Protocol):
    """Keeping a piece out of other carts."""

    def find(self, shop_id: int, tag: str) -> str | None:
        """The reservation that was made under that tag."""
        ...

    def reserve(self, shop_id: int, *, variant_gid: str, tag: str, until: datetime) -> str:
        """Keep one until then; its id. Not idempotent: look by the tag first."""
        ...

    def release(self, shop_id: int, gid: str) -> None:
        """Give it back. One that is gone already is no error."""
        ...
