"""Jobs that keep the two ledgers and the credit for a sale, under the names they have in JOBS: `routing.<function>`."""

from kit import clock
from kit.db import Begin
from routing import credits, hand_overs


def note_hands(
    begin: Begin, *, shop_id: int, case_id: int, return_gid: str, from_advisor_id: int, to_advisor_id: int
) -> None:
    """On CaseHandedOver: the ledgers follow, whoever moved the case."""
    with begin() as session:
        hand_overs.note_hands(
            session, shop_id=shop_id, case_id=case_id, from_advisor_id=from_advisor_id, now=clock.now()
        )


def settle_case(begin: Begin, *, shop_id: int, case_id: int, return_gid: str) -> None:
    """On CaseClosed: it is in nobody's hands, and the credit for the sale is written down."""
    with begin() as session:
        hand_overs.release(session, shop_id=shop_id, case_id=case_id, now=clock.now())
        credits.settle_case(session, shop_id=shop_id, case_id=case_id)
