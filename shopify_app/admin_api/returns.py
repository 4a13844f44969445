"""A return's side of Shopify. Fits logistics.ports.ReturnsDoor."""

from collections.abc import Sequence
from typing import Any

import requests

from kit.errors import OutsideError
from kit.money import Money
from logistics.reads import ProcessPlan, ReturnRead, SuggestedOutcome
from shopify_app.admin_api.client import AdminApi, UserErrors
from shopify_app.admin_api.reading import money, nodes, return_read, shown
from shopify_app.admin_api.tokens import CONNECT_AND_READ


class ShopifyReturns:
    """Calls for one return. Mutations are sent once; whoever calls again reads back first."""

    def __init__(self, api: AdminApi):
        self.api = api

    def read(self, shop_id: int, return_gid: str) -> ReturnRead | None:
        """None when Shopify shows none, or not to us (its order is too old)."""
        found = shown(self.api.read(shop_id, "return_get", {"id": return_gid, "after": None}), "return")
        if not found or not found.get("order"):
            return None
        page = found["returnLineItems"]["pageInfo"]
        while page["hasNextPage"]:
            after = {"id": return_gid, "after": page["endCursor"]}
            more = self.api.read(shop_id, "return_get", after).data["return"]["returnLineItems"]
            found["returnLineItems"]["nodes"] += more["nodes"]
            page = more["pageInfo"]
        return return_read(found)

    def approve(self, shop_id: int, return_gid: str) -> ReturnRead:
        """Approve a requested return. One that somebody approved meanwhile is returned as it is."""
        variables = {"input": {"id": return_gid, "notifyCustomer": False}}
        return self._move(shop_id, return_gid, "return_approve_request", variables)

    def attach_label(
        self,
        shop_id: int,
        *,
        rfo_gid: str,
        tracking_code: str,
        tracking_url: str,
        pdf: bytes,
        filename: str,
        notify: bool,
    ) -> str:
        """Upload the label and attach it to the reverse fulfilment order; the reverse delivery's gid."""
        try:
            there = self._attached(shop_id, rfo_gid, tracking_code)
            staged = "" if there else self._stage(shop_id, pdf, filename)
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
                "labelInput": {"fileUrl": staged},
                "notifyCustomer": notify,
            },
        )
        return str(payload["reverseDelivery"]["id"])

    def suggest_outcome(self, shop_id: int, return_gid: str, lines: Sequence[tuple[str, int]]) -> SuggestedOutcome:
        """What Shopify would pay back for exactly these (return line gid, quantity)."""
        variables = {
            "id": return_gid,
            "returnLineItems": [{"id": gid, "quantity": quantity} for gid, quantity in lines],
            "exchangeLineItems": [],
        }
        found = self.api.read(shop_id, "return_suggested_financial_outcome", variables).data.get("return") or {}
        transfer = (found.get("suggestedFinancialOutcome") or {}).get("financialTransfer") or {}
        if transfer.get("__typename") != "RefundReturnOutcome":
            return SuggestedOutcome(None)
        parts = tuple(
            (t["parentTransaction"]["id"], money(t["amountSet"]["presentmentMoney"]))
            for t in transfer.get("suggestedTransactions") or []
            if t.get("parentTransaction")
        )
        return SuggestedOutcome(money(transfer["amount"]["presentmentMoney"]), parts)

    def process(self, shop_id: int, return_gid: str, plan: ProcessPlan) -> ReturnRead:
        """Process lines, dispositions and money in one call."""
        self.api.write(shop_id, "return_process", {"input": process_input(return_gid, plan)})
        return self._read_again(shop_id, return_gid)

    def close(self, shop_id: int, return_gid: str) -> ReturnRead:
        """Close it. One that is closed already is returned as it is."""
        return self._move(shop_id, return_gid, "return_close", {"id": return_gid})

    def _move(self, shop_id: int, return_gid: str, name: str, variables: dict[str, Any]) -> ReturnRead:
        try:
            self.api.write(shop_id, name, variables)
        except UserErrors as error:
            # INVALID_STATE: somebody else moved it first, so what it is now is the answer.
            # NOTIFICATION_FAILED: the change happened, only Shopify's own mail did not go out.
            if not set(error.codes) <= {"INVALID_STATE", "NOTIFICATION_FAILED"}:
                raise
        return self._read_again(shop_id, return_gid)

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

    def _stage(self, shop_id: int, pdf: bytes, filename: str) -> str:
        variables = {
            "input": [
                {
                    "resource": "RETURN_LABEL",
                    "filename": filename,
                    "mimeType": "application/pdf",
                    "httpMethod": "PUT",
                }
            ]
        }
        target = self.api.write(shop_id, "staged_upload_return_label", variables)["stagedTargets"][0]
        headers = {p["name"].replace("_", "-"): p["value"] for p in target["parameters"]}
        try:
            answer = self.api.http.put(
                target["url"],
                data=pdf,
                headers={"Content-Type": "application/pdf", **headers},
                timeout=CONNECT_AND_READ,
            )
        except requests.RequestException as error:
            raise OutsideError("shopify", f"label upload: {type(error).__name__}") from error
        if answer.status_code not in (200, 201, 204):
            raise OutsideError("shopify", f"label upload answered {answer.status_code}")
        return str(target["resourceUrl"])


def process_input(return_gid: str, plan: ProcessPlan) -> dict[str, Any]:
    """ReturnProcessInput. Without money to move, financialTransfer is left out, as Shopify wants it."""
    lines = []
    for line in plan.lines:
        item: dict[str, Any] = {"id": line.return_line_gid, "quantity": line.quantity}
        if line.rfo_line_gid:
            disposition: dict[str, Any] = {
                "reverseFulfillmentOrderLineItemId": line.rfo_line_gid,
                "quantity": line.quantity,
                "dispositionType": line.disposition,
            }
            if line.location_gid:
                disposition["locationId"] = line.location_gid
            item["dispositions"] = [disposition]
        lines.append(item)
    value: dict[str, Any] = {
        "returnId": return_gid,
        "returnLineItems": lines,
        "notifyCustomer": plan.notify,
        "note": plan.note or None,
    }
    if plan.refund:
        value["financialTransfer"] = {
            "issueRefund": {
                "orderTransactions": [
                    {"parentId": parent, "transactionAmount": _amount(amount)} for parent, amount in plan.refund
                ],
                "refundMethods": [],
                "allowOverRefunding": False,
            }
        }
    return value


def _amount(value: Money) -> dict[str, str]:
    return {"amount": value.amount, "currencyCode": value.currency}
