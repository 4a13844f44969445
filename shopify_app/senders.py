"""Who may deliver at the doors. Kept small: a web process needs it before any page is loaded (when_asked.py)."""

from collections.abc import Mapping

from kit.settings import Settings
from webhooks.sources import Source
from webhooks.sources.easypost import EasyPostSource
from webhooks.sources.flow import FlowSource
from webhooks.sources.shopify import ShopifySource
from webhooks.sources.twilio import TwilioSource


def make_sources(settings: Settings) -> Mapping[str, Source]:
    """Door name -> who delivers there."""
    return {
        "shopify": ShopifySource(settings.webhook_secrets),
        "flow": FlowSource(settings.webhook_secrets),
        "twilio": TwilioSource(settings.twilio_auth_token, settings.app_url),
        "easypost": EasyPostSource(settings.easypost_webhook_secret),
    }
