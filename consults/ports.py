"""What consults wants of others."""

from typing import Protocol

from sqlmodel import Session


class ReturnPages(Protocol):
    """The client's page of a return, which belongs to the parcel side."""

    def fresh_link(self, session: Session, *, shop_id: int, return_gid: str) -> str | None:
        """A new address of that page, made in the caller's transaction; None when the return has none."""
        ...
