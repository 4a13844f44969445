"""Where the demo's parts are, and what they are told: ports, files, and settings that are nobody's secret."""

import json
import os
import socket
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from simulators.ports import free_port

__all__ = ["Places", "free_port", "is_taken"]

SHOP = "verdane-demo.myshopify.com"
SECRET = "demo-client-secret-of-this-laptop-only"
METRICS_TOKEN = "demo-metrics"
ON_WHATSAPP = ("client_invited", "client_reminded", "consult_confirmed", "handed_over", "times_proposed", "line_missed")
APPROVED = {"en": "HX" + "0" * 32, "fr": "HX" + "1" * 32}


@dataclass(frozen=True)
class Places:
    """Ports of one demo, and the folder it keeps its files in."""

    port: int
    simulators_port: int
    smtp_port: int
    folder: Path

    @property
    def app(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def store(self) -> str:
        return f"http://127.0.0.1:{self.simulators_port}"

    def environment(self, database_url: str) -> dict[str, str]:
        """Settings of every part. What the caller's environment says about providers is left out on purpose."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SHOPIFY_", "TWILIO_", "EASYPOST_", "SMTP_"))}
        return kept | {
            "PYTHONTZPATH": "",
            "PYTHONUNBUFFERED": "1",
            "SHOPIFY_API_KEY": "demo-key",
            "SHOPIFY_API_SECRET": SECRET,
            "SHOPIFY_ADMIN_BASE_URL": f"{self.store}/shopify",
            "APP_URL": self.app,
            "DATABASE_URL": database_url,
            "SECRET_KEY": "demo-secret-key",
            "TOKEN_KEYS": "demo-token-key",
            "METRICS_TOKEN": METRICS_TOKEN,
            "TWILIO_ACCOUNT_SID": "AC" + "0123456789abcdef" * 2,
            "TWILIO_AUTH_TOKEN": "demo-twilio-token",
            "TWILIO_MESSAGING_SERVICE_SID": "MG" + "0123456789abcdef" * 2,
            "TWILIO_WHATSAPP_FROM": "+33184880030",
            "TWILIO_TEMPLATES": json.dumps(dict.fromkeys(ON_WHATSAPP, APPROVED)),
            "TWILIO_VERIFY_SERVICE_SID": "VA" + "0123456789abcdef" * 2,
            "TWILIO_API_BASE": f"{self.store}/twilio",
            "SMTP_URL": f"smtp://127.0.0.1:{self.smtp_port}",
            "MAIL_FROM": "Verdane <care@verdane.example>",
            "EASYPOST_API_KEY": "demo-easypost-key",
            "EASYPOST_WEBHOOK_SECRET": "demo-easypost-webhook",
            "EASYPOST_API_BASE": f"{self.store}/easypost/v2",
            "APP_BRIDGE_URL": f"{self.store}/cdn/app-bridge.js",
            "POLARIS_URL": f"{self.store}/cdn/polaris.js",
        }


def is_taken(port: int) -> bool:
    """Whether somebody listens on `port` already."""
    with closing(socket.socket()) as caller:
        caller.settimeout(0.5)
        return caller.connect_ex(("127.0.0.1", port)) == 0
