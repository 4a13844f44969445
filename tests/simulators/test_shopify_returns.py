"""The life of a return, from request to money back."""

import copy

import pytest
import requests

from tests.simulators.shopify_calls import OPERATIONS


def line_of(return_: dict) -> dict:
    return return_["returnLineItems"]["nodes"][0]


def rfo_of(return_: dict) -> dict:
    return return_["reverseFulfillmentOrders"]["nodes"][0]


def disposition(return_: dict, kind: str, quantity: int = 1, location: str | None = None) -> dict:
    piece = rfo_of(return_)["lineItems"]["nodes"][0]["id"]
    return {
        "reverseFulfillmentOrderLineItemId": piece,
        "quantity": quantity,
        "dispositionType": kind,
        "locationId": location,
    }


def paris(shopify) -> str:
    return shopify.store.shops[shopify.shop].find("Location", name="Verdane Paris")["id"]


def outcome(shopify, return_: dict, quantity: int = 1, exchanges=(), **more) -> dict:
    lines = [{"id": line_of(return_)["id"], "quantity": quantity}] if quantity else []
    found = shopify.run(
        "ReturnSuggestedFinancialOutcome",
        id=return_["id"],
        returnLineItems=lines,
        exchangeLineItems=list(exchanges),
        **more,
    )
    return found["return"]["suggestedFinancialOutcome"]


def as_suggested(suggestion: dict) -> dict:
    paid = suggestion["financialTransfer"]["suggestedTransactions"]
    transactions = [
        {"parentId": t["parentTransaction"]["id"], "transactionAmount": t["amountSet"]["presentmentMoney"]}
        for t in paid
    ]
    return {"issueRefund": {"orderTransactions": transactions}}


def test_a_request_is_approved_once_and_gets_its_reverse_fulfilment_order(shopify):
    gid = shopify.request_return("1042")
    approved = shopify.do("ReturnApproveRequest", input={"id": gid})["return"]
    assert approved["status"] == "OPEN" and len(approved["reverseFulfillmentOrders"]["nodes"]) == 1
    again = shopify.refused("ReturnApproveRequest", input={"id": gid})
    assert again["code"] == "INVALID_STATE"


@pytest.mark.parametrize(
    ("steps", "last", "code"),
    [
        ([], "ReturnCancel", "INVALID_STATE"),
        ([], "ReturnClose", "INVALID_STATE"),
        (["approve"], "ReturnReopen", "INVALID_STATE"),
        (["approve", "close"], "ReturnClose", "INVALID_STATE"),
        (["approve", "close"], "ReturnCancel", "INVALID_STATE"),
        (["approve", "cancel"], "ReturnReopen", "INVALID_STATE"),
        (["decline"], "ReturnReopen", "INVALID_STATE"),
    ],
)
def test_moves_that_the_picture_does_not_have_are_refused(shopify, steps, last, code):
    gid = shopify.request_return("1042")
    for step in steps:
        shopify.control("POST", f"returns/{gid.rsplit('/', 1)[1]}/{step}", {"note": "With pleasure."})
    assert shopify.refused(last, id=gid)["code"] == code


def test_close_and_reopen_go_back_and_forth(shopify):
    gid = shopify.open_return("1042")["id"]
    assert shopify.do("ReturnClose", id=gid)["return"]["status"] == "CLOSED"
    assert shopify.do("ReturnReopen", id=gid)["return"]["status"] == "OPEN"
    assert shopify.do("ReturnCancel", id=gid)["return"]["status"] == "CANCELED"


def test_a_declined_piece_can_be_asked_for_again(shopify):
    gid = shopify.request_return("1042")
    order = shopify.order("1042")
    part = {"fulfillmentLineItemId": order["fulfillmentLines"][0]["id"], "quantity": 1}
    twice = shopify.refused("ReturnRequest", input={"orderId": order["id"], "returnLineItems": [part]})
    assert twice["code"] == "INVALID"
    long = {"id": gid, "declineReason": "OTHER", "declineNote": "x" * 501}
    assert shopify.refused("ReturnDeclineRequest", input=long)["code"] == "TOO_LONG"
    shopify.do("ReturnDeclineRequest", input=long | {"declineNote": "Let us talk."})
    assert shopify.request_return("1042") != gid


