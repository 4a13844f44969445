"""House: what the pages ask of the Shopify stand-in. The one file here that knows how its documents look."""

from simulators.config import Config
from simulators.shopify import amounts, installing
from simulators.shopify.contexts import Context, open_context
from simulators.shopify.errors import Refused
from simulators.shopify.gids import PREFIX, number_of
from simulators.shopify.mutations.returns import request_return
from simulators.shopify.signatures import mint_id_token
from simulators.shopify.store import Store

MOST_CLIENTS = 30
FIRST_CLIENT = "Amara Whitlock"
RETURN_WORDS = {
    "REQUESTED": "Return requested",
    "OPEN": "Return under way",
    "CLOSED": "Returned",
    "DECLINED": "Return declined",
}


class AsBuyer(Context):
    """A buyer sees all of their own orders; the 60 days are a limit of the app's."""

    def can_see(self, order: dict) -> bool:
        return True


class House:
    """Reads under the store's lock and hands out plain dictionaries, so that a page holds no document."""

    def __init__(self, config: Config, store: Store):
        self.config, self.store = config, store

    # the admin

    def knows(self, domain: str) -> bool:
        return domain in self.store.shops

    def installed(self, domain: str) -> bool:
        with self.store.lock:
            return self.knows(domain) and self.store.shops[domain].installation["installed"]

    def install(self, domain: str) -> None:
        """What the grant screen's button does: no redirect, no OAuth; the app learns of it by its first document."""
        with self.store.change():
            context = open_context(self.store, domain)
            installing.install(context)
            context.send()

    def uninstall(self, domain: str) -> None:
        with self.store.change():
            context = open_context(self.store, domain)
            installing.uninstall(context)
            context.send()

    def grant(self, domain: str, scopes: list[str]) -> None:
        """A merchant allows the app more."""
        with self.store.change():
            context = open_context(self.store, domain)
            installing.grant(context, scopes)
            context.send()

    def scopes(self) -> list[str]:
        return list(self.store.config.scopes)

    def staff(self, domain: str) -> list[dict]:
        """Staff members who may open the admin, the owner first."""
        with self.store.lock:
            people = self.store.shops[domain].all("StaffMember")
            people = sorted(people, key=lambda p: not p.get("isShopOwner"))
            return [{"number": str(number_of(p["id"])), "name": _name(p)} for p in people if p.get("active", True)]

    def id_token(self, domain: str, user: str) -> str:
        return mint_id_token(self.store.config, domain, user, self.config.clock())

    # the storefront

    def client(self, domain: str, number: str) -> dict | None:
        with self.store.lock:
            found = self.store.shops[domain].get(f"{PREFIX}Customer/{number}") if number.isdigit() else None
            return _client(found) if found else None

    def clients(self, domain: str, wanted: str) -> list[dict]:
        """Clients to sign in as, by part of a name or address; Amara Whitlock first, then by last order."""
        with self.store.lock:
            shop = self.store.shops[domain]
            latest: dict[str, str] = {}
            for order in shop.all("Order"):
                buyer = order.get("customerId") or ""
                latest[buyer] = max(latest.get(buyer, ""), order["createdAt"])
            people = [c for c in shop.all("Customer") if wanted.lower() in f"{_name(c)} {c['email']}".lower()]
            people.sort(key=lambda c: latest.get(c["id"], ""), reverse=True)
            people.sort(key=lambda c: _name(c) != FIRST_CLIENT)
            return [_client(c) | {"last_order": latest.get(c["id"])} for c in people[:MOST_CLIENTS]]

    def orders(self, domain: str, number: str) -> list[dict]:
        """A client's orders, newest first, each with its pieces, their pictures and what may go back."""
        with self.store.lock:
            shop = self.store.shops[domain]
            mine = [o for o in shop.all("Order") if o.get("customerId") == f"{PREFIX}Customer/{number}"]
            return [self._order(shop, o) for o in sorted(mine, key=lambda o: o["createdAt"], reverse=True)]

    def reasons(self, domain: str) -> list[dict]:
        with self.store.lock:
            return [{"id": r["id"], "name": r["name"]} for r in self.store.shops[domain].all("ReturnReasonDefinition")]

    def request_return(
        self, domain: str, number: str, *, part: str, quantity: int, reason: str, note: str
    ) -> dict[str, str]:
        """Opens a REQUESTED return, as Shopify's own page does; its webhooks leave at once.

        Gives its name as `asked` and its number as `return`, or what is wrong, in words, as `problem`.
        """
        with self.store.change():
            shop = self.store.shops[domain]
            sent = shop.get(part) if "/FulfillmentLineItem/" in part else None
            order = shop.holder(sent) if sent else None
            if order is None or order.get("customerId") != f"{PREFIX}Customer/{number}":
                return {"problem": "That piece is not in one of your orders."}
            line = {
                "fulfillmentLineItemId": part,
                "quantity": quantity,
                "returnReasonDefinitionId": reason or None,
                "customerNote": note or None,
            }
            context = AsBuyer(self.store, shop, self.store.now())
            try:
                made = request_return(context, {"input": {"orderId": order["id"], "returnLineItems": [line]}})
            except Refused as refused:
                return {"problem": str(refused)}
            context.send()
            return {"asked": made["return"]["name"], "return": str(number_of(made["return"]["id"]))}

    def names(self) -> dict[str, str]:
        """Names by telephone number and e-mail address, of clients and staff."""
        with self.store.lock:
            people = [p for s in self.store.shops.values() for kind in ("Customer", "StaffMember") for p in s.all(kind)]
            people += self.store.directory
            known = {p[key]: _name(p) for p in people for key in ("phone", "email") if p.get(key)}
            return known | {f"whatsapp:{address}": name for address, name in known.items() if address.startswith("+")}

    def _order(self, shop, order: dict) -> dict:
        sent = {line["lineItemId"]: line for f in order["fulfillments"] for line in f["lines"]}
        returns = amounts.returns_of(shop, order["id"])
        return {
            "id": order["id"],
            "number": number_of(order["id"]),
            "name": order["name"],
            "at": order["createdAt"],
            "total": str(amounts.original_total(order)),
            "currency": order["currencyCode"],
            "lines": [self._line(shop, order, line, sent.get(line["id"]), returns) for line in order["lineItems"]],
        }

    def _line(self, shop, order: dict, line: dict, sent: dict | None, returns: list[dict]) -> dict:
        product = shop.get(line.get("productId"))
        states = [r for r in returns if any(part["lineItemId"] == line["id"] for part in r["returnLines"])]
        return {
            "title": line["title"],
            "detail": line.get("variantTitle") or "",
            "price": str(amounts.line_total(order, line)),
            "picture": self._picture(shop, product) if product else None,
            "part": sent["id"] if sent else None,
            "returnable": amounts.returnable_quantity(shop, order, sent) if sent else 0,
            "state": RETURN_WORDS.get(states[-1]["status"], "") if states else "" if sent else "Not sent yet",
            "return": number_of(states[-1]["id"]) if states else None,
        }

    def _picture(self, shop, product: dict) -> str:
        return f"{self.config.public_base}/shopify/{shop.domain}/pictures/{product['handle']}.svg"


def _name(person: dict) -> str:
    return person.get("name") or f"{person.get('firstName', '')} {person.get('lastName', '')}".strip()


def _client(customer: dict) -> dict:
    return {"number": str(number_of(customer["id"])), "name": _name(customer), "email": customer["email"]}
