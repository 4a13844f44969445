"""Firing a trigger of Shopify Flow. Fits routing.ports.FlowDoor."""

from collections.abc import Mapping

from kit.errors import OutsideError
from shopify_app.admin_api.client import AdminApi, UserErrors


class ShopifyFlow:
    """Sent once a call; what comes of it cannot be read back."""

    def __init__(self, api: AdminApi):
        self.api = api

    def fire(self, shop_id: int, handle: str, payload: Mapping[str, str | int]) -> str:
        """Start the workflows that begin with `handle`; "" when Shopify took it, else its reason for not doing so."""
        try:
            self.api.write(shop_id, "flow_trigger_receive", {"handle": handle, "payload": dict(payload)})
        except UserErrors as refused:
            return str(refused)
        except OutsideError as error:
            if error.permanent:
                return str(error)
            raise
        return ""
