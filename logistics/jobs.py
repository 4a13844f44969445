"""Every job of this package, under the name it has in JOBS: `logistics.<function>`."""

from logistics.balances import ask_balance
from logistics.money_jobs import pay, propose_settlement
from logistics.parcel_jobs import (
    attach_label,
    authorise,
    close_return,
    follow_return,
    get_label,
    record_scan,
    release_label,
)
from logistics.side_sales import sell_beside
from logistics.telling import tell_client_arrived, tell_client_label, tell_client_money

__all__ = [
    "ask_balance",
    "attach_label",
    "authorise",
    "close_return",
    "follow_return",
    "get_label",
    "pay",
    "propose_settlement",
    "record_scan",
    "release_label",
    "sell_beside",
    "tell_client_arrived",
    "tell_client_label",
    "tell_client_money",
]
