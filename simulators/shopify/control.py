"""Strings to pull and records to read, for tests, the demo script and the stand-in's own pages. Not part of Shopify."""

import json

from flask import Blueprint, jsonify, request

from simulators.shopify import amounts, installing, payloads
from simulators.shopify.contexts import Context, open_context
from simulators.shopify.errors import Refused
from simulators.shopify.fields.orders import find_orders, picture_of
from simulators.shopify.gids import number_of
from simulators.shopify.ledgers import give_back, ledger, pay_balance
from simulators.shopify.mutations import MUTATIONS
from simulators.shopify.placing import deliver, place_order
from simulators.shopify.store import Store
from simulators.shopify.tokens import masked
from simulators.world.past import past

BASE = "/control/shopify"
PRIVACY = ("customers/data_request", "customers/redact", "shop/redact")


def mount(bp: Blueprint, store: Store) -> None:
    mount_records(bp, store)
    mount_merchant(bp, store)
    mount_webhooks(bp, store)

    @bp.errorhandler(ValueError)
    def wrong(error):
        return jsonify(error=str(error)), 400

    @bp.errorhandler(Refused)
    def refused(error):
        return jsonify(error=str(error), userErrors=[error.entry]), 422


def asked() -> dict:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def context(store: Store, body: dict | None = None) -> Context:
    """For the shop named by `shop`, in the body or the query; the first one if none is named."""
    domain = (body or {}).get("shop") or request.args.get("shop") or next(iter(store.shops), None)
    if domain not in store.shops:
        raise ValueError(f"no shop {domain!r}")
    return open_context(store, domain)


def mount_records(bp: Blueprint, store: Store) -> None:
    @bp.get(BASE + "/log")
    def log():
        """All operations; `since=n` those after it, `kind=mutation`, `operation=Name`, `shop=`."""
        since = int(request.args.get("since", 0))
        wanted = {
            "kind": request.args.get("kind"),
            "operationName": request.args.get("operation"),
            "shop": request.args.get("shop"),
        }
        return jsonify([e for e in store.log[since:] if all(v is None or e[k] == v for k, v in wanted.items())])

    @bp.get(BASE + "/calls")
    def calls():
        """Every GraphQL call with its outcome, `at` and `until` in seconds: also those that were not carried out."""
        return jsonify(store.calls[int(request.args.get("since", 0)) :])

    @bp.get(BASE + "/returns")
    def returns():
        with store.lock:
            ctx = context(store)
            found = [return_record(ctx, r) for r in ctx.shop.all("Return")]
        for name in ("status", "order"):
            if request.args.get(name):
                found = [r for r in found if r[name].lstrip("#").lower() == request.args[name].lstrip("#").lower()]
        return jsonify(found)

    @bp.get(BASE + "/orders")
    def orders():
        """Newest first, at most 100; `name=`, or `query=` in Shopify's search syntax. Old orders are included."""
        with store.lock:
            ctx = context(store)
            name = request.args.get("name")
            query = f"name:{name}" if name else request.args.get("query")
            ctx.sees_all = True
            found = find_orders(ctx, {"query": query})[::-1][:100]
            return jsonify([order_record(ctx, order) for order in found])

    @bp.get(BASE + "/order/<name>/ledger")
    def order_ledger(name: str):
        with store.lock:
            return jsonify(ledger(find_order(context(store), name)))

    @bp.get(BASE + "/order/<name>")
    def order(name: str):
        with store.lock:
            ctx = context(store)
            found = find_order(ctx, name)
            return jsonify(order_record(ctx, found) | {"document": found})

    @bp.get(BASE + "/flow_triggers")
    def flow_triggers():
        """What Flow was told, in order."""
        with store.lock:
            return jsonify(context(store).shop.all("FlowTrigger"))

    @bp.get(BASE + "/tokens")
    def tokens():
        return jsonify(masked(store))

    @bp.get(BASE + "/directory")
    def directory():
        return jsonify(store.directory)

    @bp.get(BASE + "/shops")
    def shops():
        with store.lock:
            return jsonify(
                [{"shop": s.domain, "name": s.profile["name"], **s.installation} for s in store.shops.values()]
            )

    @bp.get(BASE + "/products")
    def products():
        with store.lock:
            return jsonify([{k: v for k, v in p.items() if k != "picture"} for p in context(store).shop.all("Product")])


