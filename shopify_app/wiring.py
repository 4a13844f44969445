"""Joins the adapters (adapters.py) to the domain. Every event, job and door is in a table here."""

from collections.abc import Mapping
from email.utils import parseaddr
from functools import partial

import consults.aftercare.jobs
import consults.around_jobs
import consults.briefs.jobs
import consults.catalogue.takings
import consults.clock_jobs
import consults.feed_jobs
import consults.gestures.jobs
import consults.jobs
import consults.line_jobs
import consults.marketing.jobs
import consults.pieces.jobs
import consults.promise_jobs
import consults.replies
import consults.right_jobs
import consults.room_jobs
import consults.wear_jobs
import jobs.attempts
import jobs.rows
import logistics.jobs
import logistics.radar.jobs
import measures.jobs
import measures.rebuilding
import notifications.jobs
import routing.absences
import routing.finding
import routing.flow
import routing.flow_actions
import routing.hand_overs
import routing.jobs
import routing.ledger_jobs
import routing.notes
import routing.openings
import routing.outcomes
import routing.replacing
import routing.rerouting
import routing.sweeps
import routing.withdrawing
import shops.jobs
import webhooks.forgetting
from consults.events import (
    AnswerHalfDue,
    CaseClosed,
    CaseHandedOver,
    CaseOpened,
    ConsultBooked,
    ConsultCancelled,
    ConsultEnded,
    ConsultMoved,
    ConsultPassed,
    FirstAnswerLate,
    GestureAnswered,
    GestureAsked,
    GuestInvited,
    GuestRemoved,
    OutcomeRecorded,
    PromiseKept,
    RecordingWished,
    RoomTold,
    TimesProposed,
)
from jobs.attempts import Job
from jobs.queue import AtOnce, use_events
from kit.addresses import Addresses
from kit.db import Database
from kit.settings import Settings
from logistics.events import (
    CardChosen,
    CardOpened,
    PiecesDisposed,
    PiecesKept,
    ReturnEnded,
    ReturnReopened,
    ReturnReplaced,
    ReturnSettled,
    TrackerUpdated,
    WearWaits,
    WithdrawalStated,
)
from measures.events import HistoryReady, OrderTold, RefundTold, ReturnTold
from notifications.events import MessageStatus, TextArrived
from routing.events import OrderSeen, ReturnChanged, ReturnRouted, ReturnSeen, ReturnsSwept, RouteAsked
from shopify_app import clients, installs, privacy, sales
from shopify_app.adapters import (
    ReturnPages,
    make_calendars,
    make_carrier,
    make_channels,
    make_pictures,
    make_relay,
    make_rooms,
    make_verifier,
)
from shopify_app.radar import cases_seen
from shopify_app.talks import in_use
from shops.events import (
    AppUninstalled,
    ClientDataRequested,
    ClientRedacted,
    ClientsMerged,
    ScopesChanged,
    ShopRedacted,
)
from webhooks.inbox import order_unread

