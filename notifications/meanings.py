"""What an advisor's short answer means, and the words a network obeys by itself. Pure."""

import re
import unicodedata
from enum import StrEnum


class Meaning(StrEnum):
    """`unclear`: from somebody we know, in other words. `unknown`: from a number nobody here has."""

    TAKE = "take"
    NOT_TODAY = "not_today"
    STOP = "stop"
    START = "start"
    HELP = "help"
    UNCLEAR = "unclear"
    UNKNOWN = "unknown"


# Twilio obeys these on its own, answers them itself, and refuses the next text with 21610:
# twilio.com/docs/messaging/tutorials/advanced-opt-out
STOP = frozenset({"stop", "unsubscribe", "end", "quit", "stopall", "revoke", "optout", "cancel"})
# The same in the languages we write in. Only the English ones are Twilio's own; these we keep ourselves, and Twilio
# too where its Advanced Opt-Out is told them.
STOP_ELSEWHERE = frozenset({"arret", "arrêt", "stopp", "abmelden", "baja", "停止", "配信停止", "退订", "إيقاف", "توقف"})
START = frozenset({"start", "yes", "unstop"})
HELP = frozenset({"help", "info"})
TAKE = frozenset({"1", "one", "take it", "take"})
NOT_TODAY = frozenset({"2", "two", "not today"})
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")


def read(body: str, opt_out: str = "") -> Meaning:
    """What `body` says. `opt_out`, where the network said it, counts first: its words may be in another language."""
    told = opt_out.strip().lower()
    if told in ("stop", "start", "help"):
        return Meaning(told)
    # Full-width figures and letters, and accents typed as signs of their own, are what telephones write.
    said = _AROUND.sub("", " ".join(unicodedata.normalize("NFKC", body).lower().split()))
    for words, meaning in (
        (TAKE, Meaning.TAKE),
        (NOT_TODAY, Meaning.NOT_TODAY),
        (STOP | STOP_ELSEWHERE, Meaning.STOP),
        (START, Meaning.START),
        (HELP, Meaning.HELP),
    ):
        if said in words:
            return meaning
    return Meaning.UNCLEAR
