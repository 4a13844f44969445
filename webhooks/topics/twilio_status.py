"""Twilio's status callback: what became of a text."""

from typing import Any

from notifications.events import MessageStatus


def parse(payload: dict[str, Any], context: Any) -> MessageStatus | None:
    """None when the form names no message."""
    sid = payload.get("MessageSid") or payload.get("SmsSid")
    status = payload.get("MessageStatus") or payload.get("SmsStatus")
    if not sid or not status:
        return None
    return MessageStatus(provider_id=str(sid), status=str(status), error_code=str(payload.get("ErrorCode") or ""))
