"""Bulk operations of all shops: begun, run in threads of their own, their files kept on disk for seven days."""

import json
import logging
import shutil
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from graphql import GraphQLError

from simulators.shopify import payloads
from simulators.shopify.bulk.overlay import Overlay
from simulators.shopify.bulk.reading import BulkQuery, seen_from
from simulators.shopify.contexts import Context, open_context
from simulators.shopify.errors import Refused
from simulators.shopify.executor import Executor
from simulators.shopify.fields.orders import SEARCHABLE, find_orders
from simulators.shopify.search import search

log = logging.getLogger(__name__)

AT_ONCE = 5
KEPT = timedelta(days=7)
UNDER_WAY = ("CREATED", "RUNNING", "CANCELING")
COUNT_EVERY = 500


class BulkOperations:
    """`folder` holds the files; without one they go with the process."""

    def __init__(self, store, folder: Path | None) -> None:
        self.store = store
        self.own = folder is None
        self.folder = folder or Path(tempfile.mkdtemp(prefix="shopify-bulk-"))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.stopped = False

    def close(self) -> None:
        self.stopped = True
        if self.own:
            shutil.rmtree(self.folder, ignore_errors=True)

    @cached_property
    def executor(self) -> Executor:
        return Executor()

    def begin(self, ctx: Context, text: str) -> dict:
        """A new operation. Raises Refused when the query is not for bulk, or too many run."""
        query = BulkQuery(self.executor, text)
        if query.wrong:
            raise Refused(["query"], query.wrong, "INVALID")
        running = [o for o in ctx.shop.all("BulkOperation") if o["status"] in UNDER_WAY]
        if len(running) >= AT_ONCE:
            raise Refused(None, "Bulk operations limit reached. Please try again later.", "LIMIT_REACHED")
        operation: dict[str, Any] = {
            "id": ctx.shop.new_gid("BulkOperation"),
            "type": "QUERY",
            "status": "CREATED",
            "errorCode": None,
            "query": text,
            "createdAt": ctx.moment,
            "completedAt": None,
            "objectCount": "0",
            "rootObjectCount": "0",
            "fileSize": None,
            "key": uuid.uuid4().hex,
            "partial": False,
        }
        ctx.shop.save(operation)
        self.run_in_background(ctx.shop.domain, operation["id"])
        return operation

    def go_on(self) -> None:
        """After a restart: what was running begins again."""
        for shop in self.store.shops.values():
            for operation in shop.all("BulkOperation"):
                if operation["status"] in UNDER_WAY:
                    self.run_in_background(shop.domain, operation["id"])

    def run_in_background(self, domain: str, gid: str) -> None:
        work = threading.Thread(target=self.run, args=(domain, gid), daemon=True, name="shopify-bulk")
        work.start()

    def run(self, domain: str, gid: str) -> None:
        time.sleep(self.store.config.bulk_seconds)
        if self.stopped:
            return  # its folder is gone; after a restart it begins again
        with self.store.change():
            ctx = open_context(self.store, domain)
            operation = ctx.shop.get(gid)
            fault = self.store.faults.strike("bulk.run", exactly=True) or {}
            self.note(ctx, operation, status="RUNNING" if operation["status"] == "CREATED" else operation["status"])
        try:
            code = self.write(ctx, operation, BulkQuery(self.executor, operation["query"]), fault)
        except GraphQLError as wrong:
            known = (wrong.extensions or {}).get("code") == "ACCESS_DENIED"
            code = "ACCESS_DENIED" if known else "INTERNAL_SERVER_ERROR"
        except Exception:
            log.exception("bulk operation failed")
            code = "INTERNAL_SERVER_ERROR"
        if not self.stopped:
            self.end(domain, gid, code, fault)

    def write(self, ctx: Context, operation: dict, query: BulkQuery, fault: dict) -> str | None:
        """Write the file; the error code when the run was meant to fail. A fault's `after` is a number of lines."""
        lines = roots = 0
        after = int(fault.get("after", 100))
        with self.file_of(operation).open("w") as file:
            for made in query.lines(ctx, self.objects(ctx, query), self.store.lock):
                if self.stopped or operation["status"] == "CANCELING":
                    return None
                if fault.get("kind") in ("fail", "partial", "denied") and lines >= after:
                    return str(fault.get("code", "ACCESS_DENIED" if fault["kind"] == "denied" else "TIMEOUT"))
                file.write(json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n")
                lines, roots = lines + 1, roots + ("__parentId" not in made)
                if lines % COUNT_EVERY == 0:
                    operation |= {"objectCount": str(lines), "rootObjectCount": str(roots)}
        operation |= {"objectCount": str(lines), "rootObjectCount": str(roots)}
        return None

    def objects(self, ctx: Context, query: BulkQuery) -> Iterator[tuple[Context, dict]]:
        """What the root connection holds. Of a past that is only generated, one order at a time."""
        assert query.root is not None
        if query.root.name != "orders":
            with self.store.lock:
                found = query.root.read({}, ctx, {"first": 250})["nodes"]
            yield from ((ctx, document) for document in found)
            return
        with self.store.lock:
            found = find_orders(ctx, query.root.arguments)
        for order in found:
            with self.store.lock:
                returns = [ctx.shop.get(gid) for gid in order.get("returnIds", [])]
            yield seen_from(ctx, Overlay(ctx.shop, [order, *returns])), order
        yield from self.past(ctx, query.root.arguments.get("query"))

    def past(self, ctx: Context, asked: str | None) -> Iterator[tuple[Context, dict]]:
        from simulators.world.past import documents_of  # the world is made with this package

        for kept in ctx.shop.all("Past"):
            for documents in documents_of(kept):
                order = documents[0]
                if ctx.can_see(order) and search([order], asked, SEARCHABLE):
                    yield seen_from(ctx, Overlay(ctx.shop, documents)), order

    def end(self, domain: str, gid: str, code: str | None, fault: dict) -> None:
        with self.store.change():
            ctx = open_context(self.store, domain)
            operation = ctx.shop.get(gid)
            status = "CANCELED" if operation["status"] == "CANCELING" else "FAILED" if code else "COMPLETED"
            size = self.file_of(operation).stat().st_size
            self.note(
                ctx,
                operation,
                status=status,
                errorCode=code,
                completedAt=ctx.moment if status == "COMPLETED" else None,
                endedAt=ctx.moment,
                fileSize=str(size) if status == "COMPLETED" else None,
                partial=fault.get("kind") == "partial",
            )
            if fault.get("kind") != "silent":
                ctx.emit("bulk_operations/finish", payloads.bulk_finished(operation))
            ctx.send()

    def note(self, ctx: Context, operation: dict, **changed: Any) -> None:
        operation |= changed
        ctx.shop.save(operation)

    def file_of(self, operation: dict) -> Path:
        return self.folder / f"{operation['key']}.jsonl"

    def has_expired(self, operation: dict) -> bool:
        ended = operation.get("endedAt")
        return ended is not None and datetime.fromisoformat(ended) + KEPT <= self.store.now()
