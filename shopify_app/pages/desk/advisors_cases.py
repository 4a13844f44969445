"""Which cases are the caller's to see: an advisor's own, a manager's whole shop."""

from sqlmodel import Session

from consults.cases import get_case
from consults.first_answers import owner_id
from consults.models import Case
from kit.errors import NotFound
from shopify_app.auth import DeskCaller


def case_of(session: Session, caller: DeskCaller, case_id: int) -> Case:
    """The case, by shop and id together. Raises NotFound, also for a colleague's."""
    case = get_case(session, shop_id=caller.shop_id, case_id=case_id)
    if not caller.is_manager and case.advisor_id != caller.advisor_id:
        raise NotFound("That page is not known here.")
    return case


def case_to_look_at(session: Session, caller: DeskCaller, case_id: int) -> Case:
    """As case_of, and also what they sold while a colleague answers for them: to read along and to take back."""
    case = get_case(session, shop_id=caller.shop_id, case_id=case_id)
    return case if owner_id(session, case) == caller.advisor_id else case_of(session, caller, case_id)


def whose(caller: DeskCaller) -> int | None:
    """Whose rows to list: the caller's own, or None for all of the shop."""
    return None if caller.is_manager else caller.advisor_id
