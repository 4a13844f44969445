"""What is said about the room while it is open."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlmodel import Session

from consults.letters import Letters
from consults.models import Consult
from consults.reservations import advisor_of, case_of
from consults.telling import Words
from kit.addresses import Addresses
from shops.shops import get_shop


@dataclass(frozen=True)
class RoomLetters(Letters):
    """Letters about one conversation, to the advisor it was reserved with."""

    @classmethod
    def of_consult(cls, session: Session, consult: Consult, *, addresses: Addresses, now: datetime) -> Self:
        """Letters about `consult`."""
        shop, advisor = get_shop(session, consult.shop_id), advisor_of(session, consult.advisor_id)
        return cls(session, addresses, shop, case_of(session, consult), advisor, now)

    def waiting(self) -> Words:
        """To the advisor, by text or email: somebody is in the room."""
        about = {"first_name": self.advisor.first_name, "link": self.desk_link(), "house": self.shop.shown_name}
        return Words([{**about, "client": self.client or "A client"}, {**about, "client": "A client"}])
