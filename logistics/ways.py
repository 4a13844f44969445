"""How a piece can travel back."""

from enum import StrEnum


class Way(StrEnum):
    LABEL = "label"
    COURIER = "courier"
    BOUTIQUE = "boutique"
    HAND_CARRY = "hand_carry"
