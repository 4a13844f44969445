"""Store credit and gift cards."""

import secrets
from datetime import datetime
from decimal import Decimal

from simulators.shopify.errors import Refused
from simulators.shopify.money import money

# A client with a credit beyond this is refused: it bites in a house of this kind (shopify.md 2.5).
CEILING = Decimal(15_000)


def account_of(ctx, customer_gid: str, currency: str) -> dict | None:
    """A client has one for each currency (shopify.md 2.5)."""
    return ctx.shop.find("StoreCreditAccount", ownerId=customer_gid, currencyCode=currency)


def check_ceiling(ctx, customer_gid: str, amount: Decimal, currency: str, here: list[str]) -> None:
    account = account_of(ctx, customer_gid, currency)
    if amount + Decimal(account["amount"] if account else 0) > CEILING:
        raise Refused(here, "The credit would exceed the store credit limit.", "CREDIT_LIMIT_EXCEEDED")


def add(ctx, customer_gid: str, amount: Decimal, currency: str, expires_at: str | None) -> dict:
    account = account_of(ctx, customer_gid, currency) or {
        "id": ctx.shop.new_gid("StoreCreditAccount"),
        "ownerId": customer_gid,
        "amount": "0",
        "currencyCode": currency,
        "entries": [],
    }
    account["amount"] = str(Decimal(account["amount"]) + amount)
    account["entries"].append({"amount": str(amount), "at": ctx.moment, "expiresAt": expires_at})
    return ctx.shop.save(account)


def credit_account(ctx, args):
    asked, gid = args["creditInput"], args["id"]
    customer = owner_of(ctx, gid, asked["creditAmount"]["currencyCode"])
    amount = Decimal(str(asked["creditAmount"]["amount"]))
    if amount <= 0:
        raise Refused(["creditInput", "creditAmount", "amount"], "Amount must be positive.", "NEGATIVE_OR_ZERO_AMOUNT")
    expires = asked.get("expiresAt")
    if expires and datetime.fromisoformat(expires) <= ctx.now:
        raise Refused(["creditInput", "expiresAt"], "Expiry must be in the future.", "EXPIRES_AT_IN_PAST")
    currency = asked["creditAmount"]["currencyCode"]
    check_ceiling(ctx, customer, amount, currency, ["creditInput", "creditAmount"])
    account = add(ctx, customer, amount, currency, expires)
    transaction = {
        "__typename": "StoreCreditAccountCreditTransaction",
        "id": ctx.shop.new_gid("StoreCreditAccountCreditTransaction"),
        "amount": money(amount, currency),
        "expiresAt": expires,
        "createdAt": ctx.moment,
        "account": account,
    }
    return {"storeCreditAccountTransaction": transaction}


def owner_of(ctx, gid: str, currency: str) -> str:
    """The client meant, by their own id or by that of an account of theirs."""
    owner = ctx.shop.get(gid) if "/Customer/" in gid or "/StoreCreditAccount/" in gid else None
    if owner is None:
        raise Refused(["id"], "Owner does not exist.", "OWNER_NOT_FOUND")
    if "/Customer/" in gid:
        return gid
    if owner["currencyCode"] != currency:
        raise Refused(
            ["creditInput", "creditAmount", "currencyCode"], "Currency must be the account's.", "MISMATCHING_CURRENCY"
        )
    return owner["ownerId"]


def create_gift_card(ctx, args):
    asked = args["input"]
    amount = asked.get("initialAmount") or {
        "amount": asked.get("initialValue") or "0",
        "currencyCode": ctx.shop.profile["currencyCode"],
    }
    if Decimal(str(amount["amount"])) <= 0:
        raise Refused(["input", "initialAmount"], "Initial value must be greater than 0", "GREATER_THAN")
    client = asked.get("customerId")
    if client and ("/Customer/" not in client or ctx.shop.get(client) is None):
        raise Refused(["input", "customerId"], "Customer could not be found.", "CUSTOMER_NOT_FOUND")
    code = asked.get("code") or secrets.token_hex(8)
    value = money(amount["amount"], amount["currencyCode"])
    card = ctx.shop.save(
        {
            "id": ctx.shop.new_gid("GiftCard"),
            "lastCharacters": code[-4:],
            "maskedCode": "•••• •••• •••• " + code[-4:],
            "balance": value,
            "initialValue": value,
            "enabled": True,
            "expiresOn": asked.get("expiresOn"),
            "note": asked.get("note"),
            "createdAt": ctx.moment,
            "updatedAt": ctx.moment,
            "customerId": client,
        }
    )
    return {"giftCard": card, "giftCardCode": code}


MUTATIONS = {"storeCreditAccountCredit": credit_account, "giftCardCreate": create_gift_card}
