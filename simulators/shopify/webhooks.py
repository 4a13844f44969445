"""Webhook deliveries: kept before they are sent, signed, retried, shown. shopify.md 4.1 and 4.2."""

import heapq
import json
import threading
import time
import uuid
from datetime import UTC, datetime

import requests

from simulators.shopify.config import API_VERSION
from simulators.shopify.signatures import sign_webhook

IDLE_SECONDS = 0.5


class Webhooks:
    """The queue and the threads that empty it.

    A delivery that was waiting when the process was killed is sent again after the restart, with the same Webhook-Id:
    the receiver may see it twice, as with the real one.
    """

    def __init__(self, store) -> None:
        self.store = store
        self.deliveries: dict[str, dict] = {}
        self.queue: list[tuple[float, int, str]] = []
        self.wake = threading.Condition()
        self.threads: list[threading.Thread] = []
        self.paused = self.stopped = False
        self.busy = 0
        for key, delivery in store.archive.load("delivery"):
            self.deliveries[key] = delivery
            if delivery["state"] == "waiting":
                self.put(key, 0)

    def start(self) -> None:
        """Start sending. Deliveries made before this wait for it."""
        for n in range(self.store.config.webhook_workers):
            thread = threading.Thread(target=self.run, name=f"shopify-webhooks-{n}", daemon=True)
            thread.start()
            self.threads.append(thread)

    def stop(self) -> None:
        self.stopped = True
        with self.wake:
            self.wake.notify_all()
        for thread in self.threads:
            thread.join(timeout=self.store.config.webhook_timeout_seconds + 1)

    def emit(self, shop, topic: str, body: dict, event_id: str | None = None) -> dict | None:
        """Queue one delivery of `topic`; nothing is sent for a shop where the app isn't installed."""
        installation = shop.installation
        if not installation["installed"] and topic not in ("app/uninstalled", "shop/redact", "customers/redact"):
            return None
        raw = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return self.emit_raw(shop.domain, topic, raw, event_id=event_id)

    def emit_raw(
        self, domain: str, topic: str, raw: str, *, event_id=None, secret=None, headers=None, url=None
    ) -> dict:
        """Queue these very bytes. `secret` and `headers` differ from the usual only when a test wants them wrong."""
        with self.store.change():
            number = self.store.count("next_delivery")
            delivery = {
                "n": number,
                "webhook_id": str(uuid.uuid4()),
                "event_id": event_id or str(uuid.uuid4()),
                "shop": domain,
                "topic": topic,
                # The address is the one at the time of the event, even if it changes before the last retry.
                "url": url or self.store.config.app_url + self.store.config.webhook_path,
                "body": raw,
                "triggered_at": self.store.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                "secret": secret,
                "headers": headers or {},
                "attempts": [],
                "state": "waiting",
            }
            self.deliveries[f"{number:09}"] = delivery
            self.keep(delivery)
        self.put(f"{number:09}", 0)
        return delivery

    def repeat(self, webhook_id: str) -> dict | None:
        """Send the same bytes with the same Webhook-Id once more."""
        for key, delivery in self.deliveries.items():
            if delivery["webhook_id"] == webhook_id:
                delivery["state"] = "waiting"
                self.put(key, 0)
                return delivery
        return None

    def put(self, key: str, delay_seconds: float) -> None:
        with self.wake:
            heapq.heappush(self.queue, (time.monotonic() + delay_seconds, int(key), key))
            self.wake.notify()

    def set_paused(self, paused: bool) -> None:
        with self.wake:
            self.paused = paused
            self.wake.notify_all()

    def settle(self, seconds: float = 10) -> bool:
        """Wait until nothing is due or being sent; False if that took longer. For tests."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            with self.wake:
                if not self.busy and not any(due <= time.monotonic() for due, _, _ in self.queue):
                    return True
            time.sleep(0.01)
        return False

    def run(self) -> None:
        session = requests.Session()
        session.trust_env = False
        while not self.stopped:
            key = self.take()
            if key is not None:
                try:
                    self.attempt(session, key)
                finally:
                    with self.wake:
                        self.busy -= 1

    def take(self) -> str | None:
        with self.wake:
            due = self.queue[0][0] if self.queue and not self.paused else None
            if due is None or due > time.monotonic():
                self.wake.wait(min(IDLE_SECONDS, due - time.monotonic()) if due else IDLE_SECONDS)
                return None
            self.busy += 1
            return heapq.heappop(self.queue)[2]

    def attempt(self, session: requests.Session, key: str) -> None:
        delivery = self.deliveries[key]
        begun = time.monotonic()
        outcome = self.send(session, delivery)
        delivery["attempts"].append(
            {"at": datetime.now(UTC).isoformat(), "seconds": round(time.monotonic() - begun, 3), **outcome}
        )
        pauses = self.store.config.retry_seconds
        tried = len(delivery["attempts"])
        if 200 <= (outcome.get("status") or 0) < 300:
            delivery["state"] = "delivered"
        elif tried > len(pauses):
            delivery["state"] = "failed"
        else:
            self.put(key, pauses[tried - 1])
        with self.store.change():
            self.keep(delivery)

    def send(self, session: requests.Session, delivery: dict) -> dict:
        raw = delivery["body"].encode()
        try:
            answer = session.post(
                delivery["url"],
                data=raw,
                headers=self.headers(delivery, raw),
                timeout=(1, self.store.config.webhook_timeout_seconds),
                allow_redirects=False,
            )
        except requests.RequestException as problem:
            return {"status": None, "error": type(problem).__name__}
        return {"status": answer.status_code}

    def headers(self, delivery: dict, raw: bytes) -> dict[str, str]:
        secret = delivery["secret"] or self.store.config.api_secret
        usual = {
            "Content-Type": "application/json",
            "User-Agent": "Shopify-Captain-Hook",
            "X-Shopify-Topic": delivery["topic"],
            "X-Shopify-Hmac-Sha256": sign_webhook(secret, raw),
            "X-Shopify-Shop-Domain": delivery["shop"],
            "X-Shopify-API-Version": API_VERSION,
            "X-Shopify-Webhook-Id": delivery["webhook_id"],
            "X-Shopify-Event-Id": delivery["event_id"],
            "X-Shopify-Triggered-At": delivery["triggered_at"],
        }
        return usual | delivery["headers"]

    def keep(self, delivery: dict) -> None:
        self.store.archive.put("delivery", f"{delivery['n']:09}", delivery)
