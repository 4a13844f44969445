"""How REST bodies write ids and money."""

from simulators.shopify.gids import number_of


def ref(gid: str) -> dict:
    return {"id": number_of(gid), "admin_graphql_api_id": gid}


def snake_set(money_bag: dict) -> dict:
    """A MoneyBag as REST writes it."""
    names = (("shop_money", "shopMoney"), ("presentment_money", "presentmentMoney"))
    return {
        rest: {"amount": money_bag[own]["amount"], "currency_code": money_bag[own]["currencyCode"]}
        for rest, own in names
    }
