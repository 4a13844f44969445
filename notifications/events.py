"""What is told to notifications from outside."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MessageStatus:
    """A provider's word on a message, by the provider's id."""

    provider_id: str
    status: str
    error_code: str


@dataclass(frozen=True)
class TextArrived:
    """Somebody sent us a text. It is kept at once and never travels with a job: it holds a number and their words.

    `opt_out` is Twilio's own reading of it: "STOP", "START", "HELP" or "". `sender` and `ours` carry their channel, as
    in "whatsapp:+336…"; a sender on WhatsApp may hide the number and be an id, "whatsapp:US.ABC".
    """

    provider_id: str
    sender: str
    body: str
    opt_out: str
    ours: str = ""
    wa_id: str = ""
