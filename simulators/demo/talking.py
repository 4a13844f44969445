"""The conversation: the advisor's text, the client's booking, the room, the outcome."""

import json
import re
from datetime import UTC, datetime
from typing import Any

from simulators.demo.person import Page, Person
from simulators.demo.play import Play
from simulators.demo.processes import wait_until

AMARA = "amara.whitlock@example.com"
LINK = re.compile(r"https?://\S+")


def advisor_is_texted(play: Play) -> None:
    phone = play.notes["advisor_phone"]
    texts = wait_until(lambda: play.records.texts(phone, "Whitlock"), what="a text to Inès")
    (text,) = texts
    body = text["body"]
    assert len(body) <= 160, f"{len(body)} signs: {body}"
    assert "$" not in body and "14" not in LINK.sub("", body), f"a sum in a text: {body}"
    assert len(LINK.findall(body)) == 1 and "/desk/in/" in body, body
    play.notes["desk_link"] = LINK.findall(body)[0]
    wait_until(lambda: play.records.texts(phone, "Whitlock")[0]["status"] == "delivered", what="delivered")


def advisor_opens_the_page(play: Play) -> None:
    link = play.notes["desk_link"]
    for _ in range(2):  # a mail scanner or a preview may look first; looking changes nothing
        door = Person().open(link)
        assert "Open the desk" in door.text, door.text[:300]
    page = play.advisor.send(play.advisor.open(link), "Open the desk")
    assert "Whitlock" in page.text and "Meridian" in page.text and "$14,800" in page.text, page.text[:300]
    assert "It sits higher on my hand than I imagined." in page.text, page.text[:800]
    play.notes["case_page"] = page.url
    Person().open(link, expect=410)


def client_is_invited(play: Play) -> None:
    mails = wait_until(lambda: play.records.mails(AMARA, "/consult/"), what="an invitation")
    (mail,) = mails
    assert "Inès" in mail["text"], mail["text"]
    play.notes["consult"] = next(u for u in LINK.findall(mail["text"]) if "/consult/" in u)
    play.notes["return_page"] = next(u for u in LINK.findall(mail["text"]) if "/r/" in u)


def client_books(play: Play) -> None:
    client = play.client
    page = client.open(play.notes["consult"])
    assert "Inès Laurent" in page.text and "Return it without a conversation" in page.text, page.text[:400]
    form = page.form("Reserve this time")
    first = form.choices["at"][0]

    def reserve() -> Page:
        phone = "+33639980042"
        return client.send(page, "Reserve this time", at=first, kind="video", phone=phone, texts="yes")

    reserved = reserve()
    assert "Reserved" in reserved.text and "Inès" in reserved.text, reserved.text[:300]
    again = reserve()  # a double click
    assert "Reserved" in again.text, again.text[:300]
    play.notes["slot"] = first


def both_are_confirmed(play: Play) -> None:
    def invitations(to: str) -> list[dict[str, Any]]:
        return [m for m in play.records.mails(to) if m["ics"]]

    wait_until(lambda: invitations(AMARA), what="a calendar file to the client")
    wait_until(lambda: invitations("ines.laurent@verdane.example"), what="a calendar file to the advisor")
    for to in (AMARA, "ines.laurent@verdane.example"):
        found = invitations(to)
        assert len(found) == 1, f"{len(found)} invitations to {to}"
        assert "METHOD:REQUEST" in found[0]["ics"] and "SEQUENCE:0" in found[0]["ics"], found[0]["ics"]
    uids = {re.search(r"UID:(\S+)", m["ics"]).group(1) for to in (AMARA,) for m in invitations(to)}  # type: ignore[union-attr]
    assert len(uids) == 1, uids
    wait_until(lambda: play.records.texts("+33639980042"), what="a text to the client, who agreed to it")


def they_meet(play: Play) -> None:
    """Both sides join and pass each other a message, as their pages do."""
    room = play.advisor.open(play.advisor.open(play.notes["case_page"]).link("/room"))
    csrf = re.search(r'data-csrf="([^"]+)"', room.html)
    assert csrf, "the room's page names no token"
    ours = {"X-Csrf": csrf.group(1)}
    client_room = f"{play.notes['consult']}/room"
    assert "data-room" in play.client.open(client_room).html, "her page has no room on it"
    hers = _ask(play.client, client_room, "join", {})
    his = _ask(play.advisor, room.url, "join", {}, ours)
    assert [p["role"] for p in his["people"]] == ["client"], his
    hello = {"to": hers["me"], "body": json.dumps({"hello": 1})}
    _ask(play.advisor, room.url, "signal", {"after": his["after"], "sitting": his["sitting"], "send": [hello]}, ours)
    told = _ask(play.client, client_room, "poll", {"after": hers["after"], "sitting": hers["sitting"]})
    assert [s["from"] for s in told["signals"]] == [his["me"]], told
    assert told["state"] == "in_session", told
    _ask(play.client, client_room, "leave", {"sitting": hers["sitting"]})
    _ask(play.advisor, room.url, "leave", {"sitting": his["sitting"]}, ours)


def outcome_is_recorded(play: Play) -> None:
    page = play.advisor.open(f"{play.notes['case_page']}/outcome")
    saved = play.advisor.send(
        page,
        "/outcome",
        outcome="refund",
        root_cause="proportion",
        quote="Higher than I imagined.",
        promise="one",
        what="Sketches of the lower setting",
        due_on=datetime.now(UTC).date().isoformat(),
    )
    assert "Whitlock" in saved.text, saved.text[:300]
    assert "Refund" in play.advisor.open(play.notes["case_page"]).text


def _ask(person: Person, room: str, verb: str, body: dict[str, Any], headers: dict[str, str] | None = None) -> Any:
    answer = person.session.post(f"{room}/{verb}", json=body, headers=headers, timeout=20)
    assert answer.status_code == 200, f"{verb} answered {answer.status_code}: {answer.text[:200]}"
    return answer.json()


FIRST_STEPS = [
    ("the advisor who sold it is texted: one link, no sum, delivered", advisor_is_texted),
    ("her link opens the client's page, once", advisor_opens_the_page),
    ("the client is invited to talk with that very advisor", client_is_invited),
]
STEPS = [
    ("the client books from the link; a double click is one booking", client_books),
    ("both are confirmed, with one calendar entry each", both_are_confirmed),
    ("they meet in the room", they_meet),
    ("the advisor records the outcome and a promise", outcome_is_recorded),
]
