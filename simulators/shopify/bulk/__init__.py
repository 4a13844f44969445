"""Bulk operations: a query run in the background, its result written as JSONL, served with ranges, and told of."""

from simulators.shopify.bulk.operations import BulkOperations

__all__ = ["BulkOperations"]
