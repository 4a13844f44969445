"""The provider "twilio_video": Twilio carries picture and sound, and tells us who comes and goes.

Recording is off until `record` says otherwise. Rooms are of the only kind Twilio still sells to new customers (error
53126 for the others).
"""

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from json import JSONDecodeError
from pathlib import Path
from typing import Any

import jwt

from consults.rooms.provider import TWILIO_VIDEO, Caps, Seat
from kit.errors import OutsideError
from kit.settings import Settings

MOST_PEOPLE = 8
TOKEN_LIFE = timedelta(minutes=15)  # for joining; whoever is in stays in
LONGEST_STAY_SECONDS = 4 * 3600
EMPTY_MINUTES = 10
SCRIPT = "twilio-video-2.36.0.min.js"
"""The client's file, pinned: docs/decisions/0012-rooms.md says how it comes to static/vendor/."""


class TwilioRooms:
    """Tokens are made here; only making and closing a room calls Twilio. `scripts`: the folder of static files."""

    name = TWILIO_VIDEO
    caps = Caps(most_people=MOST_PEOPLE, knows_presence=True)

    def __init__(self, settings: Settings, scripts: Path, client: Callable[[Settings], Any]):
        self.settings, self.scripts, self.client = settings, scripts, client

    def missing(self) -> str:
        """The account, an API key to sign with, or the client's file."""
        wanted = {
            "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN": self.settings.texts_are_sent,
            "TWILIO_API_KEY_SID and TWILIO_API_KEY_SECRET": bool(self.settings.twilio_api_key_sid),
        }
        absent = [names for names, is_set in wanted.items() if not is_set]
        if absent:
            return f"Twilio Video needs {' and '.join(absent)}, which whoever runs the app sets."
        if not (self.scripts / SCRIPT).is_file():
            return "Twilio Video needs its script, which whoever runs the app fetches with bin/twilio-video."
        return ""

    def carriage(self, seat: Seat, *, now: datetime) -> dict[str, Any]:
        """A token for this person and this room alone."""
        token = access_token(self.settings, room=room_name(seat.consult_id), identity=str(seat.participant_id), now=now)
        return {"kind": TWILIO_VIDEO, "token": token, "room": room_name(seat.consult_id)}

    def ensure_room(self, consult_id: int) -> str:
        """Its sid. The name is the key: Twilio keeps one open room of a name (error 53113 for a second)."""
        rooms = self.client(self.settings).video.v1.rooms
        with twilio_errors():
            found = rooms.list(unique_name=room_name(consult_id), status="in-progress", limit=1)
            if found:
                return str(found[0].sid)
            made = rooms.create(
                unique_name=room_name(consult_id),
                max_participants=MOST_PEOPLE,
                empty_room_timeout=EMPTY_MINUTES,
                unused_room_timeout=60,
                max_participant_duration=LONGEST_STAY_SECONDS,
                record_participants_on_connect=False,
                status_callback=f"{self.settings.app_url}/webhooks/twilio/room",
                status_callback_method="POST",
            )
        return str(made.sid)

    def end(self, room_ref: str) -> None:
        """Puts out whoever is still in it."""
        with twilio_errors():
            self.client(self.settings).video.v1.rooms(room_ref).update(status="completed")

    def record(self, room_ref: str, *, on: bool) -> None:
        """By the room's rules: twilio.com/docs/video/api/recording-rules"""
        rules = [{"type": "include" if on else "exclude", "all": True}]
        with twilio_errors():
            self.client(self.settings).video.v1.rooms(room_ref).recording_rules.update(rules=rules)


def room_name(consult_id: int) -> str:
    """What the room is called at Twilio; callbacks name it, too."""
    return f"consult-{consult_id}"


def access_token(settings: Settings, *, room: str, identity: str, now: datetime) -> str:
    """As the twilio library's AccessToken is; the library is 51 MB that a web process need not load."""
    begins = int(now.timestamp())
    claims = {
        "jti": f"{settings.twilio_api_key_sid}-{begins}",
        "iss": settings.twilio_api_key_sid,
        "sub": settings.twilio_account_sid,
        "iat": begins,
        "exp": begins + int(TOKEN_LIFE.total_seconds()),
        "grants": {"identity": identity, "video": {"room": room}},
    }
    headers = {"cty": "twilio-fpa;v=1"}
    return jwt.encode(claims, settings.twilio_api_key_secret, algorithm="HS256", headers=headers)


@contextlib.contextmanager
def twilio_errors() -> Iterator[None]:
    """Twilio's and the network's failures as OutsideError."""
    import requests
    from twilio.base.exceptions import TwilioException, TwilioRestException

    try:
        yield
    except TwilioRestException as error:
        permanent = error.status in (400, 401, 403, 404)
        raise OutsideError("twilio", f"refused with {error.code or error.status}", permanent=permanent) from error
    except (TwilioException, requests.RequestException, JSONDecodeError) as error:  # the last when it came cut
        raise OutsideError("twilio", type(error).__name__) from error
