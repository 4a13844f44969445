"""A charge for wear that waits for the house: whoever may decide it hears, once, and the client nothing."""

from typing import Any

import pytest
from sqlmodel import col, select

from consults.models import Advisor
from consults.rights import Right
from consults.wear_jobs import tell_wear_waits
from kit.addresses import Addresses
from notifications.models import Message
from tests import cast
from tests.cast import NOW

ADDRESSES = Addresses("https://returns.verdane.example.com")


def tell(database, town, *, disputed: bool = True, **changed: Any) -> list[tuple[str, str, str]]:
    event = {
        "shop_id": town.shop_id, "rma_id": 3, "return_gid": cast.RETURN_GID, "amount": "$2,220", "disputed": disputed,
    }  # fmt: skip
    with cast.clock(NOW):
        for _ in range(2):
            tell_wear_waits(database.begin, addresses=ADDRESSES, **(event | changed))
    with database.begin() as session:
        rows = session.exec(select(Message).order_by(col(Message.id)))
        return [(row.channel, row.recipient, row.body) for row in rows]


@pytest.mark.parametrize(
    ("disputed", "words"),
    [(True, "sees the charge of $2,220 for wear differently"), (False, "was asked twice about a charge of $2,220")],
)
def test_the_advisor_of_the_client_hears_once(database, town, disputed, words) -> None:
    with database.begin() as session:
        session.get(Advisor, town.advisor_id).rights_given = [Right.PARCELS.value]
    ((channel, to, body),) = tell(database, town, disputed=disputed)
    assert (channel, to) == ("email", "bob@verdane.example") and f"Mrs Whitlock {words}" in body
    assert ADDRESSES.desk_link("").rstrip("/") in body


@pytest.mark.parametrize(
    ("of_bob", "of_rose", "to"),
    [
        ({"rights_taken": [Right.PARCELS.value]}, {}, "rose@verdane.example"),
        ({"active": False}, {}, "rose@verdane.example"),
        ({"rights_taken": [Right.PARCELS.value]}, {"rights_taken": [Right.PARCELS.value]}, None),
        ({"rights_given": [Right.PARCELS.value], "email": None, "phone": "+33184880019"}, {}, "+33184880019"),
    ],
    ids=["who may not", "who left", "nobody may", "without an address, by text"],
)
def test_else_whoever_may_decide_hears(database, town, rose, of_bob, of_rose, to) -> None:
    with database.begin() as session:
        for number, columns in ((town.advisor_id, of_bob), (rose, of_rose)):
            for name, value in columns.items():
                setattr(session.get(Advisor, number), name, value)
    assert [heard for _, heard, _ in tell(database, town)] == ([to] if to else [])


def test_of_a_return_without_an_advisor_and_of_another_shops_nobody_is_told(database, town) -> None:
    assert tell(database, town, return_gid="gid://shopify/Return/999") == []
    assert tell(database, town, shop_id=town.shop_id + 1) == []
