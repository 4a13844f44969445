"""Who the client's advisor would be, to the letter: what Shopify and the rules are asked, what the page offers, and
whom and which time a form may name."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, select

from consults.advisors import set_hours
from consults.models import Advisor, ConsultPolicy
from kit.tokens import keyed_hash
from logistics.models import LogisticsPolicy
from routing import books
from routing.asked_models import AskedReturn
from routing.facts import StaffRead
from routing.models import RoutingPolicy
from routing.reads import OrderSignals, SignalKeys
from routing.rules import Condition, Outcome, Rule, RuleBook
from routing.seller_models import SellerChain
from shopify_app.pages.portal import advising, order_pieces
from shopify_app.pages.portal.advising import WINDOW_DAYS, who_was_offered
from tests import cast
from tests.pages.choosing_world import ORDER, PENDANT, RING, Shopify, chosen, order_pass, post
from tests.pages.test_choosing import to

Do = Callable[[Callable[[Session], Any]], Any]


@dataclass
class Recording(Shopify):
    """Also keeps of what it was asked."""

    asked: list[tuple[Any, ...]] = field(default_factory=list)

    def staff(self, shop_id: int, order_gid: str) -> StaffRead:
        self.asked.append((shop_id, order_gid))
        return super().staff(shop_id, order_gid)

    def signals(self, shop_id: int, order_gid: str, keys: SignalKeys) -> OrderSignals:
        self.asked.append((shop_id, order_gid, keys))
        return super().signals(shop_id, order_gid, keys)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here is the database's own behaviour."""
    return sqlite_url


@pytest.fixture
def shopify(monkeypatch: pytest.MonkeyPatch) -> Recording:
    """Cleo lives in Paris."""
    fake = Recording(client=cast.CLEO_READ)
    for place in (order_pieces, advising):
        monkeypatch.setattr(place, "doors", lambda: (fake, fake))
    return fake


@pytest.fixture
def look(world: cast.World, visitor: FlaskClient, shopify: Recording) -> Callable[..., str]:
    """The page after the pieces; `more` is what else the form says."""

    def looked(*pieces: str, **more: str) -> str:
        answer = post(visitor, "/choose/next", chosen(order_pass(world), *pieces, **more))
        assert answer.status_code == 200
        return html.unescape(answer.text)

    return looked


@pytest.fixture
def press(visitor: FlaskClient, look: Callable[..., str]) -> Callable[..., Any]:
    """The answer to "Continue with this time", with whatever a form may say."""

    def pressed(**more: str) -> Any:
        return post(visitor, "/choose/summary", to(look(), "/choose/summary", prefers="talk") | more)

    return pressed


def rules(made: Do, world: cast.World, outcome: Outcome, *conditions: Condition) -> None:
    book = RuleBook(0, "USD", (Rule("r1", "The rule", conditions, outcome),))
    about: dict[str, Any] = {"shop_id": world.shop_id, "instead_of": None, "by": "", "now": cast.NOW}
    made(lambda session: books.put_in_force(session, book=book, **about))


def advisor(made: Do, world: cast.World, **values: Any) -> None:
    def change(session: Session) -> None:
        session.get_one(Advisor, world.bob.id).sqlmodel_update(values)

    made(change)


def times(page: str) -> list[datetime]:
    return [datetime.fromisoformat(at) for at in re.findall(r'name="at" value="([^"]+)"', page)]


def forms(page: str) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """(address, id) -> hidden fields as they stand there; the later of two alike."""
    found = {}
    for tag, inside in re.findall(r"<form ([^>]*)>(.*?)</form>", page, re.S):
        action, name = re.search(r'action="[^"]*?/verdane([^"]+)"', tag), re.search(r'id="([^"]+)"', tag)
        fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', inside)
        found[action[1] if action else "", name[1] if name else ""] = fields
    return found


# --- whom we ask, and of what


def test_shopify_is_asked_of_this_order_and_where_this_house_notes_a_clients_advisor(
    made: Do, world: cast.World, look: Any, shopify: Recording
) -> None:
    made(lambda s: s.add(SellerChain(shop_id=world.shop_id, client_namespace="atelier", client_key="seller")))
    look()
    here = (world.shop_id, ORDER)
    assert shopify.asked == [here, (*here, SignalKeys("atelier", "seller"))]


