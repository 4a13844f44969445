"""What the merchant sees, inside the Shopify admin."""

from flask import Blueprint

from shopify_app.pages.admin import (
    activity,
    advisors,
    bounce,
    cases,
    desk_links,
    home,
    privacy,
    promises,
    returns,
    routing,
    settings,
)

PAGES: tuple[Blueprint, ...] = (
    home.page,
    cases.page,
    returns.page,
    routing.page,
    promises.page,
    advisors.page,
    settings.page,
    activity.page,
    privacy.page,
    desk_links.page,
    bounce.page,
)
