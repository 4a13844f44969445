"""The Admin API over HTTP: tokens and GraphQL, with its headers, costs and bad days."""

import json
import time
import uuid

from flask import Blueprint, Response, request
from graphql import GraphQLError

from simulators.shopify.config import API_VERSION
from simulators.shopify.contexts import open_context, timestamp
from simulators.shopify.costs import LARGEST_QUERY, CostCounter, actual_cost
from simulators.shopify.executor import Executor
from simulators.shopify.store import Store
from simulators.shopify.tokens import TokenError, grant_token, is_good

HTML = "<!DOCTYPE html><html><body><h1>Something went wrong</h1></body></html>"
NEVER_SECONDS = 120
CARRIED_OUT = ("late", "slow", "cut_json")


def mount(bp: Blueprint, store: Store) -> None:
    executor = Executor()

    @bp.post("/shopify/<domain>/admin/oauth/access_token")
    def access_token(domain: str):
        form = request.get_json(silent=True) or request.form.to_dict()
        if domain not in store.shops:
            return answer({"errors": "Not Found"}, 404)
        with store.change():
            try:
                return answer(grant_token(store, domain, form))
            except TokenError as wrong:
                return answer({"error": wrong.code, "error_description": wrong.description}, 400)

    @bp.post("/shopify/<domain>/admin/api/<version>/graphql.json")
    def graphql(domain: str, version: str):
        if domain not in store.shops:
            return answer({"errors": "Not Found"}, 404)
        with store.lock:
            if not is_good(store, domain, request.headers.get("X-Shopify-Access-Token", "")):
                return answer(
                    {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}, 401
                )
        asked = request.get_json(silent=True)
        if not isinstance(asked, dict) or not isinstance(asked.get("query"), str):
            return answer({"errors": {"query": "Required parameter missing or invalid"}}, 400)
        return Call(store, executor, domain, asked).answer()


def answer(body, status: int = 200) -> Response:
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    kind = "text/html; charset=utf-8" if body == HTML else "application/json; charset=utf-8"
    headers = {"X-Request-Id": str(uuid.uuid4()), "X-Shopify-API-Version": API_VERSION}
    return Response(text, status, headers, content_type=kind)


class Call:
    """One GraphQL request."""

    def __init__(self, store: Store, executor: Executor, domain: str, asked: dict) -> None:
        self.store, self.executor, self.domain = store, executor, domain
        self.query, self.given, self.name = asked["query"], asked.get("variables") or {}, asked.get("operationName")
        self.cost = 0

    def answer(self) -> Response:
        document, errors = self.executor.read(self.query)
        if errors:
            return answer({"errors": errors})
        try:
            operation = self.executor.pick(document, self.name)
        except GraphQLError as wrong:
            return answer({"errors": [wrong.formatted]})
        errors = self.executor.check_variables(operation, self.given)
        if errors:
            return answer({"errors": errors})
        self.name = operation.name.value if operation.name else None
        return self.meet_fault(document, operation)

    def meet_fault(self, document, operation) -> Response:
        """A bad day, if one is ordered; faults that come before the work leave it undone."""
        with self.store.lock:
            fault = self.store.faults.strike(self.name or "")
        fault = fault or {}
        kind = fault.get("kind")
        if kind == "throttle":
            return self.throttled(document, operation)
        seconds = float(fault.get("seconds", 2)) if kind == "429" else 0.0
        if kind and kind not in CARRIED_OUT:
            self.store.note_call(self.domain, self.name or "", kind, wait=seconds)
        if kind == "429":
            response = answer({"errors": "Exceeded the rate limit."}, 429)
            response.headers["Retry-After"] = f"{seconds:.1f}"
            return response
        if kind in ("500", "502"):
            return answer({"errors": "Internal Server Error"}, int(kind))
        if kind == "html":
            return answer(HTML, 503)
        if kind == "timeout":
            time.sleep(float(fault.get("seconds", NEVER_SECONDS)))
            return answer(HTML, 504)
        if kind == "access_denied":
            return answer(
                {"data": None, "errors": [{"message": "Access denied", "extensions": {"code": "ACCESS_DENIED"}}]}
            )
        if kind == "slow":
            time.sleep(float(fault.get("seconds", NEVER_SECONDS)))
        response = self.run(document, operation, outcome=kind or "executed")
        if kind == "late":  # carried out, but whoever asked may have given up by now
            time.sleep(float(fault.get("seconds", NEVER_SECONDS)))
        if kind == "cut_json":
            return answer(response.get_data(as_text=True)[:-20])
        return response

    def run(self, document, operation, *, outcome: str) -> Response:
        mutation = operation.operation.value == "mutation"
        with self.store.change():
            now = self.store.now()
            bucket = self.store.bucket(self.domain)
            requested = CostCounter(self.executor.schema, document, self.given).requested(operation)
            if requested > LARGEST_QUERY and not mutation:
                return answer({"errors": [too_expensive(requested)]})
            if bucket.refill(now) < requested:
                return self.throttled(document, operation)
            self.store.note_call(self.domain, self.name or "", outcome)
            context = open_context(self.store, self.domain)
            data, errors = self.executor.run(context, document, operation, self.given)
            actual = actual_cost(data, requested, mutation=mutation)
            bucket.charge(actual)
            self.write_down(operation, mutation, data, errors, now)
            body: dict = {"data": data, "extensions": {"cost": cost_block(requested, actual, bucket)}}
            if errors:
                body["errors"] = errors
            context.send()
        return answer(body)

    def throttled(self, document, operation) -> Response:
        """HTTP 200, no data, nothing done."""
        with self.store.lock:
            bucket = self.store.bucket(self.domain)
            bucket.refill(self.store.now())
            requested = CostCounter(self.executor.schema, document, self.given).requested(operation)
            wait = max(requested - bucket.available, 0) / bucket.rate
            self.store.note_call(self.domain, self.name or "", "throttle", wait=wait)
            error = {
                "message": "Throttled",
                "extensions": {"code": "THROTTLED", "documentation": "https://shopify.dev/api/usage/rate-limits"},
            }
            return answer({"errors": [error], "extensions": {"cost": cost_block(requested, None, bucket)}})

    def write_down(self, operation, mutation: bool, data, errors, now) -> None:
        refusals = [
            e for value in (data or {}).values() if isinstance(value, dict) for e in value.get("userErrors") or ()
        ]
        self.store.write_log(
            {
                "at": timestamp(now),
                "shop": self.domain,
                "operationName": self.name,
                "kind": "mutation" if mutation else "query",
                "fields": [s.name.value for s in operation.selection_set.selections if hasattr(s, "name") and s.name],
                "variables": self.given,
                "userErrors": refusals,
                "errors": [e["message"] for e in errors],
                "ok": not errors and not refusals,
                "applied": mutation and not refusals and any((data or {}).values()),
            }
        )


def cost_block(requested: int, actual: int | None, bucket) -> dict:
    return {"requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": bucket.status()}


def too_expensive(requested: int) -> dict:
    message = f"Query cost is {requested}, which exceeds the single query max cost limit ({LARGEST_QUERY})."
    return {
        "message": message,
        "extensions": {"code": "MAX_COST_EXCEEDED", "cost": requested, "maxCost": LARGEST_QUERY},
    }
