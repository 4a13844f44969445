"""What rules look at, out of the order and of what comes back. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kit.money import Money
from routing.circumstances import Circumstances, Words, listed
from routing.facts import LineRead, OrderRead


@dataclass(frozen=True)
class Marks:
    """Where a house notes what Shopify has no field for; these are what holds until it says otherwise.

    The tier is a metafield of the client. The others are tags of a product or names of what is written on a line, as
    plain_mark() has them.
    """

    tier_namespace: str = "custom"
    tier_key: str = "tier"
    made_to_order: Words = ("made-to-order", "made-to-measure", "engraving", "engraved", "bespoke")
    final_sale: Words = ("final-sale",)


USUAL = Marks()


def circumstances_of(
    order: OrderRead,
    pieces: Sequence[tuple[str | None, int]],
    *,
    reasons: Iterable[str] = (),
    average: Money | None = None,
    marks: Marks = USUAL,
) -> Circumstances:
    """The circumstances of a return of `pieces`, (line gid, quantity) each.

    Of pieces that are not all among the order's lines nothing is known, rather than half.
    """
    whole = Circumstances(
        average_order=average,
        country=order.country or None,
        client_tier=order.client_tier,
        client_tags=order.client_tags,
        client_spend=order.client_spend,
        channel=order.source_name,
        reasons=listed(reasons),
    )
    by_line = {line.line_gid: line for line in order.lines}
    lines = [(by_line[gid], quantity) for gid, quantity in pieces if gid in by_line]
    if len(lines) < len(pieces) or not lines:
        return whole
    found = [line for line, _ in lines]
    worth = [_worth(line, quantity) for line, quantity in lines]
    return replace(
        whole,
        returned_value=Money(sum(worth), order.total.currency),
        piece_value=Money(max(_worth(line, 1) for line in found), order.total.currency),
        collections=_together(line.collections for line in found),
        types=listed(line.product_type for line in found),
        vendors=_together(None if line.vendor is None else (line.vendor,) for line in found),
        tags=_together(line.tags for line in found),
        made_to_order=_any_marked(found, marks.made_to_order),
        final_sale=_any_marked(found, marks.final_sale),
    )


def _worth(line: LineRead, quantity: int) -> int:
    """In cents; where one piece's price is not told, its share of the line."""
    if line.unit_value is not None:
        return line.unit_value.cents * quantity
    return line.value.cents * quantity // max(line.quantity, 1)


def _together(found: Iterable[Words | None]) -> Words | None:
    """All words; not known when they are not known of every piece."""
    each = list(found)
    return None if None in each else listed(word for words in each for word in words or ())


def _any_marked(lines: list[LineRead], names: Words) -> bool | None:
    """Whether a piece carries one of these, as a tag or written on its line; None when a piece's tags are not known."""
    if any(plain_mark(mark) in names for line in lines for mark in (*line.marks, *(line.tags or ()))):
        return True
    return None if any(line.tags is None for line in lines) else False


def plain_mark(mark: str) -> str:
    """A tag or a name as it is compared: "Made to Order", "_made_to_order" and "made-to-order" are the same."""
    return "-".join(mark.strip().lstrip("_").casefold().replace("_", " ").replace("-", " ").split())
