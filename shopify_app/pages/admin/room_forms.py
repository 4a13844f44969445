"""The choice of a room, as values or as sentences to put it right."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from consults.policy import policy_of
from consults.rooms.own_link import is_own_link
from consults.rooms.provider import EMBEDDED, LINK, TWILIO_VIDEO
from shopify_app.web import rooms

WORDS = {
    EMBEDDED: "Built in, for up to four people",
    TWILIO_VIDEO: "Twilio Video, for up to eight people",
    LINK: "Your own room, at an address of yours",
}

WHOLE_ADDRESS = "Write the whole address with its https://, for example https://meet.yourhouse.com/salon."


def room_choices() -> list[tuple[str, str]]:
    """Providers by name, in words; one that is not set up says so."""
    return [(name, WORDS[name] + ("" if not rooms()[name].missing() else " (not set up)")) for name in WORDS]


def read_room(form: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Provider, address and whether a recording may be agreed to; and a sentence for each field to correct.

    Nothing where the form does not ask.
    """
    if "room_provider" not in form:
        return {}, {}
    provider, link = form["room_provider"], form.get("room_link", "").strip()
    wrongs: dict[str, str] = {}
    if provider not in WORDS:
        wrongs["room_provider"] = "Choose one of the rooms."
    elif missing := rooms()[provider].missing():
        wrongs["room_provider"] = missing
    if (link or provider == LINK) and not is_own_link(link):
        wrongs["room_link"] = WHOLE_ADDRESS
    return {"provider": provider, "link": link, "may_record": "may_record" in form}, wrongs


def choose_room(session: Session, *, shop_id: int, provider: str, link: str, may_record: bool) -> None:
    """It holds for conversations booked from now on; those booked before keep theirs."""
    policy = policy_of(session, shop_id=shop_id)
    policy.room_provider, policy.room_link, policy.may_record = provider, link, may_record
    session.add(policy)
