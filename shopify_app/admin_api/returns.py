"""A return's side of Shopify. Fits logistics.ports.ReturnsDoor."""

import threading
import time
from collections.abc import Sequence
from typing import Any

import requests

from kit.errors import OutsideError
from kit.money import Money
from kit.outside import public_http
from logistics.reads import PLAIN, BalanceRead, ProcessPlan, ReturnRead, SuggestedOutcome, Terms
from shopify_app.admin_api.client import AdminApi, UserErrors
from shopify_app.admin_api.moneys import outcome_input, process_input, suggested
from shopify_app.admin_api.reading import money, nodes, return_read, shown
from shopify_app.admin_api.tokens import CONNECT_AND_READ

TARGETS_AT_ONCE = 5
"""Asking for several places costs no more than for one."""
PLACE = {"resource": "RETURN_LABEL", "filename": "return-label.pdf", "mimeType": "application/pdf", "httpMethod": "PUT"}
PLACES = [PLACE] * TARGETS_AT_ONCE
TARGET_GOOD_SECONDS = 600.0


class Targets:
    """Places to upload a label to, asked for ahead; each is used once, soon, and for its own shop."""

    def __init__(self) -> None:
        self.kept: dict[int, list[tuple[float, dict[str, Any]]]] = {}
        self.lock = threading.Lock()

    def keep(self, shop_id: int, targets: Sequence[dict[str, Any]]) -> None:
        """Put them by."""
        with self.lock:
            self.kept.setdefault(shop_id, []).extend((time.monotonic(), target) for target in targets)

    def take(self, shop_id: int) -> dict[str, Any] | None:
        """One that is still good, if there is one."""
        with self.lock:
            self._drop_old(shop_id)
            kept = self.kept.get(shop_id)
            return kept.pop()[1] if kept else None

    def are_short(self, shop_id: int) -> bool:
        """Whether there is none that is still good."""
        with self.lock:
            self._drop_old(shop_id)
            return not self.kept.get(shop_id)

    def _drop_old(self, shop_id: int) -> None:
        since = time.monotonic() - TARGET_GOOD_SECONDS
        self.kept[shop_id] = [(at, target) for at, target in self.kept.get(shop_id, ()) if at > since]


