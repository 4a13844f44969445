"""The label and the tracking number of a parcel coming back. shopify.md 2.4."""

import secrets
from collections import Counter

from simulators.shopify import payloads
from simulators.shopify.errors import Refused
from simulators.shopify.fields.returns import public_url

CARRIERS = (("1Z", "UPS"), ("JD", "DHL Express"), ("EZ", "USPS"), ("94", "USPS"), ("92", "USPS"))


def create_staged_uploads(ctx, args):
    for n, wanted in enumerate(args["input"]):
        if wanted["resource"] != "RETURN_LABEL":
            raise Refused(["input", str(n), "resource"], f"{wanted['resource']} is not in the stand-in")
    return {"stagedTargets": [target(ctx, wanted) for wanted in args["input"]]}


def target(ctx, wanted: dict) -> dict:
    """The address to send the bytes to: PUT with the parameters as headers, or POST with them as form fields."""
    key = secrets.token_hex(12)
    ctx.store.uploads[key] = {
        "filename": wanted["filename"],
        "mimeType": wanted["mimeType"],
        "shop": ctx.shop.domain,
        "body": None,
    }
    ctx.store.keep("upload", key, ctx.store.uploads[key])
    url = f"{ctx.store.config.public_base}/shopify/{ctx.shop.domain}/staged/{key}/{wanted['filename']}"
    put = (wanted.get("httpMethod") or "PUT") == "PUT"
    parameters = (
        {"content_type": wanted["mimeType"], "acl": "private"}
        if put
        else {"key": key, "Content-Type": wanted["mimeType"]}
    )
    return {
        "url": url + "?signature=" + key if put else url,
        "resourceUrl": url,
        "parameters": [{"name": name, "value": value} for name, value in parameters.items()],
    }


def create_reverse_delivery(ctx, args):
    """A second call makes a second reverse delivery, as the real one does: nothing here is idempotent."""
    rfo, return_ = find_rfo(ctx, args["reverseFulfillmentOrderId"])
    lines = delivery_lines(ctx, rfo, args.get("reverseDeliveryLineItems") or [])
    label = read_label(ctx, args.get("labelInput"))
    delivery = {"id": ctx.shop.new_gid("ReverseDelivery"), "lines": lines, "label": label, "tracking": tracking(args)}
    rfo["deliveries"].append(delivery)
    attached(ctx, return_, delivery, args.get("notifyCustomer", True))
    return {"reverseDelivery": delivery}


def update_reverse_delivery(ctx, args):
    delivery = ctx.shop.get(args["reverseDeliveryId"]) if "/ReverseDelivery/" in args["reverseDeliveryId"] else None
    if delivery is None:
        raise Refused(["reverseDeliveryId"], "Reverse delivery does not exist.", "NOT_FOUND")
    label = read_label(ctx, args.get("labelInput"))
    delivery["label"] = label or delivery["label"]
    delivery["tracking"] = tracking(args) or delivery["tracking"]
    attached(ctx, ctx.shop.holder(delivery), delivery, args.get("notifyCustomer", True))
    return {"reverseDelivery": delivery}


def attached(ctx, return_: dict, delivery: dict, notify: bool) -> None:
    delivery["customerNotified"] = bool(notify)
    ctx.shop.save(return_)
    url = public_url(ctx, delivery["label"]) if delivery["label"] else None
    ctx.emit("reverse_deliveries/attach_deliverable", payloads.deliverable_attached(return_, delivery, url))


def find_rfo(ctx, gid: str) -> tuple[dict, dict]:
    rfo = ctx.shop.get(gid) if "/ReverseFulfillmentOrder/" in gid else None
    if rfo is None:
        raise Refused(["reverseFulfillmentOrderId"], "Reverse fulfillment order does not exist.", "NOT_FOUND")
    if rfo["status"] != "OPEN":
        raise Refused(["reverseFulfillmentOrderId"], "Reverse fulfillment order is not open.", "INVALID_STATE")
    return rfo, ctx.shop.holder(rfo)


def delivery_lines(ctx, rfo: dict, asked: list[dict]) -> list[dict]:
    """No lines asked for means all of them."""
    if not asked:
        asked = [
            {"reverseFulfillmentOrderLineItemId": line["id"], "quantity": line["quantity"]} for line in rfo["lines"]
        ]
    known = {line["id"]: line for line in rfo["lines"]}
    taken: Counter[str] = Counter()
    for n, wanted in enumerate(asked):
        field = ["reverseDeliveryLineItems", str(n)]
        line = known.get(wanted["reverseFulfillmentOrderLineItemId"])
        if line is None:
            raise Refused([*field, "reverseFulfillmentOrderLineItemId"], "Line item does not exist.", "NOT_FOUND")
        taken[line["id"]] += wanted["quantity"]
        if wanted["quantity"] < 1 or taken[line["id"]] > line["quantity"]:
            raise Refused([*field, "quantity"], "Quantity is invalid.", "INVALID")
    return [
        {
            "id": ctx.shop.new_gid("ReverseDeliveryLineItem"),
            "rfoLineId": wanted["reverseFulfillmentOrderLineItemId"],
            "quantity": wanted["quantity"],
        }
        for wanted in asked
    ]


def read_label(ctx, asked: dict | None) -> dict | None:
    """Only a file that was really uploaded to a staged target is taken."""
    if not asked:
        return None
    key = asked["fileUrl"].split("?")[0].removesuffix("/").rsplit("/", 2)[-2:][0]
    upload = ctx.store.uploads.get(key)
    if upload is None or upload["body"] is None or upload["shop"] != ctx.shop.domain:
        raise Refused(
            ["labelInput", "fileUrl"], "Label file could not be found. Upload it to a staged target first.", "INVALID"
        )
    return {"upload": key, "filename": upload["filename"], "createdAt": ctx.moment, "updatedAt": ctx.moment}


def tracking(args: dict) -> dict | None:
    asked = args.get("trackingInput")
    if not asked:
        return None
    number = asked.get("number") or ""
    carrier = next((name for start, name in CARRIERS if number.startswith(start)), None)
    return {"carrierName": carrier, "number": asked.get("number"), "url": asked.get("url")}


MUTATIONS = {
    "stagedUploadsCreate": create_staged_uploads,
    "reverseDeliveryCreateWithShipping": create_reverse_delivery,
    "reverseDeliveryShippingUpdate": update_reverse_delivery,
}