def test_the_rules_are_asked_of_the_pieces_that_were_chosen(made: Do, world: cast.World, look: Any) -> None:
    rules(made, world, Outcome.ASSISTED, Condition("returned_value", "at_least", ("10000.00",)))
    assert "talk it over with Bob?" in look(RING)
    assert "Please look once more" in look(PENDANT)


def test_where_the_rules_offer_both_they_stand_as_equals(made: Do, world: cast.World, look: Any, press: Any) -> None:
    both = "Talk it over with Bob, or return it without a conversation"
    assert both not in look()
    rules(made, world, Outcome.BOTH)
    assert both in look() and look().count("Return it without a conversation</button>") == 1
    again = press().text
    assert both not in again and "Please choose one of the times." in again, "they chose to talk"


# --- what the page offers


def test_with_a_boutique_they_may_come_and_without_one_they_may_not(
    made: Do, world: cast.World, look: Any, press: Any
) -> None:
    for page in (look(), press().text):
        assert "Paris. Bob helped you choose it in October." in page and 'value="boutique"' in page
    advisor(made, world, boutique_id=None)
    for page in (look(), press().text):
        assert '<p class="ar-sm ar-2">Bob helped you' in page and 'value="boutique"' not in page


def test_of_somebody_who_did_not_sell_it_nothing_is_said_of_that_day(made: Do, world: cast.World, press: Any) -> None:
    def somebody_else(session: Session) -> None:
        session.get_one(Advisor, world.bob.id).staff_gid = "gid://shopify/StaffMember/70"

    rules(made, world, Outcome.ASSISTED)
    made(somebody_else)
    made(lambda s: s.exec(select(RoutingPolicy)).one().sqlmodel_update({"default_advisor_id": world.bob.id}))
    page = press().text
    assert "Bob Laurent" in page and "helped you choose it" not in page


def test_where_no_time_is_left_it_says_so_and_the_return_goes_on(made: Do, world: cast.World, look: Any) -> None:
    made(lambda s: set_hours(s, shop_id=world.shop_id, advisor_id=cast.number(world.bob.id), hours=()))
    page = look()
    assert "Bob has no time left in the coming weeks" in page and times(page) == []
    assert set(forms(page)) == {("/choose/summary", ""), ("/choose", "")}


def test_the_forms_carry_what_was_chosen_without_what_they_ask_for_themselves(press: Any) -> None:
    page = press(at=times(press().text)[0].isoformat(), kind="telephone", phone="06 12").text
    found = {where: [name for name, _ in fields] for where, fields in forms(page).items()}
    pieces = ["line", f"quantity:{RING}", f"reason:{RING}", f"note:{RING}"]
    carried = ["pass", "key", "zone", "offered", "order", "locale", *pieces]
    assert found == {
        ("/choose/summary", "times"): [*carried, "prefers"],
        ("/choose/summary", ""): [*carried, "prefers"],
        ("/choose", ""): carried,
        ("/choose/next", "zone"): [
            "pass", "key", "prefers", "kind", "phone", "offered", "order", "locale", *pieces,
        ],
    }  # fmt: skip
    assert dict(forms(page)["/choose", ""])["zone"] == "Europe/Paris", "theirs as it was guessed stays"


def test_three_days_are_shown_and_the_next_ones_are_a_press_away(look: Any) -> None:
    page = look()
    later = re.search(r'name="from" value="([^"]+)"', page)
    assert later and "Earlier days" not in page
    first, then = {at.date() for at in times(page)}, look(**{"from": later[1]})
    assert first == {date(2026, 11, 24), date(2026, 11, 25), date(2026, 11, 26)} and later[1] == "2026-11-27"
    assert min(times(then)).date() == date(2026, 11, 27) and "Earlier days" in then
    assert times(look(**{"from": "no day"})) == times(page)


def test_times_lie_up_to_sixty_days_ahead_also_where_the_house_allows_more(
    made: Do, world: cast.World, look: Any, press: Any
) -> None:
    made(lambda s: s.add(ConsultPolicy(shop_id=world.shop_id, window_days=90)))
    last = cast.NOW.date() + timedelta(days=WINDOW_DAYS)
    page = look(**{"from": (last - timedelta(days=1)).isoformat()})
    assert last - timedelta(days=3) < max(times(page)).date() <= last and "Later days" not in page
    assert press(at=max(times(page)).isoformat()).status_code == 200
    assert press(at=(max(times(page)) + timedelta(days=7)).isoformat()).status_code == 409


