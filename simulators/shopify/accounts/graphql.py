"""The Customer Account API: what the signed-in client may see of their own, on the part of its schema the app asks."""

from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, jsonify, request
from graphql import GraphQLError, GraphQLSchema, build_schema, execute, parse, validate

from simulators.shopify import amounts
from simulators.shopify.accounts.signing_in import AT, bad_day
from simulators.shopify.accounts.tokens import AccountTokens
from simulators.shopify.connections import connect
from simulators.shopify.store import Store

SCHEMA_FILE = Path(__file__).parents[1] / "customer_account_2026-07.graphql"
SORTED = {"PROCESSED_AT": "processedAt", "CREATED_AT": "createdAt", "ORDER_NUMBER": "number", "ID": "id"}


@cache
def load_schema() -> GraphQLSchema:
    return build_schema(SCHEMA_FILE.read_text())


def mount(bp: Blueprint, store: Store, tokens: AccountTokens) -> None:
    @bp.post(f"{AT}/account/customer/api/2026-07/graphql")
    def account_graphql(domain: str):
        if bad := bad_day(store, "AccountOrders"):
            return bad
        # Without "Bearer": with it the real one answers that the token is invalid.
        client = tokens.client_of(domain, request.headers.get("Authorization", ""))
        if client is None:
            return jsonify(errors=[{"message": "Invalid token"}]), 401
        asked = request.get_json(silent=True) or {}
        with store.change():
            return jsonify(run(store, domain, client, asked))


def run(store: Store, domain: str, client: str, asked: dict) -> dict:
    """The body of an answer. Every call is noted, as those of the Admin API are."""
    schema = load_schema()
    try:
        document = parse(str(asked.get("query") or ""))
    except GraphQLError as wrong:
        return {"errors": [wrong.formatted]}
    if problems := validate(schema, document):
        return {"errors": [problem.formatted for problem in problems]}
    store.note_call(domain, "AccountOrders", "executed")
    root = {"customer": lambda info, **_: _customer(store.shops[domain], client)}
    result: Any = execute(schema, document, root, variable_values=asked.get("variables") or {})
    body: dict = {"data": result.data}
    if result.errors:
        body["errors"] = [error.formatted for error in result.errors]
    return body


def _customer(shop, client: str) -> dict:
    customer = shop.get(client)
    name = f"{customer['firstName']} {customer['lastName']}"

    def orders(info, **args):
        mine = [o for o in shop.all("Order") if o.get("customerId") == client]
        mine.sort(key=lambda o: o[SORTED.get(args.get("sortKey", ""), "processedAt")])
        return connect([_order(shop, order) for order in mine], args)

    return {"id": client, "displayName": name, "orders": orders}


def _order(shop, order: dict) -> dict:
    lines = order["lineItems"]
    sent = [(part, line) for f in order["fulfillments"] for part in f["lines"] for line in lines
            if line["id"] == part["lineItemId"]]  # fmt: skip
    free = [{"id": line["id"], "quantity": left, "lineItem": line} for part, line in sent
            if (left := amounts.returnable_quantity(shop, order, part)) > 0]  # fmt: skip
    return {
        **{name: order[name] for name in ("id", "name", "number", "processedAt", "createdAt")},
        "lineItems": lambda info, **args: connect(lines, args),
        "returnInformation": {"returnableLineItems": lambda info, **args: connect(free, args)},
    }
