"""What the stand-ins themselves wrote down: the proof of the script, beside our own tables."""

from typing import Any

import requests


class Records:
    """Reads of the stand-ins' control addresses. `since` marks are taken where a step begins."""

    def __init__(self, store: str):
        self.store = store
        self.http = requests.Session()
        self.http.trust_env = False

    def get(self, path: str, **query: Any) -> Any:
        answer = self.http.get(f"{self.store}/control/{path}", params=query, timeout=20)
        assert answer.status_code == 200, f"/control/{path} answered {answer.status_code}"
        return answer.json()

    def post(self, path: str, body: Any = None) -> Any:
        answer = self.http.post(f"{self.store}/control/{path}", json=body or {}, timeout=20)
        assert answer.status_code < 300, f"/control/{path} answered {answer.status_code}: {answer.text[:200]}"
        return answer.json() if answer.content else {}

    def order(self, name: str) -> dict[str, Any]:
        """An order as the store has it."""
        return dict(self.get(f"shopify/order/{name.lstrip('#')}"))

    def mutations(self, operation: str, about: str) -> list[dict[str, Any]]:
        """Executed mutations of that name whose variables name `about` (a gid), oldest first."""
        log = self.get("shopify/log", kind="mutation", operation=operation)
        return [entry for entry in log if entry["applied"] and f"'{about}'" in repr(entry["variables"])]

    def texts(self, to: str, containing: str = "") -> list[dict[str, Any]]:
        """Texts to a number, oldest first."""
        found = [t for t in self.get("twilio/messages")["messages"] if t["to"] == to and containing in t["body"]]
        return list(reversed(found))

    def mails(self, to: str, subject_or_text: str = "") -> list[dict[str, Any]]:
        """Emails to an address, oldest first."""
        found = self.get("mail/messages")["messages"]
        mine = [m for m in found if to in m["to"] and subject_or_text in m["subject"] + m["text"]]
        return list(reversed(mine))

    def labels(self, email: str) -> list[dict[str, Any]]:
        """Labels bought for a parcel from that sender, oldest first."""
        shipments = self.get("carrier/shipments")["shipments"]
        return [s for s in reversed(shipments) if s["tracking_code"] and s["to_address"].get("email") == email]

    def move_parcel(self, tracking_code: str, status: str) -> None:
        """What the carrier would scan."""
        self.post(f"carrier/parcels/{tracking_code}/move", {"status": status})

    def deliveries(self, topic: str, about: str) -> list[dict[str, Any]]:
        """Webhooks the store sent, oldest first."""
        return [d for d in self.get("shopify/deliveries", topic=topic) if about.rsplit("/", 1)[-1] in repr(d)]
