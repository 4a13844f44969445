"""Traces an app leaves: metafields and tags; and a call that is only answered."""

import hashlib

from simulators.shopify.errors import Refused
from simulators.shopify.fields.metafields import full_namespace

MOST_METAFIELDS = 25


def set_metafields(ctx, args):
    """All or none."""
    asked = args["metafields"]
    if len(asked) > MOST_METAFIELDS:
        raise Refused(["metafields"], "Exceeded the maximum metafields input limit of 25.", "LESS_THAN_OR_EQUAL_TO")
    owners = [find_owner(ctx, wanted["ownerId"], n) for n, wanted in enumerate(asked)]
    return {"metafields": [set_one(ctx, owner, wanted) for owner, wanted in zip(owners, asked, strict=True)]}


def find_owner(ctx, gid: str, n: int) -> dict:
    owner = ctx.shop.get(gid) if gid.startswith("gid://shopify/") else None
    if owner is None:
        raise Refused(["metafields", str(n), "ownerId"], "Owner does not exist.", "INVALID", elementIndex=n)
    return owner


def set_one(ctx, owner: dict, wanted: dict) -> dict:
    namespace, key = full_namespace(wanted.get("namespace")), wanted["key"]
    mine = owner.setdefault("metafields", [])
    field = next((m for m in mine if m["namespace"] == namespace and m["key"] == key), None)
    if field is None:
        field = {
            "id": ctx.shop.new_gid("Metafield"),
            "namespace": namespace,
            "key": key,
            "createdAt": ctx.moment,
            "type": None,
        }
        mine.append(field)
    field["type"] = wanted.get("type") or field["type"] or "single_line_text_field"
    field |= {
        "value": wanted["value"],
        "updatedAt": ctx.moment,
        "compareDigest": hashlib.sha256(wanted["value"].encode()).hexdigest(),
    }
    ctx.shop.save(owner if owner["id"] not in ctx.shop.owners else ctx.shop.holder(owner))
    return field


def tagged(ctx, args) -> dict:
    owner = ctx.shop.get(args["id"]) if args["id"].startswith("gid://shopify/") else None
    if owner is None or "tags" not in owner:
        raise Refused(["id"], "Resource does not exist or has no tags.")
    return owner


def add_tags(ctx, args):
    owner = tagged(ctx, args)
    owner["tags"] = sorted({*owner["tags"], *args["tags"]})
    return {"node": ctx.shop.save(owner)}


def remove_tags(ctx, args):
    owner = tagged(ctx, args)
    owner["tags"] = [tag for tag in owner["tags"] if tag not in args["tags"]]
    return {"node": ctx.shop.save(owner)}


def receive_flow_trigger(ctx, args):
    """Taken and written to the log, nothing more."""
    return {}


MUTATIONS = {
    "metafieldsSet": set_metafields,
    "tagsAdd": add_tags,
    "tagsRemove": remove_tags,
    "flowTriggerReceive": receive_flow_trigger,
}
