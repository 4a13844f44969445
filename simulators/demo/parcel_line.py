"""The parcel: approved, covered, labelled, tracked, inspected, settled, closed."""

import re
from typing import Any

from simulators.demo.play import Play
from simulators.demo.processes import wait_until
from simulators.demo.talking import AMARA


def one_label_with_cover(play: Play) -> None:
    """Approved once, one label bought and attached once, covered for what the piece is worth."""
    gid = play.return_gid
    wait_until(lambda: play.records.mutations("ReturnApproveRequest", gid), what="approved in Shopify")
    wait_until(lambda: attached(play, gid), what="a label attached in Shopify")
    (label,) = play.records.labels(AMARA)
    assert float(label["insurance"]) >= 14800, f"covered for {label['insurance']}"
    (delivery,) = attached(play, gid)
    assert delivery["tracking"]["number"] == label["tracking_code"], delivery
    play.notes["tracking"] = label["tracking_code"]
    wait_until(lambda: play.records.mails(AMARA, "slip"), what="a mail with the slip")


def client_follows(play: Play) -> None:
    """Her page shows where it is; the slip has no price; the label is a file."""
    page = play.client.open(play.notes["return_page"])
    assert "Meridian" in page.text and "Inès" in page.text, page.text[:300]
    slip = play.client.open(f"{play.notes['return_page']}/slip")
    assert "R-1042-1" in slip.text and "$" not in slip.text, slip.text[:300]
    label = play.client.session.get(f"{play.notes['return_page']}/label", timeout=20)
    assert label.content.startswith(b"%PDF"), f"the label answered {label.status_code}"


def parcel_moves(play: Play) -> None:
    play.records.move_parcel(play.notes["tracking"], "in_transit")
    wait_until(lambda: "on its way" in play.client.open(play.notes["return_page"]).text.lower(), what="on its way")
    play.records.move_parcel(play.notes["tracking"], "delivered")
    wait_until(lambda: 'heading="Inspection"' in case_page(play).html, what="arrived, in the admin")


def inspected(play: Play) -> None:
    rma = rma_number(play)
    play.merchant.press(f"/app/returns/{rma}/inspection", finding="match", note="As sold.", restock="on")
    wait_until(lambda: "Pay $14,800.00 back" in case_page(play).html, what="the amount Shopify suggests")
    assert not play.records.mutations("ReturnProcess", play.return_gid), "money moved before anybody said so"


def paid_with_one_click(play: Play) -> None:
    """The click, twice: one returnProcess, one refund of what Shopify suggested; the return is closed."""
    rma = rma_number(play)
    form = case_page(play).form(f"/app/returns/{rma}/payment")
    chosen = dict(form.values)
    for _ in range(2):
        play.merchant.session.post(
            f"{play.app}/app/returns/{rma}/payment",
            data=chosen,
            headers={"Authorization": f"Bearer {play.merchant.token()}"},
            timeout=20,
        )
    wait_until(lambda: play.records.order("#1042")["returns"][0]["status"] == "CLOSED", what="closed in Shopify")
    assert len(play.records.mutations("ReturnProcess", play.return_gid)) == 1
    assert play.records.order("#1042")["refunded"] == "14800.00", play.records.order("#1042")["refunded"]
    wait_until(lambda: play.records.mails(AMARA, "$14,800"), what="a mail that says how much")


def case_is_closed(play: Play) -> None:
    wait_until(lambda: "Closed" in play.advisor.open(play.notes["case_page"]).text, what="closed on the desk")
    wait_until(lambda: "Whitlock" in play.merchant.look("/app/cases?show=closed").text, what="among the closed cases")


def below_the_threshold(play: Play) -> None:
    """Order #1043, $3,950: the same parcel line, and nobody is texted."""
    before = len(play.records.get("twilio/messages")["messages"])
    play.records.post("shopify/returns", {"order_name": "#1043", "reason": "changed-my-mind", "as": "request"})
    gid = play.records.order("#1043")["returns"][0]["id"]
    wait_until(lambda: attached(play, gid), what="a label for #1043")
    email = play.records.order("#1043")["customer"]["email"]
    assert len(play.records.labels(email)) == 1
    wait_until(lambda: play.records.mails(email, "slip"), what="a mail with the slip")
    assert len(play.records.get("twilio/messages")["messages"]) == before, "somebody was texted"
    assert not play.records.mails(email, "/consult/"), "a conversation was offered"


def attached(play: Play, return_gid: str) -> list[dict[str, Any]]:
    """Reverse deliveries of a return, as Shopify has them."""
    found = [r for r in play.records.get("shopify/returns") if r["id"] == return_gid]
    return [d for r in found for rfo in r["reverseFulfillmentOrders"] for d in deliveries_of(rfo)]


def deliveries_of(rfo: dict[str, Any]) -> list[dict[str, Any]]:
    return list(rfo.get("deliveries") or rfo.get("reverseDeliveries") or [])


def case_page(play: Play) -> Any:
    """The case in the admin."""
    return play.merchant.look(f"/app/cases/{case_number(play)}")


def case_number(play: Play) -> str:
    return play.notes["case_page"].rstrip("/").rsplit("/", 1)[-1]


def rma_number(play: Play) -> str:
    found = re.search(r"/app/returns/(\d+)/", case_page(play).html)
    assert found, "the case names no parcel"
    return found.group(1)


FIRST_STEPS = [
    ("approved, covered for its value, labelled once and attached once", one_label_with_cover),
    ("the client's page, slip and label", client_follows),
]
STEPS = [
    ("the parcel moves, and both sides see it", parcel_moves),
    ("a person inspects; Shopify's amount waits for a click", inspected),
    ("one click pays, once, and the return closes", paid_with_one_click),
    ("the case is closed", case_is_closed),
    ("below the threshold: no advisor, no text, the same parcel line", below_the_threshold),
]
