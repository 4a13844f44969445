"""Who speaks for an order on the pages of choosing: by the pass in the form, and by nothing else."""

from flask import Response

from shopify_app.pages.portal.chosen import Choice
from shopify_app.pages.portal.pass_holders import pass_holder
from shopify_app.pages.portal.passes import OrderPass
from shopify_app.pages.portal.places import Place


def who_speaks(place: Place, choice: Choice) -> OrderPass | None:
    """None for a pass that is over, another shop's, or taken back by the buyer."""
    return pass_holder(place, choice.shown_pass)


def pass_over(place: Place) -> Response:
    """For who was away too long: nothing was decided, and the way in again."""
    return place.show("portal/choose.html", 403, state="over")
