"""Finding one's order without an account: its number and the address used for it, then a code that goes there.

Nothing is told apart: whether the order is there, the address goes with it, or a code was sent. The page writes down
what was asked and answers; a job looks the order up afterwards, so that no answer takes longer for a right one.
"""

import threading
import time
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlmodel import Session

import jobs
from kit.errors import OutsideError
from kit.log import get_logger
from logistics.lookups import returns_of_order
from logistics.rmas import lines_of
from notifications import codes
from shopify_app.callers import caller_address, visitor_address
from shopify_app.pages.portal.own_orders import is_over
from shopify_app.pages.portal.passes import Proof
from shopify_app.pages.portal.places import Place, in_both
from shopify_app.pages.portal.storefront import order_pass
from shopify_app.pages.portal.tongue import _, tongue
from shopify_app.web import addresses, begin, now, settings, verifier
from shops.limits import Pace, pace
from shops.links import RETURN, issue_link

page = Blueprint("storefront_codes", __name__)
log = get_logger("portal")

# How often an hour: met at once, and met at all. Above the first one waits, above the second for the rest of the hour.
FROM_ONE_ADDRESS = (10, 40)  # an office or an hotel has one for all
OF_ONE = (3, 6)  # of one order number, or with one email or mobile number
OF_A_SHOP = (300, 600)  # a busy shop has fewer, and a robot with many addresses finds nothing with them
CODES_FROM_ONE_ADDRESS = (30, 100)

SLOW_SECONDS = 2.0
CHECK_SECONDS = 1.5  # where Twilio is asked about a code, and a code nobody was sent is not
_slowed = threading.BoundedSemaphore(2)
"""Of the few threads that serve pages, no more wait; who comes besides is asked to come back later."""


@in_both(page, "/find", "POST")
def find(place: Place) -> ResponseReturnValue:
    """Order number and email: a code is on its way, if they go together. Who asks too often is asked to wait."""
    said = {"order": request.form.get("order", "")[:60], "address": request.form.get("address", "")[:254]}
    channel = "sms" if request.form.get("by") == "sms" else "email"
    if not (said["order"].strip() and said["address"].strip()):
        return place.show(
            "portal/find.html", 422, said=said, problem=_("Please write both, the number and the address.")
        )
    with begin() as session:
        met = _pace(session, place, _asked(place, said["order"], said["address"]))
    if met is Pace.OVER or (met is Pace.SLOW and not _waited()):
        return _too_often(place, said)
    with begin() as session:
        token = _ask(session, place, said, channel)
    return place.show("portal/code.html", token=token, problem="")


@in_both(page, "/code", "POST")
def enter(place: Place) -> ResponseReturnValue:
    """The code: it opens the order, once. Any other is answered alike, whatever it was asked for."""
    began = time.monotonic()
    token, code = request.form.get("token", "")[:60], request.form.get("code", "")[:20]
    if not token:
        return place.show("portal/code.html", token="", problem=_problem(codes.Found.OVER))
    with begin() as session:
        met = _pace(session, place, {f"codes:{_address(place)}": CODES_FROM_ONE_ADDRESS} if _address(place) else {})
    if met is Pace.OVER or (met is Pace.SLOW and not _waited()):
        return _too_often(place, {})
    checked = _check(place, token, code)
    if checked.found is codes.Found.RIGHT:
        return _found(place, checked)
    answer = place.show("portal/code.html", token=token, problem=_problem(checked.found))
    if verifier() is not None:
        time.sleep(max(0.0, CHECK_SECONDS - (time.monotonic() - began)))
    return answer


def _ask(session: Session, place: Place, said: dict[str, str], channel: str) -> str:
    """A token to come back with, and somebody who looks: the same work whatever was typed."""
    about: dict[str, Any] = {"shop_id": place.shop_id, "locale": tongue().locale, "now": now()}
    token, asked_id = codes.ask(session, wanted=said["order"], address=said["address"], channel=channel, **about)
    jobs.enqueue(session, "routing.look_up_order", shop_id=place.shop_id, asked_id=asked_id)
    return token


def _check(place: Place, token: str, code: str) -> codes.Checked:
    about: dict[str, Any] = {"shop_id": place.shop_id, "secret": settings().secret_key, "now": now()}
    try:
        return codes.check(begin, verifier(), token=token, code=code, **about)
    except OutsideError as error:
        # Only of a code that was sent does anybody ask Twilio: its silence must not tell that this was one.
        log.warning("code.unchecked", reason=str(error))
        return codes.Checked(codes.Found.AGAIN)


def _found(place: Place, checked: codes.Checked) -> ResponseReturnValue:
    """The order's returns, each with its link, and the way to another."""
    with begin() as session:
        listed = [
            {
                "pieces": ", ".join(line.title for line in lines_of(session, rma)),
                "over": is_over(rma),
                "link": addresses().return_page(
                    issue_link(session, shop_id=place.shop_id, purpose=RETURN, subject_id=rma.id, now=now())
                ),
            }
            for rma in returns_of_order(session, shop_id=place.shop_id, order_gid=checked.order_gid)
            if rma.id is not None
        ]
    pass_ = order_pass(place, checked.order_gid, Proof.CODE)
    return place.show("portal/found.html", order=checked.order_name.lstrip("#"), returns=listed, pass_=pass_)


def _asked(place: Place, order: str, address: str) -> dict[str, tuple[int, int]]:
    """What is counted: the shop, this order, this email or number, and who asks, each for itself."""
    tries = {
        "shop": OF_A_SHOP,
        f"order:{order.strip().lstrip('#').strip().casefold()}": OF_ONE,
        f"address:{address.strip().casefold()}": OF_ONE,
    }
    return tries | ({f"from:{_address(place)}": FROM_ONE_ADDRESS} if _address(place) else {})


def _pace(session: Session, place: Place, tries: dict[str, tuple[int, int]]) -> Pace:
    return pace(session, shop_id=place.shop_id, tries=tries, secret=settings().secret_key, now=now())


def _address(place: Place) -> str:
    return caller_address() if place.caller is None else visitor_address()


def _waited() -> bool:
    """Wait a little; False where too many wait already."""
    if not _slowed.acquire(blocking=False):
        return False
    try:
        time.sleep(SLOW_SECONDS)
    finally:
        _slowed.release()
    return True


def _too_often(place: Place, said: dict[str, str]) -> ResponseReturnValue:
    problem = _("Orders were looked for very often just now. Please come back in an hour, and we will find yours.")
    answer = place.show("portal/find.html", 429, said=said, problem=problem)
    answer.headers["Retry-After"] = "3600"
    return answer


def _problem(found: codes.Found) -> str:
    if found is codes.Found.AGAIN:
        return _("That is not the code. Please look once more.")
    if found is codes.Found.BLOCKED:
        return _("That code was tried too often. Please ask for another one.")
    return _("That code has had its time. Please ask for another one.")
