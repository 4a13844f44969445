"""Relay servers for those two networks that cannot reach one another. Pure."""

import base64
import hmac
from datetime import datetime
from typing import Any

LIFETIME_SECONDS = 4 * 3600


def ice_servers(turn_urls: str, turn_secret: str, participant_id: int, now: datetime) -> list[dict[str, Any]]:
    """RTCIceServer dictionaries with credentials of four hours; [] when no relay is set up.

    `turn_urls` are comma-separated, "turn:turn.example:3478?transport=udp". The user name is "expiry:participant" and
    the password HMAC-SHA1 of it in base64, as coturn's use-auth-secret wants: github.com/coturn/coturn wiki/turnserver.
    """
    urls = [url.strip() for url in turn_urls.split(",") if url.strip()]
    if not urls or not turn_secret:
        return []
    user = f"{int(now.timestamp()) + LIFETIME_SECONDS}:{participant_id}"
    password = base64.b64encode(hmac.digest(turn_secret.encode(), user.encode(), "sha1")).decode()
    return [{"urls": urls, "username": user, "credential": password}]
