"""One shop's documents: orders, customers, products… as plain dictionaries, found by gid."""

from collections.abc import Callable, Iterator
from typing import Any

from simulators.shopify.gids import PREFIX, kind_of, make_gid

INSTALLATION = PREFIX + "AppInstallation/"


class Shop:
    """A document holds its parts (an order its lines), and each part with an `id` can be found by it too."""

    def __init__(self, domain: str, next_number: Callable[[], int], keep: Callable[[str, dict], None]) -> None:
        self.domain = domain
        self.next_number, self.keep = next_number, keep
        self.kinds: dict[str, dict[str, dict]] = {}
        self.owners: dict[str, str] = {}  # gid of a part -> gid of the document that holds it
        self.parts: dict[str, dict] = {}

    def new_gid(self, kind: str) -> str:
        return make_gid(kind, self.next_number())

    def save(self, document: dict) -> dict:
        """Index a document and write it through. Call it again after each change."""
        self.add(document)
        self.keep(self.domain, document)
        return document

    def add(self, document: dict) -> None:
        gid = document["id"]
        self.kinds.setdefault(kind_of(gid), {})[gid] = document
        for part in parts_of(document):
            self.owners[part["id"]] = gid
            self.parts[part["id"]] = part

    def all(self, kind: str) -> list[dict]:
        return list(self.kinds.get(kind, {}).values())

    def get(self, gid: str | None) -> Any:
        """The document or part with this gid. Query strings in a gid (inventory levels) are part of it."""
        if gid is None:
            return None
        return self.kinds.get(kind_of(gid), {}).get(gid) or self.parts.get(gid)

    def holder(self, part: dict) -> dict:
        """The document that holds a part: the order of a line, the product of a variant."""
        return self.get(self.owners[part["id"]])

    def find(self, kind: str, **wanted) -> Any:
        return next((d for d in self.all(kind) if all(d.get(k) == v for k, v in wanted.items())), None)

    @property
    def profile(self) -> dict:
        return self.all("Shop")[0]

    @property
    def installation(self) -> dict:
        """Whether the app is installed, and with which scopes."""
        return self.all("AppInstallation")[0]

    def has_scope(self, scope: str) -> bool:
        granted = self.installation["scopes"]
        return scope in granted or (scope.startswith("read_") and "write_" + scope[5:] in granted)


def parts_of(value) -> Iterator[dict]:
    """Every dictionary inside `value` with a gid of its own, at any depth."""
    inner = value.values() if isinstance(value, dict) else value
    for item in inner:
        if isinstance(item, dict):
            if str(item.get("id", "")).startswith(PREFIX):
                yield item
            yield from parts_of(item)
        elif isinstance(item, list):
            yield from parts_of(item)
