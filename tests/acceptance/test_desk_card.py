"""Issue 7, the advisor's card: one tap saves it, its address stays and leads to who took over."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from consults.advisors import get_advisor
from consults.cards import Card, read_card_token, vcard, write_card_token
from consults.lines import set_line
from consults.models import Advisor
from tests import cast
from tests.pages.admin_world import Admin, open_admin

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=90)


def properties(text: str) -> list[tuple[str, str]]:
    """As a telephone reads it: lines unfolded, a name and a value."""
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    whole = text.replace("\r\n ", "")
    return [(name, value) for name, _, value in (line.partition(":") for line in whole.splitlines()[:-1])]


def plain(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value)


@given(WORDS.filter(lambda name: name.strip()), WORDS, st.sampled_from(["3.0", "4.0"]))
def test_whatever_a_name_holds_the_card_reads_back_as_it_was(name: str, house: str, version: str) -> None:
    if name.splitlines() != [name] or len(house.splitlines()) > 1:
        return  # a sign that some readers take for the end of a line
    found = dict(properties(vcard(Card(name=name, house=house, url="https://a.example/card/1"), version=version)))
    assert plain(found["FN"]) == " ".join(name.split()) and plain(found["ORG"]) == " ".join(house.split())
    assert (found["VERSION"], found["URL"]) == (version, "https://a.example/card/1")
    assert len(re.findall(r"(?<!\\)(?:\\\\)*;", found["N"])) == 4


def test_both_kinds_have_what_their_standard_asks_for() -> None:
    card = Card(
        "Inès de la Tour", "Verdane", "Paris; Left bank", ("fr", "en"), "+33 1 84 88 00 10", "https://a.b/card/1"
    )
    three, four = properties(vcard(card)), properties(vcard(card, version="4.0"))
    for found in (three, four):
        assert [name for name, _ in found[:2]] == ["BEGIN", "VERSION"]
        assert dict(found)["N"] == "Tour;Inès de la;;;" and dict(found)["ORG"] == r"Verdane;Paris\; Left bank"
    assert ("TEL;TYPE=WORK,VOICE", "+33184880010") in three
    assert ("TEL;VALUE=uri;TYPE=work", "tel:+33184880010") in four and ("LANG;PREF=2", "en") in four
    with pytest.raises(ValueError):
        vcard(card, version="2.1")


@given(st.text(max_size=130), st.integers(1, 2**31), st.integers(1, 2**31))
def test_only_what_was_signed_names_a_card(given_: str, shop_id: int, advisor_id: int) -> None:
    token = write_card_token("new", shop_id=shop_id, advisor_id=advisor_id)
    assert read_card_token(["other", "new"], token) == (shop_id, advisor_id)
    assert read_card_token(["other"], token) is None and read_card_token(["new"], given_) is None
    assert read_card_token(["new"], f"{shop_id}.{advisor_id + 1}.{token.rpartition('.')[2]}") is None


@pytest.fixture
def admin(sqlite_url: str) -> Iterator[Admin]:
    with open_admin(sqlite_url) as made:
        yield made


def test_the_clients_page_leads_to_the_card_and_the_card_to_the_successor(admin: Admin) -> None:
    visitor = admin.app.test_client()
    with admin.database.begin() as session:
        path = f"/r/{cast.return_link(session, admin.world.rma)}"
    found = re.search(r'href="http[^"]*(/card/[^"]+)"', visitor.get(path).text)
    assert found
    card = visitor.get(found.group(1))
    assert card.content_type == "text/vcard; charset=utf-8" and "attachment" in card.headers["Content-Disposition"]
    assert "FN:Bob Laurent" in card.text and "+33184880010" in card.text and "+33184880017" not in card.text
    assert "VERSION:4.0" in visitor.get(f"{found.group(1)}?v=4").text

    def leave(session: Session) -> None:
        shop = session.merge(admin.world.shop)
        set_line(session, shop_id=admin.world.shop_id, number="+33184880099", boutique_id=admin.world.boutique.id)
        heir = cast.bob(session, shop, name="Teo Marchetti", staff_gid="gid://shopify/StaffMember/8")
        heir.boutique_id = admin.world.boutique.id
        bob = session.get_one(Advisor, admin.world.bob.id)
        bob.active, bob.successor_id = False, heir.id
        session.add_all([bob, heir])

    with admin.database.begin() as session:
        leave(session)
    again = visitor.get(found.group(1), follow_redirects=True)
    assert "FN:Teo Marchetti" in again.text and "+33184880099" in again.text and "Bob" not in again.text
    with admin.database.begin() as session:
        bob = get_advisor(session, shop_id=admin.world.shop_id, advisor_id=cast.number(admin.world.bob.id))
        bob.successor_id = None
        session.add(bob)
    assert visitor.get(found.group(1)).status_code == 410
    assert visitor.get(found.group(1)[:-1]).status_code == 404
