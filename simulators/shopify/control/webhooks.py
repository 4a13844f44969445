"""Webhooks: what was sent, sent again, held back, or made up."""

import json

from flask import Blueprint, jsonify, request

from simulators.shopify import payloads
from simulators.shopify.control.asking import BASE, asked, context
from simulators.shopify.store import Store

PRIVACY = ("customers/data_request", "customers/redact", "shop/redact")


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
