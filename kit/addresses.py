"""Addresses we hand out. Built from APP_URL, never from a request: a Host header is the caller's to choose."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Addresses:
    """`app_url` without a trailing slash."""

    app_url: str

    def desk_link(self, token: str) -> str:
        """Signs an advisor in, once."""
        return f"{self.app_url}/desk/in/{token}"

    def return_page(self, token: str) -> str:
        """The client's page of one return."""
        return f"{self.app_url}/r/{token}"

    def order_page(self, domain: str, token: str) -> str:
        """What somebody opens whom the buyer of an order named; `domain` is the shop's myshopify.com name."""
        return f"{self.app_url}/return/{domain.removesuffix('.myshopify.com')}/order/{token}"

    def scan(self, code: str) -> str:
        """What a boutique opens when it scans a client's code."""
        return f"{self.app_url}/desk/scan/{code}"

    def consult(self, token: str) -> str:
        """The client's or a guest's page of one conversation: times, then the reservation."""
        return f"{self.app_url}/consult/{token}"

    def consult_room(self, token: str) -> str:
        """The room itself."""
        return f"{self.app_url}/consult/{token}/room"

    @property
    def host(self) -> str:
        """Host name, for calendar UIDs."""
        return self.app_url.split("://", 1)[-1].split("/", 1)[0].split(":", 1)[0]
