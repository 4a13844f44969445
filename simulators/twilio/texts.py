"""Texts: the messages themselves, how they move on, and what Twilio tells the app about it."""

import json
import re
import uuid
from email.utils import format_datetime
from urllib.parse import urlencode, urlsplit

from simulators.callbacks import Callbacks
from simulators.config import Config
from simulators.faults import KINDS, Faults
from simulators.later import Later
from simulators.shelf import Shelf
from simulators.twilio.outcomes import ERRORS, TwilioError, outcome_for
from simulators.twilio.signing import sign

SENDER = "+15005550006"
# Seconds after acceptance at which a text reaches each step. Far enough apart to be seen, near enough for a demo.
STEPS = (("sent", 0.4), ("", 1.2))
FINAL = {"delivered", "undelivered", "failed", "read", "received"}
ADDRESS = re.compile(r"(whatsapp:)?\+[1-9]\d{6,14}$|whatsapp:[A-Z]{2}\.\w+$")
WHATSAPP = "whatsapp:"
DAY_SECONDS = 86_400
CONTENT_SID = re.compile(r"HX[0-9a-fA-F]{32}")
# What Twilio obeys by itself on long codes: twilio.com/docs/messaging/tutorials/advanced-opt-out
STOP_WORDS = {"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"}
START_WORDS = {"START", "YES", "UNSTOP"}
HELP_WORDS = {"HELP", "INFO"}
GSM = set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüàABCDEFGHIJKLMNOPQRSTUVWXYZ"
          "abcdefghijklmnopqrstuvwxyz0123456789")  # fmt: skip
GSM_EXTENDED = set("^{}\\[~]|€")  # each takes two of the 160