EVENTS: Mapping[type, tuple[str, ...]] = {
    # from outside
    ReturnSeen: ("routing.route_return",),
    ReturnChanged: ("routing.follow_return",),
    ReturnRouted: ("routing.tell_flow_routed",),
    TrackerUpdated: ("logistics.record_scan",),
    MessageStatus: ("notifications.record_status",),
    RoomTold: ("consults.note_room",),
    AppUninstalled: ("installs.uninstall",),
    ScopesChanged: ("installs.learn_scopes",),
    HistoryReady: ("measures.hear_history",),
    ClientDataRequested: ("privacy.note_data_request",),
    ClientRedacted: ("privacy.redact_client",),
    ShopRedacted: ("privacy.redact_shop",),
    # from inside
    CaseOpened: (
        "consults.tell_advisor",
        "consults.invite_client",
        "consults.copy_owner",
        "consults.prepare_brief",
        "consults.follow_letters",
    ),
    AnswerHalfDue: ("consults.remind_owner",),
    FirstAnswerLate: ("routing.tell_flow_late",),
    ConsultBooked: ("consults.confirm_consult", "consults.plan_reminders", "consults.prepare_brief"),
    ConsultMoved: ("consults.confirm_consult", "consults.tell_guests", "consults.plan_reminders"),
    ConsultCancelled: ("consults.tell_cancelled", "consults.tell_guests"),
    ConsultEnded: ("consults.after_consult",),
    GuestInvited: ("consults.tell_guests", "consults.keep_recording"),
    RecordingWished: ("consults.keep_recording",),
    GuestRemoved: ("consults.tell_guest_removed", "consults.plan_reminders"),
    TimesProposed: ("consults.tell_proposed",),
    ConsultPassed: ("consults.tell_passed",),
    OutcomeRecorded: ("routing.follow_outcome",),
    PromiseKept: ("consults.tell_promise_kept",),
    GestureAsked: ("consults.tell_gesture_asked",),
    CaseHandedOver: (
        "routing.note_hands",
        "consults.offer_case",
        "consults.tell_client_handed_over",
        "consults.copy_colleagues",
    ),
    CaseClosed: (
        "routing.settle_case",
        "consults.plan_contacts",
        "consults.follow_letters",
        "measures.follow_case",
    ),
    CardOpened: ("consults.tell_card_opened",),
    CardChosen: ("consults.tell_card_chosen",),
    WearWaits: ("consults.tell_wear_waits",),
    PiecesKept: ("consults.note_pieces_kept",),
    ReturnSettled: ("consults.note_parcel_done",),
    ReturnEnded: ("consults.note_parcel_done",),
    ReturnReopened: ("consults.reopen_case",),
    WithdrawalStated: ("routing.carry_out_withdrawal",),
}

AT_ONCE: Mapping[type, AtOnce] = {
    # Only rows, and wanted by the very next delivery: a return that follows its order at once must find who sold it.
    OrderSeen: routing.jobs.keep_evidence,
    PiecesDisposed: routing.jobs.note_disposed,
    ReturnReplaced: routing.replacing.follow_replaced,
    ClientsMerged: clients.merge,
    # These carry addresses on their way to a hash, and a job would keep them.
    OrderTold: sales.keep_order,
    RefundTold: sales.keep_refund,
    ReturnTold: sales.keep_return,
    ReturnsSwept: sales.keep_swept,
    TextArrived: consults.replies.note_text,
    RouteAsked: routing.flow_actions.route_asked,
    GestureAnswered: consults.catalogue.takings.follow_answer,
}

DAY = 86_400
PERIODIC: Mapping[str, int] = {
    "consults.close_rooms": 60,
    "consults.open_rooms": 60,
    "consults.nudge_advisors": 30,
    "consults.keep_first_answers": 60,
    "consults.watch_rooms": 60,
    "consults.free_holds": consults.pieces.jobs.FREE_SECONDS,
    "consults.read_stock": consults.pieces.jobs.EVERY_SECONDS,
    "consults.watch_briefs": consults.briefs.jobs.EVERY_SECONDS,
    "consults.ask_outcomes": 3600,
    "consults.watch_promises": 3600,
    "consults.read_feeds": consults.feed_jobs.EVERY_SECONDS,
    "reconcile.sweep_shops": routing.sweeps.EVERY_SECONDS,
    "logistics.watch_wear": 3600,
    "logistics.look_everywhere": logistics.radar.jobs.EVERY_SECONDS,
    "measures.keep_current": DAY,
    "measures.check_all": DAY,
    "routing.look_after": routing.absences.EVERY_SECONDS,
    "notifications.forget_texts": DAY,
    "webhooks.forget_bodies": DAY,
    "jobs.purge": DAY,
    "shops.purge": DAY,
}
"""Job -> seconds between runs."""


def wire(settings: Settings, database: Database) -> None:
    """What every process needs before it publishes anything."""
    use_events(EVENTS, AT_ONCE)


