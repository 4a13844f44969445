"""Twilio's status callback of a video room: who came, who went, that it closed."""

import re
from datetime import UTC, datetime
from typing import Any

from consults.events import RoomTold

KINDS = {"participant-connected": "joined", "participant-disconnected": "left", "room-ended": "ended"}
ROOM = re.compile(r"consult-([1-9]\d{0,17})")


def parse(payload: dict[str, Any], context: Any) -> RoomTold | None:
    """None for what we need not know (tracks, a room that was made) and for rooms of somebody else's making."""
    kind = KINDS.get(str(payload.get("StatusCallbackEvent") or ""))
    room = ROOM.fullmatch(str(payload.get("RoomName") or ""))
    who = str(payload.get("ParticipantIdentity") or "")
    at = _instant(str(payload.get("Timestamp") or ""))
    if kind is None or room is None or at is None or (kind != "ended" and not _is_id(who)):
        return None
    return RoomTold("twilio_video", int(room[1]), int(who) if _is_id(who) else None, kind, at.isoformat())


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < len(text) < 19


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
