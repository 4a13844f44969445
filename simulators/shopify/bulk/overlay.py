"""A shop with a few more documents, for as long as one order is being read."""

from typing import Any

from simulators.shopify.shops import Shop


class Overlay(Shop):
    """`documents` on top of `under`, which is neither changed nor copied."""

    def __init__(self, under: Shop, documents: list[dict]) -> None:
        super().__init__(under.domain, under.next_number, lambda _domain, _document: None)
        self.under = under
        for document in documents:
            self.add(document)

    def get(self, gid: str | None) -> Any:
        return None if gid is None else super().get(gid) or self.under.get(gid)

    def holder(self, part: dict) -> dict:
        return super().holder(part) if part["id"] in self.owners else self.under.holder(part)

    def all(self, kind: str) -> list[dict]:
        return super().all(kind) or self.under.all(kind)
