"""Pages of the portal: what a client or a guest opens from a link, and the page inside the storefront."""

from flask import Blueprint

from kit.errors import AppError
from shopify_app.pages.portal import (
    along,
    changes,
    deciding,
    documents,
    fresh_links,
    looks,
    meeting,
    returns,
    sooner,
    standing_in,
    storefront,
    storefront_codes,
    times,
    told,
    tongue,
    wear,
    withdrawing,
)
from shopify_app.pages.wording import add_filters
from shops.links import LinkDone

portal = Blueprint("portal", __name__)
for part in (
    returns,
    deciding,
    changes,
    documents,
    times,
    standing_in,
    sooner,
    along,
    wear,
    meeting,
    fresh_links,
    storefront,
    storefront_codes,
    withdrawing,
    looks,
):
    portal.register_blueprint(part.page)
portal.record(add_filters)
portal.record(tongue.settle)
portal.add_app_template_filter(told.told)
portal.add_app_template_global(looks.look_address)
portal.before_app_request(tongue.listen)
portal.after_app_request(tongue.carry)
portal.register_error_handler(LinkDone, fresh_links.done)
portal.register_error_handler(AppError, fresh_links.cannot)

PAGES: tuple[Blueprint, ...] = (portal,)
