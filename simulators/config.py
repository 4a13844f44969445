"""What the stand-ins need to know: where the app is, and the secrets both sides share."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

SHOP = "verdane-demo.myshopify.com"


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Config:
    """Settings of all stand-ins. The defaults are the demo's, so `Config()` is enough in most tests.

    `app_url` and `public_base` (our own address, as the app and a browser see it) carry no slash at the end.
    `state_path` None keeps everything in memory. `pace` stretches or shrinks the time between the steps of a
    text message and between attempts of a callback: 1.0 is the demo's, 0.01 suits a test.
    """

    app_url: str = "http://127.0.0.1:8080"
    public_base: str = "http://127.0.0.1:8081"
    api_key: str = "demo-key"
    api_secret: str = "demo-secret"
    shop: str = SHOP
    twilio_account_sid: str = "AC" + "0123456789abcdef" * 2
    twilio_auth_token: str = "demo-twilio-token"
    twilio_api_key_sid: str = "SK" + "0123456789abcdef" * 2
    twilio_api_key_secret: str = "demo-twilio-key-secret"
    easypost_api_key: str = "demo-easypost-key"
    easypost_webhook_secret: str = "demo-easypost-webhook"
    state_path: Path | None = None
    clock: Callable[[], datetime] = utc_now
    pace: float = 1.0

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ, **chosen) -> "Config":
        """The demo's settings; `chosen` wins over the environment, the environment over the defaults."""
        names = {
            "api_key": "SHOPIFY_API_KEY",
            "api_secret": "SHOPIFY_API_SECRET",
            "twilio_account_sid": "TWILIO_ACCOUNT_SID",
            "twilio_auth_token": "TWILIO_AUTH_TOKEN",
            "twilio_api_key_sid": "TWILIO_API_KEY_SID",
            "twilio_api_key_secret": "TWILIO_API_KEY_SECRET",
            "easypost_api_key": "EASYPOST_API_KEY",
            "easypost_webhook_secret": "EASYPOST_WEBHOOK_SECRET",
        }
        return cls(**{field: env[name] for field, name in names.items() if env.get(name)} | chosen)
