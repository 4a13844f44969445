"""Each failure a merchant can mend: how it comes about, and how it is mended. Causes are real where they can be."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import responses
import sqlalchemy as sa
from sqlmodel import col, select

from consults import feeds
from consults.advisors import BoutiqueRow, import_directory
from consults.feed_words import FeedTrouble
from consults.kinds import StaffRole
from consults.models import Advisor, Boutique
from consults.time_models import BusyFeed
from jobs.attempts import run_attempt
from jobs.models import JobTrouble, WorkerBeat
from logistics import stating
from logistics.models import LogisticsPolicy, Parcel, RmaLine, Settlement
from logistics.states import Goods, SettlementState
from logistics.ways import Way
from notifications.models import Message
from notifications.states import MessageState
from routing import books, policies
from routing.models import OpenedReturn
from shopify_app import installs
from shopify_app.admin_api.client import AdminApi
from shopify_app.admin_api.openings import ShopifyOpenings
from shops import crypt
from shops.models import Shop, ShopState
from simulators.shopify.config import DEFAULT_SCOPES
from simulators.shopify.contexts import open_context
from simulators.shopify.mutations import MUTATIONS
from tests import cast
from tests.acceptance.mending_house import RECEIVING, SENDER, House
from tests.journeys.edge_town import DOMAIN
from tests.journeys.test_edge_of_shopify import begin_opening
from webhooks.inbox import pump
from webhooks.models import Delivery

Act = Callable[[House], None]


@dataclass(frozen=True)
class Failing:
    """`words` must be in what the page says, `path` among the addresses it leads to."""

    kind: str
    cause: Act
    mend: Act
    words: str
    path: str


def delete(house: House, kind: type, *where: Any) -> None:
    house.rows(lambda session: session.connection().execute(sa.delete(kind).where(*where)))


def trouble(house: House) -> JobTrouble:
    return house.rows(lambda session: session.exec(select(JobTrouble)).one())


def scopes(house: House, *without: str, also: tuple[str, ...] = ()) -> None:
    given = [scope for scope in (*DEFAULT_SCOPES, *also) if scope not in without]
    house.town.control("POST", "grant", {"scopes": given, "replace": True})
    house.deliver()


# --- Shopify


def lose_the_grant(house: House) -> None:
    house.edit(Shop, house.shop_id, refresh_token="shprt_stale", access_expires_at=house.town.times["now"])
    house.town.control("POST", "uninstall", {})
    house.town.times["now"] = datetime.now(UTC)  # the browser's token is of today
    house.rows(lambda s: s.connection().execute(sa.update(Shop).values(installed_at=house.town.times["now"])))
    beat(house)
    house.start("installs.learn_scopes")
    assert house.rows(lambda s: s.get_one(Shop, house.shop_id).state) is ShopState.RECONNECT


def install_again(house: House) -> None:
    house.town.control("POST", "install", {"shop": DOMAIN, "history": False})
    assert house.alice.open("/app").status_code == 200, "the page itself renews it"
    house.time_passes()


def beat(house: House, **ago: float) -> None:
    house.edit(WorkerBeat, "w-1", beat_at=house.town.times["now"] - timedelta(**ago))


def close_the_store(house: House) -> None:
    with responses.RequestsMock() as shopify:
        shopify.post(f"{house.town.shopify.base}/shopify/{DOMAIN}/admin/api/2026-07/graphql.json", status=402)
        house.start("installs.learn_scopes")


def hide_clients(house: House) -> None:
    scopes(house, "read_customers", "write_customers")
    house.request()
    house.deliver()
    scopes(house)  # the right is there again; what was hidden stays so until Shopify shows a client


def show_clients(house: House) -> None:
    house.request("1044")
    house.deliver()


def ask_for_an_old_order(house: House) -> None:
    house.request("1047")
    house.deliver()


def approve_old_orders(house: House) -> None:
    house.town.control("POST", "grant", {"scopes": ["read_all_orders"]})
    house.deliver()
    house.time_passes()


def tell_of_nothing(house: House) -> None:
    house.sweep()
    house.town.pass_by(minutes=1)
    house.request()
    house.town.pass_by(minutes=9)
    beat(house)
    house.sweep()
    house.work()


def break_the_sweep(house: House) -> None:
    house.town.control("POST", "faults", [{"operation": "ReconcileReturns", "kind": "500", "times": 9}])
    house.sweep()


def sweep_well(house: House) -> None:
    house.town.control("POST", "faults", [])
    house.sweep()


def seal_with_a_lost_key(house: House) -> None:
    crypt.use_keys("a-key-that-will-be-lost")
    row = Delivery(source="shopify", shop_domain=DOMAIN, topic="returns/request", external_id="w-1", body=b"{}",
                   received_at=house.town.times["now"])  # fmt: skip
    house.rows(lambda session: session.add(row))
    crypt.use_keys("a-key-for-tests")
    for _ in range(5):
        pump(house.town.database.begin)
        house.town.pass_by(seconds=31)
    beat(house)


def find_the_key(house: House) -> None:
    crypt.use_keys("a-key-for-tests,a-key-that-will-be-lost")
    house.press("/app/activity/deliveries/1/replay")
    pump(house.town.database.begin)


def guess_the_seller(house: House) -> None:
    house.carrier()
    house.texts()
    house.mail()
    scopes(house)
    house.request()
    house.sweep()  # no word of the order came, which says who sold it
    house.work()


def ask_for_the_data(house: House) -> None:
    house.town.control("POST", "privacy", {"topic": "customers/data_request", "customer": a_client(house)})
    house.deliver()


def a_client(house: House) -> str:
    order = house.town.control("GET", "order/1042")
    return str(order["document"]["customerId"])


# --- people


def take_boutiques_away(house: House) -> None:
    house.edit(Advisor, house.town.advisor_id, boutique_id=None)
    delete(house, Boutique, col(Boutique.shop_id) == house.shop_id)


def lose_the_phone(house: House) -> None:
    """The directory that was read holds none; the page itself takes nobody without."""
    house.edit(Advisor, house.town.advisor_id, phone=None)


def give_a_calendar_nobody_can_read(house: House) -> None:
    mine = {"shop_id": house.shop_id, "advisor_id": house.town.advisor_id}
    now = house.town.times["now"]
    house.rows(lambda s: feeds.add_feed(s, **mine, address="https://127.0.0.1/secret.ics", now=now))
    feed = house.rows(lambda s: s.exec(select(BusyFeed)).one())
    house.start("consults.read_feed", feed_id=feed.id)
    assert house.rows(lambda s: s.get_one(BusyFeed, feed.id).trouble) is FeedTrouble.NOT_OUTSIDE


def take_it_away(house: House) -> None:
    delete(house, BusyFeed)


def read_boutiques(house: House) -> None:
    place = BoutiqueRow(location_gid="gid://shopify/Location/1", name="Paris")
    house.rows(lambda s: import_directory(s, shop_id=house.shop_id, people=[], boutiques=[place]))


def choose_a_limit_in_euro(house: House) -> None:
    """The shop sold in euro when the limit was chosen, and sells in dollars now."""
    house.edit(Shop, house.shop_id, currency="EUR")
    about: dict[str, Any] = {"limit": "5000", "default_advisor_id": house.town.advisor_id}
    house.rows(lambda s: policies.change_policy(s, shop_id=house.shop_id, **about))
    house.request()
    house.deliver()
    assert house.rows(lambda s: books.in_force(s, house.shop_id).currency) == "EUR"


def choose_it_again(house: House) -> None:
    for step in ("currency", "force"):
        seen = house.rows(lambda s: books.working(s, house.shop_id).mark)
        house.press(f"/app/routing/{step}", mark=seen)
    house.time_passes()
    assert len(house.town.rows()[0]) == 1


def return_a_former_order(house: House) -> None:
    """The store sells in euro now, with rules in euro; the order is of its time in dollars."""
    house.edit(Shop, house.shop_id, currency="EUR")
    about: dict[str, Any] = {"limit": "5000", "default_advisor_id": house.town.advisor_id}
    house.rows(lambda s: policies.change_policy(s, shop_id=house.shop_id, **about))
    with patch.object(installs, "learn_about"), patch.object(installs, "_take_over"):  # Shopify still says dollars
        house.request()
        house.deliver()
    assert house.town.rows()[0] == []


def say_what_is_offered(house: House) -> None:
    house.press(f"/app/activity/jobs/{trouble(house).id}/offer/assisted")
    house.time_passes()
    assert [d.outcome for d in house.town.rows()[0]] == ["assisted"]


# --- parcels


def want_a_label(house: House, **rma: object) -> None:
    house.buy_label(house.rma(**rma))


def without_a_sender(house: House) -> None:
    house.carrier()
    want_a_label(house, sender_address="{}")


def write_the_sender(house: House) -> None:
    house.press("/app/returns/1/sender", **SENDER)
    house.time_passes()
    assert house.parcel().tracking_code


def from_nowhere(house: House) -> None:
    house.carrier()
    want_a_label(house, sender_address='{"name": "C", "street1": "1 Nowhere", "city": "Paris", "country": "FR"}')


def in_another_money(house: House) -> None:
    house.carrier()
    rma = house.rma()
    house.edit(Parcel, house.parcel().id, cover_currency="EUR")
    house.buy_label(rma)


def bring_it(house: House) -> None:
    house.press("/app/returns/1/arrival")
    house.time_passes()


def forbid_what_comes_back(house: House) -> None:
    """The house takes nothing back from a final sale, and its last pieces of one line are one. Sold in a boutique."""
    house.press("/app/rules/classes", key="final sale", words="final sale, meridian", source="The catalogue")
    house.request("1042")
    house.deliver()
    assert house.town.rows()[2][0].approved_at is None


def let_it_go_on(house: House) -> None:
    house.press("/app/returns/1/eligibility")
    house.time_passes()
    assert house.town.rows()[2][0].approved_at is not None


def cross_a_border(house: House) -> None:
    """A watch on alligator, sent to Paris from abroad."""
    house.carrier()
    abroad = {"name": "C", "street1": "9 Great Jones Street", "city": "New York", "region": "NY",
              "postal_code": "10012", "country": "US"}  # fmt: skip
    rma = house.rma(sender_address=json.dumps(abroad))
    line = house.rows(lambda session: session.exec(select(RmaLine).where(RmaLine.rma_id == rma.id)).one())
    house.edit(RmaLine, line.id, words=["Alligator strap"])
    house.buy_label(rma)
    assert not house.parcel().tracking_code


def see_the_permits(house: House) -> None:
    house.press("/app/returns/1/papers", number="US-2026-17")
    house.time_passes()
    assert house.parcel().tracking_code, "the label follows by itself"


def connect_a_carrier(house: House) -> None:
    house.carrier()
    house.time_passes()


def by_courier(house: House) -> None:
    """One whose e-mail address is written down, who was asked and has not been booked."""
    house.carrier()
    rma = house.rma()
    house.edit(Parcel, house.parcel().id, way=Way.COURIER)
    house.edit(LogisticsPolicy, house.shop_id, courier_name="Northgate", courier_email="desk@northgate.example")
    house.buy_label(rma)


def book_the_courier(house: House) -> None:
    about = {"carrier": "Northgate", "reference": "NG-1", "cover": "14800", "day": "2099-01-05"}
    house.press("/app/returns/1/booking", parcel_id=house.parcel().id, **about, **{"from": "09:00", "until": "12:00"})
    house.time_passes()
    assert house.parcel().tracking_code == "NG-1"


def with_a_wrong_key(house: House) -> None:
    house.carrier("an-old-key")
    want_a_label(house)


def with_the_right_key(house: House) -> None:
    house.carrier()
    house.press(f"/app/activity/jobs/{trouble(house).id}/retry")
    assert house.parcel().tracking_code


def lose_the_parcel(house: House) -> None:
    house.carrier()
    want_a_label(house)
    scan(house, "failure")


def hang_one_on(house: House) -> None:
    """Staff hang a label of their own on, in Shopify."""
    gid = house.request("1042", **{"as": "create"})
    (order,) = house.town.shopify.store.shops[DOMAIN].get(gid)["reverseFulfillmentOrders"]
    hung = {"trackingInput": {"number": "BYHAND1"}, "reverseDeliveryLineItems": [], "notifyCustomer": False}
    with house.town.shopify.store.change():
        ctx = open_context(house.town.shopify.store, DOMAIN)
        MUTATIONS["reverseDeliveryCreateWithShipping"](ctx, {"reverseFulfillmentOrderId": order["id"], **hung})
        ctx.send()
    house.deliver()


def say_what_covers_it(house: House) -> None:
    house.press("/app/returns/1/foreign", label_id=1, covered_for="14,800", evidence="Lloyd, B-7")
    assert house.parcel().is_covered


def scan(house: House, status: str) -> None:
    at = house.town.times["now"].isoformat()
    code = house.parcel().tracking_code
    args = {"tracking_code": code, "status": status, "at": at, "event_id": f"evt-{status}"}
    house.jobs["logistics.record_scan"](house.town.database.begin, **args)
    house.work()


def cancel_it_under_way(house: House) -> None:
    gid = house.request("1042", **{"as": "create"})
    house.carrier()
    house.deliver()
    scan(house, "in_transit")
    house.town.control("POST", f"returns/{gid.rsplit('/', 1)[1]}/cancel")
    house.deliver()
    assert house.town.rows()[2][0].goods_state is Goods.ENDED


def ask_again(house: House) -> None:
    house.request("1044")
    house.deliver()


def hold_an_email(house: House) -> None:
    house.message("email", "cleo@example.com")


def lose_a_payment(house: House) -> None:
    rma_id = cast.number(house.rma(goods_state=Goods.INSPECTED).id)
    row = Settlement(rma_id=rma_id, shop_id=house.shop_id, batch=1, amount_cents=1_480_000, currency="USD",
                     proposed_at=house.town.times["now"], state=SettlementState.UNSETTLED)  # fmt: skip
    house.rows(lambda session: session.add(row))


def withdraw_from_nothing(house: House) -> None:
    """The client wrote a number that no order has."""
    said = stating.Stated("Amara Whitlock", "#10042", "amara@example.com")
    about: dict[str, Any] = {"shop_id": house.town.shop_id, "key": "k" * 30, "locale": "en"}
    house.rows(
        lambda session: stating.keep_statement(session, said, may_write=True, now=house.town.times["now"], **about)
    )
    house.town.work()


def lose_an_opening(house: House) -> None:
    adapter = ShopifyOpenings(AdminApi(house.settings, house.town.database, sleep=lambda _s: None))
    house.town.control("POST", "faults", [{"operation": "ReturnCreate", "kind": "500", "times": 1}])
    begin_opening(house.town, adapter)
    house.work()
    house.town.pass_by(seconds=40)
    beat(house)
    house.time_passes()


def open_it_again(house: House) -> None:
    row = house.rows(lambda session: session.exec(select(OpenedReturn)).one())
    house.press(f"/app/activity/openings/{row.id}/again")
    assert len(house.town.rows()[1]) == 1, "and the case is there"


# --- messages


def state(house: House) -> MessageState:
    return house.rows(lambda session: session.exec(select(Message)).one().state)


def send_again(house: House) -> None:
    house.press("/app/activity/messages/1/again")
    assert state(house) in (MessageState.SENT, MessageState.DELIVERED)


def put_aside(house: House) -> None:
    house.press("/app/activity/messages/1/aside")


def text(to: str = "+33612344141", token: str | None = None, *, connected: bool = True) -> Act:
    def act(house: House) -> None:
        if connected:
            house.texts(token)
        house.message("sms", to)

    return act


def then_connected(connect: Act) -> Act:
    def act(house: House) -> None:
        connect(house)
        send_again(house)

    return act


def text_an_advisor(house: House) -> None:
    house.texts()
    house.correct_advisor(phone="+33612321211")
    house.message("sms", "+33612321211")


def correct_the_number(house: House) -> None:
    house.correct_advisor(phone="+33612344141")
    assert state(house) is MessageState.SENT, "and what did not reach them was sent"


def write_to_nobody(house: House) -> None:
    house.mail()
    house.message("email", "bounce@example.com")


def not_deliver(house: House, code: str = "30003") -> None:
    house.texts()
    house.message("sms", f"+336123{code}")
    row = house.rows(lambda session: session.exec(select(Message)).one())
    about = {"provider_id": row.provider_id, "status": "undelivered", "error_code": code}
    house.jobs["notifications.record_status"](house.town.database.begin, **about)


def go_unregistered(house: House) -> None:
    not_deliver(house, "30034")


def go_without_template(house: House) -> None:
    not_deliver(house, "63016")


def be_cut_off(house: House) -> None:
    house.message("email", "cleo@example.com")
    house.edit(Message, 1, state=MessageState.SENDING)
    house.mail()
    house.start("notifications.deliver", message_id=1)


def crash(house: House) -> None:
    payload = {"job": "x#5", "root": "x", "attempt": 5, "key": "", "args": {"shop_id": house.shop_id, "nonsense": 1}}
    run_attempt(house.town.database.begin, house.jobs, "consults.reopen_case", payload)


FAILING = (
    Failing("reconnect", lose_the_grant, install_again, "nothing is lost", "/app"),
    Failing(
        "work_stands_still", lambda h: beat(h, minutes=2), beat, "no client is invited and no label is made",
        "/app/activity",
    ),
    Failing("store_closed", close_the_store, House.time_passes, "Look at the plan", "/app/activity#step-"),
    Failing("rights", lambda h: scopes(h, "write_returns"), scopes, "Change returns", "/app/settings#rights"),
    Failing("clients_hidden", hide_clients, show_clients, "protected customer data", "/app/settings#rights"),
    Failing("old_order", ask_for_an_old_order, approve_old_orders, "older than 60 days", "/app/activity#step-"),
    Failing("untold", tell_of_nothing, ask_again, "up to ten minutes later",
            "/app/activity#shopify"),
    Failing("sweep", break_the_sweep, sweep_well, "begins again every ten minutes", "/app/activity#steps"),
    Failing("unread", seal_with_a_lost_key, find_the_key, "Have it read again", "/app/activity#delivery-1"),
    Failing(
        "sellers", guess_the_seller, lambda h: scopes(h, also=("read_users",)), "instead of the person they know",
        "/app/settings#rights",
    ),
    Failing("export", ask_for_the_data, lambda h: h.press("/app/privacy/1/answered"), "30 days", "/app/privacy#"),
    Failing(
        "no_advisor", lambda h: h.correct_advisor(active="off"), House.correct_advisor, "offered a conversation",
        "/app/advisors",
    ),
    Failing("no_boutique", take_boutiques_away, read_boutiques, "read from your locations", "/app/advisors"),
    Failing(
        "no_default", lambda h: h.edit(Advisor, h.town.advisor_id, role=StaffRole.ADVISOR),
        lambda h: h.press("/app/routing/default", default_advisor=h.town.advisor_id),
        "Choose who is asked", "/app/routing",
    ),
    Failing(
        "advisor_phone", lose_the_phone, lambda h: h.correct_advisor(phone="+33612344141"),
        "Inès Laurent", "/app/advisors/",
    ),
    Failing(
        "advisor_email", lambda h: h.correct_advisor(email=""), lambda h: h.correct_advisor(email="ines@v.example"),
        "calendar", "/app/advisors/",
    ),
    Failing(
        "busy_calendar", give_a_calendar_nobody_can_read, take_it_away, "no time of theirs is offered", "/app/advisors/"
    ),
    Failing("currency", choose_a_limit_in_euro, choose_it_again, "Take the same figures", "/app/routing"),
    Failing("former_currency", return_a_former_order, say_what_is_offered, "Say at the step", "/app/activity#step-"),
    Failing(
        "receiver", lambda h: h.press("/app/settings", house="Verdane"),
        lambda h: h.press("/app/settings", house="Verdane", **RECEIVING), "where parcels are received",
        "/app/settings#parcels",
    ),
    Failing("sender", without_a_sender, write_the_sender, "Ask the client and add it", "/app/returns/1"),
    Failing("cover", in_another_money, bring_it, "raise the cover", "/app/returns/1"),
    Failing("foreign_label", hang_one_on, say_what_covers_it, "without cover", "/app/returns/1"),
    Failing("eligibility", forbid_what_comes_back, let_it_go_on, "let it go on", "/app/returns/1"),
    Failing("papers", cross_a_border, see_the_permits, "you have seen them", "/app/returns/1"),
    Failing("no_carrier", want_a_label, connect_a_carrier, "connect your carrier", "/app/returns/1"),
    Failing("booking", by_courier, book_the_courier, "write down who comes", "/app/returns/1"),
    Failing("carrier_account", with_a_wrong_key, with_the_right_key, "its key still valid", "/app/returns/1"),
    Failing("carrier_address", from_nowhere, write_the_sender, "Correct where", "/app/returns/1"),
    Failing("stray", lose_the_parcel, bring_it, "Ring the carrier", "/app/returns/1"),
    Failing("against", cancel_it_under_way, lambda h: h.press("/app/returns/1/seen"), "ended in Shopify",
            "/app/returns/1"),
    Failing(
        "money", lose_a_payment, lambda h: h.press("/app/returns/1/payment/aside", settlement_id=1),
        "Nothing is sent a second time", "/app/returns/1",
    ),
    Failing(
        "withdrawal", withdraw_from_nothing, lambda h: h.press("/app/withdrawals/1/order", order="1042"),
        "Find the order it means", "/app/withdrawals",
    ),
    Failing("opening", lose_an_opening, open_it_again, "Order #1042", "/app/activity#opening-1"),
    Failing("texts_held", text(connected=False), then_connected(House.texts), "connect your text service",
            "/app/activity#message-1"),
    Failing(
        "emails_held", hold_an_email, then_connected(House.mail),
        "connect your mail server", "/app/activity#message-1",
    ),
    Failing("message_account", text(token="an-old-token"), then_connected(House.texts), "account is paid",
            "/app/activity#message-1"),
    Failing("number", text_an_advisor, correct_the_number, "the text follows by itself", "/app/advisors/"),
    Failing("opted_out", text("+33612321610"), put_aside, "theirs to decide", "/app/activity#message-1"),
    Failing("mailbox", write_to_nobody, put_aside, "The letter reached nobody", "/app/activity#message-1"),
    Failing("unregistered", go_unregistered, put_aside, "Have your number registered", "/app/activity#message-1"),
    Failing("template", go_without_template, put_aside, "takes approved templates only", "/app/activity#message-1"),
    Failing("undelivered", not_deliver, send_again, "Send it again in a while", "/app/activity#message-1"),
    Failing("perhaps_sent", be_cut_off, put_aside, "It is not sent twice", "/app/activity#message-1"),
    Failing("given_up", crash, lambda h: h.press(f"/app/activity/jobs/{trouble(h).id}/aside"), "see to it by hand",
            "/app/activity#step-"),
)  # fmt: skip
