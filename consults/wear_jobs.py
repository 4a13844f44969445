"""The advisor hears that a charge for wear waits for a person of the house."""

from typing import Any

from consults.advisors import first_who_may, manager_of
from consults.cases import find_case
from consults.letters import Letters
from consults.reservations import advisor_of
from consults.rights import Right
from consults.telling_advisors import tell_colleague
from kit import clock
from kit.addresses import Addresses
from kit.db import Begin
from kit.log import get_logger

log = get_logger("consults")


def tell_wear_waits(
    begin: Begin,
    *,
    addresses: Addresses,
    shop_id: int,
    rma_id: int,
    return_gid: str,
    amount: str,
    disputed: bool,
    **_event: Any,
) -> None:
    """On WearWaits: the advisor of the case is told, else their manager, else the first who may decide it.

    A return without an advisor has no case; it stands on the merchant's home, as this one does.
    """
    with begin() as session:
        case = find_case(session, shop_id=shop_id, return_gid=return_gid)
        if case is None:
            return
        owner = advisor_of(session, case.advisor_id)
        about: dict[str, Any] = {"advisor_id": case.advisor_id, "places": [owner.boutique_id]}
        who = first_who_may(session, Right.PARCELS, shop_id=shop_id, first=[owner, manager_of(session, owner)], **about)
        if who is None:
            log.warning("wear.nobody_decides", case=case.id)
            return
        letters = Letters.about(session, case, addresses=addresses, now=clock.now())
        key = f"case:{case.id}:wear:{rma_id}:{'disputed' if disputed else 'unanswered'}"
        tell_colleague(letters, who, "wear_waits_advisor", key, amount=amount, disputed=disputed)
