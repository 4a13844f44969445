"""Every page: a folder an audience, a file a resource, each a blueprint named in its folder's PAGES."""

from flask import Blueprint

from shopify_app.pages import calendar_feed, cards, line, operators
from shopify_app.pages.admin import PAGES as ADMIN
from shopify_app.pages.desk import PAGES as DESK
from shopify_app.pages.extension import PAGES as EXTENSION
from shopify_app.pages.portal import PAGES as PORTAL

PAGES: tuple[Blueprint, ...] = (
    operators.page,
    calendar_feed.page,
    cards.page,
    line.page,
    *ADMIN,
    *DESK,
    *PORTAL,
    *EXTENSION,
)
