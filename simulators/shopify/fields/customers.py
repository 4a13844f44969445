"""Clients of the house, with what they have spent and what they have to their credit."""

from simulators.shopify import amounts
from simulators.shopify.connections import connect
from simulators.shopify.fields.metafields import METAFIELDS
from simulators.shopify.fields.orders import find_orders, orders_of
from simulators.shopify.gids import number_of
from simulators.shopify.money import money


def last_order(customer, ctx, args):
    orders = [o for o in orders_of(ctx, customer) if ctx.can_see(o)]
    return max(orders, key=lambda o: o["createdAt"], default=None)


def spent(customer, ctx, args):
    total = sum(amounts.received(o) - amounts.refunded(o) for o in orders_of(ctx, customer))
    return money(total, ctx.shop.profile["currencyCode"])


def email(customer, ctx, args):
    shown = {"marketingState": "NOT_SUBSCRIBED", "validFormat": True, "openTrackingLevel": "UNKNOWN"}
    return {"emailAddress": customer["email"], **shown} if customer.get("email") else None


def phone(customer, ctx, args):
    shown = {"marketingState": "NOT_SUBSCRIBED"}
    return {"phoneNumber": customer["phone"], **shown} if customer.get("phone") else None


def lines_of(address, ctx, args):
    place = f"{address.get('zip') or ''} {address.get('city') or ''}".strip()
    return [part for part in (address.get("address1"), address.get("address2"), place, address.get("country")) if part]


def accounts(customer, ctx, args):
    return connect([a for a in ctx.shop.all("StoreCreditAccount") if a["ownerId"] == customer["id"]], args)


FIELDS = {
    "Customer": METAFIELDS | {
        "legacyResourceId": lambda c, ctx, args: str(number_of(c["id"])),
        "displayName": lambda c, ctx, args: f"{c['firstName']} {c['lastName']}",
        "defaultEmailAddress": email,
        "defaultPhoneNumber": phone,
        "addressesV2": lambda c, ctx, args: connect([c["defaultAddress"]] if c.get("defaultAddress") else [], args),
        "amountSpent": spent,
        "numberOfOrders": lambda c, ctx, args: str(len(orders_of(ctx, c))),
        "orders": lambda c, ctx, args: connect(find_orders(ctx, args, orders_of(ctx, c)), args),
        "lastOrder": last_order,
        "state": lambda c, ctx, args: "ENABLED",
        "productSubscriberStatus": lambda c, ctx, args: "NEVER_SUBSCRIBED",
        "verifiedEmail": lambda c, ctx, args: True,
        "lifetimeDuration": lambda c, ctx, args: "over 1 year",
        "storeCreditAccounts": accounts,
    },
    "MailingAddress": {
        "formatted": lines_of,
    },
    "StoreCreditAccount": {
        "owner": lambda a, ctx, args: ctx.shop.get(a["ownerId"]),
        "balance": lambda a, ctx, args: money(a["amount"], a["currencyCode"]),
    },
}  # fmt: skip
