"""What a pressed button could not do is said on the page it stands on: beside its form, or under the page's heading."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from kit.errors import AppError, NotFound
from shopify_app.auth import DeskCaller, desk
from shopify_app.pages.desk.advisors_cases import case_to_look_at
from shopify_app.web import begin

SAID_THERE = (400, 404, 409, 422)
"""Statuses of what somebody can put right, or look at as it is now; anything else is a page of its own."""
FORMS = {
    "desk.promises.add": "promise",
    "desk.giving.offer": "gesture",
    "desk.radar.need": "need",
    "desk.radar.send": "card",
    "desk.rounds.asked": "asked",
    "desk.threads.write": "written",
    "desk.caring.keep": "learned",
    "desk.ways.take": "way",
}
"""Who takes a form of the client's page -> its name in the templates. It keeps what was typed."""


def answer_slip(problem: AppError) -> ResponseReturnValue:
    """The client's page as it is now, or Today, with the sentence; the transaction that failed kept nothing."""
    from shopify_app.app import answer_error  # which registers these pages

    case_id = (request.view_args or {}).get("case_id")
    if request.method != "POST" or case_id is None or problem.status not in SAID_THERE:
        return answer_error(problem)
    try:
        return _shown(desk(), case_id, problem.message), problem.status
    except NotFound:
        return answer_error(problem)


def _shown(caller: DeskCaller, case_id: int, words: str) -> str:
    from shopify_app.pages.desk import cases, today  # which show what the pages of these forms give them

    form = FORMS.get(request.endpoint or "", "")
    with begin() as session:
        if request.endpoint == "desk.caring.done" or request.form.get("back") == "today":
            return today.shown(session, caller, wrong=words)
        about = cases.about(session, caller, case_to_look_at(session, caller, case_id))
        for name in (form, ""):  # a form that is not there any more cannot say it
            said = {"form": name, "words": words, "of": (request.view_args or {}).get("card_id")}
            page = render_template("desk/case.html", wrong=said, typed=request.form, **about)
            if 'class="ar-err"' in page:
                return page
    raise AssertionError("every page of a client says what went wrong")