def mount_merchant(bp: Blueprint, store: Store) -> None:
    @bp.post(BASE + "/shops")
    def new_shop():
        """{shop, documents}: a further shop, whole (simulators.world.crowd makes such)."""
        body = asked()
        store.take_over(str(body["shop"]), body["documents"])
        return jsonify(shop=body["shop"]), 201

    @bp.post(BASE + "/install")
    def install():
        body = asked()
        with store.change():
            ctx = context(store, body)
            done = installing.install(ctx, body.get("scopes"), history=body.get("history"))
            ctx.send()
        return jsonify(done)

    @bp.post(BASE + "/uninstall")
    def uninstall():
        with store.change():
            ctx = context(store, asked())
            done = installing.uninstall(ctx)
            ctx.send()
        return jsonify(done)

    @bp.post(BASE + "/grant")
    def grant():
        body = asked()
        with store.change():
            ctx = context(store, body)
            done = installing.grant(ctx, body["scopes"], replace=bool(body.get("replace")))
            ctx.send()
        return jsonify(done)

    @bp.post(BASE + "/orders")
    def new_order():
        body = asked()
        with store.change():
            ctx = context(store, body)
            order = place_order(ctx, body)
            ctx.send()
            return jsonify(order_record(ctx, order)), 201

    @bp.post(BASE + "/past")
    def new_past():
        """{orders, seed}: two years of orders that only bulk reads see, made as they are read."""
        body = asked()
        with store.change():
            ctx = context(store, body)
            people = [s["id"] for s in ctx.shop.all("StaffMember")]
            places = [p["id"] for p in ctx.shop.all("Location")]
            orders, seed = int(body["orders"]), int(body.get("seed", 1))
            number = ctx.shop.next_number()
            ctx.shop.save(past(number, orders=orders, seed=seed, until=ctx.now, staff=people, places=places))
        return jsonify(orders=orders), 201

    @bp.post(BASE + "/order/<name>/<verb>")
    def pay_order(name: str, verb: str):
        """`pay`: the client pays what is owed. `refund` {amount}: staff pay some back without a return."""
        body = asked()
        with store.change():
            ctx = context(store, body)
            order = find_order(ctx, name)
            if verb == "pay":
                pay_balance(ctx, order)
            elif verb == "refund":
                give_back(ctx, order, str(body["amount"]))
            else:
                raise ValueError(f"no verb {verb!r}")
            ctx.send()
            return jsonify(ledger(order))

    @bp.post(BASE + "/order/<name>/deliver")
    def deliver_order(name: str):
        with store.change():
            ctx = context(store, asked())
            order = find_order(ctx, name)
            deliver(ctx, order, at=ctx.now)
            ctx.send()
            return jsonify(order_record(ctx, order))

    @bp.post(BASE + "/returns")
    def new_return():
        """{order_name, lines?: [{sku or line_item_id, quantity}], note, reason: handle, as: "request" or "create"}."""
        body = asked()
        with store.change():
            ctx = context(store, body)
            return_ = make_return(ctx, body)
            ctx.send()
            return jsonify(return_record(ctx, return_)), 201

    @bp.post(BASE + "/returns/<number>/<verb>")
    def move_return(number: str, verb: str):
        """What staff do by hand in the admin: approve, decline, close, reopen, cancel."""
        body = asked()
        with store.change():
            ctx = context(store, body)
            gid = f"gid://shopify/Return/{number}"
            if verb in ("approve", "decline"):
                more = {"declineReason": "OTHER", "declineNote": body.get("note")} if verb == "decline" else {}
                payload = MUTATIONS[f"return{verb.title()}Request"](ctx, {"input": {"id": gid} | more})
            elif verb in ("close", "reopen", "cancel"):
                payload = MUTATIONS[f"return{verb.title()}"](ctx, {"id": gid})
            else:
                raise ValueError(f"no verb {verb!r}")
            ctx.send()
            return jsonify(return_record(ctx, payload["return"]))

    @bp.post(BASE + "/faults")
    def faults():
        body = request.get_json(silent=True)
        with store.lock:
            store.faults.replace(body if isinstance(body, list) else (body or {}).get("faults", []))
            return jsonify(store.faults.rules)

    @bp.post(BASE + "/bucket")
    def bucket():
        """Set what is left (`available`), `size` and `rate` of a shop's points."""
        body = asked()
        with store.lock:
            own = store.bucket(context(store, body).shop.domain)
            own.size, own.rate = float(body.get("size", own.size)), float(body.get("rate", own.rate))
            own.refill(store.now())
            own.available = float(body.get("available", min(own.available, own.size)))
            return jsonify(own.status())


