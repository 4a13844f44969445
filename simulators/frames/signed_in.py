"""Who is signed in at the storefront: a cookie with the client's number. Anyone may be anyone; it is a demo."""

from flask import request
from werkzeug.wrappers import Response

from simulators.frames.house import House

COOKIE = "store_client"


def signed_in_number(house: House, shop: str) -> str:
    """The client's number as Shopify's logged_in_customer_id has it; "" for a guest."""
    number = request.cookies.get(COOKIE, "")
    return number if number and house.client(shop, number) else ""


def sign_in(answer: Response, number: str) -> Response:
    # Cookies know no ports: the app on this host sees this one as well, and must not care.
    answer.set_cookie(COOKIE, number, httponly=True, samesite="Lax")
    return answer


def sign_out(answer: Response) -> Response:
    answer.delete_cookie(COOKIE)
    return answer
