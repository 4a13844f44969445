"""Codes: Verify v2, create and check."""

import secrets
import uuid
from datetime import UTC

from simulators.twilio.outcomes import TwilioError
from simulators.twilio.texts import ADDRESS, SENDER, Texts

MOST_SENDS, MOST_CHECKS = 5, 5


class Codes:
    """One pending verification a recipient and service. The code is readable in the outbox, as on a phone."""

    def __init__(self, texts: Texts):
        self._texts, self._shelf, self._config = texts, texts.shelf, texts.config

    def send(self, service_sid: str, form: dict[str, str]) -> dict:
        to, channel = form.get("To", ""), form.get("Channel", "")
        if channel not in ("sms", "whatsapp", "call", "email") or not (ADDRESS.match(to) or "@" in to):
            raise TwilioError(60200)
        kept = self._shelf.get("code", f"{service_sid} {to}")
        pending = kept if kept and kept["status"] == "pending" else None
        if pending and pending["sends"] >= MOST_SENDS:
            raise TwilioError(60203, 429)
        now = self._config.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        verification = pending or {
            "sid": "VE" + uuid.uuid4().hex,
            "service_sid": service_sid,
            "account_sid": self._config.twilio_account_sid,
            "to": to,
            "status": "pending",
            "valid": False,
            "date_created": now,
            "code": f"{secrets.randbelow(10**6):06}",
            "sends": 0,
            "checks": 0,
        }
        verification |= {"channel": channel, "date_updated": now, "sends": verification["sends"] + 1}
        self._shelf.put("code", f"{service_sid} {to}", verification)
        self._show(verification)
        return verification

    def check(self, service_sid: str, form: dict[str, str]) -> dict:
        """A wrong code leaves it pending; an approved, spent or unknown one is 404, as Twilio answers."""
        verification = self._find(service_sid, form)
        if not verification or verification["status"] != "pending":
            raise TwilioError(20404, 404)
        if verification["checks"] >= MOST_CHECKS:
            raise TwilioError(60202, 429)
        right = form.get("Code") == verification["code"]
        verification |= {"checks": verification["checks"] + 1, "valid": right}
        verification["status"] = "approved" if right else "pending"
        self._shelf.put("code", f"{service_sid} {verification['to']}", verification)
        return verification

    def all(self) -> list[dict]:
        return self._shelf.all("code")

    def _find(self, service_sid: str, form: dict[str, str]) -> dict | None:
        if form.get("To"):
            return self._shelf.get("code", f"{service_sid} {form['To']}")
        return next((v for v in self.all() if v["sid"] == form.get("VerificationSid")), None)

    def _show(self, verification: dict) -> None:
        # Verify sends from its own numbers and never through Messages, so the text is private to the outbox page.
        body = f"Your Verdane code is: {verification['code']}"
        text = self._texts.blank(SENDER, verification["to"], body) | {"status": "delivered", "_verify": True}
        self._shelf.put("text", text["sid"], text)


def shown(verification: dict) -> dict:
    """As the REST API shows it: without the code."""
    private = {"code", "sends", "checks"}
    return {k: v for k, v in verification.items() if k not in private} | {
        "lookup": {},
        "amount": None,
        "payee": None,
        "sna": None,
        "send_code_attempts": [],
        "url": f"https://verify.twilio.com/v2/Services/{verification['service_sid']}/Verifications/{verification['sid']}",
    }
