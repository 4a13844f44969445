"""tracker.created and tracker.updated from the carrier: where a parcel is."""

from typing import Any

from logistics.events import TrackerUpdated


def parse(payload: dict[str, Any], context: Any) -> TrackerUpdated | None:
    """None when the event carries no tracker. The status is the carrier's own word."""
    tracker = payload.get("result")
    if not isinstance(tracker, dict) or not tracker.get("tracking_code"):
        return None
    return TrackerUpdated(
        tracking_code=str(tracker["tracking_code"])[:100],
        status=str(tracker.get("status") or "unknown")[:40],
        at=str(tracker.get("updated_at") or payload.get("created_at") or ""),
        event_id=str(payload.get("id") or "")[:100],
        carrier=str(tracker.get("carrier") or "")[:60],
    )