# --- in whose time


@pytest.mark.parametrize(
    ("client", "order", "chosen_zone", "words", "zone"),
    [
        ("JP", "AU", "", "Tokyo (UTC+9)", "Asia/Tokyo"),
        ("", "JP", "", "Tokyo (UTC+9)", "Asia/Tokyo"),
        ("", "", "", "Paris (UTC+1)", "Europe/Paris"),
        ("JP", "JP", "Europe/London", "London (UTC+0)", "Europe/London"),
        ("JP", "JP", "Mars/Olympus", "Tokyo (UTC+9)", "Asia/Tokyo"),
    ],
    ids=["where they live", "where it went", "the house's own", "as they chose it", "a zone there is not"],
)
def test_times_are_theirs(
    look: Any, shopify: Recording, client: str, order: str, chosen_zone: str, words: str, zone: str
) -> None:
    shopify.client = replace(shopify.client, country=client)
    shopify.order_read = replace(shopify.order_read, country=order)
    page = look(zone=chosen_zone)
    assert f"Your time, {words}." in page and f' value="{zone}" selected>' in page


def test_how_far_a_zone_is_ahead_is_said_as_it_will_be_at_the_first_of_the_times(
    world: cast.World, visitor: FlaskClient, shopify: Recording
) -> None:
    saturday = datetime(2027, 3, 27, 9, tzinfo=cast.NOW.tzinfo)  # the clocks go forward on Sunday
    shopify.order_read = replace(shopify.order_read, delivered_on=date(2027, 3, 25))
    with cast.clock(saturday):
        page = post(visitor, "/choose/next", chosen(order_pass(world, at=saturday))).text
    assert min(times(page)).date() == date(2027, 3, 29) and "Your time, Paris (UTC+2)." in page


# --- which time


def test_a_time_is_asked_for_in_these_words(press: Any) -> None:
    none = press()
    assert none.status_code == 422 and 'role="alert">Please choose one of the times.</p>' in none.text


@pytest.mark.parametrize(
    ("starts", "prefers", "day"),
    [
        ("2026-11-24T16:00+00:00", "talk", "Wednesday 25 November, 09:00"),
        ("2026-11-25T10:00+00:00", "talk", "Wednesday 25 November, 13:00"),
        ("2026-11-25T15:00+00:00", "talk", "Thursday 26 November, 09:00"),
        ("2026-11-25T15:00+00:00", "simple", "Wednesday 25 November, 09:00"),
    ],
)
def test_the_piece_is_collected_once_they_have_spoken(
    made: Do, world: cast.World, look: Any, press: Any, starts: str, prefers: str, day: str
) -> None:
    def furnish(session: Session) -> None:
        cast.cover_terms(session, world.shop_id)
        receiver: dict[str, Any] = {
            "receiving_name": "Atelier",
            "receiving_street1": "1 rue de la Paix",
            "receiving_city": "Paris",
        }
        receiver |= {"receiving_postal_code": "75002", "receiving_country": "FR"}
        session.merge(LogisticsPolicy(shop_id=world.shop_id, **receiver))

    made(furnish)
    at = datetime.fromisoformat(starts)
    assert at in times(look())
    summary = press(at=at.isoformat(), prefers=prefers).text
    assert f"We collect it from you, at the earliest on {day}" in html.unescape(summary)


@pytest.mark.parametrize("phone", ["", "06 12", "call me"])
def test_a_number_we_cannot_ring_is_asked_for_once_more(look: Any, press: Any, phone: str) -> None:
    unclear = press(at=times(look())[0].isoformat(), kind="telephone", phone=phone)
    words = "Please write the number with its country code, as in +33 6 12 34 56 78."
    assert unclear.status_code == 422 and f'id="phone-words">{words}</p>' in unclear.text
    assert "role=" not in unclear.text.split('id="times"')[1].split("phone")[0], "only the number is at fault"


