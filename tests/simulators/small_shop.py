"""A shop of one client, one order and two pieces, as documents of the Shopify stand-in."""

from simulators.shopify.config import DEFAULT_SCOPES

GID = "gid://shopify/"
AMARA, ORDER, RING, PENDANT = "101", f"{GID}Order/1001", f"{GID}LineItem/301", f"{GID}LineItem/302"
RING_SENT = f"{GID}FulfillmentLineItem/501"
TOO_LARGE = f"{GID}ReturnReasonDefinition/901"
BOUGHT_AT = "2025-11-20T10:00:00Z"


def documents(*, installed: bool) -> list[dict]:
    return [
        {"id": f"{GID}Shop/1", "name": "Verdane", "currencyCode": "USD"},
        {"id": f"{GID}AppInstallation/1", "installed": installed, "scopes": list(DEFAULT_SCOPES) if installed else []},
        {"id": f"{GID}StaffMember/11", "firstName": "Alice", "lastName": "Verdane", "isShopOwner": True},
        {"id": f"{GID}StaffMember/12", "firstName": "Bob", "lastName": "Marsh", "phone": "+33600000012"},
        {"id": TOO_LARGE, "name": "Too large", "handle": "size-too-large", "enum": "SIZE_TOO_LARGE"},
        _client(AMARA, "Amara", "Whitlock", "amara@example.com", "+33612345678"),
        _client("102", "Bruno", "Ek", "bruno@example.com", None),
        {
            "id": f"{GID}Product/201", "handle": "meridian-ring", "title": "Meridian ring", "variants": [],
            "picture": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="3"/></svg>',
        },
        _order(),
    ]  # fmt: skip


def _client(number: str, first: str, last: str, email: str, phone: str | None) -> dict:
    return {
        "id": f"{GID}Customer/{number}", "firstName": first, "lastName": last, "email": email, "phone": phone,
        "createdAt": BOUGHT_AT, "updatedAt": BOUGHT_AT,
    }  # fmt: skip


def _order() -> dict:
    return {
        "id": ORDER, "number": 2001, "name": "#2001", "email": "amara@example.com", "sourceName": "web",
        "createdAt": BOUGHT_AT, "processedAt": BOUGHT_AT, "updatedAt": BOUGHT_AT, "tags": [], "customAttributes": [],
        "currencyCode": "USD", "presentmentCurrencyCode": "USD", "customerId": f"{GID}Customer/{AMARA}",
        "lineItems": [_line(RING, "Meridian ring", "14800.00"), _line(PENDANT, "Alba pendant", "1480.00")],
        "fulfillments": [{
            "id": f"{GID}Fulfillment/401", "name": "#2001-F1", "createdAt": BOUGHT_AT, "updatedAt": BOUGHT_AT,
            "lines": [{"id": RING_SENT, "lineItemId": RING, "quantity": 1}],
        }],
        "transactions": [], "refunds": [], "returnIds": [],
    }  # fmt: skip


def _line(gid: str, title: str, price: str) -> dict:
    return {
        "id": gid, "title": title, "name": title, "price": price, "quantity": 1, "sku": "S", "customAttributes": [],
        "variantTitle": "Yellow gold", "productId": f"{GID}Product/201",
    }  # fmt: skip
