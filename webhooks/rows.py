"""A delivery as the door stores it: a plain tuple, since here speed outweighs the ORM."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from shops.crypt import seal_bytes
from webhooks.models import DeliveryState


class Row(NamedTuple):
    """What the door stores of one delivery. `received_at` is aware."""

    source: str
    shop_domain: str
    topic: str
    external_id: str
    event_id: str
    triggered_at: str
    api_version: str
    body: bytes
    received_at: datetime


COLUMNS = (*Row._fields, "state", "attempts", "error")
NEW = DeliveryState.NEW.value
# The index is named: otherwise each row is looked for in the primary key's as well.
PASS_OVER_COPIES = "ON CONFLICT (source, shop_domain, topic, external_id) DO NOTHING"


def sealed(rows: Sequence[Row]) -> list[bytes]:
    """The bodies, as the column's type seals them for the ORM."""
    return [seal_bytes(row.body) for row in rows]
