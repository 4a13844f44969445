"""Metafields, which many kinds of document have. `$app:` stands for the app's own namespace."""

from simulators.shopify.connections import connect
from simulators.shopify.gids import number_of

APP_NUMBER = 100_001


def full_namespace(namespace: str | None) -> str:
    """`$app:clienteling` as it is stored: `app--100001--clienteling`. Absent means the app's bare namespace."""
    if not namespace or namespace == "$app":
        return f"app--{APP_NUMBER}"
    return namespace.replace("$app:", f"app--{APP_NUMBER}--")


def one(owner, ctx, args):
    namespace = full_namespace(args.get("namespace"))
    mine = owner.get("metafields", [])
    return next((m for m in mine if m["namespace"] == namespace and m["key"] == args["key"]), None)


def many(owner, ctx, args):
    found = owner.get("metafields", [])
    if args.get("namespace"):
        found = [m for m in found if m["namespace"] == full_namespace(args["namespace"])]
    if args.get("keys"):
        found = [m for m in found if f"{m['namespace']}.{m['key']}" in args["keys"] or m["key"] in args["keys"]]
    return connect(found, args)


METAFIELDS = {"metafield": one, "metafields": many}

FIELDS = {
    "Metafield": {
        "legacyResourceId": lambda m, ctx, args: str(number_of(m["id"])),
        "jsonValue": lambda m, ctx, args: m["value"],
        "sizeInBytes": lambda m, ctx, args: len(m["value"].encode()),
    },
}
