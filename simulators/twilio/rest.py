"""Twilio's REST API under /twilio/<host of Twilio>/..., and the hand controls under /control/twilio/."""

import hmac
import secrets
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from flask import Blueprint, jsonify, request

from simulators.twilio.calls import add_calls
from simulators.twilio.codes import Codes, shown
from simulators.twilio.outcomes import MAGIC, TwilioError
from simulators.twilio.rooms import add_rooms
from simulators.twilio.texts import SENDER, Texts

ACCOUNT = "/twilio/api.twilio.com/2010-04-01/Accounts/<account_sid>"
VERIFY = "/twilio/verify.twilio.com/v2/Services/<service_sid>"


def twilio_doors(texts: Texts, codes: Codes) -> Blueprint:
    doors = Blueprint("twilio", __name__)
    config = texts.config

    @doors.before_request
    def known_caller():
        if not request.path.startswith("/twilio/"):
            return
        users = {
            config.twilio_account_sid: config.twilio_auth_token,
            config.twilio_api_key_sid: config.twilio_api_key_secret,
        }
        given = request.authorization
        right = users.get(given.username or "") if given else None
        if not given or not right or not hmac.compare_digest(right.encode(), (given.password or "").encode()):
            raise TwilioError(20003, 401)
        if request.view_args and request.view_args.get("account_sid", config.twilio_account_sid) != (
            config.twilio_account_sid
        ):
            raise TwilioError(20404, 404)

    @doors.errorhandler(TwilioError)
    def refuse(error: TwilioError):
        return error.body(), error.status

    @doors.post(f"{ACCOUNT}/Messages.json")
    def create_message(account_sid):
        return public(texts.accept(request.form.to_dict())), 201

    @doors.get(f"{ACCOUNT}/Messages.json")
    def list_messages(account_sid):
        found = [m for m in texts.newest_first() if not m.get("_verify") and _asked_for(m, request.args)]
        return _page(found, request.args)

    @doors.get(f"{ACCOUNT}/Messages/<sid>.json")
    def show_message(account_sid, sid):
        message = texts.find(sid)
        if not message:
            raise TwilioError(20404, 404)
        return public(message)

    @doors.post(f"{ACCOUNT}/Tokens.json")
    def create_token(account_sid):
        now = format_datetime(config.clock())
        return {
            "account_sid": account_sid,
            "date_created": now,
            "date_updated": now,
            "ice_servers": [],  # none: the demo's room connects on this machine without a relay
            "password": secrets.token_urlsafe(24),
            "ttl": request.form.get("Ttl", "86400"),
            "username": secrets.token_hex(32),
        }, 201

    @doors.post(f"{VERIFY}/Verifications")
    def create_verification(service_sid):
        return shown(codes.send(service_sid, request.form.to_dict())), 201

    @doors.post(f"{VERIFY}/VerificationCheck")
    def check_verification(service_sid):
        return shown(codes.check(service_sid, request.form.to_dict())), 201

    add_rooms(doors, texts)
    add_calls(doors, texts)

    @doors.route("/twilio/<path:rest>", methods=["GET", "POST", "PUT", "DELETE"])
    def not_built(rest):
        raise TwilioError(20404, 404)

    @doors.get("/control/twilio/messages")
    def all_messages():
        to, callbacks = request.args.get("to", ""), texts.callbacks.by_subject()
        wanted = [m for m in texts.newest_first() if not to or m["to"] == to]
        return {"messages": [m | {"callbacks": callbacks.get(m["sid"], [])} for m in wanted]}

    @doors.get("/control/twilio/verifications")
    def all_verifications():
        return {"verifications": codes.all()}

    @doors.get("/control/twilio/magic")
    def magic():
        return {"magic": [{"to_ends_with": o.ending, "meaning": o.meaning} for o in MAGIC]}

    @doors.post("/control/twilio/inbound")
    def inbound():
        asked = request.get_json(silent=True) or request.form.to_dict()
        if not asked.get("from") or not asked.get("body"):
            return jsonify(error="from and body are needed"), 400
        return public(texts.arrive(asked["from"], asked.get("to") or SENDER, asked["body"])), 201

    @doors.post("/control/twilio/messages/<sid>/read")
    def read(sid):
        try:
            texts.read(sid)
        except KeyError:
            return jsonify(error="no delivered WhatsApp message of that sid"), 404
        return {"status": "read"}

    @doors.get("/control/twilio/faults")
    def struck():
        return {"struck": texts.faults.struck()}

    @doors.post("/control/twilio/faults")
    def faults():
        try:
            return texts.faults.order(request.get_json(silent=True) or request.form.to_dict())
        except ValueError as error:
            return jsonify(error=str(error)), 400

    return doors


def public(message: dict) -> dict:
    """As the REST API shows it: without what only we need."""
    return {k: v for k, v in message.items() if not k.startswith("_")}


def _asked_for(message: dict, args) -> bool:
    sent = parsedate_to_datetime(message["date_sent"] or message["date_created"])
    checks = {
        "To": lambda v: message["to"] == v,
        "From": lambda v: message["from"] == v,
        # A bare date means that whole day; with < and > an instant is given.
        "DateSent": lambda v: sent.date() == datetime.fromisoformat(v).date(),
        "DateSent<": lambda v: sent <= _instant(v),
        "DateSent>": lambda v: sent >= _instant(v),
    }
    return all(check(args[name]) for name, check in checks.items() if args.get(name))


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _page(found: list[dict], args) -> dict:
    size, number = min(int(args.get("PageSize", 50)), 1000), int(args.get("Page", 0))
    start = size * number
    path = request.path.split("/twilio/api.twilio.com", 1)[1]
    uri = f"{path}?PageSize={size}&Page="
    return {
        "messages": [public(m) for m in found[start : start + size]],
        "page": number,
        "page_size": size,
        "start": start,
        "end": max(start, min(start + size, len(found)) - 1),
        "uri": f"{uri}{number}",
        "first_page_uri": f"{uri}0",
        "next_page_uri": f"{uri}{number + 1}" if start + size < len(found) else None,
        "previous_page_uri": f"{uri}{number - 1}" if number else None,
    }
