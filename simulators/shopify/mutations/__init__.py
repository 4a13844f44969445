"""What each mutation does: name -> function of (context, arguments) giving the payload.

A function raises Refused before it has changed anything; that becomes the payload's `userErrors`.
"""

from simulators.shopify.mutations import (
    bulk,
    credits,
    dispositions,
    labels,
    notes,
    orders,
    processing,
    refunds,
    returns,
)

MUTATIONS: dict = {}
for _module in (returns, labels, dispositions, processing, refunds, orders, credits, notes, bulk):
    MUTATIONS.update(_module.MUTATIONS)
