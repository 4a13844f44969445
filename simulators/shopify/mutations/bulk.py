"""Beginning and cancelling bulk operations."""

from simulators.shopify.errors import Refused

OVER = ("COMPLETED", "FAILED", "CANCELED")


def run_query(ctx, args):
    return {"bulkOperation": ctx.store.bulk.begin(ctx, args["query"])}


def cancel(ctx, args):
    operation = ctx.shop.get(args["id"])
    if operation is None:
        raise Refused(["id"], "Bulk operation does not exist")
    if operation["status"] in OVER:
        raise Refused(None, f"A bulk operation cannot be canceled when it is {operation['status'].lower()}")
    operation["status"] = "CANCELING"
    return {"bulkOperation": ctx.shop.save(operation)}


MUTATIONS = {"bulkOperationRunQuery": run_query, "bulkOperationCancel": cancel}