def test_unknown_things_are_not_found(shopify):
    assert shopify.refused("ReturnClose", id="gid://shopify/Return/1")["code"] == "NOT_FOUND"
    nothing = {"orderId": "gid://shopify/Order/1", "returnLineItems": []}
    assert shopify.refused("ReturnRequest", input=nothing)["code"] == "NOT_FOUND"


def test_a_label_must_really_have_been_uploaded(shopify):
    return_ = shopify.open_return("1042")
    file = {"resource": "RETURN_LABEL", "filename": "label.pdf", "mimeType": "application/pdf", "httpMethod": "PUT"}
    target = shopify.do("StagedUploadReturnLabel", input=[file])["stagedTargets"][0]
    asked = {
        "reverseFulfillmentOrderId": rfo_of(return_)["id"],
        "reverseDeliveryLineItems": [],
        "trackingInput": {"number": "JD0146", "url": "https://tracking.example.com/JD0146"},
        "labelInput": {"fileUrl": target["resourceUrl"]},
        "notifyCustomer": True,
    }
    assert "labelInput" in shopify.refused("ReverseDeliveryCreateWithShipping", **asked)["field"]
    headers = {p["name"].replace("_", "-"): p["value"] for p in target["parameters"]}
    assert requests.put(target["url"], data=b"%PDF-1.4 label", headers=headers, timeout=5).status_code == 200
    made = shopify.do("ReverseDeliveryCreateWithShipping", **asked)["reverseDelivery"]
    assert made["deliverable"]["tracking"]["carrierName"] == "DHL Express"
    assert requests.get(made["deliverable"]["label"]["publicFileUrl"], timeout=5).content == b"%PDF-1.4 label"
    # A second call is not recognised: the real one makes a second reverse delivery too.
    assert shopify.do("ReverseDeliveryCreateWithShipping", **asked)["reverseDelivery"]["id"] != made["id"]
    shopify.do("ReverseDeliveryShippingUpdate", reverseDeliveryId=made["id"], trackingInput={"number": "1Z9"})
    deliveries = rfo_of(shopify.run("ReturnGet", id=return_["id"])["return"])["reverseDeliveries"]["nodes"]
    assert [d["deliverable"]["tracking"]["carrierName"] for d in deliveries] == ["UPS", "DHL Express"]


def test_processing_as_suggested_pays_back_restocks_and_closes(shopify):
    return_ = shopify.open_return("1042")
    suggestion = outcome(shopify, return_)
    transfer = suggestion["financialTransfer"]
    assert transfer["amount"]["presentmentMoney"]["amount"] == "14800.00"
    line = {"id": line_of(return_)["id"], "quantity": 1}
    before = shopify.control("GET", "products")[0]["variants"][2]["stock"][paris(shopify)]
    restocked = disposition(return_, "RESTOCKED", location=paris(shopify))
    asked = {
        "returnId": return_["id"],
        "returnLineItems": [line | {"dispositions": [restocked]}],
        "financialTransfer": as_suggested(suggestion),
    }
    done = shopify.do("ReturnProcess", input=asked)["return"]
    assert done["status"] == "CLOSED"
    assert done["refunds"]["nodes"][0]["totalRefundedSet"]["presentmentMoney"]["amount"] == "14800.00"
    assert done["transactions"]["nodes"][0]["kind"] == "REFUND"
    record = shopify.order("1042")
    assert (record["financialStatus"], record["returnStatus"], record["refunded"]) == (
        "REFUNDED",
        "RETURNED",
        "14800.00",
    )
    assert shopify.control("GET", "products")[0]["variants"][2]["stock"][paris(shopify)] == before + 1
    assert shopify.refused("ReturnProcess", input=asked)["code"] == "INVALID_STATE"


