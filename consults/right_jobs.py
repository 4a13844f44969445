"""What is to be made right reaches the advisor: a failure of ours, and which way out of it the client chose.

Named in JOBS: `consults.<function>`. All only write rows.
"""

from typing import Any

from sqlmodel import Session

from consults.cases import find_case
from consults.letters import Letters
from consults.states import CaseState
from consults.telling_advisors import tell_advisor
from kit import clock
from kit.addresses import Addresses
from kit.db import Begin

SEEN_TO_ELSEWHERE = "silent_advisor"
"""The clock of the first answer reminds whoever is silent, and asks others; a text about it would be one too many."""


def tell_card_opened(
    begin: Begin, *, addresses: Addresses, shop_id: int, card_id: int, return_gid: str, failure: str, heading: str
) -> None:
    """On CardOpened: the advisor hears before the client writes, that ways out wait to be offered."""
    with begin() as session:
        letters = _letters(session, addresses, shop_id, return_gid)
        if letters is None or failure == SEEN_TO_ELSEWHERE:
            return
        about = {"shop_id": shop_id, "card_id": card_id, "return_gid": return_gid}
        args = about | {"failure": failure, "heading": heading}
        key = f"case:{letters.case.id}:card:{card_id}:opened:{letters.advisor.id}"
        what = heading[:1].lower() + heading[1:]
        tell_advisor(letters, "card_opened_advisor", key, job="consults.tell_card_opened", args=args, what=what)


def tell_card_chosen(
    begin: Begin, *, addresses: Addresses, shop_id: int, card_id: int, return_gid: str, chosen: int, way: str
) -> None:
    """On CardChosen: the advisor hears what the client chose, which is theirs to do now."""
    with begin() as session:
        letters = _letters(session, addresses, shop_id, return_gid)
        if letters is None:
            return
        args: dict[str, Any] = {"shop_id": shop_id, "card_id": card_id, "return_gid": return_gid}
        args |= {"chosen": chosen, "way": way}
        key = f"case:{letters.case.id}:card:{card_id}:chosen:{chosen}:{letters.advisor.id}"
        tell_advisor(letters, "card_chosen_advisor", key, job="consults.tell_card_chosen", args=args, what=way)


def _letters(session: Session, addresses: Addresses, shop_id: int, return_gid: str) -> Letters | None:
    """None where no advisor looks after the return, or not any more."""
    case = find_case(session, shop_id=shop_id, return_gid=return_gid)
    if case is None or case.state is not CaseState.OPEN:
        return None
    return Letters.about(session, case, addresses=addresses, now=clock.now())
