"""What happened in the stand-in, to read."""

from flask import Blueprint, jsonify, request

from simulators.shopify.control.asking import BASE, context, find_order
from simulators.shopify.control.shown import order_record, return_record
from simulators.shopify.fields.orders import find_orders
from simulators.shopify.ledgers import ledger
from simulators.shopify.store import Store
from simulators.shopify.tokens import masked


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
