"""Who speaks for an order on the pages of choosing: by the pass in the form, and by nothing else."""

from flask import Response

from shopify_app.pages.portal.chosen import Choice
from shopify_app.pages.portal.passes import OrderPass, read_order_pass
from shopify_app.pages.portal.places import Place
from shopify_app.web import now, settings


def who_speaks(place: Place, choice: Choice) -> OrderPass | None:
    """None for a pass that is over, or another shop's."""
    config = settings()
    secrets = [secret for secret in (config.secret_key, config.secret_key_previous) if secret]
    return read_order_pass(secrets, choice.shown_pass, shop_id=place.shop_id, now=now())


def pass_over(place: Place) -> Response:
    """For who was away too long: nothing was decided, and the way in again."""
    return place.show("portal/choose.html", 403, state="over")
