"""How a hold ends. Pure."""

from enum import StrEnum


class HoldEnd(StrEnum):
    """`expired`: its time was over. `put_back`: the advisor gave it free. `chosen`: the client has it. `gone`: it was
    not there after all."""

    EXPIRED = "expired"
    PUT_BACK = "put_back"
    CHOSEN = "chosen"
    GONE = "gone"
