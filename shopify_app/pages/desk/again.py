"""The client's page once more, with what was typed in one of its forms and the sentence about it beside that form."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from consults.models import Case
from kit.errors import AppError
from shopify_app.auth import DeskCaller

UNCLEAR = (400, 422)
"""Statuses of what somebody can put right in the form itself; anything else is a page of its own."""


def case_again(session: Session, caller: DeskCaller, case: Case, form: str, problem: AppError) -> ResponseReturnValue:
    """Nothing of the form is kept. `form` names it as the template does. What is no slip of the pen is raised."""
    from shopify_app.pages.desk.cases import about  # which shows what the pages of these forms give it

    if problem.status not in UNCLEAR:
        raise problem
    session.rollback()
    wrong = {"form": form, "words": problem.message}
    shown = render_template("desk/case.html", wrong=wrong, typed=request.form, **about(session, caller, case))
    return shown, problem.status
