"""What the merchant sees, inside the Shopify admin."""

from flask import Blueprint

from shopify_app.pages.admin import (
    activity,
    advisor_steps,
    advisors,
    bounce,
    cases,
    commission,
    desk_links,
    home,
    privacy,
    returns,
    routing,
    settings,
)

PAGES: tuple[Blueprint, ...] = (
    home.page,
    cases.page,
    returns.page,
    routing.page,
    advisors.page,
    advisor_steps.page,
    commission.page,
    settings.page,
    activity.page,
    privacy.page,
    desk_links.page,
    bounce.page,
)
