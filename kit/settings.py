"""What the operator chooses, read from the environment once, at start. What a merchant chooses is a row instead."""

import json
import os
import re
from dataclasses import dataclass, fields
from ipaddress import ip_address
from urllib.parse import urlsplit

from dotenv import load_dotenv

APP_BRIDGE_CDN = "https://cdn.shopify.com/shopifycloud/app-bridge.js"
POLARIS_CDN = "https://cdn.shopify.com/shopifycloud/polaris-1.js"
NUMBER = re.compile(r"\+[1-9]\d{6,14}")


class SettingsError(Exception):
    """Names every setting that is missing or contradicts another, a line each."""


@dataclass(frozen=True, kw_only=True, repr=False)  # no repr: a log line or a traceback would show secrets
class Settings:
    """One field a setting, under its lower-case name. An empty string means "not set"."""

    shopify_api_key: str
    shopify_api_secret: str
    shopify_api_secret_previous: str = ""
    shopify_admin_base_url: str = ""
    app_url: str
    database_url: str = "sqlite:///var/app.db"
    secret_key: str
    secret_key_previous: str = ""
    token_keys: str
    twilio_account_sid: str = ""
    twilio_auth_token: str = ""
    twilio_api_key_sid: str = ""
    twilio_api_key_secret: str = ""
    twilio_messaging_service_sid: str = ""
    twilio_whatsapp_from: str = ""
    twilio_templates: str = ""
    twilio_verify_service_sid: str = ""
    twilio_api_base: str = ""
    smtp_url: str = ""
    mail_from: str = ""
    easypost_api_key: str = ""
    easypost_webhook_secret: str = ""
    easypost_api_base: str = ""
    pictures_folder: str = "var/pictures"
    pictures_s3_endpoint: str = ""
    pictures_s3_bucket: str = ""
    pictures_s3_region: str = "us-east-1"
    pictures_s3_key: str = ""
    pictures_s3_secret: str = ""
    turn_urls: str = ""
    turn_secret: str = ""
    turn_only: str = ""
    client_address_header: str = ""
    practice_model_url: str = ""
    practice_model_key: str = ""
    practice_model_name: str = ""
    log_format: str = "text"
    sentry_dsn: str = ""
    metrics_token: str = ""
    app_bridge_url: str = APP_BRIDGE_CDN
    polaris_url: str = POLARIS_CDN

    @classmethod
    def from_env(cls, env: dict[str, str] | None = None) -> "Settings":
        """Settings from `env`, by default the process's environment after reading `.env`.

        Raises SettingsError naming all that is missing or contradictory at once.
        """
        if env is None:
            load_dotenv()
            env = dict(os.environ)
        given = {f.name: env[f.name.upper()].strip() for f in fields(cls) if env.get(f.name.upper(), "").strip()}
        if "app_url" in given:
            given["app_url"] = given["app_url"].rstrip("/")
        wrong = missing_settings(given)
        if not wrong:
            settings = cls(**given)
            wrong = contradictions(settings)
            if not wrong:
                return settings
        raise SettingsError("\n".join(wrong))

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """Client secrets a signature may have been made with, current first."""
        return tuple(s for s in (self.shopify_api_secret, self.shopify_api_secret_previous) if s)

    @property
    def texts_are_sent(self) -> bool:
        """Whether Twilio is set up; if not, texts stay in the outbox and say so."""
        return bool(self.twilio_account_sid and self.twilio_auth_token)

    @property
    def admin_frame_origin(self) -> str:
        """Origin of the local admin frame, or "" when the real admin is used."""
        if not self.shopify_admin_base_url:
            return ""
        parts = urlsplit(self.shopify_admin_base_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def is_local(self) -> bool:
        """Whether the app itself is served from this machine, without https."""
        return is_loopback(self.app_url)


def missing_settings(given: dict[str, str]) -> list[str]:
    """A sentence for each setting without a default that was not given."""
    required = [f.name for f in fields(Settings) if f.default.__class__.__name__ == "_MISSING_TYPE"]
    return [f"{name.upper()} is not set." for name in required if name not in given]


def contradictions(settings: Settings) -> list[str]:
    """A sentence for each pair of settings that cannot both be meant."""
    wrong = []
    if not settings.token_keys.replace(",", "").strip():
        wrong.append("TOKEN_KEYS holds no key.")
    for name in ("shopify_admin_base_url", "twilio_api_base", "easypost_api_base"):
        value = getattr(settings, name)
        if value and not is_loopback(value):
            wrong.append(f"{name.upper()} may only name a loopback address.")
    endpoint = settings.pictures_s3_endpoint
    if endpoint and not endpoint.startswith("https://") and not is_loopback(endpoint):
        wrong.append("PICTURES_S3_ENDPOINT must be an https address, unless it is on this machine.")
    if not settings.app_url.startswith("https://") and not settings.is_local:
        wrong.append("APP_URL must be an https address, unless it is on this machine.")
    pairs = [
        ("twilio_account_sid", "twilio_auth_token"),
        ("twilio_api_key_sid", "twilio_api_key_secret"),
        ("easypost_api_key", "easypost_webhook_secret"),
        ("smtp_url", "mail_from"),
        ("turn_urls", "turn_secret"),
        ("practice_model_url", "practice_model_key"),
        ("practice_model_url", "practice_model_name"),
        ("pictures_s3_bucket", "pictures_s3_endpoint"),
        ("pictures_s3_bucket", "pictures_s3_key"),
        ("pictures_s3_key", "pictures_s3_secret"),
    ]
    for one, other in pairs:
        if bool(getattr(settings, one)) != bool(getattr(settings, other)):
            wrong.append(f"{one.upper()} and {other.upper()} go together: set both or neither.")
    if settings.practice_model_url and not settings.practice_model_url.startswith("https://"):
        wrong.append("PRACTICE_MODEL_URL must be an https address.")
    if settings.turn_only not in ("", "no", "yes"):
        wrong.append("TURN_ONLY is yes, no, or not set.")
    if settings.twilio_whatsapp_from and not settings.twilio_account_sid:
        wrong.append("TWILIO_WHATSAPP_FROM needs TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN beside it.")
    if settings.twilio_whatsapp_from and not NUMBER.fullmatch(settings.twilio_whatsapp_from.removeprefix("whatsapp:")):
        wrong.append("TWILIO_WHATSAPP_FROM is a number with its country code, as in +33184880020.")
    if settings.twilio_verify_service_sid and not settings.twilio_account_sid:
        wrong.append("TWILIO_VERIFY_SERVICE_SID needs TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN beside it.")
    if settings.twilio_templates and not _is_json(settings.twilio_templates):
        wrong.append('TWILIO_TEMPLATES is JSON, as in {"client_reminded": {"en": "HX…"}}.')
    if settings.twilio_account_sid and not (settings.twilio_messaging_service_sid):
        wrong.append("TWILIO_MESSAGING_SERVICE_SID is needed to send texts.")
    return wrong


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def is_loopback(url: str) -> bool:
    """Whether `url` names this machine, by literal address or as localhost."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
