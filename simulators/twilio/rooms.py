"""Twilio Video's rooms: made, listed, closed, and signed callbacks about them. Nobody's picture is carried here.

/control/twilio/rooms/<name>/<event> tells the app what Twilio would: participant-connected or participant-disconnected,
with the query `identity`.
"""

import json
import uuid
from datetime import UTC
from urllib.parse import urlencode

from flask import Blueprint, request

from simulators.twilio.outcomes import TwilioError
from simulators.twilio.signing import sign
from simulators.twilio.texts import Texts

ROOMS = "/twilio/video.twilio.com/v1/Rooms"


def add_rooms(doors: Blueprint, texts: Texts) -> None:
    shelf, config = texts.shelf, texts.config

    @doors.post(ROOMS)
    def create_room():
        form = request.form.to_dict()
        name = form.get("UniqueName") or uuid.uuid4().hex
        if _open(name):
            raise TwilioError(53113)
        sid = "RM" + uuid.uuid4().hex
        room: dict = {
            "sid": sid,
            "account_sid": config.twilio_account_sid,
            "unique_name": name,
            "status": "in-progress",
            "type": "group",
            "max_participants": int(form.get("MaxParticipants", 50)),
            "record_participants_on_connect": form.get("RecordParticipantsOnConnect", "false").lower() == "true",
            "status_callback": form.get("StatusCallback"),
            "date_created": config.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "_told": 0,
        }
        shelf.put("room", sid, room)
        _tell(room, "room-created")
        return _public(room), 201

    @doors.get(ROOMS)
    def list_rooms():
        wanted = {"unique_name": request.args.get("UniqueName"), "status": request.args.get("Status")}
        found = [r for r in shelf.all("room") if all(not v or r[k] == v for k, v in wanted.items())]
        return {"rooms": [_public(r) for r in found], "meta": {"key": "rooms", "page": 0, "next_page_url": None}}

    @doors.post(f"{ROOMS}/<sid>")
    def update_room(sid):
        room = shelf.get("room", sid)
        if room is None or room["status"] == "completed":
            raise TwilioError(20404, 404)
        room = shelf.change("room", sid, lambda kept: kept.update(status=request.form.get("Status", kept["status"])))
        if room["status"] == "completed":
            _tell(room, "room-ended")
        return _public(room)

    @doors.post(f"{ROOMS}/<sid>/RecordingRules")
    def record(sid):
        room = shelf.get("room", sid)
        if room is None or room["status"] == "completed":
            raise TwilioError(20404, 404)
        rules = json.loads(request.form["Rules"])
        shelf.change("room", sid, lambda kept: kept.update(_rules=rules))
        return {"room_sid": sid, "rules": rules}, 202

    @doors.post("/control/twilio/rooms/<name>/<event>")
    def tell(name, event):
        room = _open(name)
        if room is None:
            raise TwilioError(20404, 404)
        return {"told": _tell(room, event, request.args.get("identity", ""))}

    def _open(name: str) -> dict | None:
        return next((r for r in shelf.all("room") if r["unique_name"] == name and r["status"] == "in-progress"), None)

    def _tell(room: dict, event: str, identity: str = "") -> bool:
        """The form Twilio posts to a room's StatusCallback: twilio.com/docs/video/api/status-callbacks."""
        url = room["status_callback"]
        if not url:
            return False
        number = shelf.change("room", room["sid"], lambda kept: kept.update(_told=kept["_told"] + 1))["_told"]
        fields = {
            "AccountSid": room["account_sid"],
            "RoomName": room["unique_name"],
            "RoomSid": room["sid"],
            "RoomStatus": room["status"],
            "RoomType": room["type"],
            "StatusCallbackEvent": event,
            "Timestamp": config.clock().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "SequenceNumber": str(number),
        }
        if identity:
            fields |= {"ParticipantIdentity": identity, "ParticipantSid": "PA" + uuid.uuid4().hex}
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "X-Twilio-Signature": sign(config.twilio_auth_token, url, fields),
        }
        texts.callbacks.post(url, urlencode(fields).encode(), headers, about=room["sid"])
        return True


def _public(room: dict) -> dict:
    return {key: value for key, value in room.items() if not key.startswith("_")}