def test_who_would_be_texted_gives_a_number_and_the_tick_is_carried_to_where_it_is_confirmed(
    look: Any, press: Any
) -> None:
    at, box = times(look())[0].isoformat(), '<input type="checkbox" name="texts" value="yes"'
    assert f"{box}>" in look(), "nobody is texted who did not tick it"
    unclear = press(at=at, kind="video", phone="06 12", texts="yes")
    assert unclear.status_code == 422 and 'id="phone-words">' in unclear.text and f"{box} checked>" in unclear.text
    confirmed = press(at=at, kind="video", phone="+33 6 12 34 41 41", texts="yes")
    assert confirmed.status_code == 200
    assert 'name="texts" value="yes"' in confirmed.text.split('/confirm"')[1].split("</form>")[0]
    assert 'name="texts"' not in press(at=at, kind="video", phone="+33 6 12 34 41 41").text


def test_a_time_that_went_to_another_is_named_as_they_read_it_with_four_close_to_it(
    look: Any, press: Any, shopify: Recording
) -> None:
    shopify.client = replace(shopify.client, locale="en-US")
    taken = press(at="2026-11-24T14:01:00+00:00")
    assert taken.status_code == 409 and "<h1>Someone chose 3:01 PM a moment before you</h1>" in taken.text
    near = taken.text.split("Close to it</legend>")[1].split("</fieldset>")[0]
    assert re.findall("<span>([^<]+)</span>", near) == ["2:45 PM", "3:00 PM", "3:15 PM", "3:30 PM"]
    in_tokyo = press(at="2026-11-24T14:01:00+00:00", zone="Asia/Tokyo").text
    assert "Someone chose 11:01 PM a moment before you" in in_tokyo
    without = press(at="2026-11-24T14:01:00+00:00", zone="").text
    assert "Someone chose 3:01 PM a moment before you" in without, "one that is not said is guessed as before"


# --- whom a form may name


def signed(world: cast.World, *, sold: bool = True, purpose: str = "offered-advisor", **other: Any) -> str:
    about: dict[str, Any] = {"shop": world.shop_id, "order": ORDER, "advisor": world.bob.id} | other
    text = f"{about['shop']}:{about['order']}:{about['advisor']}:{int(sold)}"
    return f"{about['advisor']}.{keyed_hash('test-secret-key', purpose, text)[:40]}"


@pytest.mark.parametrize("sold", [True, False])
def test_who_was_named_is_known_by_a_signature_over_the_shop_the_order_and_what_was_said_of_them(
    app: Flask, world: cast.World, sold: bool
) -> None:
    with app.app_context():
        found = who_was_offered(world.shop_id, ORDER, signed(world, sold=sold))
        assert found is not None and (found.advisor.id, found.sold) == (world.bob.id, sold)
        assert found.boutique is not None and found.boutique.id == world.boutique.id
        assert found.signed == signed(world, sold=sold) and not found.both and not found.comes_after


def test_a_signature_for_anything_else_names_nobody(app: Flask, world: cast.World, made: Do) -> None:
    dana = made(cast.dana)
    with app.app_context():
        for other in (
            {"purpose": "one-time-code"},
            {"order": "gid://shopify/Order/1"},
            {"shop": dana.shop_id},
            {"advisor": cast.number(dana.bob.id)},  # signed, but not of this house
            {"advisor": 10**11},
        ):
            assert who_was_offered(world.shop_id, ORDER, signed(world, **other)) is None, other


@pytest.mark.parametrize("given", ["", ".", "1.", "1.é", "é", "\u0661.é", "1" * 13 + ".é", "1" * 100, "-1.0", "1.x.y"])
def test_what_is_no_signature_names_nobody_and_breaks_nothing(
    made: Do, visitor: FlaskClient, look: Any, given: str
) -> None:
    form = to(look(), "/choose/summary", prefers="talk") | {"offered": given, "at": times(look())[0].isoformat()}
    assert post(visitor, "/choose/summary", form).status_code == 200
    assert post(visitor, "/confirm", form).status_code == 200
    assert made(lambda s: s.exec(select(AskedReturn.advisor_id)).one()) is None


def test_who_left_meanwhile_is_not_offered_any_more(made: Do, world: cast.World, look: Any, visitor: Any) -> None:
    page = look()
    advisor(made, world, active=False)
    form = to(page, "/choose/summary", prefers="talk", at=times(page)[0].isoformat())
    summary = post(visitor, "/choose/summary", form).text
    assert "Please look once more" in summary and "Bob" not in summary
