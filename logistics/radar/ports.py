"""What the radar asks of the outside."""

from typing import Protocol

from logistics.radar.ways import Piece


class Stock(Protocol):
    """What is there to give, by place. Calls raise OutsideError."""

    def pieces(self, shop_id: int, gid: str) -> tuple[Piece, ...]:
        """Of a variant, or of what an order's line sold: it and the others of its kind, a row a place."""

    def find(self, shop_id: int, sku: str) -> Piece | None:
        """The piece with exactly this number; None where there is none."""