def mount_webhooks(bp: Blueprint, store: Store) -> None:
    @bp.get(BASE + "/deliveries")
    def deliveries():
        """Every delivery with its attempts; `topic=`, `state=waiting|delivered|failed`, `since=n`."""
        since = int(request.args.get("since", 0))
        found = [d for d in list(store.webhooks.deliveries.values()) if d["n"] > since]
        for name in ("topic", "state", "shop"):
            found = [d for d in found if request.args.get(name) in (None, d[name])]
        return jsonify([{k: v for k, v in d.items() if k != "secret"} for d in found])

    @bp.post(BASE + "/deliveries/<webhook_id>/repeat")
    def repeat(webhook_id: str):
        delivery = store.webhooks.repeat(webhook_id)
        return (jsonify(delivery), 202) if delivery else (jsonify(error="no such delivery"), 404)

    @bp.post(BASE + "/webhooks/pause")
    def pause():
        store.webhooks.set_paused(True)
        return jsonify(paused=True)

    @bp.post(BASE + "/webhooks/resume")
    def resume():
        store.webhooks.set_paused(False)
        return jsonify(paused=False)

    @bp.post(BASE + "/webhooks/raw")
    def raw():
        """{topic, body (object or exact text), shop?, secret?, headers?, event_id?}: signed and sent as any other."""
        body = asked()
        text = body["body"] if isinstance(body["body"], str) else json.dumps(body["body"], ensure_ascii=False)
        domain = body.get("shop") or next(iter(store.shops))
        more = {k: body.get(k) for k in ("event_id", "secret", "headers", "url")}
        return jsonify(store.webhooks.emit_raw(domain, body["topic"], text, **more)), 202

    @bp.post(BASE + "/privacy")
    def privacy():
        """{topic, shop, customer: gid or e-mail}: one of the three compliance topics."""
        body = asked()
        with store.change():
            ctx = context(store, body)
            if body.get("topic") not in PRIVACY:
                raise ValueError(f"topic must be one of {', '.join(PRIVACY)}")
            wanted = body.get("customer")
            client = next((c for c in ctx.shop.all("Customer") if wanted in (c["id"], c["email"])), None)
            orders = [o for o in ctx.shop.all("Order") if client and o["customerId"] == client["id"]]
            ctx.emit(body["topic"], payloads.privacy(ctx.shop, body["topic"], client, orders))
            ctx.send()
        return jsonify(sent=body["topic"]), 202


# Records


def find_order(ctx: Context, name: str) -> dict:
    found = ctx.shop.find("Order", name="#" + name.lstrip("#")) or ctx.shop.get(f"gid://shopify/Order/{name}")
    if found is None:
        raise ValueError(f"no order {name!r}")
    return found


