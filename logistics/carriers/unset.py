"""No carrier is set up: every label waits, with the sentence that says what to do."""

from datetime import datetime

from kit.causes import Cause
from kit.errors import Waiting
from kit.money import Money
from logistics.reads import Address, Bought, Collection, Shipment

MISSING = "No carrier is connected, so no label can be bought. Set EASYPOST_API_KEY and EASYPOST_WEBHOOK_SECRET."


class NoCarrier:
    """Fits Carrier by saying what is missing."""

    name = "unset"

    def find(self, reference: str) -> Shipment | None:
        """Nothing was ever made here. Raises Waiting, so that nothing is written down as if it were."""
        raise Waiting(MISSING, cause=Cause.NO_CARRIER)

    def create(
        self, *, reference: str, sender: Address, receiver: Address, weight_grams: int, is_return: bool
    ) -> Shipment:
        """Raises Waiting."""
        raise Waiting(MISSING, cause=Cause.NO_CARRIER)

    def buy(self, shipment_id: str, cover: Money) -> Bought:
        """Raises Waiting."""
        raise Waiting(MISSING, cause=Cause.NO_CARRIER)

    def label_pdf(self, url: str) -> bytes:
        """Raises Waiting."""
        raise Waiting(MISSING, cause=Cause.NO_CARRIER)

    def refund(self, shipment_id: str) -> None:
        """Raises Waiting."""
        raise Waiting(MISSING, cause=Cause.NO_CARRIER)

    def check_address(self, address: Address) -> str:
        """Raises Waiting."""
        raise Waiting(MISSING, cause=Cause.NO_CARRIER)

    def plan_collection(
        self, *, reference: str, shipment_id: str, sender: Address, starts_at: datetime, ends_at: datetime
    ) -> Collection | None:
        """Raises Waiting."""
        raise Waiting(MISSING, cause=Cause.NO_CARRIER)

    def book_collection(self, collection_id: str) -> Collection | None:
        """Raises Waiting."""
        raise Waiting(MISSING, cause=Cause.NO_CARRIER)

    def cancel_collection(self, collection_id: str) -> None:
        """Raises Waiting."""
        raise Waiting(MISSING, cause=Cause.NO_CARRIER)
