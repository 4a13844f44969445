"""What a person can mend of a provider's "no", by the provider's code. Pure. twilio.com/docs/api/errors"""

from kit.causes import Cause

TWILIO: dict[int, Cause] = {
    20003: Cause.ACCOUNT,
    21408: Cause.ACCOUNT,  # this country is switched off in the account
    21211: Cause.NUMBER,
    21214: Cause.NUMBER,
    21217: Cause.NUMBER,
    21610: Cause.OPTED_OUT,
    21612: Cause.NUMBER,
    21614: Cause.LANDLINE,
    30003: Cause.UNREACHABLE,
    30004: Cause.FILTERED,
    30005: Cause.NUMBER,
    30006: Cause.LANDLINE,
    30007: Cause.FILTERED,
    30034: Cause.UNREGISTERED,  # the sender is not registered with the networks of the United States
    63003: Cause.NUMBER,  # nobody of that number is on WhatsApp
    63016: Cause.WINDOW,  # free words, more than 24 hours after they wrote last
    63024: Cause.NUMBER,
}


def cause_of(code: object, status: int = 0) -> str:
    """The cause behind Twilio's error code, or behind an HTTP status without one; "" where nothing is known to help."""
    known = TWILIO.get(int(str(code))) if str(code).isascii() and str(code).isdigit() else None
    return known or (Cause.ACCOUNT if status in (401, 403) else "")
