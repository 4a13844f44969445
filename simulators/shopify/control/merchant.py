"""What a merchant, their staff and their clients do by hand."""

from flask import Blueprint, jsonify, request

from simulators.shopify import installing
from simulators.shopify.control.asking import BASE, asked, context, find_order
from simulators.shopify.control.returning import make_return
from simulators.shopify.control.shown import order_record, return_record
from simulators.shopify.ledgers import give_back, ledger, pay_balance
from simulators.shopify.mutations import MUTATIONS
from simulators.shopify.placing import deliver, place_order
from simulators.shopify.store import Store
from simulators.world.past import past


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