def test_processing_can_be_done_in_parts_and_never_beyond_what_is_left(shopify):
    made = shopify.control("POST", "orders", {"template": "corso", "total": "7900.00", "quantity": 2, "days_ago": 3})
    return_ = shopify.open_return(made["name"], quantity=2)
    line = {"id": line_of(return_)["id"], "quantity": 1}
    first = shopify.do("ReturnProcess", input={"returnId": return_["id"], "returnLineItems": [line]})["return"]
    assert first["status"] == "OPEN"
    assert first["returnLineItems"]["nodes"][0]["unprocessedQuantity"] == 1
    too_many = {"returnId": return_["id"], "returnLineItems": [line | {"quantity": 2}]}
    assert shopify.refused("ReturnProcess", input=too_many)["code"] == "LESS_THAN_OR_EQUAL_TO"
    suggestion = outcome(shopify, return_)
    assert suggestion["financialTransfer"]["amount"]["presentmentMoney"]["amount"] == "3950.00"
    too_much = copy.deepcopy(as_suggested(suggestion))
    too_much["issueRefund"]["orderTransactions"][0]["transactionAmount"]["amount"] = "7900.01"
    asked = {"returnId": return_["id"], "returnLineItems": [line], "financialTransfer": too_much}
    assert shopify.refused("ReturnProcess", input=asked)["code"] == "INVALID"
    shopify.do("ReturnProcess", input=asked | {"financialTransfer": as_suggested(suggestion)})
    lost = disposition(return_, "MISSING", quantity=2)
    shopify.do("ReverseFulfillmentOrderDispose", dispositionInputs=[lost])
    assert shopify.run("ReturnGet", id=return_["id"])["return"]["status"] == "CLOSED"


def test_a_final_disposition_takes_the_place_of_an_inspection_that_was_pending(shopify):
    return_ = shopify.open_return("1042")
    pending = disposition(return_, "PROCESSING_REQUIRED")
    shopify.do("ReverseFulfillmentOrderDispose", dispositionInputs=[pending])
    assert shopify.refused("ReturnCancel", id=return_["id"])["code"] == "INVALID_STATE"
    nowhere = disposition(return_, "RESTOCKED")
    assert shopify.refused("ReverseFulfillmentOrderDispose", dispositionInputs=[nowhere])["code"] == "BLANK"
    final = disposition(return_, "NOT_RESTOCKED")
    lines = shopify.do("ReverseFulfillmentOrderDispose", dispositionInputs=[final])["reverseFulfillmentOrderLineItems"]
    assert [d["type"] for d in lines[0]["dispositions"]] == ["NOT_RESTOCKED"]
    assert shopify.refused("ReverseFulfillmentOrderDispose", dispositionInputs=[final])["code"] == "INVALID"


def create_exchange(shopify, handle: str, **more) -> dict:
    order = shopify.order("1042")
    product = shopify.store.shops[shopify.shop].find("Product", handle=handle)
    part = {"fulfillmentLineItemId": order["fulfillmentLines"][0]["id"], "quantity": 1}
    wanted = {
        "orderId": order["id"],
        "returnLineItems": [part],
        "exchangeLineItems": [{"variantId": product["variants"][0]["id"], "quantity": 1} | more],
    }
    made = shopify.do("ReturnCreate", returnInput=wanted)["return"]
    assert made["status"] == "OPEN"
    return shopify.run("ReturnGet", id=made["id"])["return"]


def test_a_dearer_exchange_is_invoiced_and_held_until_it_is_paid(shopify):
    return_ = create_exchange(shopify, "lower-meridian-ring")
    exchange = [{"id": return_["exchangeLineItems"]["nodes"][0]["id"], "quantity": 1}]
    transfer = outcome(shopify, return_, exchanges=exchange)["financialTransfer"]
    assert transfer == {
        "__typename": "InvoiceReturnOutcome",
        "amount": {"presentmentMoney": {"amount": "600.00", "currencyCode": "USD"}},
    }
    line = {"id": line_of(return_)["id"], "quantity": 1}
    asked = {"returnId": return_["id"], "returnLineItems": [line], "exchangeLineItems": exchange}
    done = shopify.do("ReturnProcess", input=asked)["return"]
    assert len(done["exchangeLineItems"]["nodes"][0]["lineItems"]) == 1
    owed = shopify.run("OrderOutstanding", id=return_["order"]["id"])["order"]
    assert owed["totalOutstandingSet"]["presentmentMoney"]["amount"] == "600.00"
    assert owed["paymentCollectionDetails"]["additionalPaymentCollectionUrl"]
    waiting = owed["fulfillmentOrders"]["nodes"][0]
    assert waiting["fulfillmentHolds"][0]["reason"] == "AWAITING_PAYMENT"
    released = shopify.do("FulfillmentOrderReleaseHold", id=waiting["id"], holdIds=None)
    assert released["fulfillmentOrder"]["status"] == "OPEN"


