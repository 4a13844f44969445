"""Everything the stand-in knows, over all shops, behind one lock, written through to one file."""

import threading
import time
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from simulators.shopify.archive import Archive
from simulators.shopify.config import ShopifyConfig
from simulators.shopify.costs import Bucket
from simulators.shopify.faults import Faults
from simulators.shopify.shops import Shop
from simulators.shopify.webhooks import Webhooks

FIRST_NUMBER = 7_000_000_000_000


class Store:
    """Shops, tokens, the log of operations, uploads, and webhooks waiting to be delivered.

    Nothing is read or changed without the lock; `change()` takes it and writes what changed in one transaction.
    """

    def __init__(self, config: ShopifyConfig, path=None) -> None:
        self.config = config
        self.lock = threading.RLock()
        self.depth = 0
        self.archive = Archive(path)
        self.shops: dict[str, Shop] = {}
        self.meta: dict[str, int] = {"next_number": FIRST_NUMBER, "seeded": 0, "next_order": 1001}
        self.tokens: dict[str, dict] = {}  # by shop domain and place in line, see tokens.py
        self.uploads: dict[str, dict] = {}
        self.idempotency: dict[str, dict] = {}
        self.log: list[dict] = []
        self.calls: list[dict] = []
        self.buckets: dict[str, Bucket] = {}
        self.directory: list[dict] = []
        self.faults = Faults()
        self.remember()
        self.webhooks = Webhooks(self)
        self.bulk = self.open_bulk(path)

    def open_bulk(self, path):
        from simulators.shopify.bulk import BulkOperations  # it reads fields, and they know the store

        return BulkOperations(self, Path(path).resolve().with_suffix(".bulk") if path else None)

    def now(self) -> datetime:
        return self.config.clock()

    @contextmanager
    def change(self):
        """Hold the lock; the outermost writes what changed, even if it fails, because in memory it has changed too."""
        with self.lock:
            self.depth += 1
            try:
                yield self
            finally:
                self.depth -= 1
                if not self.depth:
                    self.archive.flush()

    def remember(self) -> None:
        self.meta |= {name: int(number) for name, number in self.archive.load("meta")}
        for _, row in self.archive.load("shop"):
            shop = self.open_shop(domain := row["domain"])
            for _, document in self.archive.load("doc:" + domain):
                shop.add(document)
        self.tokens = dict(self.archive.load("token"))
        self.uploads = dict(self.archive.load("upload"))
        self.idempotency = dict(self.archive.load("idempotency"))
        self.log = [entry for _, entry in self.archive.load("log")]
        self.directory = [entry for _, entry in self.archive.load("directory")]

    def open_shop(self, domain: str) -> Shop:
        if domain not in self.shops:
            self.shops[domain] = Shop(domain, self.next_number, self.keep_document)
            self.archive.put("shop", f"{len(self.shops):03}", {"domain": domain})  # in the order they came
        return self.shops[domain]

    def keep_document(self, domain: str, document: dict) -> None:
        self.archive.put("doc:" + domain, document["id"], document)

    def count(self, name: str) -> int:
        """The next of a running number, from the one kept under `name`."""
        number = self.meta.get(name, 1)
        self.meta[name] = number + 1
        self.archive.put("meta", name, number + 1)
        return number

    def next_number(self) -> int:
        return self.count("next_number")

    def keep(self, kind: str, key: str, body: dict) -> None:
        """Write a row of `tokens`, `uploads` or `idempotency` through."""
        self.archive.put(kind, key, body)

    def note_call(self, shop: str, operation: str, outcome: str, *, wait: float = 0.0) -> None:
        """Every GraphQL call that came, executed or not, by the real clock; until when nobody should call again."""
        at = time.time()
        self.calls.append({"shop": shop, "operation": operation, "outcome": outcome, "at": at, "until": at + wait})

    def write_log(self, entry: dict) -> None:
        entry["n"] = len(self.log) + 1
        self.log.append(entry)
        self.archive.put("log", f"{entry['n']:09}", entry)

    def bucket(self, domain: str) -> Bucket:
        if domain not in self.buckets:
            self.buckets[domain] = Bucket(self.config.bucket_size, self.config.restore_rate, self.now())
        return self.buckets[domain]

    def seed(self, world) -> bool:
        """Take over a generated world (simulators.world.generate), unless this file has one already."""
        with self.change():
            if self.meta["seeded"]:
                return False
            for domain, documents in world.shops.items():
                shop = self.open_shop(domain)
                for document in documents:
                    shop.save(document)
            self.directory = world.directory
            for n, entry in enumerate(world.directory):
                self.archive.put("directory", f"{n:03}", entry)
            self.meta["next_order"] = max(number_of_order(shop) for shop in self.shops.values())
            self.count("next_order")
            self.count("seeded")
            return True

    def take_over(self, domain: str, documents: list[dict]) -> None:
        """A further shop, from its documents. Raises ValueError for one that is here already."""
        with self.change():
            if domain in self.shops:
                raise ValueError(f"{domain} is here already")
            shop = self.open_shop(domain)
            for document in documents:
                shop.save(document)

    def close(self) -> None:
        self.bulk.close()
        self.webhooks.stop()
        with self.lock:
            self.archive.close()


def number_of_order(shop: Shop) -> int:
    """The highest running number so far. Orders taken over from an older system are numbered apart, from 10,000."""
    return max((o["number"] for o in shop.all("Order") if o["number"] < 10_000), default=1000)
