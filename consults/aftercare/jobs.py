"""Jobs of what follows a return, under the names they have in JOBS: `consults.<function>`."""

from typing import Any

from consults.aftercare.plans import lay_steps
from consults.cases import get_case
from kit import clock
from kit.db import Begin


def plan_contacts(begin: Begin, *, shop_id: int, case_id: int, **_event: Any) -> None:
    """On CaseClosed: the contacts that follow have their days."""
    with begin() as session:
        lay_steps(session, get_case(session, shop_id=shop_id, case_id=case_id), now=clock.now())
