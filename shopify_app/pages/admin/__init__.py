"""What the merchant sees, inside the Shopify admin."""

from flask import Blueprint

from shopify_app.pages.admin import (
    activity,
    advisor_steps,
    advisors,
    bounce,
    cases,
    choosing,
    client_book,
    commission,
    desk_links,
    home,
    money,
    past,
    privacy,
    promises,
    returns,
    routing,
    routing_rules,
    sellers,
    settings,
    staff,
)

PAGES: tuple[Blueprint, ...] = (
    home.page,
    past.page,
    cases.page,
    returns.page,
    money.page,
    routing.page,
    routing_rules.page,
    sellers.page,
    staff.page,
    promises.page,
    advisors.page,
    client_book.page,
    choosing.page,
    advisor_steps.page,
    commission.page,
    settings.page,
    activity.page,
    privacy.page,
    desk_links.page,
    bounce.page,
)
