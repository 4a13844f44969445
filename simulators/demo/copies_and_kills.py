"""Copies change nothing, and a killed process loses and repeats nothing."""

from simulators.demo.parcel_line import attached
from simulators.demo.play import Play
from simulators.demo.processes import wait_until
from simulators.demo.talking import AMARA


def copies_change_nothing(play: Play) -> None:
    """Every webhook of the return again, and the return once more as approved, under another id."""
    before = counts(play)
    for topic in ("returns/request", "returns/approve", "orders/create"):
        about = play.notes["order_gid"] if topic == "orders/create" else play.return_gid
        for delivery in play.records.deliveries(topic, about):
            play.records.post(f"shopify/deliveries/{delivery['webhook_id']}/repeat")
    number = play.return_gid.rsplit("/", 1)[-1]
    body = {
        "id": int(number),
        "admin_graphql_api_id": play.return_gid,
        "status": "open",
        "order": {"admin_graphql_api_id": play.notes["order_gid"]},
        "return_line_items": [],
    }
    play.records.post("shopify/webhooks/raw", {"topic": "returns/approve", "body": body})
    wait_until(play.is_at_rest, what="the copies are handled", seconds=180)
    assert counts(play) == before, f"{before} became {counts(play)}"


def counts(play: Play) -> dict[str, int]:
    """What must stay as it is."""
    gid = play.return_gid
    return {
        "approvals": len(play.records.mutations("ReturnApproveRequest", gid)),
        "reverse deliveries": len(attached(play, gid)),
        "labels": len(play.records.labels(AMARA)),
        "texts": len(play.records.texts(play.notes["advisor_phone"], "Whitlock")),
        "invitations": len(play.records.mails(AMARA, "/consult/")),
        "cases": play.merchant.look("/app/cases").text.count("Whitlock"),
    }


def killed_in_the_middle(play: Play) -> None:
    """Order #1044, $8,200: kill -9 on web and worker while its line runs, twice; started again, it goes on."""
    play.records.post("shopify/returns", {"order_name": "#1044", "reason": "changed-my-mind", "as": "request"})
    gid = play.records.order("#1044")["returns"][0]["id"]
    email = play.records.order("#1044")["customer"]["email"]
    play.processes.kill_app()
    play.processes.start_app()
    play.processes.wait_for_app()
    wait_until(
        lambda: play.records.mutations("ReturnApproveRequest", gid), what="approved after the first kill", seconds=60
    )
    play.processes.kill_app()
    play.processes.start_app()
    play.processes.wait_for_app()
    wait_until(lambda: attached(play, gid), what="a label after the second kill", seconds=60)
    wait_until(lambda: play.records.texts(play.notes["advisor_phone"], "Raman"), what="the advisor's text", seconds=60)
    wait_until(play.is_at_rest, what="nothing is on its way any more", seconds=180)
    assert len(play.records.mutations("ReturnApproveRequest", gid)) == 1
    assert len(attached(play, gid)) == 1 and len(play.records.labels(email)) == 1
    assert len(play.records.texts(play.notes["advisor_phone"], "Raman")) == 1
    assert play.merchant.look("/app/cases").text.count("Raman") == 1


COPY_STEPS = [("copies of every webhook, and request and approve of one return, change nothing", copies_change_nothing)]
KILL_STEPS = [
    ("web and worker killed with kill -9 in the middle, twice: one case, one label, one text", killed_in_the_middle)
]
