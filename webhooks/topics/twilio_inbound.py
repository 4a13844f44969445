"""Twilio's webhook for a text that somebody sent us."""

from typing import Any

from notifications.events import TextArrived


def parse(payload: dict[str, Any], context: Any) -> TextArrived | None:
    """None when the form names no message or no sender. A sender may be an id and no number: "whatsapp:US.ABC"."""
    sid, sender = payload.get("MessageSid") or payload.get("SmsSid"), payload.get("From")
    if not sid or not sender:
        return None
    return TextArrived(
        provider_id=str(sid)[:100],
        sender=str(sender)[:100],
        body=str(payload.get("Body") or "").replace("\x00", ""),
        opt_out=str(payload.get("OptOutType") or "")[:10],
        ours=str(payload.get("To") or "")[:40],
        wa_id=str(payload.get("WaId") or "")[:60],
    )
