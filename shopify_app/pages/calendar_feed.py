"""GET /cal/<token>.ics: an advisor's conversations, for the calendar they use, at an address of their own."""

import hashlib
from datetime import timedelta

from flask import Blueprint, make_response, request
from flask.typing import ResponseReturnValue

from consults import calendars
from consults.advisors import get_advisor
from consults.booking import talks_between
from kit.errors import NotFound
from shopify_app.web import addresses, begin, now
from shops.links import CALENDAR, open_link

page = Blueprint("calendar_feed", __name__)
BACK, AHEAD = timedelta(days=60), timedelta(days=180)


@page.get("/cal/<token>.ics")
def show(token: str) -> ResponseReturnValue:
    """Two months back and six ahead. It names no client: calendars are shared with colleagues."""
    with begin() as session:
        opened = open_link(session, token, purpose=CALENDAR, now=now())
        advisor = get_advisor(session, shop_id=opened.shop_id, advisor_id=opened.subject_id)
        if not advisor.active:
            raise NotFound("There is nothing at this address.")
        span = {"since": now() - BACK, "until": now() + AHEAD}
        talks = talks_between(session, shop_id=opened.shop_id, advisor_id=opened.subject_id, **span)
        content = calendars.feed(talks, host=addresses().host, desk=f"{addresses().app_url}/desk")
    etag = hashlib.sha256(content).hexdigest()[:32]
    answer = make_response(content)
    answer.headers["Content-Type"] = "text/calendar; charset=utf-8"
    answer.headers["Cache-Control"] = "private, max-age=300"
    answer.set_etag(etag)
    return answer.make_conditional(request)