def make_return(ctx: Context, body: dict) -> dict:
    order = find_order(ctx, str(body["order_name"]))
    reason = ctx.shop.find("ReturnReasonDefinition", handle=body.get("reason", "changed-my-mind"))
    if reason is None:
        raise ValueError(f"no reason {body.get('reason')!r}")
    by_staff = body.get("as", "request") == "create"
    note = {"returnReasonNote" if by_staff else "customerNote": body.get("note")}
    lines = [
        line | {"returnReasonDefinitionId": reason["id"]} | note for line in wanted_lines(ctx, order, body.get("lines"))
    ]
    ctx.sees_all = True
    if by_staff:
        exchanges = body.get("exchange") or []
        return MUTATIONS["returnCreate"](
            ctx, {"returnInput": {"orderId": order["id"], "returnLineItems": lines, "exchangeLineItems": exchanges}}
        )["return"]
    return MUTATIONS["returnRequest"](ctx, {"input": {"orderId": order["id"], "returnLineItems": lines}})["return"]


def wanted_lines(ctx: Context, order: dict, chosen: list[dict] | None) -> list[dict]:
    """Everything that can go back, or the lines chosen by SKU or id."""
    parts = [part for parcel in order["fulfillments"] for part in parcel["lines"]]
    if not chosen:
        counted = ((part, amounts.returnable_quantity(ctx.shop, order, part)) for part in parts)
        return [{"fulfillmentLineItemId": part["id"], "quantity": n} for part, n in counted if n > 0]
    lines = []
    for wanted in chosen:
        line = next(
            (
                x
                for x in order["lineItems"]
                if wanted.get("sku") == x["sku"]
                or str(wanted.get("line_item_id")) in (x["id"], str(number_of(x["id"])))
            ),
            None,
        )
        if line is None:
            raise ValueError(f"no line {wanted!r}")
        part = next(p for p in parts if p["lineItemId"] == line["id"])
        lines.append({"fulfillmentLineItemId": part["id"], "quantity": wanted.get("quantity", 1)})
    return lines


def order_record(ctx: Context, order: dict) -> dict:
    client = ctx.shop.get(order.get("customerId")) or {}
    return {
        "id": order["id"],
        "name": order["name"],
        "shop": ctx.shop.domain,
        "createdAt": order["createdAt"],
        "total": f"{amounts.original_total(order):.2f}",
        "currency": order["currencyCode"],
        "financialStatus": amounts.financial_status(order),
        "returnStatus": amounts.return_status(ctx.shop, order),
        "refunded": f"{amounts.refunded(order):.2f}",
        "customer": {k: client.get(k) for k in ("id", "firstName", "lastName", "email", "phone")},
        "staff": order.get("staffId"),
        "location": order.get("retailLocationId"),
        "deliveredAt": next((f.get("deliveredAt") for f in order["fulfillments"]), None),
        "lines": [
            {
                "id": line["id"],
                "title": line["title"],
                "sku": line["sku"],
                "quantity": line["quantity"],
                "price": line["price"],
                "attributed": line.get("attributed", []),
                "image": (picture_of(line, ctx, {}) or {}).get("url"),
            }
            for line in order["lineItems"]
        ],
        "fulfillmentLines": [part for parcel in order["fulfillments"] for part in parcel["lines"]],
        "returns": [
            {"id": r["id"], "name": r["name"], "status": r["status"]} for r in amounts.returns_of(ctx.shop, order["id"])
        ],
    }


def return_record(ctx: Context, return_: dict) -> dict:
    order = ctx.shop.get(return_["orderId"])
    mine = [r for r in order["refunds"] if r.get("returnId") == return_["id"]]
    deliveries = [d for rfo in return_["reverseFulfillmentOrders"] for d in rfo["deliveries"]]
    return return_ | {
        "order": order["name"],
        "reverseDeliveries": deliveries,
        "refunds": mine,
        "refunded": f"{sum(float(r['amount']) for r in mine):.2f}",
    }