class ShopifyReturns:
    """Calls for one return. Mutations are sent once; whoever calls again reads back first."""

    def __init__(self, api: AdminApi):
        self.api = api
        # A label is put where Shopify says, on a host of its own choice.
        self.outside = public_http(local=api.settings.shopify_admin_base_url)
        self.targets = Targets()

    def read(self, shop_id: int, return_gid: str) -> ReturnRead | None:
        """None when Shopify shows none, or not to us (its order is too old)."""
        found = shown(self.api.read(shop_id, "return_get", {"id": return_gid, "after": None}), "return")
        return self._whole(shop_id, return_gid, found)

    def read_and_suggest(
        self, shop_id: int, return_gid: str, lines: Sequence[tuple[str, int]], terms: Terms = PLAIN
    ) -> tuple[ReturnRead, SuggestedOutcome | None] | None:
        """Both in one call; no suggestion where Shopify makes none for these lines, which may be processed by now."""
        variables = {"id": return_gid, **outcome_input(lines, terms)}
        try:
            found = self.api.read(shop_id, "return_with_suggestion", variables).data.get("return")
        except OutsideError as error:
            if not error.permanent:
                raise
            read = self.read(shop_id, return_gid)
            return (read, None) if read else None
        whole = self._whole(shop_id, return_gid, found)
        return (whole, suggested(found)) if whole else None

    def approve(self, shop_id: int, return_gid: str) -> ReturnRead:
        """Approve a requested return, and have a place for its label. One that was approved is returned as it is."""
        places = self.targets.are_short(shop_id)
        variables = {"input": {"id": return_gid, "notifyCustomer": False}, "labels": PLACES, "places": places}
        return self._move(shop_id, return_gid, "return_approve_request", variables)

    def decline(self, shop_id: int, return_gid: str, note: str) -> ReturnRead:
        """Decline a requested return; `note` is for the client's account. One that was moved is returned as it is."""
        value = {"id": return_gid, "declineReason": "OTHER", "declineNote": note, "notifyCustomer": False}
        return self._move(shop_id, return_gid, "return_decline_request", {"input": value})

    def cancel(self, shop_id: int, return_gid: str) -> ReturnRead:
        """Cancel an open return. One that cannot be cancelled, or was already, is returned as it is."""
        return self._move(shop_id, return_gid, "return_cancel", {"id": return_gid})

    def attach_label(
        self,
        shop_id: int,
        *,
        rfo_gid: str,
        tracking_code: str,
        tracking_url: str,
        pdf: bytes,
        notify: bool,
        look_first: bool = True,
    ) -> str:
        """Upload the label and attach it to the reverse fulfilment order; the reverse delivery's gid."""
        try:
            there = self._attached(shop_id, rfo_gid, tracking_code) if look_first else None
            staged = self._stage(shop_id, pdf) if pdf and not there else ""
        except OutsideError as error:
            error.ambiguous = False  # whatever became of it, nothing was attached
            raise
        if there:
            return there
        payload = self.api.write(
            shop_id,
            "reverse_delivery_create_with_shipping",
            {
                "reverseFulfillmentOrderId": rfo_gid,
                "reverseDeliveryLineItems": [],
                "trackingInput": {"number": tracking_code, "url": tracking_url or None},
                "labelInput": {"fileUrl": staged} if staged else None,
                "notifyCustomer": notify,
            },
        )
        return str(payload["reverseDelivery"]["id"])

    def update_delivery(
        self,
        shop_id: int,
        *,
        reverse_delivery_gid: str,
        tracking_code: str,
        tracking_url: str,
        pdf: bytes,
        notify: bool,
    ) -> None:
        """Other tracking, and another label where there is one, on a reverse delivery that exists."""
        variables = {
            "reverseDeliveryId": reverse_delivery_gid,
            "trackingInput": {"number": tracking_code, "url": tracking_url or None},
            "labelInput": {"fileUrl": self._stage(shop_id, pdf)} if pdf else None,
            "notifyCustomer": notify,
        }
        self.api.write(shop_id, "reverse_delivery_shipping_update", variables)

    def suggest_outcome(
        self, shop_id: int, return_gid: str, lines: Sequence[tuple[str, int]], terms: Terms = PLAIN
    ) -> SuggestedOutcome:
        """What Shopify would pay back for exactly these (return line gid, quantity)."""
        variables = {"id": return_gid, **outcome_input(lines, terms)}
        found = self.api.read(shop_id, "return_suggested_financial_outcome", variables).data.get("return")
        return suggested(found) or SuggestedOutcome(None)

    def process(self, shop_id: int, return_gid: str, plan: ProcessPlan) -> ReturnRead:
        """Process lines, dispositions and money in one call."""
        variables = {"input": process_input(return_gid, plan)}
        return self._after(shop_id, return_gid, self.api.write(shop_id, "return_process", variables))

    def store_credit(self, shop_id: int, client_gid: str) -> tuple[Money, ...]:
        """What the client has to their credit, by currency."""
        found = shown(self.api.read(shop_id, "client_store_credit", {"id": client_gid}), "customer")
        return tuple(money(account["balance"]) for account in nodes((found or {}).get("storeCreditAccounts")))

    def balance(self, shop_id: int, order_gid: str) -> BalanceRead:
        """What is still owed on the order, and Shopify's own page to pay it on."""
        found = shown(self.api.read(shop_id, "order_outstanding", {"id": order_gid}), "order")
        if found is None:
            raise OutsideError("shopify", "the order is not shown", permanent=True)
        url = (found.get("paymentCollectionDetails") or {}).get("additionalPaymentCollectionUrl") or ""
        return BalanceRead(money(found["totalOutstandingSet"]["presentmentMoney"]), url)

    def close(self, shop_id: int, return_gid: str) -> ReturnRead:
        """Close it. One that is closed already is returned as it is."""
        return self._move(shop_id, return_gid, "return_close", {"id": return_gid})

    def _move(self, shop_id: int, return_gid: str, name: str, variables: dict[str, Any]) -> ReturnRead:
        try:
            payload, answer = self.api.write_and_more(shop_id, name, variables)
            self.targets.keep(shop_id, (answer.get("stagedUploadsCreate") or {}).get("stagedTargets") or ())
            return self._after(shop_id, return_gid, payload)
        except UserErrors as error:
            # INVALID_STATE: somebody else moved it first, so what it is now is the answer.
            # NOTIFICATION_FAILED: the change happened, only Shopify's own mail did not go out.
            if not set(error.codes) <= {"INVALID_STATE", "NOTIFICATION_FAILED"}:
                raise
        return self._read_again(shop_id, return_gid)

    def _after(self, shop_id: int, return_gid: str, payload: dict[str, Any]) -> ReturnRead:
        """The return as the mutation left it, from its own answer where that shows it."""
        return self._whole(shop_id, return_gid, payload.get("return")) or self._read_again(shop_id, return_gid)

    def _whole(self, shop_id: int, return_gid: str, found: dict[str, Any] | None) -> ReturnRead | None:
        if not found or not found.get("order"):
            return None
        page = found["returnLineItems"]["pageInfo"]
        while page["hasNextPage"]:
            after = {"id": return_gid, "after": page["endCursor"]}
            more = self.api.read(shop_id, "return_get", after).data["return"]["returnLineItems"]
            found["returnLineItems"]["nodes"] += more["nodes"]
            page = more["pageInfo"]
        return return_read(found)

    def _read_again(self, shop_id: int, return_gid: str) -> ReturnRead:
        read = self.read(shop_id, return_gid)
        if read is None:
            raise OutsideError("shopify", "the return is gone", permanent=True)
        return read

    def _attached(self, shop_id: int, rfo_gid: str, tracking_code: str) -> str | None:
        found = self.api.read(shop_id, "reverse_fulfillment_order_deliveries", {"id": rfo_gid}).data
        for delivery in nodes((found.get("reverseFulfillmentOrder") or {}).get("reverseDeliveries")):
            if ((delivery.get("deliverable") or {}).get("tracking") or {}).get("number") == tracking_code:
                return str(delivery["id"])
        return None

    def _ask_targets(self, shop_id: int) -> dict[str, Any]:
        """One for this label, and some for those that follow."""
        payload = self.api.write(shop_id, "staged_upload_return_label", {"input": PLACES})
        first, *others = payload["stagedTargets"]
        self.targets.keep(shop_id, others)
        return dict(first)

    def _stage(self, shop_id: int, pdf: bytes) -> str:
        target = self.targets.take(shop_id) or self._ask_targets(shop_id)
        headers = {p["name"].replace("_", "-"): p["value"] for p in target["parameters"]}
        try:
            answer = self.outside.request(
                "PUT",
                target["url"],
                data=pdf,
                headers={"Content-Type": "application/pdf", **headers},
                timeout=CONNECT_AND_READ,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise OutsideError("shopify", f"label upload: {type(error).__name__}") from error
        if answer.status_code not in (200, 201, 204):
            raise OutsideError("shopify", f"label upload answered {answer.status_code}")
        return str(target["resourceUrl"])
