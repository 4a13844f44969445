"""What the order says of the pieces that come back, for the parcel side. Pure."""

from logistics.reads import ClientRead, PieceRead, SoldRead
from routing.facts import LineRead, OrderRead
from routing.reads import OrderSignals


def sold_read(order: OrderRead, client: ClientRead, today: OrderSignals) -> SoldRead:
    """How the pieces were sold, as the parcel side keeps it: it decides cover, borders and what may come back."""
    return SoldRead(
        bought_on=order.placed_at.date(),
        delivered_on=order.delivered_on,
        channel=order.source_name,
        country=order.country or client.country,
        pieces=tuple(_piece(line, today) for line in order.lines),
    )


def _piece(line: LineRead, today: OrderSignals) -> PieceRead:
    written = {key.casefold(): value for of, key, value in today.attributes if of == line.line_gid}
    words = (line.product_type, *(line.tags or ()), *(line.collections or ()), *(line.marks or ()))

    def named(*names: str) -> str:
        return next((value for key, value in written.items() if any(name in key for name in names)), "")

    return PieceRead(
        line_gid=line.line_gid,
        quantity=line.quantity,
        words=tuple(word for word in words if word),
        serial=named("serial"),
        certificate=named("certificate", "report"),
    )