def jobs_table(settings: Settings, database: Database) -> Mapping[str, Job]:
    """Job name -> function, with its adapters bound."""
    # What calls out is loaded by the worker only (reaching.py): a web process takes webhooks and shows our own rows.
    from consults.marketing.klaviyo import Klaviyo
    from shopify_app.admin_api.briefs import ShopifyBriefs
    from shopify_app.admin_api.client import AdminApi
    from shopify_app.admin_api.client_tags import ShopifyClientTags
    from shopify_app.admin_api.drafts import ShopifySales
    from shopify_app.admin_api.exchanges import ShopifyExchanges
    from shopify_app.admin_api.finding import ShopifyFinding
    from shopify_app.admin_api.flow import ShopifyFlow
    from shopify_app.admin_api.history import ShopifyHistory
    from shopify_app.admin_api.openings import ShopifyOpenings
    from shopify_app.admin_api.orders import ShopifyOrders
    from shopify_app.admin_api.pieces import ShopifyPieces, ShopifyReserving
    from shopify_app.admin_api.returns import ShopifyReturns
    from shopify_app.admin_api.stock import ShopifyStock
    from shopify_app.admin_api.sweeps import ShopifySweeps
    from shopify_app.admin_api.together import ReturnsWithOrders

    api = AdminApi(settings, database)
    returns, orders = ShopifyReturns(api), ShopifyOrders(api, database)
    together = ReturnsWithOrders(api, orders)
    carrier, history, pieces = make_carrier(settings), ShopifyHistory(api), ShopifyPieces(api)
    addresses = Addresses(settings.app_url)
    return_pages = ReturnPages(addresses)
    mailbox = parseaddr(settings.mail_from)[1] or f"consults@{addresses.host}"
    return {
        "routing.route_return": partial(
            routing.jobs.route_return, returns=together, orders=together, signals=together, unread=order_unread
        ),
        "routing.follow_return": partial(
            routing.jobs.follow_return, returns=returns, orders=orders, signals=orders, unread=order_unread
        ),
        "routing.write_back": partial(routing.notes.write_back, notes=orders),
        "routing.route_again": partial(
            routing.rerouting.route_again, returns=together, orders=together, signals=orders
        ),
        "routing.look_after": routing.absences.look_after,
        "routing.note_hands": routing.ledger_jobs.note_hands,
        "routing.settle_case": routing.ledger_jobs.settle_case,
        "routing.open_return": partial(routing.openings.open_return, openings=ShopifyOpenings(api)),
        "routing.carry_out_withdrawal": partial(routing.withdrawing.carry_out_withdrawal, read=ShopifyOpenings(api)),
        "routing.look_up_order": partial(
            routing.finding.look_up_order,
            orders=ShopifyFinding(api),
            by_verify=make_verifier(settings) is not None,
            secret=settings.secret_key,
        ),
        "routing.tell_flow_routed": partial(routing.flow.tell_flow_routed, flow=ShopifyFlow(api)),
        "routing.tell_flow_late": partial(routing.flow.tell_flow_late, flow=ShopifyFlow(api)),
        "routing.follow_outcome": routing.outcomes.follow_outcome,
        "reconcile.sweep_shops": routing.sweeps.sweep_shops,
        "reconcile.sweep_shop": partial(routing.sweeps.sweep_shop, sweeps=ShopifySweeps(api)),
        "logistics.authorise": partial(logistics.jobs.authorise, returns=returns),
        "logistics.get_label": partial(logistics.jobs.get_label, carrier=carrier),
        "logistics.attach_label": partial(logistics.jobs.attach_label, returns=returns, carrier=carrier),
        "logistics.release_label": partial(logistics.jobs.release_label, carrier=carrier),
        "logistics.book_collections": partial(logistics.jobs.book_collections, carrier=carrier, in_use=in_use),
        "logistics.cancel_collection": partial(logistics.jobs.cancel_collection, carrier=carrier),
        "logistics.forget_pictures": partial(logistics.jobs.forget_pictures, store=make_pictures(settings)),
        "logistics.call_off": logistics.jobs.call_off,
        "logistics.record_scan": logistics.jobs.record_scan,
        "logistics.propose_settlement": partial(logistics.jobs.propose_settlement, returns=returns),
        "logistics.pay": partial(logistics.jobs.pay, returns=returns, sales=ShopifySales(api)),
        "logistics.ask_balance": partial(logistics.jobs.ask_balance, returns=returns, addresses=addresses),
        "logistics.drop_exchange": partial(logistics.jobs.drop_exchange, door=ShopifyExchanges(api)),
        "logistics.take_back": partial(logistics.jobs.take_back, door=returns),
        "logistics.look_at_credit": partial(logistics.jobs.look_at_credit, returns=returns),
        "logistics.make_exchange": partial(logistics.jobs.make_exchange, exchanges=ShopifyExchanges(api)),
        "logistics.keep_pieces": partial(logistics.jobs.keep_pieces, sales=ShopifySales(api)),
        "logistics.sell_beside": partial(logistics.jobs.sell_beside, sales=ShopifySales(api), addresses=addresses),
        "logistics.look_everywhere": logistics.radar.jobs.look_everywhere,
        "logistics.look_for_failures": partial(
            logistics.radar.jobs.look_for_failures, stock=ShopifyStock(api), cases=cases_seen
        ),
        "logistics.tell_client_ways": partial(logistics.radar.jobs.tell_client_ways, addresses=addresses),
        "logistics.close_return": partial(logistics.jobs.close_return, returns=returns),
        "logistics.acknowledge_withdrawal": partial(logistics.jobs.acknowledge_withdrawal, addresses=addresses),
        "logistics.tell_client_label": partial(logistics.jobs.tell_client_label, addresses=addresses),
        "logistics.tell_client_arrived": partial(logistics.jobs.tell_client_arrived, addresses=addresses),
        "logistics.tell_client_money": partial(logistics.jobs.tell_client_money, addresses=addresses),
        "logistics.tell_client_wear": partial(logistics.jobs.tell_client_wear, addresses=addresses),
        "logistics.watch_wear": partial(logistics.jobs.watch_wear, addresses=addresses),
        "measures.begin_history": measures.jobs.begin_history,
        "measures.read_history": partial(measures.jobs.read_history, history=history),
        "measures.hear_history": partial(measures.jobs.hear_history, history=history),
        "measures.keep_current": measures.jobs.keep_current,
        "measures.count_figures": measures.jobs.count_figures,
        "measures.follow_case": measures.jobs.follow_case,
        "measures.rebuild": measures.rebuilding.rebuild,
        "measures.check": measures.rebuilding.check,
        "measures.check_all": measures.rebuilding.check_all,
        "jobs.purge": jobs.rows.purge,
        "jobs.wake": jobs.attempts.wake_again,
        "shops.purge": shops.jobs.purge,
        "webhooks.forget_bodies": webhooks.forgetting.forget_bodies,
        "consults.tell_advisor": partial(consults.jobs.tell_advisor, addresses=addresses),
        "consults.invite_client": partial(consults.jobs.invite_client, addresses=addresses, return_pages=return_pages),
        "consults.copy_owner": partial(consults.jobs.copy_owner, addresses=addresses),
        "consults.confirm_consult": partial(consults.jobs.confirm_consult, addresses=addresses, mailbox=mailbox),
        "consults.tell_cancelled": partial(consults.jobs.tell_cancelled, addresses=addresses, mailbox=mailbox),
        "consults.tell_passed": partial(consults.jobs.tell_passed, addresses=addresses, mailbox=mailbox),
        "consults.tell_guests": partial(consults.around_jobs.tell_guests, addresses=addresses, mailbox=mailbox),
        "consults.tell_guest_removed": partial(
            consults.around_jobs.tell_guest_removed, addresses=addresses, mailbox=mailbox
        ),
        "consults.plan_reminders": consults.around_jobs.plan_reminders,
        "consults.remind": partial(consults.around_jobs.remind, addresses=addresses),
        "consults.tell_proposed": partial(consults.around_jobs.tell_proposed, addresses=addresses),
        "consults.after_consult": partial(consults.around_jobs.after_consult, addresses=addresses),
        "consults.watch_rooms": partial(consults.around_jobs.watch_rooms, addresses=addresses),
        "consults.ask_outcomes": partial(consults.around_jobs.ask_outcomes, addresses=addresses),
        "consults.watch_promises": partial(consults.promise_jobs.watch_promises, addresses=addresses),
        "consults.tell_card_opened": partial(consults.right_jobs.tell_card_opened, addresses=addresses),
        "consults.tell_card_chosen": partial(consults.right_jobs.tell_card_chosen, addresses=addresses),
        "consults.tell_wear_waits": partial(consults.wear_jobs.tell_wear_waits, addresses=addresses),
        "consults.tell_gesture_asked": partial(consults.gestures.jobs.tell_gesture_asked, addresses=addresses),
        "consults.tell_gesture_answered": partial(consults.gestures.jobs.tell_gesture_answered, addresses=addresses),
        "consults.tell_promise_kept": partial(consults.promise_jobs.tell_promise_kept, addresses=addresses),
        "consults.follow_letters": consults.marketing.jobs.follow_letters,
        "consults.rest_letters": partial(
            consults.marketing.jobs.rest_letters, tags=ShopifyClientTags(api, database), letters=Klaviyo()
        ),
        "consults.plan_contacts": consults.aftercare.jobs.plan_contacts,
        "consults.watch_briefs": consults.briefs.jobs.watch_briefs,
        "consults.prepare_brief": partial(consults.briefs.jobs.prepare_brief, reads=ShopifyBriefs(api)),
        "consults.read_stock": consults.pieces.jobs.read_stock,
        "consults.read_pieces": partial(consults.pieces.jobs.read_pieces, reads=pieces),
        "consults.free_holds": consults.pieces.jobs.free_holds,
        "consults.reserve_piece": partial(
            consults.pieces.jobs.reserve_piece, reserving=ShopifyReserving(api), reads=pieces
        ),
        "consults.release_piece": partial(
            consults.pieces.jobs.release_piece, reserving=ShopifyReserving(api), reads=pieces
        ),
        "consults.note_pieces_kept": consults.pieces.jobs.note_pieces_kept,
        "consults.note_parcel_done": consults.jobs.note_parcel_done,
        "consults.reopen_case": consults.jobs.reopen_case,
        "consults.close_rooms": consults.jobs.close_rooms,
        "consults.read_feeds": consults.feed_jobs.read_feeds,
        "consults.read_feed": partial(consults.feed_jobs.read_feed, calendars=make_calendars()),
        "consults.open_rooms": partial(
            consults.room_jobs.open_rooms, rooms=make_rooms(settings), relay=make_relay(settings)
        ),
        "consults.nudge_advisors": partial(consults.room_jobs.nudge_advisors, addresses=addresses),
        "consults.note_room": consults.room_jobs.note_room,
        "consults.keep_recording": partial(consults.room_jobs.keep_recording, rooms=make_rooms(settings)),
        "consults.keep_first_answers": partial(
            consults.clock_jobs.keep_first_answers, colleague=routing.hand_overs.next_in_turn
        ),
        "consults.remind_owner": partial(consults.clock_jobs.remind_owner, addresses=addresses),
        "consults.offer_case": partial(consults.clock_jobs.offer_case, addresses=addresses),
        "consults.tell_client_handed_over": partial(consults.clock_jobs.tell_client_handed_over, addresses=addresses),
        "consults.copy_colleagues": partial(consults.clock_jobs.copy_colleagues, addresses=addresses),
        "consults.answer_text": partial(
            consults.replies.answer_text, addresses=addresses, colleague=routing.hand_overs.next_in_turn
        ),
        "consults.tell_written": partial(consults.line_jobs.tell_written, addresses=addresses),
        "consults.tell_rang": partial(consults.line_jobs.tell_rang, addresses=addresses),
        "consults.answer_call": partial(consults.line_jobs.answer_call, addresses=addresses),
        "notifications.deliver": partial(notifications.jobs.deliver, channels=make_channels(settings)),
        "notifications.send_code": partial(notifications.jobs.send_code, verifier=make_verifier(settings)),
        "notifications.record_status": notifications.jobs.record_status,
        "notifications.forget_texts": notifications.jobs.forget_texts,
        "installs.uninstall": installs.uninstall,
        "installs.learn_scopes": partial(installs.learn_scopes, api=api),
        "privacy.note_data_request": privacy.note_data_request,
        "privacy.redact_client": privacy.redact_client,
        "privacy.redact_shop": privacy.redact_shop,
    }
