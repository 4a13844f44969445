"""Tags on a client's record. Fits consults.marketing.ports.ClientTags."""

from kit.db import Database
from shopify_app.admin_api.client import AdminApi
from shopify_app.admin_api.scopes import is_granted
from shops.shops import get_shop


class ShopifyClientTags:
    """tagsAdd leaves other tags alone, and both are harmless twice. Without write_customers nothing is asked."""

    def __init__(self, api: AdminApi, database: Database):
        self.api, self.database = api, database

    def tag(self, shop_id: int, client_gid: str, tag: str, *, on: bool) -> bool:
        """One call."""
        with self.database.begin() as session:
            if not is_granted("write_customers", get_shop(session, shop_id).scopes):
                return False
        self.api.write(shop_id, "client_tag_add" if on else "client_tag_remove", {"id": client_gid, "tags": [tag]})
        return True
