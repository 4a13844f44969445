"""An Admin API that answers what a test tells it to, document by document, and keeps what it was asked."""

from typing import Any, cast

from shopify_app.admin_api.client import AdminApi, Reply
from tests import cast as house

NO_MORE = {"hasNextPage": False, "endCursor": None}


def more(cursor: str) -> dict[str, Any]:
    return {"hasNextPage": True, "endCursor": cursor}


def connection(*nodes: Any, page: dict[str, Any] = NO_MORE) -> dict[str, Any]:
    return {"nodes": list(nodes), "pageInfo": page}


def both(amount: str, currency: str = "USD", presented: str | None = None) -> dict[str, Any]:
    """A bag of money: in the shop's currency and in the client's."""
    here = {"amount": amount, "currencyCode": currency}
    return {"shopMoney": here, "presentmentMoney": {"amount": presented, "currencyCode": "EUR"} if presented else here}


class Told:
    """`told(name, answer, …)`: what a document is answered, one a call, the last one for ever.

    An answer is the data of a read, the payload of a mutation, a whole Reply, or an error to raise.
    """

    def __init__(self) -> None:
        self.settings = house.settings()
        self.answers: dict[str, list[Any]] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __call__(self, name: str, *answers: Any) -> "Told":
        self.answers[name] = list(answers)
        return self

    @property
    def api(self) -> AdminApi:
        return cast(AdminApi, self)

    def read(self, shop_id: int, name: str, variables: dict[str, Any]) -> Reply:
        answer = self._next(shop_id, name, variables)
        return answer if isinstance(answer, Reply) else Reply(answer)

    def write(self, shop_id: int, name: str, variables: dict[str, Any]) -> Any:
        return self._next(shop_id, name, variables)

    def _next(self, shop_id: int, name: str, variables: dict[str, Any]) -> Any:
        assert shop_id == 7, "it is asked as the shop it was asked for"
        self.asked.append((name, variables))
        waiting = self.answers[name]
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(answer, Exception):
            raise answer
        return answer
