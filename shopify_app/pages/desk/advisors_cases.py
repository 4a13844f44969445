"""Which cases are the caller's to see: an advisor's own, a manager's boutique, a merchant's whole shop."""

from collections.abc import Iterable

from sqlmodel import Session

from consults.advisors import advisors
from consults.cases import get_case, open_cases
from consults.first_answers import owner_id
from consults.models import Advisor, Case
from kit.errors import NotFound
from shopify_app.auth import DeskCaller
from shopify_app.web import now
from shops.accesses import CASE, note_access


def case_of(session: Session, caller: DeskCaller, case_id: int) -> Case:
    """The case, by shop and id together. Raises NotFound, also for a colleague's."""
    case = get_case(session, shop_id=caller.shop_id, case_id=case_id)
    if not _reaches(caller, case, _people(session, caller, case)):
        raise NotFound("That page is not known here.")
    return case


def case_to_look_at(session: Session, caller: DeskCaller, case_id: int) -> Case:
    """As case_of, and also what they sold while a colleague answers for them: to read along and to take back."""
    case = get_case(session, shop_id=caller.shop_id, case_id=case_id)
    return case if owner_id(session, case) == caller.advisor_id else case_of(session, caller, case_id)


def cases_to_see(session: Session, caller: DeskCaller) -> list[Case]:
    """Open cases within the caller's reach, the first answer due soonest first."""
    found = open_cases(session, shop_id=caller.shop_id, advisor_id=whose(caller))
    if not caller.is_manager:
        return found
    people = {person.id: person for person in advisors(session, shop_id=caller.shop_id)}
    return [case for case in found if _reaches(caller, case, _named(people, case))]


def whose(caller: DeskCaller) -> int | None:
    """Whose rows to list: the caller's own, or None for all within their reach."""
    return None if caller.is_manager else caller.advisor_id


def _reaches(caller: DeskCaller, case: Case, people: Iterable[Advisor]) -> bool:
    """A case belongs where it was sold, and where those are who answer for it."""
    places = [case.boutique_id, *(person.boutique_id for person in people)]
    return caller.allowed.reaches(advisor_id=case.advisor_id, boutiques=places)


def _people(session: Session, caller: DeskCaller, case: Case) -> list[Advisor]:
    if not caller.is_manager:
        return []
    found = (session.get(Advisor, number) for number in {case.advisor_id, case.owner_id} if number is not None)
    return [person for person in found if person is not None]


def _named(people: dict[int | None, Advisor], case: Case) -> list[Advisor]:
    return [people[number] for number in {case.advisor_id, case.owner_id} if number in people and number is not None]


def note_case_seen(session: Session, caller: DeskCaller, case: Case) -> None:
    """Write down that the caller saw the client's data of this case."""
    who = f"advisor:{caller.advisor_id}"
    note_access(session, shop_id=case.shop_id, who=who, what=CASE, subject=f"case:{case.id}", now=now())
