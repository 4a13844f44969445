"""Findings about texts and e-mails: held, refused, not delivered, perhaps sent."""

from kit.causes import Cause
from notifications.messages import cause_of_trouble
from notifications.models import Message
from notifications.states import MessageState as S
from shopify_app.mending.look import ABOUT, ACTIVITY, Failure, Look, Place

REFUSED = (S.FAILED, S.UNDELIVERED)
NUMBERS = (Cause.NUMBER, Cause.LANDLINE)
OURS = (Cause.ACCOUNT, Cause.UNREGISTERED, Cause.WINDOW)
"""What fails for us and not for whom it is for: shown even where they were reached another way."""
OTHER = (Cause.UNREACHABLE, Cause.FILTERED, "")


def texts_held(look: Look) -> list[Place]:
    """Texts nobody sends."""
    return _places(look, [m for m in look.messages if m.state is S.HELD and m.channel == "sms"])


def emails_held(look: Look) -> list[Place]:
    """E-mails nobody sends."""
    return _places(look, [m for m in look.messages if m.state is S.HELD and m.channel == "email"])


def wrong_numbers(look: Look) -> list[Place]:
    """Numbers that take no texts."""
    return _places(look, _by_recipient(_refused(look, *NUMBERS)))


def opted_out(look: Look) -> list[Place]:
    """People who asked for no more texts."""
    return _places(look, _by_recipient(_refused(look, Cause.OPTED_OUT)))


def wrong_addresses(look: Look) -> list[Place]:
    """Mailboxes that do not exist."""
    return _places(look, _by_recipient(_refused(look, Cause.ADDRESS)))


def accounts(look: Look) -> list[Place]:
    """Our own account was not taken."""
    return _places(look, _refused(look, Cause.ACCOUNT))


def unregistered(look: Look) -> list[Place]:
    """Our number is not known to the networks over there."""
    return _places(look, _refused(look, Cause.UNREGISTERED))


def without_template(look: Look) -> list[Place]:
    """WhatsApp wants a template, and there is none."""
    return _places(look, _refused(look, Cause.WINDOW))


def not_delivered(look: Look) -> list[Place]:
    """Accepted, and never delivered; or refused for a reason nobody here can name."""
    return _places(look, _refused(look, *OTHER))


def perhaps_sent(look: Look) -> list[Place]:
    """The answer was lost, and nobody can be asked."""
    return _places(look, [m for m in look.messages if m.state is S.UNSETTLED])


def _refused(look: Look, *causes: str) -> list[Message]:
    found = [m for m in look.messages if m.state in REFUSED and cause_of_trouble(m) in causes]
    return [m for m in found if not m.passed_on or cause_of_trouble(m) in OURS]


def _by_recipient(found: list[Message]) -> list[Message]:
    return list({message.recipient: message for message in found}.values())


def _places(look: Look, found: list[Message]) -> list[Place]:
    """Where each is mended: at the advisor it is for, else at the case or return it is about."""
    return [_advisors(look, message) or _about(look, message) for message in found]


def _advisors(look: Look, message: Message) -> Place | None:
    mine = [p for p in look.people if message.recipient and message.recipient in (p.phone, p.email)]
    return Place(mine[0].name, f"/app/advisors/{mine[0].id}") if mine else None


def _about(look: Look, message: Message) -> Place:
    named = ABOUT.match(message.key)
    kind, number = (named[1], int(named[2])) if named else ("", 0)
    if kind == "case" and number in look.orders:
        return Place(f"Case of order {look.orders[number]}", f"/app/cases/{number}")
    if kind == "rma" and number in look.numbers:
        return Place(f"Return {look.numbers[number]}", f"/app/returns/{number}")
    return Place("", f"{ACTIVITY}#message-{message.id}")


MESSAGES: tuple[Failure, ...] = (
    Failure(
        "texts_held",
        texts_held,
        "A text was not sent, as texts are not set up",
        "{n} texts were not sent, as texts are not set up",
        "Advisors do not hear of new returns, and clients get no text.",
        "Ask whoever runs the app for you to connect your text service, then send them again; or put them aside.",
        "See the message",
        f"{ACTIVITY}#messages",
    ),
    Failure(
        "emails_held",
        emails_held,
        "An e-mail was not sent, as e-mail is not set up",
        "{n} e-mails were not sent, as e-mail is not set up",
        "Clients are not invited and do not get their slip.",
        "Ask whoever runs the app for you to connect your mail server, then send them again; or put them aside.",
        "See the message",
        f"{ACTIVITY}#messages",
    ),
    Failure(
        "message_account",
        accounts,
        "The text or mail service did not accept your account",
        "The text or mail service did not accept your account, {n} times",
        "Those messages reached nobody.",
        "See whether the account is paid and may send there, tell whoever runs the app, then send them again.",
        "See the message",
        f"{ACTIVITY}#messages",
    ),
    Failure(
        "unregistered",
        unregistered,
        "A text to the United States was not taken",
        "{n} texts to the United States were not taken",
        "Networks there take texts from registered numbers only; whoever has no other channel was not reached.",
        "Have your number registered (A2P 10DLC) by whoever runs the app: two to three weeks. Put it aside.",
        "See the message",
        f"{ACTIVITY}#messages",
    ),
    Failure(
        "template",
        without_template,
        "WhatsApp did not take a message",
        "WhatsApp did not take {n} messages",
        "More than a day after somebody wrote, it takes approved templates only.",
        "Ask whoever runs the app to give that message's template to WhatsApp for approval, then put it aside.",
        "See the message",
        f"{ACTIVITY}#messages",
    ),
    Failure(
        "number",
        wrong_numbers,
        "A number takes no texts",
        "{n} numbers take no texts",
        "The text reached nobody.",
        "Correct an advisor's number and the text follows by itself. Ring a client, and put the text aside.",
        "See the message",
        f"{ACTIVITY}#messages",
    ),
    Failure(
        "opted_out",
        opted_out,
        "Somebody asked for no more texts",
        "{n} people asked for no more texts",
        "They get none from us, and that is theirs to decide.",
        "Reach them another way, and put the text aside. An advisor may text START to your number to get texts again.",
        "See the message",
        f"{ACTIVITY}#messages",
    ),
    Failure(
        "mailbox",
        wrong_addresses,
        "An e-mail address does not exist",
        "{n} e-mail addresses do not exist",
        "The letter reached nobody.",
        "Correct an advisor's address and the letter follows by itself. Ring a client, and put the letter aside.",
        "See the message",
        f"{ACTIVITY}#messages",
    ),
    Failure(
        "undelivered",
        not_delivered,
        "A message did not arrive",
        "{n} messages did not arrive",
        "Whoever it was for does not know what it says.",
        "Send it again in a while, or reach them another way and put it aside.",
        "See the message",
        f"{ACTIVITY}#messages",
    ),
    Failure(
        "perhaps_sent",
        perhaps_sent,
        "A message may have gone out, or not",
        "{n} messages may have gone out, or not",
        "It is not sent twice by itself, so somebody may be waiting for it.",
        "Ask them, then send it again or put it aside.",
        "See the message",
        f"{ACTIVITY}#messages",
    ),
)
