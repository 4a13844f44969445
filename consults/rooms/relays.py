"""Relay servers, for those two networks that cannot reach one another: the provider's, and the house's own.

A page is given what a job fetched before, so letting somebody in waits for nobody.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa
from sqlmodel import Session, col, select

from consults.models import RelayTicket
from consults.rooms.ice import ice_servers
from consults.rooms.twilio_video import twilio_errors

LIFETIME = timedelta(hours=4)
"""How long fetched credentials hold: as short as lets the longest conversation begin with them and end."""
LONG_ENOUGH = timedelta(hours=2)


class Relay(Protocol):
    """A provider of relays."""

    def lend(self, lifetime: timedelta) -> list[dict[str, Any]]:
        """RTCIceServer dictionaries that hold for `lifetime`. Raises OutsideError."""
        ...


class TwilioRelay:
    """Twilio's Network Traversal: POST /Tokens. twilio.com/docs/stun-turn/api"""

    def __init__(self, client: Callable[[], Any]):
        self.client = client

    def lend(self, lifetime: timedelta) -> list[dict[str, Any]]:
        """Its STUN and TURN servers."""
        with twilio_errors():
            token = self.client().tokens.create(ttl=int(lifetime.total_seconds()))
        return [
            {key: server[key] for key in ("urls", "username", "credential") if server.get(key)}
            for server in token.ice_servers or ()
        ]


def relays_for(
    session: Session, *, turn_urls: str, turn_secret: str, participant_id: int, now: datetime
) -> list[dict[str, Any]]:
    """Every relay one person may use now; [] when none is set up."""
    query = select(RelayTicket).where(RelayTicket.expires_at > now).order_by(col(RelayTicket.expires_at).desc())
    ticket = session.exec(query.limit(1)).first()
    fetched: list[dict[str, Any]] = json.loads(ticket.servers) if ticket else []
    return fetched + ice_servers(turn_urls, turn_secret, participant_id, now)


def is_wanted(session: Session, *, now: datetime) -> bool:
    """Whether no ticket holds long enough for a conversation that begins now."""
    lasting = select(RelayTicket.id).where(RelayTicket.expires_at > now + LONG_ENOUGH).limit(1)
    return session.exec(lasting).first() is None


def keep(session: Session, servers: list[dict[str, Any]], *, now: datetime) -> None:
    """Keep what was fetched, and forget what no longer holds."""
    session.connection().execute(sa.delete(RelayTicket).where(col(RelayTicket.expires_at) <= now))
    session.add(RelayTicket(servers=json.dumps(servers), expires_at=now + LIFETIME))
