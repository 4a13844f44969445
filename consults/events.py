"""What happened to a case or a conversation. Pure; plain JSON values, because they travel as job arguments."""

from dataclasses import dataclass


@dataclass(frozen=True)
class _OfReturn:
    shop_id: int

    @property
    def order_key(self) -> str:
        """Jobs of one return run in order."""
        return f"return:{self.shop_id}:{self.return_gid}"  # type: ignore[attr-defined]


@dataclass(frozen=True)
class CaseOpened(_OfReturn):
    """An advisor has a new case."""

    case_id: int
    return_gid: str


@dataclass(frozen=True)
class CaseHandedOver(_OfReturn):
    """It went from one advisor to another, who is told; so is the client."""

    case_id: int
    return_gid: str
    from_advisor_id: int
    to_advisor_id: int


@dataclass(frozen=True)
class AnswerHalfDue(_OfReturn):
    """Half of the promise is over, and the owner has not answered."""

    case_id: int
    return_gid: str


@dataclass(frozen=True)
class FirstAnswerLate(_OfReturn):
    """A promise was broken: on this rung (a value of rungs.Rung) the next person was to be asked. Once a rung."""

    case_id: int
    return_gid: str
    rung: str


@dataclass(frozen=True)
class _OfConsult(_OfReturn):
    consult_id: int
    return_gid: str


@dataclass(frozen=True)
class ConsultBooked(_OfConsult):
    """A time was reserved."""


@dataclass(frozen=True)
class ConsultMoved(_OfConsult):
    """It is at another time now; the calendar entry is the same."""


@dataclass(frozen=True)
class ConsultCancelled(_OfConsult):
    """It will not take place."""


@dataclass(frozen=True)
class ConsultPassed(_OfConsult):
    """It takes place with somebody else. `from_advisor_id` had it; `sequence` is the calendar entry's since then."""

    from_advisor_id: int
    sequence: int


@dataclass(frozen=True)
class ConsultEnded(_OfConsult):
    """It is over: held, or nobody came. Its state says which."""


@dataclass(frozen=True)
class GuestInvited(_OfConsult):
    """Somebody comes along: they are sent the time and a link of their own."""

    participant_id: int


@dataclass(frozen=True)
class GuestRemoved(_OfConsult):
    """Somebody does not come along any more: the entry goes from their calendar. `sequence` is its number since."""

    participant_id: int
    sequence: int


@dataclass(frozen=True)
class RecordingWished(_OfConsult):
    """Somebody agreed to be recorded, or took it back."""


@dataclass(frozen=True)
class TimesProposed(_OfReturn):
    """Three times wait for the client's tap, made at `made_at` (ISO 8601)."""

    case_id: int
    return_gid: str
    made_at: str


@dataclass(frozen=True)
class RoomTold:
    """A provider of rooms says that somebody came or went, or that its room closed. `at` is ISO 8601.

    `kind`: joined|left|ended. It knows our ids only, and signs what it says of them.
    """

    provider: str
    consult_id: int
    participant_id: int | None
    kind: str
    at: str


@dataclass(frozen=True)
class OutcomeRecorded(_OfReturn):
    """The advisor wrote down what the client decided. `outcome` is a value of kinds.Outcome."""

    case_id: int
    return_gid: str
    outcome: str


@dataclass(frozen=True)
class GestureAsked(_OfReturn):
    """An advisor would give what is beyond their budget: somebody else says yes, or not now."""

    case_id: int
    return_gid: str
    gesture_id: int


@dataclass(frozen=True)
class GestureAnswered(_OfReturn):
    """Somebody said yes, or not now, to what was beyond a budget. `at` is ISO 8601."""

    case_id: int
    return_gid: str
    gesture_id: int
    allowed: bool
    at: str


@dataclass(frozen=True)
class PromiseKept(_OfReturn):
    """What was promised to the client of a case is done: they are told."""

    case_id: int
    return_gid: str
    promise_id: int


@dataclass(frozen=True)
class CaseClosed(_OfReturn):
    """Outcome recorded and parcel side done."""

    case_id: int
    return_gid: str
