"""Strings to pull and records to read, for tests, the demo script and the stand-in's own pages. Not part of Shopify."""

from flask import Blueprint, jsonify

from simulators.shopify.control.merchant import mount_merchant
from simulators.shopify.control.records import mount_records
from simulators.shopify.control.webhooks import mount_webhooks
from simulators.shopify.errors import Refused
from simulators.shopify.store import Store


def mount(bp: Blueprint, store: Store) -> None:
    mount_records(bp, store)
    mount_merchant(bp, store)
    mount_webhooks(bp, store)

    @bp.errorhandler(ValueError)
    def wrong(error):
        return jsonify(error=str(error)), 400

    @bp.errorhandler(Refused)
    def refused(error):
        return jsonify(error=str(error), userErrors=[error.entry]), 422