class Texts:
    """Every message in and out, by SID, in the REST API's own shape plus a few private keys that start with `_`."""

    def __init__(self, config: Config, shelf: Shelf, later: Later, callbacks: Callbacks):
        self.config, self.shelf, self.later, self.callbacks = config, shelf, later, callbacks
        self.faults = Faults((*KINDS, "21610"))
        for message in shelf.all("text"):  # a restart in the middle: what was on its way goes on
            if message["status"] not in FINAL:
                self._plan(message["sid"], message.get("_end") or outcome_for(message["to"]).status)

    def accept(self, form: dict[str, str]) -> dict:
        """Stores one outbound text and sets it on its way. Raises TwilioError as the real API refuses."""
        with self.faults.around() as fault:
            if fault in ("500", "timeout"):
                raise TwilioError(20500, 500)
            to = form.get("To", "").replace(" ", "")
            self._check(form, to, opted_out=fault == "21610" or self.opted_out(to))
            message = self._new(form | {"To": to})
            self.shelf.put("text", message["sid"], message)
            self._plan(message["sid"], message["_end"])
            if fault == "lost":
                raise TwilioError(20500, 500)
        return message

    def arrive(self, sender: str, to: str, body: str) -> dict:
        """One inbound text: Twilio's own STOP and START first, then a signed POST to /webhooks/twilio/inbound."""
        message = self.blank(sender, to, body) | {"status": "received", "direction": "inbound"}
        self.shelf.put("text", message["sid"], message)
        word = body.strip().upper()
        kind = (
            "STOP" if word in STOP_WORDS else "START" if word in START_WORDS else "HELP" if word in HELP_WORDS else ""
        )
        if kind == "STOP":
            self.shelf.put("opt_out", sender, {"address": sender})
        if kind == "START":
            self.shelf.drop("opt_out", sender)
        if sender.startswith(WHATSAPP):
            self.shelf.put("window", f"{sender} {to}", {"at": self.config.clock().timestamp()})
        fields = {
            "MessageSid": message["sid"],
            "SmsSid": message["sid"],
            "SmsMessageSid": message["sid"],
            "AccountSid": message["account_sid"],
            "From": sender,
            "To": to,
            "Body": body,
            "NumMedia": "0",
            "NumSegments": message["num_segments"],
            "SmsStatus": "received",
            "ApiVersion": "2010-04-01",
        }
        if sender.startswith(f"{WHATSAPP}+"):  # one who hides the number behind an id has no number for a wa_id
            fields |= {"WaId": sender.removeprefix(f"{WHATSAPP}+"), "ProfileName": "A client"}
        self._post(self.config.app_url + "/webhooks/twilio/inbound", fields | ({"OptOutType": kind} if kind else {}))
        return message

    def read(self, sid: str) -> None:
        """They opened it: WhatsApp tells, texts don't. Raises KeyError for another message's sid."""
        message = self.shelf.get("text", sid)
        if message is None or not message["to"].startswith(WHATSAPP) or message["status"] != "delivered":
            raise KeyError(sid)
        self._move(sid, "read")

    def opted_out(self, address: str) -> bool:
        return self.shelf.get("opt_out", address) is not None

    def find(self, sid: str) -> dict | None:
        return self.shelf.get("text", sid)

    def newest_first(self) -> list[dict]:
        return self.shelf.all("text")[::-1]

    def _check(self, form: dict[str, str], to: str, *, opted_out: bool) -> None:
        if not to:
            raise TwilioError(21604)
        if not ADDRESS.match(to):
            raise TwilioError(21211, to=to)
        if not form.get("From") and not form.get("MessagingServiceSid"):
            raise TwilioError(21603)
        if not form.get("Body") and not form.get("ContentSid") and not form.get("MediaUrl"):
            raise TwilioError(21602)
        if len(form.get("Body", "")) > 1600:
            raise TwilioError(21617)
        url = form.get("StatusCallback")
        if url and urlsplit(url).scheme not in ("http", "https"):
            raise TwilioError(21609, url=url)
        if form.get("ContentSid") and not CONTENT_SID.fullmatch(form["ContentSid"]):
            raise TwilioError(21655)
        if form.get("ContentVariables") and not _is_object(form["ContentVariables"]):
            raise TwilioError(21656)
        outcome = outcome_for(to)
        if outcome.refused:
            raise TwilioError(outcome.code or 20500, outcome.refused, to=to)
        if opted_out:
            raise TwilioError(21610)

    def _new(self, form: dict[str, str]) -> dict:
        body = form.get("Body") or f"[template {form.get('ContentSid', '')}] {form.get('ContentVariables', '')}".strip()
        service = form.get("MessagingServiceSid")
        return (
            self.blank(form.get("From") or None, form["To"], body)
            | {
                "messaging_service_sid": service,
                "status": "accepted" if service else "queued",
                "_status_callback": form.get("StatusCallback"),
                "_form": form,
            }
            | self._end_of(form)
        )

    def _end_of(self, form: dict[str, str]) -> dict:
        """How it ends, and with which error. Free words to WhatsApp are taken, and then fail outside of the window."""
        outcome = outcome_for(form["To"])
        free = form["To"].startswith(WHATSAPP) and not form.get("ContentSid")
        if free and outcome.status == "delivered" and not self._in_window(form["To"], form.get("From", "")):
            return {"_end": "failed", "_code": 63016}
        return {"_end": outcome.status, "_code": outcome.code}

    def _in_window(self, to: str, sender: str) -> bool:
        wrote = self.shelf.get("window", f"{to} {sender}")
        return wrote is not None and self.config.clock().timestamp() - wrote["at"] < DAY_SECONDS

    def blank(self, sender: str | None, to: str, body: str) -> dict:
        sid, now = "SM" + uuid.uuid4().hex, self._now()
        uri = f"/2010-04-01/Accounts/{self.config.twilio_account_sid}/Messages/{sid}"
        return {
            "account_sid": self.config.twilio_account_sid,
            "api_version": "2010-04-01",
            "body": body,
            "date_created": now,
            "date_sent": None,
            "date_updated": now,
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
            "from": sender,
            "messaging_service_sid": None,
            "num_media": "0",
            "num_segments": str(segments(body)),
            "price": None,
            "price_unit": "USD",
            "sid": sid,
            "status": "queued",
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": to,
            "uri": f"{uri}.json",
        }

    def _plan(self, sid: str, end: str) -> None:
        for status, seconds in STEPS:
            self.later.after(seconds * self.config.pace, self._move, sid, status or end)

    def _move(self, sid: str, status: str) -> None:
        def step(message: dict) -> None:
            now = self._now()
            message |= {"status": status, "date_updated": now, "date_sent": message["date_sent"] or now}
            # Twilio picks the sender of a Messaging Service when the text leaves, not when it is accepted.
            message["from"] = message["from"] or SENDER
            if status in ("undelivered", "failed"):
                code = message.get("_code") or 30003
                message |= {"error_code": code, "error_message": ERRORS[code]}

        message = self.shelf.change("text", sid, step)
        if message["_status_callback"]:
            self._post(message["_status_callback"], status_fields(message))

    def _post(self, url: str, fields: dict[str, str]) -> None:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
            "X-Twilio-Signature": sign(self.config.twilio_auth_token, url, fields),
            "I-Twilio-Idempotency-Token": str(uuid.uuid4()),
        }
        self.callbacks.post(url, urlencode(fields).encode(), headers, about=fields["MessageSid"])

    def _now(self) -> str:
        return format_datetime(self.config.clock())


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def status_fields(message: dict) -> dict[str, str]:
    """The form Twilio posts to StatusCallback: twilio.com/docs/messaging/api/message-resource#statuscallback."""
    fields = {
        "MessageSid": message["sid"],
        "SmsSid": message["sid"],
        "MessageStatus": message["status"],
        "SmsStatus": message["status"],
        "AccountSid": message["account_sid"],
        "ApiVersion": message["api_version"],
        "From": message["from"],
        "To": message["to"],
    }
    if message["messaging_service_sid"]:
        fields["MessagingServiceSid"] = message["messaging_service_sid"]
    if message["error_code"]:
        fields |= {"ErrorCode": str(message["error_code"]), "ErrorMessage": message["error_message"]}
    return fields


def segments(body: str) -> int:
    """How many SMS a body is billed as: 160 or 153 signs in GSM-7, 70 or 67 UTF-16 units otherwise."""
    plain = all(sign in GSM or sign in GSM_EXTENDED for sign in body)
    septets = sum(2 if sign in GSM_EXTENDED else 1 for sign in body)
    length, alone, joined = (septets, 160, 153) if plain else (len(body.encode("utf-16-be")) // 2, 70, 67)
    return 1 if length <= alone else -(-length // joined)
