"""A stand-in for Shopify: the Admin API on its real schema, tokens, webhooks, and files.

config = ShopifyConfig(app_url="http://127.0.0.1:8080", public_base="http://127.0.0.1:8081")
store = Store(config, "var/shopify.db")          # None: in memory only
store.seed(generate(seed=7, base=now))           # simulators.world; does nothing if the file has a world already
app.register_blueprint(bp(store))
store.webhooks.start()                           # sends webhooks from threads of its own
"""

from flask import Blueprint

from simulators.shopify import accounts, admin_api, control, files
from simulators.shopify.config import ShopifyConfig
from simulators.shopify.signatures import mint_id_token, sign_webhook
from simulators.shopify.store import Store


def bp(store: Store) -> Blueprint:
    """All addresses of the stand-in: /shopify/<shop>/… as Shopify has them, /control/shopify/… for tests."""
    blueprint = Blueprint("shopify", __name__)
    for part in (admin_api, files, accounts, control):
        part.mount(blueprint, store)
    store.bulk.go_on()
    return blueprint


__all__ = ["ShopifyConfig", "Store", "bp", "mint_id_token", "sign_webhook"]
