"""What the merchant sees, inside the Shopify admin."""

from flask import Blueprint

from shopify_app.pages.admin import (
    activity,
    advisors,
    bounce,
    cases,
    desk_links,
    home,
    past,
    privacy,
    returns,
    routing,
    settings,
)

PAGES: tuple[Blueprint, ...] = (
    home.page,
    past.page,
    cases.page,
    returns.page,
    routing.page,
    advisors.page,
    settings.page,
    activity.page,
    privacy.page,
    desk_links.page,
    bounce.page,
)
