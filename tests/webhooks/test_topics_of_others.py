"""What Twilio and the carrier tell, and what a word of Shopify's leaves open: tables of bodies and what each means."""

from typing import Any

import pytest

from consults.events import RoomTold
from logistics.events import PiecesDisposed, TrackerUpdated
from notifications.events import MessageStatus, TextArrived
from routing.events import ReturnChanged
from shopify_app.admin_api.scopes import is_granted
from shops.events import AppUninstalled, ClientDataRequested, ClientRedacted
from webhooks.topics import TOPICS, Context

CONTEXT = Context(7, "verdane.myshopify.com", "2026-11-20T16:05:40Z")
ROOM = {
    "StatusCallbackEvent": "participant-connected",
    "RoomName": "consult-7",
    "ParticipantIdentity": "12",
    "Timestamp": "2026-11-24T10:00:00.000Z",
}


def parsed(topic: str, body: dict[str, Any]) -> Any:
    return TOPICS[topic](body, CONTEXT)


# --- rooms


@pytest.mark.parametrize(
    ("changed", "who", "kind"),
    [
        ({}, 12, "joined"),
        ({"StatusCallbackEvent": "participant-disconnected"}, 12, "left"),
        ({"StatusCallbackEvent": "room-ended"}, 12, "ended"),
        ({"StatusCallbackEvent": "room-ended", "ParticipantIdentity": ""}, None, "ended"),
        ({"StatusCallbackEvent": "room-ended", "ParticipantIdentity": "guest"}, None, "ended"),
        ({"ParticipantIdentity": "9" * 18}, 10**18 - 1, "joined"),
    ],
)
def test_a_room_tells_who_came_who_went_and_that_it_ended(changed: dict[str, str], who: int | None, kind: str) -> None:
    told = parsed("twilio/room", ROOM | changed)
    assert told == RoomTold("twilio_video", 7, who, kind, "2026-11-24T10:00:00+00:00")


@pytest.mark.parametrize(
    "changed",
    [
        {"StatusCallbackEvent": "room-created"},
        {"StatusCallbackEvent": "track-added"},
        {"StatusCallbackEvent": None},
        {"RoomName": "consult-"},
        {"RoomName": "consult-0"},
        {"RoomName": "consult-07"},
        {"RoomName": "consult--7"},
        {"RoomName": "consult-7\n"},
        {"RoomName": "consult-7-2"},
        {"RoomName": "theirs"},
        {"RoomName": "consult-" + "9" * 19},
        {"ParticipantIdentity": ""},
        {"ParticipantIdentity": "²"},
        {"ParticipantIdentity": "9" * 19},
        {"ParticipantIdentity": "-1"},
        {"Timestamp": ""},
        {"Timestamp": "noon"},
    ],
)
def test_what_a_room_need_not_tell_or_tells_of_no_room_of_ours_is_no_event(changed: dict[str, Any]) -> None:
    assert parsed("twilio/room", ROOM | changed) is None


@pytest.mark.parametrize(
    ("written", "at"),
    [("2026-11-24T10:00:00", "2026-11-24T10:00:00+00:00"), ("2026-11-24T10:00:00+01:00", "2026-11-24T10:00:00+01:00")],
)
def test_a_time_without_an_offset_is_utc(written: str, at: str) -> None:
    assert parsed("twilio/room", ROOM | {"Timestamp": written}).at == at


# --- texts


def test_a_text_comes_with_who_sent_it_to_which_number_of_ours() -> None:
    form = {
        "MessageSid": "SM1",
        "From": "+33612344141",
        "To": "+33184880020",
        "Body": "STOP\x00 é",
        "OptOutType": "STOP",
        "WaId": "3361",
    }
    assert parsed("twilio/inbound", form) == TextArrived(
        "SM1", "+33612344141", "STOP é", "STOP", "+33184880020", "3361"
    )


@pytest.mark.parametrize("form", [{}, {"MessageSid": "SM1"}, {"From": "+336"}, {"MessageSid": "", "From": "+336"}])
def test_a_text_of_nobody_or_without_a_name_is_none(form: dict[str, str]) -> None:
    assert parsed("twilio/inbound", form) is None


def test_a_text_by_its_older_name_and_of_an_endless_sender_is_one() -> None:
    told = parsed("twilio/inbound", {"SmsSid": "S" * 200, "From": "whatsapp:US." + "A" * 200})
    assert (len(told.provider_id), len(told.sender), told.body, told.ours) == (100, 100, "", "")


@pytest.mark.parametrize(
    ("form", "event"),
    [
        ({"MessageSid": "SM1", "MessageStatus": "sent"}, MessageStatus("SM1", "sent", "")),
        ({"SmsSid": "SM1", "SmsStatus": "failed", "ErrorCode": "30006"}, MessageStatus("SM1", "failed", "30006")),
        ({"MessageSid": "SM1"}, None),
        ({"MessageStatus": "sent"}, None),
    ],
)
def test_what_became_of_a_text(form: dict[str, str], event: MessageStatus | None) -> None:
    assert parsed("twilio/status", form) == event


# --- parcels


