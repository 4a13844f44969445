"""How each field is read: type -> field -> function of (source, context, arguments).

A field that isn't listed is read from the document under its own name.
"""

from simulators.shopify.fields import bulk, customers, orders, products, queries, returns, shops

FIELDS: dict[str, dict] = {}
for _module in (queries, orders, returns, products, customers, shops, bulk):
    for _kind, _fields in _module.FIELDS.items():
        FIELDS.setdefault(_kind, {}).update(_fields)

# Fields that need a scope: without it null, and an ACCESS_DENIED entry in `errors`.
SCOPES = {
    ("QueryRoot", "order"): "read_orders",
    ("QueryRoot", "orders"): "read_orders",
    ("QueryRoot", "ordersCount"): "read_orders",
    ("QueryRoot", "return"): "read_returns",
    ("QueryRoot", "returnableFulfillments"): "read_returns",
    ("QueryRoot", "returnReasonDefinitions"): "read_returns",
    ("QueryRoot", "returnCalculate"): "read_returns",
    ("QueryRoot", "draftOrders"): "read_draft_orders",
    ("QueryRoot", "customer"): "read_customers",
    ("QueryRoot", "customers"): "read_customers",
    ("QueryRoot", "product"): "read_products",
    ("QueryRoot", "products"): "read_products",
    ("QueryRoot", "productVariant"): "read_products",
    ("QueryRoot", "productVariants"): "read_products",
    ("QueryRoot", "location"): "read_locations",
    ("QueryRoot", "locations"): "read_locations",
    ("QueryRoot", "staffMember"): "read_users",
    ("QueryRoot", "staffMembers"): "read_users",
    ("QueryRoot", "currentStaffMember"): "read_users",
    ("Order", "customer"): "read_customers",
    ("Order", "staffMember"): "read_users",
    ("Order", "retailLocation"): "read_locations",
    ("LineItem", "staffMember"): "read_users",
    ("Return", "staffMember"): "read_users",
    ("Refund", "staffMember"): "read_users",
    ("OrderTransaction", "user"): "read_users",
    ("OrderAgreement", "user"): "read_users",
    ("SalesAgreement", "user"): "read_users",
    ("InventoryItem", "inventoryLevels"): "read_inventory",
    ("Mutation", "returnRequest"): "write_returns",
    ("Mutation", "returnApproveRequest"): "write_returns",
    ("Mutation", "returnDeclineRequest"): "write_returns",
    ("Mutation", "returnCreate"): "write_returns",
    ("Mutation", "returnCancel"): "write_returns",
    ("Mutation", "returnClose"): "write_returns",
    ("Mutation", "returnReopen"): "write_returns",
    ("Mutation", "returnProcess"): "write_returns",
    ("Mutation", "removeFromReturn"): "write_returns",
    ("Mutation", "reverseDeliveryCreateWithShipping"): "write_returns",
    ("Mutation", "reverseDeliveryShippingUpdate"): "write_returns",
    ("Mutation", "reverseFulfillmentOrderDispose"): "write_returns",
    ("Mutation", "refundCreate"): "write_orders",
    ("Mutation", "orderInvoiceSend"): "write_orders",
    ("Mutation", "draftOrderCreate"): "write_draft_orders",
    ("Mutation", "draftOrderDelete"): "write_draft_orders",
    ("Mutation", "storeCreditAccountCredit"): "write_store_credit_account_transactions",
    ("Mutation", "giftCardCreate"): "write_gift_cards",
}
