"""Bulk operations, as the app sees them."""

from simulators.shopify.connections import connect
from simulators.shopify.gids import number_of
from simulators.shopify.search import search


def status(operation, ctx, args):
    over = operation["status"] == "COMPLETED" and ctx.store.bulk.has_expired(operation)
    return "EXPIRED" if over else operation["status"]


def url(operation, ctx, args):
    """None when there is nothing in the file, or no more."""
    whole = operation["status"] == "COMPLETED" and operation["objectCount"] != "0"
    return address(operation, ctx) if whole and not ctx.store.bulk.has_expired(operation) else None


def partial_url(operation, ctx, args):
    shown = operation["partial"] and not ctx.store.bulk.has_expired(operation)
    return address(operation, ctx) if shown else None


def address(operation, ctx) -> str:
    base = ctx.store.config.public_base
    return f"{base}/shopify/{ctx.shop.domain}/bulk/{number_of(operation['id'])}/{operation['key']}.jsonl"


def recent(_, ctx, args):
    """Newest first."""
    searchable = {"status": lambda o: [o["status"]], "created_at": lambda o: [o["createdAt"]]}
    found = search(ctx.shop.all("BulkOperation"), args.get("query"), searchable)
    return connect(sorted(found, key=lambda o: (o["createdAt"], number_of(o["id"])), reverse=True), args)


FIELDS = {
    "QueryRoot": {"bulkOperations": recent},
    "BulkOperation": {"status": status, "url": url, "partialDataUrl": partial_url},
}