@pytest.mark.parametrize(
    ("body", "event"),
    [
        ({"result": {"tracking_code": "1Z"}}, TrackerUpdated("1Z", "unknown", "", "", "")),
        (
            {"id": "evt", "created_at": "then", "result": {"tracking_code": "1Z", "status": None, "carrier": None}},
            TrackerUpdated("1Z", "unknown", "then", "evt", ""),
        ),
        (
            {
                "created_at": "then",
                "result": {"tracking_code": "1Z", "status": "x" * 99, "updated_at": "now", "carrier": "y" * 99},
            },
            TrackerUpdated("1Z", "x" * 40, "now", "", "y" * 60),
        ),
        ({"result": {"tracking_code": ""}}, None),
        ({"result": ["1Z"]}, None),
        ({}, None),
    ],
)
@pytest.mark.parametrize("topic", ["tracker.created", "tracker.updated"])
def test_a_tracker_tells_where_a_parcel_is_in_the_carriers_own_word(
    topic: str, body: dict[str, Any], event: TrackerUpdated | None
) -> None:
    assert parsed(topic, body) == event


@pytest.mark.parametrize(
    ("hung", "tracking"),
    [
        ({"tracking": {"tracking_number": "1Z"}}, "1Z"),
        ({"tracking": {"tracking_number": "1" * 200}}, "1" * 120),
        ({"tracking": {"tracking_number": None}}, ""),
        ({"tracking": {"tracking_number": 17}}, ""),
        ({"tracking": None}, ""),
        (None, ""),
        ([], ""),
    ],
)
def test_a_label_somebody_hung_on_is_told_with_its_number_where_there_is_one(hung: Any, tracking: str) -> None:
    body = {"return": {"id": 5}, "shipping_deliverable": hung}
    expected = ReturnChanged(7, "gid://shopify/Return/5", says="deliverable", tracking=tracking)
    assert parsed("reverse_deliveries/attach_deliverable", body) == expected


def test_pieces_disposed_are_told_once_each_by_whichever_name_the_body_has_for_them() -> None:
    line = "gid://shopify/ReverseFulfillmentOrderLineItem"
    told = [{"id": 1}, {"admin_graphql_api_id": f"{line}/2", "id": 9}, {"id": 1}, {"id": "x"}, None]
    body = {"id": 4, "dispositions": [{"reverse_fulfillment_order_line_item": one} for one in told]}
    rfo = "gid://shopify/ReverseFulfillmentOrder/4"
    assert parsed("reverse_fulfillment_orders/dispose", body) == PiecesDisposed(7, rfo, [f"{line}/1", f"{line}/2"])
    assert parsed("reverse_fulfillment_orders/dispose", {"id": 4}) == PiecesDisposed(7, rfo, [])
    del body["id"]
    assert parsed("reverse_fulfillment_orders/dispose", body).rfo_gid is None


# --- leaving


@pytest.mark.parametrize(
    ("named", "left"),
    [
        ("verdane.myshopify.com", True),
        ("Verdane.MyShopify.com", True),
        (None, True),  # Shopify's own sample names none
        ("", True),
        ("dana.myshopify.com", False),
        (7, False),
    ],
)
def test_a_shop_leaves_by_its_own_word_and_by_no_other_shops(named: Any, left: bool) -> None:
    body = {"id": 548380009, "myshopify_domain": named}
    expected = AppUninstalled(7, CONTEXT.triggered_at) if left else None
    assert parsed("app/uninstalled", body) == expected


def test_whose_data_is_asked_for_or_goes_is_told_with_the_orders_that_are_ids() -> None:
    body = {"shop_domain": "verdane.myshopify.com", "customer": {"id": 9}, "data_request": {"id": 5}}
    orders = [1, "2", "gid://shopify/Order/3", "x", None, {"id": 4}]
    gids = [f"gid://shopify/Order/{n}" for n in (1, 2, 3)]
    cleo = "gid://shopify/Customer/9"
    asked = parsed("customers/data_request", body | {"orders_requested": orders})
    assert asked == ClientDataRequested(7, cleo, "5", gids)
    assert parsed("customers/redact", body | {"orders_to_redact": orders}) == ClientRedacted(7, cleo, gids)
    for nobody in (None, {}, {"id": "x"}, [9]):
        assert parsed("customers/redact", body | {"customer": nobody}) is None
        assert parsed("customers/data_request", body | {"customer": nobody}) is None
    for none in (None, 5, {"id": 1}):
        assert parsed("customers/redact", body | {"orders_to_redact": none}).order_gids == []
    assert parsed("customers/data_request", body | {"data_request": None}).request_id == ""


# --- rights


@pytest.mark.parametrize(
    ("scope", "granted", "is_so"),
    [
        ("read_orders", "read_orders,read_returns", True),
        ("read_orders", "write_orders", True),
        ("write_orders", "read_orders", False),
        ("read_orders", "", False),
        ("read_users", "read_orders", False),
        ("read_all_orders", "read_orders", False),
        ("read_orders", "read_orders, write_returns", True),
        ("read_orders", "customer-account-api:full,read_orders", True),  # a form the library does not know
        ("write_orders", "customer-account-api:full,read_orders", False),
    ],
)
def test_a_right_to_write_is_one_to_read_and_never_the_other_way(scope: str, granted: str, is_so: bool) -> None:
    assert is_granted(scope, granted) is is_so
