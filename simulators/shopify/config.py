"""What the Shopify stand-in has to be told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

API_VERSION = "2026-07"

# shopify.md 2.9: what the app asks for. `read_users` and `read_all_orders` are gated, so they are not given at first.
DEFAULT_SCOPES = (
    "read_orders", "write_orders", "read_returns", "write_returns", "read_fulfillments", "read_products",
    "read_inventory", "read_locations", "read_customers", "write_customers", "read_draft_orders", "write_draft_orders",
    "read_merchant_managed_fulfillment_orders", "write_merchant_managed_fulfillment_orders",
    "write_store_credit_account_transactions", "read_store_credit_accounts", "write_gift_cards", "write_app_proxy",
)  # fmt: skip


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class ShopifyConfig:
    """`app_url` is where webhooks go (`{app_url}/webhooks/shopify`); `public_base` is where this stand-in is reached.

    `retry_seconds` are the pauses before the second, third… attempt of a webhook. Shopify spreads eight of them over
    four hours; a demo can't wait that long.
    """

    app_url: str
    api_key: str = "demo-key"
    api_secret: str = "demo-secret"
    public_base: str = "http://127.0.0.1:8081"
    retry_seconds: tuple[float, ...] = (1, 2, 4, 8, 16, 32, 64, 128)
    clock: Callable[[], datetime] = utc_now
    scopes: tuple[str, ...] = DEFAULT_SCOPES
    token_seconds: int = 3600
    bucket_size: float = 20_000
    restore_rate: float = 1_000
    webhook_workers: int = 4
    webhook_timeout_seconds: float = 5
    send_history_on_install: bool = True
    bulk_seconds: float = 0.3  # before a bulk operation runs; the real one may take hours
    webhook_path: str = "/webhooks/shopify"
