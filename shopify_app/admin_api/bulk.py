"""Bulk operations: a query that Shopify runs aside, its result a file of lines.

At most one of ours at a time in a shop is the caller's affair; Shopify takes five since 2026-01.
https://shopify.dev/docs/api/usage/bulk-operations/queries
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from kit.errors import OutsideError
from shopify_app.admin_api.client import AdminApi, UserErrors
from shopify_app.admin_api.documents import document
from shopify_app.admin_api.reading import nodes

BUSY_CODES = {"OPERATION_IN_PROGRESS", "LIMIT_REACHED"}
BUSY_SECONDS = 60
OVER = ("COMPLETED", "FAILED", "CANCELED", "EXPIRED")
_HEAD = re.compile(r"query (\w+)\(\$query: String!\)")


@dataclass(frozen=True)
class Operation:
    """One bulk operation. The addresses are secrets for seven days: not to be kept, not to be logged."""

    gid: str
    status: str
    error_code: str
    objects: int
    size: int | None
    url: str = field(repr=False)
    partial_url: str = field(repr=False)


class BulkOperations:
    """Asking for them and after them."""

    def __init__(self, api: AdminApi):
        self.api = api

    def begin(self, shop_id: int, text: str) -> str:
        """Start one; its gid. Raises OutsideError: with `retry_after` while too many run, `ambiguous` as any write."""
        try:
            begun = self.api.write(shop_id, "bulk_run_query", {"query": text}).get("bulkOperation")
        except UserErrors as refused:
            if BUSY_CODES & set(refused.codes):
                raise OutsideError("shopify", "too many bulk operations run", retry_after=BUSY_SECONDS) from None
            raise
        if not isinstance(begun, dict) or not begun.get("id"):
            raise OutsideError("shopify", "bulk_run_query: no operation in the answer", ambiguous=True)
        return str(begun["id"])

    def find(self, shop_id: int, marker: str) -> str | None:
        """The newest one whose query holds `marker`, among the last twenty; None when there is none."""
        found = nodes(self.api.read(shop_id, "bulk_operations_recent", {}).data.get("bulkOperations"))
        return next((str(o["id"]) for o in found if marker in (o.get("query") or "")), None)

    def look(self, shop_id: int, gid: str) -> Operation | None:
        """Where it stands; None when Shopify knows it no more."""
        reply = self.api.read(shop_id, "bulk_operation", {"id": gid})
        shown = reply.data.get("bulkOperation")
        if shown is None and reply.denied:
            raise OutsideError("shopify", f"bulk_operation: denied ({', '.join(reply.denied)})", permanent=True)
        return _operation(shown) if shown else None

    def cancel(self, shop_id: int, gid: str) -> None:
        """Stop it. One that is over is left as it is."""
        try:
            self.api.write(shop_id, "bulk_operation_cancel", {"id": gid})
        except UserErrors:
            operation = self.look(shop_id, gid)
            if operation is not None and operation.status not in (*OVER, "CANCELING"):
                raise


def bulk_text(name: str, query: str, marker: str) -> str:
    """queries/<name>.graphql as bulk operations want it: no variables, and named so that it can be found again."""
    text, count = _HEAD.subn(lambda m: f"query {m[1]}_{marker}", document(name))
    assert count == 1 and "$query" in text, name
    plain = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    return plain.replace("$query", json.dumps(query, ensure_ascii=False))


def _operation(shown: dict[str, Any]) -> Operation:
    return Operation(
        gid=str(shown["id"]),
        status=str(shown.get("status") or ""),
        error_code=str(shown.get("errorCode") or ""),
        objects=_count(shown.get("objectCount")) or 0,
        size=_count(shown.get("fileSize")),
        url=str(shown.get("url") or ""),
        partial_url=str(shown.get("partialDataUrl") or ""),
    )


def _count(value: Any) -> int | None:
    """An unsigned 64-bit number travels as text."""
    return int(value) if str(value).isascii() and str(value).isdigit() else None
