"""What our extension in the shop's customer accounts asks for, as JSON."""

from flask import Blueprint

from shopify_app.pages.extension import orders, returns

PAGES: tuple[Blueprint, ...] = (returns.page, orders.page)