def test_an_even_exchange_moves_no_money(shopify):
    courtesy = {"value": {"amount": {"amount": "600.00", "currencyCode": "USD"}}, "description": "Courtesy"}
    return_ = create_exchange(shopify, "lower-meridian-ring", appliedDiscount=courtesy)
    exchange = [{"id": return_["exchangeLineItems"]["nodes"][0]["id"], "quantity": 1}]
    assert outcome(shopify, return_, exchanges=exchange)["financialTransfer"] is None


def test_fees_are_taken_off_what_is_paid_back(shopify):
    order = shopify.order("1042")
    part = {
        "fulfillmentLineItemId": order["fulfillmentLines"][0]["id"],
        "quantity": 1,
        "restockingFee": {"percentage": 10},
    }
    fee = {"amount": {"amount": "25.00", "currencyCode": "USD"}}
    wanted = {"orderId": order["id"], "returnLineItems": [part], "returnShippingFee": fee}
    made = shopify.do("ReturnCreate", returnInput=wanted)["return"]
    return_ = shopify.run("ReturnGet", id=made["id"])["return"]
    assert outcome(shopify, return_)["financialTransfer"]["amount"]["presentmentMoney"]["amount"] == "13295.00"


def test_what_was_paid_in_euros_is_paid_back_in_euros_to_the_cent(shopify):
    placed = {"template": "meridian", "total": "9999.99", "currency": "EUR", "rate": "0.9137", "days_ago": 4}
    name = shopify.control("POST", "orders", placed)["name"]
    return_ = shopify.open_return(name)
    suggestion = outcome(shopify, return_)
    amount = suggestion["financialTransfer"]["amount"]["presentmentMoney"]
    assert amount == {"amount": "9136.99", "currencyCode": "EUR"}
    line = {"id": line_of(return_)["id"], "quantity": 1}
    asked = {"returnId": return_["id"], "returnLineItems": [line], "financialTransfer": as_suggested(suggestion)}
    done = shopify.do("ReturnProcess", input=asked)["return"]
    assert done["transactions"]["nodes"][0]["amountSet"]["presentmentMoney"] == amount
    assert shopify.order(name)["refunded"] == "9999.99"


def test_store_credit_has_a_ceiling(shopify):
    return_ = shopify.open_return("1042")
    suggestion = outcome(shopify, return_, refundMethodAllocation="STORE_CREDIT")["financialTransfer"]
    assert suggestion["suggestedTransactions"] == []
    credit = {"storeCreditRefund": {"amount": suggestion["suggestedRefundMethods"][0]["amount"]["presentmentMoney"]}}
    line = {"id": line_of(return_)["id"], "quantity": 1}
    transfer = {"issueRefund": {"orderTransactions": [], "refundMethods": [credit]}}
    asked = {"returnId": return_["id"], "returnLineItems": [line], "financialTransfer": transfer}
    shopify.do("ReturnProcess", input=asked)
    client = shopify.order("1042")["customer"]["id"]
    more = {"creditAmount": {"amount": "300.00", "currencyCode": "USD"}}
    assert shopify.refused("StoreCreditAccountCredit", id=client, creditInput=more)["code"] == "CREDIT_LIMIT_EXCEEDED"
    less = {"creditAmount": {"amount": "200.00", "currencyCode": "USD"}}
    account = shopify.do("StoreCreditAccountCredit", id=client, creditInput=less)["storeCreditAccountTransaction"]
    assert account["account"]["balance"]["amount"] == "15000.00"


