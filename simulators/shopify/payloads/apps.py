"""Bodies that are about the app and about privacy."""

from datetime import UTC, datetime

from simulators.shopify.gids import number_of


def shop_body(shop, now: datetime) -> dict:
    """app/uninstalled: a Shop resource whose domains are null. The receiver takes the shop from the header."""
    profile = shop.profile
    return {
        "id": number_of(profile["id"]),
        "name": profile["name"],
        "email": profile["email"],
        "domain": None,
        "country": "US",
        "phone": None,
        "primary_locale": "en",
        "created_at": None,
        "updated_at": None,
        "country_code": "US",
        "country_name": "United States",
        "currency": profile["currencyCode"],
        "customer_email": profile["email"],
        "iana_timezone": None,
        "shop_owner": profile["shopOwnerName"],
        "plan_display_name": "Shopify Plus",
        "plan_name": "enterprise",
        "myshopify_domain": None,
        "enabled_presentment_currencies": profile["enabledPresentmentCurrencies"],
    }


def scopes_updated(shop, previous: list[str], current: list[str], now: datetime) -> dict:
    moment = now.astimezone(UTC).isoformat()
    return {"id": 1, "shop_id": shop.profile["id"], "previous": previous, "current": current, "updated_at": moment}


def privacy(shop, topic: str, client: dict | None, orders: list[dict]) -> dict:
    """customers/data_request, customers/redact, shop/redact."""
    body: dict = {"shop_id": number_of(shop.profile["id"]), "shop_domain": shop.domain}
    if topic == "shop/redact" or client is None:
        return body
    body["customer"] = {"id": number_of(client["id"]), "email": client["email"], "phone": client.get("phone")}
    numbers = [number_of(order["id"]) for order in orders]
    if topic == "customers/redact":
        return body | {"orders_to_redact": numbers}
    return body | {"orders_requested": numbers, "data_request": {"id": 9999}}


def bulk_finished(operation: dict) -> dict:
    """bulk_operations/finish: which one and how it ended; the address of the result has to be asked for."""
    return {
        "admin_graphql_api_id": operation["id"],
        "completed_at": operation["completedAt"],
        "created_at": operation["createdAt"],
        "error_code": operation["errorCode"] and operation["errorCode"].lower(),
        "status": operation["status"].lower(),
        "type": "query",
    }
