"""Every job of this package, under the name it has in JOBS: `logistics.<function>`."""

from logistics.balances import ask_balance
from logistics.collection_jobs import book_collections, cancel_collection
from logistics.exchanges import make_exchange
from logistics.keeping import take_back
from logistics.kept_pieces import keep_pieces
from logistics.minds import drop_exchange, look_at_credit
from logistics.money_jobs import pay, propose_settlement
from logistics.parcel_jobs import (
    attach_label,
    authorise,
    call_off,
    close_return,
    follow_return,
    get_label,
    record_scan,
    release_label,
)
from logistics.pictures import forget_pictures
from logistics.side_sales import sell_beside
from logistics.telling import tell_client_arrived, tell_client_label, tell_client_money, tell_client_wear
from logistics.wear_watch import watch_wear
from logistics.withdrawals import acknowledge_withdrawal

__all__ = [
    "acknowledge_withdrawal",
    "ask_balance",
    "attach_label",
    "authorise",
    "book_collections",
    "call_off",
    "cancel_collection",
    "close_return",
    "drop_exchange",
    "follow_return",
    "forget_pictures",
    "get_label",
    "keep_pieces",
    "look_at_credit",
    "make_exchange",
    "pay",
    "propose_settlement",
    "record_scan",
    "release_label",
    "sell_beside",
    "take_back",
    "tell_client_arrived",
    "tell_client_label",
    "tell_client_money",
    "tell_client_wear",
    "watch_wear",
]