def test_lines_can_be_taken_out_until_they_are_processed(shopify):
    name = shopify.control("POST", "orders", {"template": "corso", "total": "7900", "quantity": 2, "days_ago": 3})[
        "name"
    ]
    return_ = shopify.open_return(name, quantity=2)
    wanted = [{"returnLineItemId": line_of(return_)["id"], "quantity": 1}]
    left = shopify.do("RemoveFromReturn", returnId=return_["id"], returnLineItems=wanted)["return"]
    assert left["totalQuantity"] == 1
    wanted[0]["quantity"] = 2
    assert shopify.refused("RemoveFromReturn", returnId=return_["id"], returnLineItems=wanted)["code"] == "INVALID"


def test_a_plain_refund_needs_a_key_and_happens_once_for_each(shopify):
    order = shopify.order("1042")
    paid = order["document"]["transactions"][0]["id"]
    one = {"orderId": order["id"], "parentId": paid, "kind": "REFUND", "gateway": "shopify_payments", "amount": "50.00"}
    wanted = {"orderId": order["id"], "transactions": [one]}
    bare = OPERATIONS["RefundCreate"].replace("@idempotent(key: $idempotencyKey)", "")
    without = shopify.post(bare.replace(", $idempotencyKey: String!", ""), "RefundCreate", {"input": wanted}).json()
    assert "@idempotent directive is required" in without["errors"][0]["message"]
    first = shopify.do("RefundCreate", input=wanted, idempotencyKey="k1")["refund"]["id"]
    assert shopify.do("RefundCreate", input=wanted, idempotencyKey="k1")["refund"]["id"] == first
    assert shopify.order("1042")["refunded"] == "50.00"
    other = shopify.refused("RefundCreate", input=wanted | {"note": "again"}, idempotencyKey="k1")
    assert "IDEMPOTENCY_KEY_PARAMETER_MISMATCH" in other["message"]


def test_the_other_mutations_leave_their_trace(shopify):
    order = shopify.order("1042")
    field = {"ownerId": order["id"], "namespace": "$app:clienteling", "key": "sold_by", "value": "ines"}
    shopify.do("MetafieldsSet", metafields=[field | {"type": "single_line_text_field"}])
    shopify.do("TagsAdd", id=order["id"], tags=["assisted-return"])
    signals = shopify.run("OrderAttributionSignals", id=order["id"])["order"]
    assert signals["soldBy"]["value"] == "ines" and signals["tags"] == ["assisted-return"]
    variant = order["document"]["lineItems"][0]["variantId"]
    draft = shopify.do("DraftOrderCreate", input={"lineItems": [{"variantId": variant, "quantity": 1}]})["draftOrder"]
    assert draft["totalPriceSet"]["presentmentMoney"]["amount"] == "14800.00"
    assert shopify.do("DraftOrderInvoiceSend", id=draft["id"])["draftOrder"]["invoiceSentAt"]
    assert shopify.do("OrderInvoiceSend", id=order["id"])["order"]["id"] == order["id"]
    amount = {"amount": "100.00", "currencyCode": "USD"}
    assert len(shopify.do("GiftCardCreate", input={"initialAmount": amount})["giftCardCode"]) == 16
    told = {"order_id": 1, "Return number": "2", "Rung": "deputy", "Client of": "Inès", "Asked now": "Teo"}
    shopify.do("FlowTriggerReceive", handle="first-answer-late", payload=told)
    assert [t["payload"] for t in shopify.control("GET", "flow_triggers")] == [told]
    assert "handle" in shopify.refused("FlowTriggerReceive", handle="opened", payload=told)["message"]
    del told["Rung"]
    assert "Rung" in shopify.refused("FlowTriggerReceive", handle="first-answer-late", payload=told)["message"]
    assert "at least one connection" in shopify.refused("BulkOperationRunQuery", query="{ shop { id } }")["message"]
    logged = shopify.control("GET", "log", kind="mutation")
    refused = ["FlowTriggerReceive", "FlowTriggerReceive", "BulkOperationRunQuery"]
    assert [e["operationName"] for e in logged if not e["applied"]] == refused
