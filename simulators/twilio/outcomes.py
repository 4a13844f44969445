"""Outcomes: the endings of a To number that make a text go wrong, in the manner of Twilio's own magic numbers."""

from dataclasses import dataclass

ERRORS = {
    20003: "Authenticate",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    20500: "An internal server error has occurred",
    21211: "Invalid 'To' Phone Number: {to}",
    21602: "Message body is required.",
    21603: "A 'From' phone number is required.",
    21604: "A 'To' phone number is required.",
    21609: "The 'StatusCallback' URL {url} is not a valid URL.",
    21610: "Attempt to send to unsubscribed recipient",
    21617: "The concatenated message body exceeds the 1600 character limit",
    21655: "The ContentSid is Invalid",
    21656: "The ContentVariables Parameter is invalid",
    30003: "Unreachable destination handset",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30034: "US A2P 10DLC - Message from an Unregistered Number",
    53113: "Room exists",
    60200: "Invalid parameter",
    60202: "Max check attempts reached",
    60203: "Max send attempts reached",
    63016: "Failed to send freeform message because you are outside the allowed window",
}


@dataclass(frozen=True)
class Outcome:
    """What becomes of a text: refused with an HTTP status and nothing stored, or accepted and in the end `status`."""

    ending: str
    meaning: str
    code: int | None = None
    refused: int | None = None
    status: str = "delivered"


DELIVERED = Outcome("", "accepted, sent, delivered")

# Longest endings first would matter if one ended in another; none does.
MAGIC = (
    Outcome("21610", "refused: the recipient has opted out", 21610, refused=400),
    Outcome("21211", "refused: not a telephone number", 21211, refused=400),
    Outcome("20429", "refused: too many requests, try again later", 20429, refused=429),
    Outcome("500", "HTTP 500, nothing stored", 20500, refused=500),
    Outcome("30003", "accepted, then undelivered: handset unreachable", 30003, status="undelivered"),
    Outcome("30005", "accepted, then undelivered: unknown handset", 30005, status="undelivered"),
    Outcome("30006", "accepted, then undelivered: landline", 30006, status="undelivered"),
    Outcome("30007", "accepted, then undelivered: filtered by the network", 30007, status="undelivered"),
    Outcome("30034", "accepted, then undelivered: sender not registered", 30034, status="undelivered"),
    Outcome("63016", "accepted, then failed: WhatsApp outside its 24 hours", 63016, status="failed"),
)


def outcome_for(to: str) -> Outcome:
    """The outcome a number stands for; `to` may carry a `whatsapp:` prefix."""
    return next((o for o in MAGIC if to.endswith(o.ending)), DELIVERED)


class TwilioError(Exception):
    """A refusal, as Twilio's REST API shapes it."""

    def __init__(self, code: int, status: int = 400, **words):
        self.code, self.status = code, status
        self.message = ERRORS[code].format(**words)
        super().__init__(self.message)

    def body(self) -> dict:
        return {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }
