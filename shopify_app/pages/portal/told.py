"""Sentences the domain writes in English and a client may read: what stops them, and ways out that were kept as words.

The domain knows no page and no language. What it says is looked up here, in the very words it uses; the tests hold both
together.
"""

import re
from functools import cache

from shopify_app.pages.portal.tongue import N_, _, said, tongue

AS_THEY_ARE = (
    # consults
    N_("Please write the number with its country code, as in +33 6 12 34 56 78."),
    N_("That time is free again. Please choose once more."),
    N_("That time is over. Please choose another."),
    N_("That time has just been taken. The times beside it are still free."),
    N_("That time was not proposed here."),
    N_("Only a conversation still to come can be moved."),
    N_("That conversation is not known here."),
    N_("Somebody else looks after this now, with times of their own. Please choose once more."),
    N_("Choose how you would like to meet."),
    N_("Please choose a time to come by."),
    N_("That has changed meanwhile. Please look again."),
    N_("This return is closed."),
    N_("Please write their email address, for example anna@house.com."),
    N_("There is nobody of that name here."),
    N_("There is no time reserved any more."),
    N_("That page is not known here."),
    N_("This return is closed. What was decided stays as it was written down."),
    N_("The room is not open now."),
    N_(
        "I agree that picture and sound of this conversation are recorded for the house. It is recorded only while "
        "everybody agrees, and stops as soon as one of us takes that back."
    ),
    N_("Nobody is here yet. You come in by yourself as soon as somebody is."),
    N_("Please say who is coming along."),
    N_("Four people are as many as the room holds. One may join by telephone."),
    N_("That message is too long."),
    N_("They are talking just now. Choose again when the conversation is over."),
    # logistics and routing
    N_("Nothing is charged for this piece."),
    N_("This was answered already."),
    N_("It is on its way already, so it cannot be changed here any more. Please ring us."),
    N_("Please choose one of the ways that are shown."),
    N_("Your return is being made ready just now. In a minute it can be changed on this page."),
    N_("The piece you chose"),
    N_("That return is not here."),
    N_("Please give your name, the order number and an email address we can confirm to."),
    N_("Please look at the email address once more: we send the confirmation there."),
    N_("That card is not known here."),
    N_("Choose one of the ways shown."),
    N_("This is settled already. Ring us if it is not."),
    N_("Please choose one of the ways."),
    N_("Your return is being opened just now. In a minute it can be changed on this page."),
    N_("This link is not one of ours."),
    N_("This link has done its work. We can send you a fresh one."),
    # ways out of a failure of ours
    N_("The money today"),
    N_("The refund is paid back today, without waiting any longer."),
    N_("A call today"),
    N_("Your advisor rings today and stays with it until it is done."),
    N_("A time you choose"),
    N_("You choose the next free time, and it is kept for you."),
    N_("A courier collects it tomorrow, insured."),
    N_("A courier at your door"),
    N_("We look at it together"),
    N_("Two of us open it again with you on a call."),
    N_("It comes back to you"),
    N_("We bring back what we found, insured, to look at."),
)
WITH_VALUES = (
    N_("%(advisor)s is with somebody just now. Please choose a time."),
    N_("%(many)s people are in the room, which is as many as it holds. One may join by telephone."),
    N_("It is kept for you at %(place)s from today, to collect or to try on."),
    N_("%(piece)s, at %(place)s"),
    N_("A courier brings the same piece from %(place)s, tonight or tomorrow."),
    N_("A courier brings another piece of the kind from %(place)s, tonight or tomorrow."),
    N_("%(piece)s, by courier"),
    N_("%(advisor)s answers today, and has read everything."),
    N_("%(advisor)s takes over"),
)


def told(words: str) -> str:
    """The sentence in the language of the page; as it is where it is somebody's own, or English is spoken."""
    if tongue().language == "en":
        return words
    found = said(words)
    if found != words:
        return found
    for message, pattern in _patterns():
        if match := pattern.fullmatch(words):
            return _(message, **match.groupdict())
    return words


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((message, re.compile(_as_pattern(message))) for message in WITH_VALUES)


def _as_pattern(message: str) -> str:
    parts = re.split(r"%\((\w+)\)s", message)
    return "".join(f"(?P<{part}>.+)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
