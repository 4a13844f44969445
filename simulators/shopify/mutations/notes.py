"""Traces an app leaves: metafields and tags; and a call that is only answered."""

import hashlib
import json
import tomllib
from functools import cache
from pathlib import Path

from simulators.shopify.errors import Refused
from simulators.shopify.fields.metafields import full_namespace

MOST_METAFIELDS = 25
MOST_PAYLOAD = 50_000
EXTENSIONS = Path(__file__).parents[3] / "extensions"


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
    """Taken when it is declared in extensions/ and carries every declared field; kept for who asks. Starts nothing."""
    handle, payload = args.get("handle") or "", args.get("payload")
    if len(json.dumps(payload)) > MOST_PAYLOAD:
        raise Refused(["payload"], "Payload must be under 50000 bytes.")
    wanted = declared_triggers().get(handle)
    if wanted is None:
        raise Refused(["handle"], f"Invalid handle '{handle}'.")
    missing = sorted(wanted - set(payload if isinstance(payload, dict) else {}))
    if missing:
        raise Refused(["payload"], f"Errors validating schema: missing {', '.join(missing)}.")
    ctx.shop.save({"id": ctx.shop.new_gid("FlowTrigger"), "handle": handle, "payload": payload, "at": ctx.moment})
    return {}


@cache
def declared_triggers() -> dict[str, set[str]]:
    """Handle -> keys of the payload, as the app's extensions declare them. A reference goes by a name of its own."""
    found: dict[str, set[str]] = {}
    for path in sorted(EXTENSIONS.glob("*/shopify.extension.toml")):
        declared = tomllib.loads(path.read_text())
        fields = declared.get("settings", {}).get("fields", [])
        keys = {f.get("key") or f["type"].replace("_reference", "_id") for f in fields}
        found |= {e["handle"]: keys for e in declared["extensions"] if e["type"] == "flow_trigger"}
    return found


MUTATIONS = {
    "metafieldsSet": set_metafields,
    "tagsAdd": add_tags,
    "tagsRemove": remove_tags,
    "flowTriggerReceive": receive_flow_trigger,
}
